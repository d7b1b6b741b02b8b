import { client as hawk } from 'hawk';
import { Log } from '../../functions/platform/log.ts';
import type { TriggerSettings } from '../../functions/platform/settings.ts';
import { createHandler } from '../../functions/trigger/handler.ts';
import { generatePush } from '../../local/push/generate.ts';
import type { Push } from '../../local/push/push.ts';
import { seededRandom, type Random } from '../../local/push/random.ts';
import { seedDeployment, type Deployment } from '../../local/seed/deployment.ts';
import type { LocalTaskcluster } from '../../local/taskcluster/api.ts';
import { startLocalTaskcluster } from '../../local/taskcluster/server.ts';
import { startGateway } from '../../test/support/gateway.ts';
import { genericHook, payloadOf } from '../../test/support/requests.ts';
import { askedFor, isSound } from './model.ts';
import { bodyOf } from './planning.ts';
import { WORDS } from './world.ts';

export interface HttpFindings {
  requests: number;
  /** HTTP status → how many answers had it. */
  statuses: Map<number, number>;
  problems: { problem: string; body: string }[];
}

/** The longest answer: it quotes a few KB of the request in our own text. */
const MOST_ANSWER_BYTES = 40_000;
const PATH = `/api/hooks/v1/hooks/${genericHook.hookGroupId}/${encodeURIComponent(genericHook.hookId)}/trigger`;

/** Sends mutated requests to the `trigger` function over HTTP, one after another, and checks what each one did. */
export async function fuzzHttp(requests: number, seed: number): Promise<HttpFindings> {
  const random = seededRandom(seed);
  const findings: HttpFindings = { requests, statuses: new Map(), problems: [] };
  const tc = await startLocalTaskcluster({ longPollMs: 0 });
  const gateway = await startGateway();
  try {
    const deployment = await seedDeployment(tc);
    const errors: string[] = [];
    const log = new Log((level, record) => {
      if (level === 'error') errors.push(JSON.stringify(record));
    });
    gateway.handler = createHandler(settingsOf(tc, deployment), log);
    tc.setFunctionsUrl(gateway.url);
    const push = generatePush({ size: 50, seed, rootUrl: tc.rootUrl, now: new Date() });
    tc.loadPush(push);
    const { seeds, words } = vocabulary(push);
    for (let sent = 0; sent < requests; sent++) {
      const body = hostileBody(random, seeds, words);
      const report = (problem: string) => findings.problems.push({ problem, body: body.slice(0, 500) });
      tc.clearCalls();
      const response = await send(tc.rootUrl, deployment, body, random);
      const answer = await response.arrayBuffer();
      findings.statuses.set(response.status, (findings.statuses.get(response.status) ?? 0) + 1);
      if (response.status >= 500) report(`answered with ${response.status}`);
      if (answer.byteLength > MOST_ANSWER_BYTES) report(`an answer of ${answer.byteLength} bytes`);
      for (const error of errors.splice(0)) report(`unexpected error: ${error.slice(0, 500)}`);
      const payload = parsed(body);
      const written = new Set(
        tc
          .calls()
          .filter(({ service }) => service !== 'functions')
          .map(({ method }) => method),
      );
      if (written.has('triggerHook') && !isSound(payload)) report('forwarded, although it is not a payload');
      if (
        (written.has('createTask') || written.has('rerunTask')) &&
        !written.has('triggerHook') &&
        !askedFor(payload)
      )
        report('wrote something, although nothing was requested');
    }
    return findings;
  } finally {
    await tc.close();
    await gateway.close();
  }
}

function settingsOf(tc: LocalTaskcluster, deployment: Deployment): TriggerSettings {
  return {
    rootUrl: tc.rootUrl,
    credentials: deployment.trigger,
    publicUrls: [new URL(tc.rootUrl)],
    hooksRootUrl: tc.internalRootUrl,
    killSwitch: new Set(),
    fastActions: new Map(),
    artifactHosts: [],
    graphBytes: 512 * 1024 * 1024,
  };
}

function vocabulary(push: Push): { seeds: unknown[]; words: string[] } {
  const tasks = Object.entries(push.tasks).slice(0, 20);
  const seeds = tasks.flatMap(([taskId, { label }]) => [
    payloadOf(push, 'retrigger-multiple', { input: { requests: [{ tasks: [label], times: 2 }] } }),
    payloadOf(push, 'retrigger', { taskId, input: { times: 2 } }),
    payloadOf(push, 'rerun', { taskId, input: {} }),
    payloadOf(push, 'backfill', { taskId, input: { depth: 2 } }),
  ]);
  return { seeds, words: [...WORDS, ...tasks.flatMap(([taskId, { label }]) => [taskId, label])] };
}

/** A body that is only deep or only large; one request in twenty has one. */
function hostileBody(random: Random, seeds: readonly unknown[], words: readonly string[]): string {
  const size = 10 ** (2 + random.integer(4));
  switch (random.integer(60)) {
    case 0:
      return '['.repeat(size);
    case 1:
      return `{"decision":${'{"a":'.repeat(size / 10)}1${'}'.repeat(size / 10)}}`;
    case 2:
      return JSON.stringify({ ...Object(seeds[random.integer(seeds.length)]), more: '"'.repeat(size * 10) });
    default:
      return bodyOf(random, seeds, words);
  }
}

function send(rootUrl: string, { user }: Deployment, body: string, random: Random): Promise<Response> {
  const url = `${rootUrl}${PATH}`;
  const sort = random.integer(20);
  const { clientId: id, accessToken } = user;
  const key = sort === 0 ? `${accessToken}x` : accessToken;
  const contentType = sort === 1 ? 'text/plain' : 'application/json';
  const { header } = hawk.header(url, 'POST', {
    credentials: { id, key, algorithm: 'sha256' },
    ...(sort < 10 ? {} : { payload: sort === 10 ? `${body} ` : body, contentType }),
  });
  const authorization = sort === 2 ? header.slice(0, random.integer(header.length)) : header;
  return fetch(url, { method: 'POST', headers: { 'content-type': contentType, authorization }, body });
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
