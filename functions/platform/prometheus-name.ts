import type { MetricDeclaration } from './metric-declarations.ts';

/** Follows Prometheus' conventions: snake case, seconds, `_total` for counters. */
export function prometheusName(name: string, { unit, statistic }: MetricDeclaration): string {
  const snake = name.replaceAll(/(?<=[a-z])[A-Z]/g, '_$&').toLowerCase();
  const ending = statistic === 'Sum' ? '_total' : unit === 'Count' ? '' : '_seconds';
  return `retrigger_hooks_${snake}${ending}`;
}
