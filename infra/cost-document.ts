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
    'Computed by `npm run cost` from the figures below; nothing here was measured on AWS. Storage of logs (30 days), the ' +
      'bucket of the deploys, SSM (standard parameters) and the first gigabytes that AWS gives away are left out: cents.',
    table(
      ['One stage', 'Amount', 'A month'],
      [
        ...lines.map(({ what, how, dollars: cost }) => [what, how, dollars(cost)]),
        ['Together', '', dollars(one)],
      ],
    ),
    '## Assumptions',
    table(['What', 'Figure'], Object.entries(ASSUMPTIONS).map(figure)),
    '## Prices',
    'List prices in US dollars, us-west-2, without free tiers, as published in 2025. Check them before you ' +
      'rely on them: `infra/cost.ts`.',
    table(['What', 'Price'], Object.entries(PRICES).map(figure)),
    '## Cheaper',
    '- The direct way alone (worker not deployed) costs what is used: no long polls.\n' +
      '- 256 MB instead of 512 halve the largest line; cold starts get slower, since CPU comes with memory.\n' +
      '- The direct way’s metrics and the queued way’s are counted apart; whoever runs one of both pays for one.',
  );
}

function dollars(amount: number): string {
  return `$${amount.toFixed(2)}`;
}

function figure([, { value, unit, why }]: [string, { value: number; unit: string; why: string }]): string[] {
  return [why, `${value < 0.001 ? value.toExponential(2) : value.toLocaleString('en-US')} ${unit}`];
}
