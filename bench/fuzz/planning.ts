import { prepare } from '../../functions/actions/prepare.ts';
import { parsePayload } from '../../functions/actions/dispatch.ts';
import { ApiError } from '../../functions/platform/api-error.ts';
import { DEFAULT_FAST_ACTIONS } from '../../functions/platform/fast-actions.ts';
import { parseJson } from '../../functions/platform/json.ts';
import { Log } from '../../functions/platform/log.ts';
import { seededRandom, type Random } from '../../local/push/random.ts';
import { sourcesOf } from '../../test/functions/actions/memory-push.ts';
import { DECISION, id, NOW } from '../../test/functions/fixtures.ts';
import { askedFor, breaches, type Made } from './model.ts';
import { garbled, mutated } from './mutate.ts';
import { LEVEL_3, SEEDS, world, WORDS } from './world.ts';

export interface Findings {
  runs: number;
  /** How many payloads ended in each way. */
  ends: Record<'refused' | 'forwarded' | 'planned', number>;
  /** Each problem, with the body that caused it. */
  problems: { problem: string; body: string }[];
}

/** Sends mutated payloads through parsing and planning, and compares the planned writes with the model. */
export async function fuzzPlanning(runs: number, seed: number): Promise<Findings> {
  const random = seededRandom(seed);
  const push = world();
  const findings: Findings = { runs, ends: { refused: 0, forwarded: 0, planned: 0 }, problems: [] };
  for (let run = 0; run < runs; run++) {
    const body = bodyOf(random);
    const report = (problem: string) => findings.problems.push({ problem, body: body.slice(0, 2_000) });
    try {
      const payload = parsePayload(parse(body));
      const prepared = await prepare(
        {
          payload,
          action: {
            id: id('action'),
            repeated: false,
            rootUrl: 'https://tc.example.com',
            hook: LEVEL_3,
            requested: NOW.toISOString(),
            now: NOW,
          },
          killSwitch: false,
          fastActions: new Set(DEFAULT_FAST_ACTIONS),
          decision: Promise.resolve(push.tasks.get(DECISION)),
        },
        sourcesOf(push),
        new Log(),
      );
      if (!('action' in prepared)) {
        findings.ends.forwarded++;
        continue;
      }
      findings.ends.planned++;
      const { clones, reruns, creations } = prepared.plan;
      if (creations.length > 0) report('tasks of the graph, which nobody has switched on');
      const made: Made[] = [
        ...clones.map(({ taskId }): Made => ({ taskId, how: 'clone' })),
        ...reruns.map(({ taskId }): Made => ({ taskId, how: 'rerun' })),
      ];
      if (new Set(clones.map(({ newTaskId }) => newTaskId)).size < clones.length)
        report('two clones of one taskId');
      breaches(askedFor(payload), made, push).forEach(report);
    } catch (error) {
      findings.ends.refused++;
      if (!(error instanceof ApiError) || error.statusCode >= 500) report(`unexpected: ${String(error)}`);
    }
  }
  return findings;
}

function parse(body: string): unknown {
  try {
    return parseJson(body);
  } catch (error) {
    throw new ApiError('MalformedPayload', String(error), { cause: error });
  }
}

/** A request body: one in ten unchanged as Treeherder sends it, one in ten broken JSON. */
export function bodyOf(
  random: Random,
  seeds: readonly unknown[] = SEEDS,
  words: readonly string[] = WORDS,
): string {
  const seed = seeds[random.integer(seeds.length)];
  const sort = random.integer(10);
  if (sort === 0) return JSON.stringify(seed);
  const text = JSON.stringify(mutated(seed, random, words)) ?? '';
  return sort === 1 ? garbled(text, random) : text;
}
