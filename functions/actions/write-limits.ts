import { jsonBytes } from '../platform/json.ts';
import type { TaskDefinition } from '../tasks/definition.ts';
import { forward, forwardTooLarge, WRITE_LIMITS, type Plan, type Work } from './plan.ts';

/** The plan, or a forward if acting on it would take too much. */
export function withinLimits(plan: Plan): Plan {
  if (plan.kind === 'forward') return plan;
  const count = plan.clones.length + plan.creations.length;
  if (count > WRITE_LIMITS.tasks) return forwardTooLarge(count);
  return bytesOf(plan) > WRITE_LIMITS.bytes
    ? forward('too-large', `it would create tasks of more than ${WRITE_LIMITS.bytes} bytes in all`)
    : plan;
}

/** The approximate size of the definitions that a plan would write. */
function bytesOf({ clones, creations }: Work): number {
  const sizes = new Map<TaskDefinition, number>();
  let bytes = 0;
  for (const { definition } of [...clones, ...creations]) {
    const size = sizes.get(definition) ?? jsonBytes(definition);
    sizes.set(definition, size);
    bytes += size;
  }
  return bytes;
}
