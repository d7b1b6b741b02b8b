/**
 * `npm run torture`: performs each action, each way, with each kind of trouble at each of its calls. In the end
 * everything must exist exactly once, or the developer must have been told the truth. docs/reliability.md has the
 * table.
 */
import { CommandError, runCommand, UsageError } from '../../cli/command.ts';
import type { Way } from '../measure.ts';
import { describePlace, type Place } from './calls.ts';
import { cell, placesIn, type Cell } from './cells.ts';
import { record } from './record.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { Stage } from './stage.ts';
import { tableOf, type Row } from './table.ts';
import { TROUBLES, type Trouble } from './troubles.ts';

/** Cells run in parallel: most of the time is spent waiting for timeouts. */
const LANES = 16;
const WAYS = ['direct', 'queued'] as const;

interface Job {
  way: Way;
  scenario: Scenario;
  place: Place;
  trouble: Trouble;
  done: (cell: Cell) => void;
}

await runCommand(
  {
    script: 'torture',
    about:
      'Makes each call of each action fail in each way, and compares what the user is told with what happened.',
    options: {
      quick: {
        type: 'boolean',
        default: false,
        about: 'one call of each method, and only the worst faults',
      },
      only: { type: 'string', value: 'TEXT', about: 'scenarios with this in their name' },
      way: { type: 'string', value: 'WAY', about: 'direct or queued; both by default' },
      record: { type: 'boolean', default: false, about: 'write the table into docs/reliability.md' },
    },
  },
  async ({ quick, only = '', way, record: toRecord }) => {
    const scenarios = SCENARIOS.filter(({ name, slow }) => name.includes(only) && !(quick && slow));
    const ways = WAYS.filter((one) => way === undefined || one === way);
    if (scenarios.length === 0) throw new UsageError(`--only ${only} is in the name of no scenario.`);
    if (ways.length === 0) throw new UsageError(`--way takes direct or queued, not ${way}.`);
    const troubles = TROUBLES.filter((trouble) => !quick || trouble.quick);
    const started = performance.now();
    const problems: string[] = [];
    const rows = await torture({
      scenarios,
      ways,
      troubles,
      quick,
      onProblem: (text) => problems.push(text),
    });
    const table = tableOf(rows, troubles);
    const cells = rows.flatMap(({ columns }) => columns.flatMap((column) => column.cells));
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(table);
    console.log(`${cells.length} runs in ${seconds} s, ${problems.length} wrong`);
    for (const problem of problems) console.log(`- ${problem}`);
    if (toRecord) await record(table);
    if (problems.length > 0)
      throw new CommandError('Something was lost or done twice, or what was said is not true.');
  },
);

// Processes that were killed or hang are still waiting; do not wait for them.
process.exit();

interface Torture {
  scenarios: readonly Scenario[];
  ways: readonly Way[];
  troubles: readonly Trouble[];
  quick: boolean;
  onProblem: (text: string) => void;
}

async function torture({ scenarios, ways, troubles, quick, onProblem }: Torture): Promise<Row[]> {
  const stages = await Promise.all(Array.from({ length: LANES }, () => Stage.set()));
  try {
    const [first] = stages;
    if (!first) return [];
    const rows: Row[] = [];
    const jobs: Job[] = [];
    for (const scenario of scenarios) {
      for (const way of ways) {
        const places = await placesIn(first, way, scenario);
        const columns = troubles.map((trouble) => ({ trouble, cells: [] as Cell[] }));
        rows.push({ scenario: scenario.name, way, places: places.length, columns });
        for (const { trouble, cells } of columns) {
          for (const place of quick ? firstOfEachMethod(places) : places) {
            const done = (result: Cell) => {
              cells.push(result);
              for (const problem of result.problems)
                onProblem(`${scenario.name}, ${way}, ${describePlace(place)}, ${trouble.name}: ${problem}`);
            };
            jobs.push({ way, scenario, place, trouble, done });
          }
        }
      }
    }
    // Each lane takes the next cell; slow ones are spread over the list.
    await Promise.all(
      stages.map(async (stage) => {
        for (let job = jobs.shift(); job; job = jobs.shift()) {
          const { way, scenario, place, trouble, done } = job;
          done(await cell(stage, way, scenario, { place, trouble }));
        }
      }),
    );
    return rows;
  } finally {
    await Promise.all(stages.map((stage) => stage.strike()));
  }
}

function firstOfEachMethod(places: readonly Place[]): Place[] {
  return places.filter(({ method }, index) => places.findIndex((place) => place.method === method) === index);
}
