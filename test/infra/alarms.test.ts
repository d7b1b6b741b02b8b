import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  METRIC_NAMESPACE,
  METRICS,
  type MetricDeclaration,
} from '../../functions/platform/metric-declarations.ts';
import { ALARMS, LAMBDA_METRICS, type AlarmDeclaration } from '../../infra/alarm-declarations.ts';
import { alarmResources } from '../../infra/alarms.ts';
import { dashboardResources } from '../../infra/dashboard.ts';
import { isObject } from '../../functions/tasks/shapes.ts';
import { at, objectAt } from '../support/json.ts';

/** A metric as CloudWatch identifies it: by namespace, name and exactly these dimensions. */
interface Named {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
}

function fromAlarms(): Named[] {
  return Object.values(alarmResources()).map((resource) => {
    const { Namespace, MetricName, Dimensions } = objectAt(resource, 'Properties');
    const dimensions = (Array.isArray(Dimensions) ? Dimensions : []).filter(isObject);
    return {
      namespace: String(Namespace),
      name: String(MetricName),
      dimensions: Object.fromEntries(dimensions.map(({ Name, Value }) => [String(Name), String(Value)])),
    };
  });
}

function fromDashboard(): Named[] {
  const text = at(dashboardResources(), 'Dashboard', 'Properties', 'DashboardBody', 'Fn::Sub');
  const body: unknown = JSON.parse(String(text));
  const widgets = at(body, 'widgets');
  return (Array.isArray(widgets) ? widgets : []).flatMap((widget: unknown) => {
    const metrics = at(widget, 'properties', 'metrics');
    return (Array.isArray(metrics) ? metrics : []).map((line: unknown): Named => {
      const [namespace = '', name = '', ...rest] = Array.isArray(line) ? line.map(String) : [];
      const pairs = rest.flatMap((word, index) => (index % 2 === 0 ? [[word, rest[index + 1] ?? '']] : []));
      return { namespace, name, dimensions: Object.fromEntries(pairs) };
    });
  });
}

/** Why nothing emits this metric; undefined if something does. */
function notEmitted({ namespace, name, dimensions }: Named): string | undefined {
  if (namespace === 'AWS/Lambda') {
    const known = LAMBDA_METRICS.some((metric) => metric === name);
    return known && Object.keys(dimensions).join() === 'FunctionName' ? undefined : `Lambda has no ${name}`;
  }
  const metric = Object.entries<MetricDeclaration>(METRICS).find(([declared]) => declared === name)?.[1];
  if (namespace !== METRIC_NAMESPACE || !metric) return `${namespace}/${name} is not declared`;
  const { service, stage, ...others } = dimensions;
  if (!metric.functions.some((one) => one === service)) return `${service} does not emit ${name}`;
  if (stage !== '${sls:stage}') return `${name} is of the stage ${stage}`;
  const declared = metric.sources.flatMap(({ dimension }) => (dimension ? [dimension.name] : []));
  return Object.keys(others).join() === declared.join() ? undefined : `${name} has other dimensions`;
}

describe('alarms and dashboard', () => {
  it('name only what the functions or Lambda emit, under the same dimensions', () => {
    expect(fromAlarms().length).toBeGreaterThan(10);
    expect(fromAlarms().map(notEmitted).filter(Boolean)).toEqual([]);
    expect(fromDashboard().map(notEmitted).filter(Boolean)).toEqual([]);
  });

  it('would fail if they named something else', () => {
    const [first] = fromAlarms();
    if (!first) throw new Error('there are no alarms');
    for (const other of [
      { ...first, name: 'Heartbeat' },
      { ...first, namespace: 'Other' },
      { ...first, dimensions: { ...first.dimensions, service: 'trigger' } },
      { ...first, dimensions: { ...first.dimensions, more: 'x' } },
    ]) {
      expect(notEmitted(other)).toBeDefined();
    }
  });

  it('show every metric', () => {
    const shown = new Set(fromDashboard().map(({ name }) => name));
    expect([...shown].toSorted()).toEqual([...Object.keys(METRICS), ...LAMBDA_METRICS].toSorted());
  });

  it('use the declared statistic of each metric', () => {
    const otherwise = Object.entries<AlarmDeclaration>(ALARMS).filter(
      ([, { metric, statistic }]) => 'ours' in metric && METRICS[metric.ours].statistic !== statistic,
    );
    expect(otherwise).toEqual([]);
  });

  it('are all in the runbook, with meaning, what to look at and what to do', async () => {
    const runbook = await readFile('docs/runbook.md', 'utf8');
    const sections = runbook.split(/^### /m);
    const incomplete = Object.keys(ALARMS).filter((name) => {
      const section = sections.find((text) => text.startsWith(`${name}\n`)) ?? '';
      return !['**Meaning.**', '**Look at.**', '**Do.**'].every((part) => section.includes(part));
    });
    expect(incomplete).toEqual([]);
  });
});
