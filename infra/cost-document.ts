import { ASSUMPTIONS, costLines, PRICES, total } from './cost.ts';
import { page, table } from './documents.ts';

/** docs/cost.md */
export function costDocument(): string {
  const lines = costLines();
  const one = total(lines);
  const idle = total(costLines({ actions: 0 }));
  const tenfold = total(costLines({ actions: 10 * ASSUMPTIONS.actions.value }));
  return page(
    '# What it costs',
    `About **${dollars(one)} a month** for one stage at Firefox’s scale, ${dollars(2 * one)} for level 1 and level 3 ` +
      `together. ${dollars(idle)} of each stage’s is there without a single retrigger: the worker’s long polls, ` +
      `metrics and alarms. Ten times as many actions cost ${dollars(tenfold)}.`,
    'Computed by `npm run cost` from the figures below; nothing here was measured on AWS. Left out, since they ' +
      'cost cents: 30 days of log storage, the bucket for deploys, SSM (standard parameters) and AWS’s free tiers.',
    table(
      ['One stage', 'Amount', 'A month'],
      [
        ...lines.map(({ what, how, dollars: cost }) => [what, how, dollars(cost)]),
        ['Total', '', dollars(one)],
      ],
    ),
    '## Assumptions',
    table(['What', 'Figure'], Object.entries(ASSUMPTIONS).map(figure)),
    '## Prices',
    'List prices in US dollars, us-west-2, without free tiers, as published in 2025. Check them before you ' +
      'rely on them: `infra/cost.ts`.',
    table(['What', 'Price'], Object.entries(PRICES).map(figure)),
    '## Cheaper',
    '- The direct way alone (worker not deployed) costs only what is used, since there are no long polls.\n' +
      '- Half the memory (256 MB) halves the largest line; cold starts get slower, since CPU scales with memory.\n' +
      '- The direct way’s metrics and the queued way’s are separate; if you run one way only, you pay for one.',
  );
}

function dollars(amount: number): string {
  return `$${amount.toFixed(2)}`;
}

function figure([, { value, unit, why }]: [string, { value: number; unit: string; why: string }]): string[] {
  return [why, `${value < 0.001 ? value.toExponential(2) : value.toLocaleString('en-US')} ${unit}`];
}
