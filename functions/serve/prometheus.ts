import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { LogSink } from '../platform/log.ts';
import { METRICS, type MetricDeclaration } from '../platform/metric-declarations.ts';
import { prometheusName } from '../platform/prometheus-name.ts';

/** From click to job takes a tenth of a second to minutes; the call counts go up to those of the largest actions. */
const BUCKETS = {
  Milliseconds: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300],
  Seconds: [1, 5, 10, 30, 60, 300],
  Count: [5, 10, 20, 50, 100, 500, 2_000],
};

/** For how long a maximum holds; the alarms on AWS also look at the maximum of each minute. */
const MAXIMUM_MS = 60_000;

type Measure = (value: number, labels: Record<string, string>) => void;

/** The metrics of metric-declarations.ts in Prometheus' format, and those of the process itself. */
export class Prometheus {
  readonly #registry = new Registry();
  readonly #measures = new Map<string, Measure>();

  readonly #now: () => number;

  /** @param now ms since the epoch */
  constructor(now: () => number = Date.now) {
    this.#now = now;
    collectDefaultMetrics({ register: this.#registry });
    for (const [name, metric] of Object.entries<MetricDeclaration>(METRICS))
      this.#measures.set(name, this.#declare(name, metric));
  }

  /** A number that is read at each scrape. */
  gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name: `retrigger_hooks_${name}`,
      help,
      registers: [this.#registry],
      collect: () => gauge.set(read()),
    });
  }

  /** @param service the function whose log this sink is for */
  sink(service: string): LogSink {
    return (_level, record) => {
      for (const [name, metric] of Object.entries<MetricDeclaration>(METRICS)) {
        for (const { event, field, dimension } of metric.sources) {
          if (event !== record.event) continue;
          const value = field === undefined ? 1 : record[field];
          if (typeof value !== 'number') continue;
          const labels = dimension ? { [dimension.name]: String(record[dimension.field]) } : {};
          this.#measures.get(name)?.(metric.unit === 'Milliseconds' ? value / 1000 : value, {
            service,
            ...labels,
          });
        }
      }
    };
  }

  async text(): Promise<{ contentType: string; text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  #declare(name: string, metric: MetricDeclaration): Measure {
    const { unit, statistic, description, sources } = metric;
    const extra = sources.flatMap(({ dimension }) => (dimension ? [dimension.name] : []));
    const options = {
      name: prometheusName(name, metric),
      help: description,
      labelNames: ['service', ...extra],
      registers: [this.#registry],
    };
    switch (statistic) {
      case 'Sum': {
        const counter = new Counter(options);
        return (value, labels) => counter.inc(labels, value);
      }
      case 'Maximum': {
        let recent: { value: number; labels: Record<string, string>; until: number }[] = [];
        const forget = () => (recent = recent.filter(({ until }) => until > this.#now()));
        const gauge: Gauge = new Gauge({
          ...options,
          collect: () => {
            gauge.reset();
            // The largest of each service comes last.
            const ascending = forget().toSorted((one, other) => one.value - other.value);
            for (const { value, labels } of ascending) gauge.set(labels, value);
          },
        });
        return (value, labels) => forget().push({ value, labels, until: this.#now() + MAXIMUM_MS });
      }
      case 'p90': {
        const histogram = new Histogram({ ...options, buckets: BUCKETS[unit] });
        return (value, labels) => histogram.observe(labels, value);
      }
    }
  }
}
