import type { LogSink } from './log.ts';
import { METRIC_NAMESPACE, METRICS, type MetricDeclaration } from './metric-declarations.ts';

/** CloudWatch accepts 100 values of one metric in one line; at the 100th, Powertools would print the line itself. */
const MAX_VALUES = 99;

interface Measured {
  name: string;
  unit: MetricDeclaration['unit'];
  dimensions: Record<string, string>;
  values: number[];
}

/** Makes metrics from log events, and writes them in CloudWatch's embedded metric format. */
export class Metrics {
  readonly #service: string;
  readonly #stage: string;
  readonly #write: (line: string) => void;
  #measured = new Map<string, Measured>();
  #powertools: Promise<typeof import('@aws-lambda-powertools/metrics')> | undefined;

  /**
   * @param service the function's name, a dimension of each metric
   * @param write called with one line of JSON
   */
  constructor(service: string, stage: string, write: (line: string) => void) {
    this.#service = service;
    this.#stage = stage;
    this.#write = write;
  }

  /** Pass this to the log. */
  readonly sink: LogSink = (_level, record) => {
    for (const [name, metric] of Object.entries<MetricDeclaration>(METRICS)) {
      for (const { event, field, dimension } of metric.sources) {
        if (event !== record.event) continue;
        const value = field === undefined ? 1 : record[field];
        if (typeof value !== 'number' || (value === 0 && metric.statistic === 'Sum')) continue;
        const dimensions = dimension ? { [dimension.name]: String(record[dimension.field]) } : {};
        this.#add(name, value, metric, dimensions);
      }
    }
  };

  /** Writes what was measured since the last flush. */
  async flush(): Promise<void> {
    if (this.#measured.size === 0) return;
    const measured = [...this.#measured.values()];
    this.#measured = new Map();
    const { Metrics: Emf } = await this.#load();
    for (const { name, unit, dimensions, values } of measured) {
      for (let start = 0; start < values.length; start += MAX_VALUES) {
        const emf = new Emf({
          namespace: METRIC_NAMESPACE,
          serviceName: this.#service,
          defaultDimensions: { stage: this.#stage, ...dimensions },
        });
        for (const value of values.slice(start, start + MAX_VALUES)) emf.addMetric(name, unit, value);
        this.#write(JSON.stringify(emf.serializeMetrics()));
      }
    }
  }

  #add(name: string, value: number, metric: MetricDeclaration, dimensions: Record<string, string>): void {
    const key = JSON.stringify([name, dimensions]);
    const measured = this.#measured.get(key) ?? { name, unit: metric.unit, dimensions, values: [] };
    if (metric.statistic === 'Sum') measured.values = [(measured.values[0] ?? 0) + value];
    else measured.values.push(value);
    this.#measured.set(key, measured);
    // Import it while the first action waits for the network.
    if (!this.#powertools) setImmediate(() => void this.#load());
  }

  #load(): Promise<typeof import('@aws-lambda-powertools/metrics')> {
    this.#powertools ??= import('@aws-lambda-powertools/metrics');
    return this.#powertools;
  }
}
