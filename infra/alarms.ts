import { METRIC_NAMESPACE } from '../functions/platform/metric-declarations.ts';
import { ALARMS, type AlarmDeclaration, type MetricReference, type Service } from './alarm-declarations.ts';

type Json = string | number | boolean | Json[] | { [key: string]: Json };

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** Notifies the topic if there is one; infra/resources.yml declares the condition and the topic's parameter. */
const TELL: Json = {
  'Fn::If': ['HasAlarmTopic', [{ Ref: 'AlarmTopicArn' }], { Ref: 'AWS::NoValue' }],
};

/** Namespace, name and dimensions in CloudWatch's form. Packaging fills in `${sls:stage}`. */
export function locate(
  metric: MetricReference,
  service: Service,
): { namespace: string; name: string; dimensions: [string, string][] } {
  if ('lambda' in metric) {
    return {
      namespace: 'AWS/Lambda',
      name: metric.lambda,
      dimensions: [['FunctionName', `retrigger-hooks-\${sls:stage}-${service}`]],
    };
  }
  return {
    namespace: METRIC_NAMESPACE,
    name: metric.ours,
    dimensions: [['service', service], ['stage', '${sls:stage}'], ...Object.entries(metric.dimension ?? {})],
  };
}

/** The alarms, one for each function that they are declared for, as CloudFormation resources. */
export function alarmResources(): Record<string, Json> {
  const entries = Object.entries<AlarmDeclaration>(ALARMS).flatMap(([name, alarm]) =>
    alarm.services.map((service): [string, Json] => [
      `${capital(service)}${name}Alarm`,
      { Type: 'AWS::CloudWatch::Alarm', Properties: properties(name, alarm, service) },
    ]),
  );
  return Object.fromEntries(entries);
}

function properties(name: string, alarm: AlarmDeclaration, service: Service): Json {
  const { namespace, name: metricName, dimensions } = locate(alarm.metric, service);
  return {
    AlarmName: `retrigger-hooks-\${sls:stage}-${service}-${name}`,
    AlarmDescription: `${alarm.description} See docs/runbook.md, ${name}.`,
    Namespace: namespace,
    MetricName: metricName,
    Dimensions: dimensions.map(([key, value]) => ({ Name: key, Value: value })),
    ...(alarm.statistic === 'p90' ? { ExtendedStatistic: 'p90' } : { Statistic: alarm.statistic }),
    ComparisonOperator: alarm.comparison,
    Threshold: alarm.threshold,
    Period: alarm.periodSeconds,
    EvaluationPeriods: alarm.periods,
    TreatMissingData: alarm.missing,
    AlarmActions: TELL,
    OKActions: TELL,
  };
}
