import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';

import type { LocalTaskcluster, LocalTaskclusterOptions } from './api.ts';
import { CallLog } from './calls.ts';
import { Conditions } from './conditions.ts';
import { CONTROL_PATH, handleControl } from './control.ts';
import { FaultRules } from './faults.ts';
import { ApiServer } from './http/api-server.ts';
import { ARTIFACT_DATA_PATH, handleArtifactData } from './http/artifact-data.ts';
import { goesToFunctions, proxyToFunctions } from './http/ingress.ts';
import { Router } from './http/router.ts';
import { apiPathOf } from './http/ui-links.ts';
import { loadPush } from './load-push.ts';
import { expireClaims, expireDeadlines } from './queue/expiry.ts';
import { plantArtifact } from './queue/hostile-artifacts.ts';
import { taskState } from './queue/task.ts';
import { createServices } from './services.ts';

const EXPIRY_LOOK_MS = 1000;
const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** Starts auth, queue, index and hooks behind one root URL on 127.0.0.1, in memory. */
export async function startLocalTaskcluster(
  options: LocalTaskclusterOptions = {},
): Promise<LocalTaskcluster> {
  const now = options.now ?? Date.now;
  let latencyMs = options.latencyMs ?? 0;
  let functionsUrl = options.functionsUrl;
  let rootUrl = '';
  const faults = new FaultRules();
  const conditions = new Conditions();
  const callConditions = new Conditions();
  const calls = new CallLog(() => callConditions.changed());
  const services = createServices({
    now,
    longPollMs: options.longPollMs ?? 20_000,
    claimLookMs: options.claimLookMs ?? 1000,
    claimTimeoutMs: options.claimTimeoutMs ?? 20 * 60 * 1000,
    changed: () => conditions.changed(),
    rootUrl: () => rootUrl,
  });
  const { store, artifacts, clients, roles, claims } = services;
  const api = new ApiServer({
    router: new Router(services.endpoints),
    authenticator: services.authenticator,
    calls,
    faults,
    now,
    latencyMs: () => latencyMs,
    recordResponses: options.recordResponses ?? false,
  });

  const artifactData = { artifacts, calls, faults, latencyMs: () => latencyMs };
  const serve = async (
    isPublic: boolean,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const url = request.url ?? '/';
    if (url.startsWith(CONTROL_PATH))
      return handleControl({ ...local, elapsedMs: () => calls.elapsed() }, request, response);
    if (url.startsWith(`${ARTIFACT_DATA_PATH}/`)) return handleArtifactData(artifactData, request, response);
    const shown = apiPathOf(url);
    if (shown !== undefined) {
      response.writeHead(303, { location: shown }).end();
      return;
    }
    if (isPublic && functionsUrl !== undefined && goesToFunctions(request.method, url)) {
      return proxyToFunctions(functionsUrl, calls, now, request, response);
    }
    return api.handle(request, response);
  };
  const onRequest = (isPublic: boolean) => (request: IncomingMessage, response: ServerResponse) => {
    serve(isPublic, request, response).catch((error: unknown) => {
      // A client that disconnects in the middle of its request is no error of ours.
      if (!request.destroyed && !response.destroyed) console.error(error);
      response.destroy();
    });
  };
  const publicServer = createServer(onRequest(true));
  const internalServer = createServer(onRequest(false));

  const started = now();
  const expiry = setInterval(() => {
    expireClaims(store, now());
    expireDeadlines(store, now(), started);
  }, EXPIRY_LOOK_MS).unref();

  const local: LocalTaskcluster = {
    rootUrl: await listen(publicServer, options.port ?? 0),
    internalRootUrl: await listen(internalServer, 0),
    credentials: services.root,
    loadPush: (push) => loadPush(push, store, services.index, artifacts),
    groupTasks: (taskGroupId, from = 0) =>
      (store.groups.get(taskGroupId)?.taskIds ?? [])
        .slice(from)
        .flatMap((taskId) => store.tasks.get(taskId) ?? [])
        .map((task) => ({
          taskId: task.taskId,
          definition: { ...task.definition },
          state: () => taskState(task),
        })),
    plantArtifact: (taskId, name, artifact) => {
      const task = store.tasks.get(taskId);
      if (!task || task.runs.length === 0) throw new TypeError(`there is no task ${taskId} that has run`);
      plantArtifact(task, name, artifact, artifacts);
    },
    createClient: (clientId, scopes) => {
      const expires = new Date(now() + YEAR_MS).toJSON();
      const client = { clientId, scopes, description: '', expires, deleteOnExpiration: false };
      return { clientId, accessToken: clients.create(client).accessToken };
    },
    createRole: (roleId, scopes) => {
      const time = new Date(now()).toJSON();
      roles.set({ roleId, scopes, description: '', created: time, lastModified: time });
    },
    setFunctionsUrl: (url) => {
      functionsUrl = url;
    },
    calls: () => calls.list(),
    clearCalls: () => calls.clear(),
    setFaults: (rules) => faults.set(rules),
    setLatency: (ms) => {
      latencyMs = ms;
    },
    expireClaims: () => expireClaims(store, now(), true),
    until: (condition, timeoutMs = 60_000) => conditions.until(condition, timeoutMs),
    untilCalls: (condition, { timeoutMs = 60_000, signal } = {}) =>
      callConditions.until(() => condition(calls.list()), timeoutMs, signal),
    close: async () => {
      clearInterval(expiry);
      claims.close();
      await Promise.all([stop(publicServer), stop(internalServer)]);
    },
  };
  rootUrl = local.rootUrl;
  artifacts.baseUrl = `${rootUrl}${ARTIFACT_DATA_PATH}`;
  return local;
}

async function listen(server: Server, port: number): Promise<string> {
  // Keeps idle connections open, so that no client reuses one that was just closed.
  server.keepAliveTimeout = 60_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
