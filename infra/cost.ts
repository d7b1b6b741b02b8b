/**
 * `npm run cost`: the monthly cost of a deployment, computed from the figures below. `npm run generate` writes
 * docs/cost.md from the same figures. None was measured on AWS; the assumptions are listed, so that you can correct
 * them.
 */
import { runCommand } from '../cli/command.ts';
import { METRICS, type MetricDeclaration } from '../functions/platform/metric-declarations.ts';
import { alarmResources } from './alarms.ts';

interface Figure {
  value: number;
  unit: string;
  why: string;
}

/** List prices in US dollars, region us-west-2, without any free tier, as published in 2025. */
export const PRICES = {
  lambdaGbSecond: { value: 0.0000133334, unit: '$ per GB-s', why: 'Lambda, arm64' },
  lambdaRequest: { value: 0.2 / 1e6, unit: '$ each', why: 'Lambda, requests' },
  httpApiRequest: { value: 1 / 1e6, unit: '$ each', why: 'API Gateway, HTTP API' },
  logGb: { value: 0.5, unit: '$ per GB', why: 'CloudWatch Logs, ingested' },
  metric: {
    value: 0.3,
    unit: '$ a month each',
    why: 'CloudWatch, custom metric (a name with its dimensions)',
  },
  alarm: { value: 0.1, unit: '$ a month each', why: 'CloudWatch, alarm on one metric' },
  dashboard: { value: 3, unit: '$ a month each', why: 'CloudWatch, dashboard' },
  egressGb: { value: 0.09, unit: '$ per GB', why: 'data sent to the Internet' },
} as const satisfies Record<string, Figure>;

/** One stage at Firefox's scale. */
export const ASSUMPTIONS = {
  actions: { value: 100_000, unit: 'a month', why: 'retriggers and reruns; about 4,500 on a working day' },
  direct: { value: 0.5, unit: 'of them', why: 'that come the direct way; the others are queued' },
  items: { value: 3, unit: 'per action', why: 'jobs that one click selects, times included' },
  directSeconds: {
    value: 1.5,
    unit: 's',
    why: 'billed per direct action, its share of cold starts included',
  },
  memoryGb: { value: 0.5, unit: 'GB', why: 'serverless.yml: memorySize 512' },
  pollSeconds: {
    value: 80,
    unit: 's',
    why: 'billed per scheduled run: 65 s of polling and the end of its last long poll',
  },
  runs: { value: 43_800, unit: 'a month', why: 'scheduled runs, one a minute' },
  queues: { value: 3, unit: 'queues', why: 'trust domains that one worker serves' },
  lineBytes: { value: 300, unit: 'bytes', why: 'per log line, metrics included' },
  actionLines: { value: 12, unit: 'lines', why: 'per action, plus one for each of its jobs' },
  actionBytes: { value: 60_000, unit: 'bytes', why: 'sent per action: requests, definitions and artifacts' },
} as const satisfies Record<string, Figure>;

type Values = Record<keyof typeof ASSUMPTIONS, number>;

/** How many of the reasons for a forward occur in a month; each one is a metric. */
const REASONS_SEEN = 6;

export interface CostLine {
  what: string;
  how: string;
  dollars: number;
}

/** The monthly cost of one stage, line by line. */
export function costLines(changes: Partial<Values> = {}): CostLine[] {
  const a = { ...assumed(), ...changes };
  const directActions = a.actions * a.direct;
  const metrics = Object.values<MetricDeclaration>(METRICS)
    .map(
      ({ functions, sources }) =>
        functions.length * (sources.some(({ dimension }) => dimension) ? REASONS_SEEN : 1),
    )
    .reduce((sum, count) => sum + count, 0);
  const alarms = Object.keys(alarmResources()).length;
  // A run logs its start and end, the wait of each queue, each long poll (20 s), and its metrics every 10 s.
  const runLines = 2 + a.queues * (1 + a.pollSeconds / 20) + (2 * a.pollSeconds) / 10;
  const logGb = ((a.actions * (a.actionLines + a.items) + a.runs * runLines) * a.lineBytes) / 1e9;
  return [
    line(
      'The worker holds its long polls',
      a.runs * a.pollSeconds * a.memoryGb,
      'GB-s',
      PRICES.lambdaGbSecond.value,
    ),
    line(
      'The trigger performs actions',
      directActions * a.directSeconds * a.memoryGb,
      'GB-s',
      PRICES.lambdaGbSecond.value,
    ),
    // A browser sends a preflight request (OPTIONS) at most every 15 minutes; this counts one for each action.
    line('Lambda requests', a.runs + 2 * directActions, 'requests', PRICES.lambdaRequest.value),
    line('HTTP API requests', 2 * directActions, 'requests', PRICES.httpApiRequest.value),
    line('Logs and metrics, ingested', logGb, 'GB', PRICES.logGb.value),
    line('Custom metrics', metrics, 'metrics', PRICES.metric.value),
    line('Alarms', alarms, 'alarms', PRICES.alarm.value),
    line('Dashboard', 1, 'dashboard', PRICES.dashboard.value),
    line('Data sent to Taskcluster', (a.actions * a.actionBytes) / 1e9, 'GB', PRICES.egressGb.value),
  ];
}

export function total(lines: readonly CostLine[]): number {
  return lines.reduce((sum, { dollars }) => sum + dollars, 0);
}

function assumed(): Values {
  const {
    actions,
    direct,
    items,
    directSeconds,
    memoryGb,
    pollSeconds,
    runs,
    queues,
    lineBytes,
    actionLines,
    actionBytes,
  } = ASSUMPTIONS;
  return {
    actions: actions.value,
    direct: direct.value,
    items: items.value,
    directSeconds: directSeconds.value,
    memoryGb: memoryGb.value,
    pollSeconds: pollSeconds.value,
    runs: runs.value,
    queues: queues.value,
    lineBytes: lineBytes.value,
    actionLines: actionLines.value,
    actionBytes: actionBytes.value,
  };
}

function line(what: string, amount: number, unit: string, price: number): CostLine {
  const shown =
    amount >= 100 ? Math.round(amount).toLocaleString('en-US') : String(Math.round(amount * 10) / 10);
  return { what, how: `${shown} ${unit}`, dollars: amount * price };
}

if (import.meta.main) {
  await runCommand(
    {
      script: 'cost',
      about: 'Prints the monthly cost of one stage, computed from the figures in infra/cost.ts.',
      options: {},
    },
    async () => {
      const lines = costLines();
      for (const { what, how, dollars } of lines) {
        console.log(`${what.padEnd(34)} ${how.padStart(22)} ${dollars.toFixed(2).padStart(9)} $`);
      }
      console.log(`${'One stage, a month'.padEnd(57)} ${total(lines).toFixed(2).padStart(9)} $`);
    },
  );
}
