import type { WarmUp } from '../platform/lambda-handler.ts';
import { GRAPH_MEMORY, graphBytes, graphsIn } from '../actions/graphs.ts';
import type { Log } from '../platform/log.ts';
import type { TriggerSettings } from '../platform/settings.ts';
import { credentialsSource } from '../taskcluster/stored-credentials.ts';
import { TaskclusterAuth } from '../taskcluster/auth.ts';
import { CachingReader } from '../taskcluster/caching-reader.ts';
import { ContentCache } from '../taskcluster/content-cache.ts';
import { nameTemporaryCredentials, TaskclusterClient } from '../taskcluster/client.ts';
import { derivedCredentials } from '../taskcluster/credentials.ts';
import { Downloads } from '../taskcluster/download.ts';
import { TaskclusterHooks } from '../taskcluster/hooks.ts';
import { WriteLimits } from '../taskcluster/concurrency-limit.ts';
import { TaskclusterReader } from '../taskcluster/reader.ts';
import { TaskclusterWriter } from '../taskcluster/writer.ts';
import { warmUp } from '../taskcluster/warm-up.ts';
import { FULL_SUFFIX, hookPath } from '../tasks/hook-name.ts';
import type { TriggerServices } from './trigger.ts';

/** Long enough for the slowest action, and useless soon after. */
const CREDENTIALS_MS = 15 * 60 * 1000;

/** Timeout of one request; less near the end of the invocation. A try that hangs must leave time for others. */
const REQUEST_MS = 8_000;

/** Connects the direct way to a Taskcluster. */
export function createServices(settings: TriggerSettings, log: Log): TriggerServices & WarmUp {
  const { rootUrl, hooksRootUrl, killSwitch, fastActions, artifactHosts } = settings;
  const credentials = credentialsSource(settings.credentials, log);
  const ownClientId = settings.credentials.clientId;
  const client = new TaskclusterClient({ rootUrl, credentials, timeoutMs: REQUEST_MS });
  const uncached = new TaskclusterReader(client, new Downloads(rootUrl, artifactHosts));
  const reader = new CachingReader(uncached);
  const hooks = new TaskclusterHooks(
    new TaskclusterClient({ rootUrl: hooksRootUrl, credentials, timeoutMs: REQUEST_MS }),
    uncached,
  );
  const writeLimits = new WriteLimits();
  /** Our own client in a user's name, limited to the given scopes. */
  const inNameOf = (clientId: string, scopes: string[], root: string) => {
    const named = derivedCredentials(credentials, (own) =>
      nameTemporaryCredentials(
        own,
        `${ownClientId}/for/${clientId}`,
        scopes,
        new Date(Date.now() + CREDENTIALS_MS),
      ),
    );
    return new TaskclusterClient({
      rootUrl: root,
      credentials: named,
      authorizedScopes: scopes,
      timeoutMs: REQUEST_MS,
    });
  };
  return {
    rootUrl,
    auth: new TaskclusterAuth(client),
    reader,
    graphs: graphsIn(new ContentCache(GRAPH_MEMORY, graphBytes), { bytes: settings.graphBytes }),
    writerFor: (hook, clientId) =>
      new TaskclusterWriter(
        inNameOf(clientId, [`assume:hook-id:${hookPath(hook)}`], rootUrl),
        uncached,
        writeLimits,
      ),
    hooksFor: (hook, clientId) => {
      const scope = `hooks:trigger-hook:${hookPath(hook)}`;
      return new TaskclusterHooks(
        inNameOf(clientId, [scope, `${scope}${FULL_SUFFIX}`], hooksRootUrl),
        uncached,
      );
    },
    warmUp: () => warmUp(client),
    hookExists: (hook) => hooks.exists(hook),
    ownClientId,
    killSwitch,
    fastActions,
    log,
    now: () => new Date(),
  };
}
