/** Runs test files of the project in this process, on source files that contain mutants. */
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVitest, type TestSequencer, type TestSpecification, type Vitest } from 'vitest/node';
import { instrument } from './instrument.ts';
import { findMutants } from './mutants.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs test files in the given order. */
class InOrder implements TestSequencer {
  sort(files: TestSpecification[]): TestSpecification[] {
    return files;
  }
  shard(files: TestSpecification[]): TestSpecification[] {
    return files;
  }
}

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const ACTIVE = beside('active.ts');
const SWEEP_RUNNER = beside('sweep-runner.ts');
const END_ON_FAILURE = beside('end-on-failure.ts');

export type Way = 'sweep' | 'one';

const SHORT = { testTimeout: 40_000, expect: { poll: { timeout: 4_000 } } };
const LONG = { testTimeout: 20_000, expect: { poll: { timeout: 10_000 } }, maxConcurrency: 12 };

/** The result of a run of test files. */
export interface Verdict {
  /** The first test that failed; undefined if none did. */
  failed?: string;
  /** Test files with a failed test. */
  failedFiles: string[];
  /** Test file → ms. */
  durations: Record<string, number>;
}

export class Tests {
  readonly #vitest: Vitest;

  private constructor(vitest: Vitest) {
    this.#vitest = vitest;
  }

  /**
   * @param files the source files that get mutants, relative to the project
   * @param way `sweep`: each test with all mutants that it reaches (sweep-runner.ts); `one`: with the one in `MUTANT`
   */
  static async start(files: ReadonlySet<string>, way: Way): Promise<Tests> {
    const vitest = await createVitest(
      'test',
      {
        config: false,
        root: ROOT,
        watch: true,
        // The cache must neither store mutants nor be used in their place.
        fsModuleCache: false,
        include: ['test/**/*.test.ts'],
        reporters: [{}],
        silent: true,
        pool: 'threads',
        fileParallelism: false,
        globalSetup: 'test/support/temporary-folder.ts',
        ...(way === 'sweep'
          ? {
              isolate: true,
              bail: 0,
              runner: SWEEP_RUNNER,
              setupFiles: END_ON_FAILURE,
              ...SHORT,
            }
          : { isolate: false, bail: 1, setupFiles: ACTIVE, ...LONG }),
        sequence: { sequencer: InOrder },
      },
      {
        plugins: [
          {
            name: 'mutants',
            enforce: 'pre',
            async load(id: string) {
              const file = relative(ROOT, id);
              if (!files.has(file)) return undefined;
              const source = await readFile(id, 'utf8');
              return instrument(source, file, findMutants(source, file));
            },
          },
        ],
      },
    );
    await vitest.standalone();
    return new Tests(vitest);
  }

  /** @param files relative to the project; stops after the first failure */
  async run(files: readonly string[]): Promise<Verdict> {
    const specifications = files.flatMap((file) => this.#vitest.getModuleSpecifications(`${ROOT}${file}`));
    const { testModules, unhandledErrors } = await this.#vitest.runTestSpecifications(specifications);
    const durations: Record<string, number> = {};
    const failedFiles: string[] = [];
    let failed = unhandledErrors.length > 0 ? 'an unhandled error' : undefined;
    for (const module of testModules) {
      const file = relative(ROOT, module.moduleId);
      durations[file] = module.diagnostic().duration;
      if (module.ok() || module.state() === 'skipped') continue;
      const [test] = module.children.allTests('failed');
      failedFiles.push(file);
      failed ??= `${file}: ${test?.fullName ?? 'it does not load'}`;
    }
    return { durations, failedFiles, ...(failed === undefined ? {} : { failed }) };
  }
}
