import { NOT_FORCED, retriggerMark } from '../tasks/policy.ts';
import type { DownstreamRequest, NewJobsRequest } from './dispatch.ts';
import { completeLabel, readMarks } from './graph-labels.ts';
import type { PlanSources } from './plan-sources.ts';
import { MemoizedReader } from './memoized-reader.ts';
import { forwardWithoutLabels, noWork, type Action, type Plan, type Refusal } from './plan.ts';
import { PushLabels } from './push-labels.ts';
import { planRounds, type Sources } from './rounds.ts';
import { findTargets } from './targets.ts';
import { withGraph } from './with-graph.ts';
import { withinLimits } from './write-limits.ts';
import type { Label } from '../tasks/names.ts';

/**
 * Plans actions on labels that the push may not have, or on everything that depends on a task.
 *
 * @throws TaskclusterError
 */
export async function planFromGraph(
  action: Action,
  request: NewJobsRequest | DownstreamRequest,
  { decision, reader, graphs }: PlanSources,
): Promise<Plan> {
  // This can take seconds, so everything else is read meanwhile.
  const reading = graphs.read(action.taskGroupId, reader);
  reading.catch(() => undefined);
  const [push, actions] = await Promise.all([
    PushLabels.read(reader, action.taskGroupId),
    decision.then((task) => PushLabels.list(reader, task)),
  ]);
  if (!push) return forwardWithoutLabels();
  push.add(actions);
  const read = { push, reader: new MemoizedReader(reader) };
  return withGraph(reading, (graph) =>
    request.kind === 'new-jobs'
      ? planNewJobs(action, request, { ...read, graph })
      : planDownstream(action, request, { ...read, graph }),
  );
}

/**
 * add-new-jobs: the labels, and everything that they need and the push does not have. If the graph lacks one of the
 * labels, the whole action is refused, as by taskgraph.
 */
async function planNewJobs(action: Action, request: NewJobsRequest, sources: Sources): Promise<Plan> {
  const requested = new Set<Label>();
  const unknown: Refusal[] = [];
  for (const asked of request.labels) {
    const label = completeLabel(asked, sources.graph);
    if (label === undefined) unknown.push({ label: asked, reason: NO_SUCH_LABEL });
    else requested.add(label);
  }
  const [first] = unknown;
  if (first) {
    const reason = `nothing is created, because the graph has no label ${first.label}`;
    const others = [...requested].map((label) => ({ label, reason }));
    return { ...noWork(), refused: [...unknown, ...others] };
  }
  return plan(action, requested, request.times, sources);
}

/** retrigger with `downstream`: the task, and everything scheduled that depends on it. */
async function planDownstream(action: Action, request: DownstreamRequest, sources: Sources): Promise<Plan> {
  const { push, graph, reader } = sources;
  const { taskId, times, force } = request;
  const found = findTargets(action, push, await reader.tasks([taskId]));
  const [beyond] = found.beyond;
  if (beyond) return beyond;
  const [target] = found.targets;
  if (!target) return { ...noWork(), refused: found.refused };
  const { label, definition } = target;
  const refuse = (reason: string): Plan => ({ ...noWork(), refused: [{ label, taskId, reason }] });
  if (!graph.has(label)) return refuse(NO_SUCH_LABEL);
  const mark = retriggerMark(definition) ?? (await readMarks([label], graph)).get(label);
  // mutant stays: every label that is read has a mark
  if (!force && mark?.cloneable !== true) return refuse(NOT_FORCED);
  const dependents = graph.dependents([label]);
  await push.refresh(dependents);
  const scheduled = [...dependents].filter((dependent) => push.candidates(dependent).length > 0);
  return plan(action, new Set(scheduled), times, sources);
}

const NO_SUCH_LABEL = 'the task graph of this push has no such label';

async function plan(
  action: Action,
  requested: ReadonlySet<Label>,
  times: number,
  sources: Sources,
): Promise<Plan> {
  const rounds = Array.from({ length: times }, (_, index) => String(index));
  const making = await planRounds(action, [{ requested, rounds }], sources);
  return 'kind' in making ? making : withinLimits({ ...noWork(), ...making });
}
