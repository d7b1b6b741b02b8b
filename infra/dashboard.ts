import type { ForwardReason } from '../functions/actions/plan.ts';
import {
  METRICS,
  type MetricDeclaration,
  type MetricName,
} from '../functions/platform/metric-declarations.ts';
import { LAMBDA_METRICS, SERVICES, type MetricReference, type Service } from './alarm-declarations.ts';
import { locate } from './alarms.ts';

/** Each reason for a forward has a line. A reason missing here is a type error. */
const FORWARD_REASONS: Record<ForwardReason, true> = {
  'other-action': true,
  'not-listed': true,
  'kill-switch': true,
  'no-labels': true,
  unmarked: true,
  protected: true,
  'missing-dependency': true,
  'no-task': true,
  'other-group': true,
  graph: true,
  uncertain: true,
  'too-large': true,
  unreadable: true,
  'forwarded-before': true,
};

const WIDTH = 8;
const HEIGHT = 6;
const COLUMNS = 3;

/** A dashboard with a graph of each of our metrics and of Lambda's own, as a CloudFormation resource. */
export function dashboardResources(): Record<string, unknown> {
  const graphs = [
    ...Object.entries<MetricDeclaration>(METRICS).map(([name, metric]) =>
      graph(`${name} (${metric.unit}, ${metric.statistic})`, metric.statistic, lines(name, metric)),
    ),
    ...LAMBDA_METRICS.map((name) => {
      const statistic = name === 'Duration' ? 'p90' : name === 'ConcurrentExecutions' ? 'Maximum' : 'Sum';
      return graph(
        `Lambda: ${name} (${statistic})`,
        statistic,
        SERVICES.map((service) => line({ lambda: name }, service)),
      );
    }),
  ];
  const widgets = graphs.map((properties, index) => ({
    type: 'metric',
    x: (index % COLUMNS) * WIDTH,
    y: Math.floor(index / COLUMNS) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    properties,
  }));
  return {
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        DashboardName: 'retrigger-hooks-${sls:stage}',
        DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets }) },
      },
    },
  };
}

function lines(name: string, metric: MetricDeclaration): string[][] {
  if (!isMetric(name)) return [];
  const dimension = metric.sources.find((source) => source.dimension)?.dimension?.name;
  return metric.functions.flatMap((service) =>
    dimension === undefined
      ? [line({ ours: name }, service)]
      : Object.keys(FORWARD_REASONS).map((reason) =>
          line({ ours: name, dimension: { [dimension]: reason } }, service),
        ),
  );
}

function line(metric: MetricReference, service: Service): string[] {
  const { namespace, name, dimensions } = locate(metric, service);
  return [namespace, name, ...dimensions.flat()];
}

function graph(title: string, stat: string, metrics: string[][]) {
  return { title, stat, metrics, view: 'timeSeries', region: '${AWS::Region}', period: 60 };
}

function isMetric(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}
