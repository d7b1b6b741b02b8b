/** A test suite as it appears in labels, tags and on Treeherder. */
interface Suite {
  name: string;
  /** `tags.test-type`. */
  testType: string;
  groupSymbol: string;
  groupName: string;
  symbol: string;
  script: string;
  config: string;
  /** Seconds. */
  maxRunTime: number;
  /** How many chunks it has in a large push. */
  chunks: number;
}

const suite = (
  name: string,
  testType: string,
  [groupSymbol, groupName, symbol]: [string, string, string],
  chunks: number,
): Suite => ({
  name,
  testType,
  groupSymbol,
  groupName,
  symbol,
  script:
    testType === 'web-platform-tests'
      ? 'web_platform_tests.py'
      : `desktop_${testType === 'talos' ? 'talos' : 'unittest'}.py`,
  config: testType === 'web-platform-tests' ? 'web_platform_tests/prod_config.py' : `${testType}/firefox.py`,
  maxRunTime: testType === 'web-platform-tests' ? 10_800 : 5_400,
  chunks,
});

/** A larger push uses more of them, in this order. */
const suites: readonly Suite[] = [
  suite('mochitest-plain', 'mochitest', ['M', 'Mochitests', ''], 10),
  suite('mochitest-browser-chrome', 'mochitest', ['M', 'Mochitests', 'bc'], 16),
  suite('web-platform-tests', 'web-platform-tests', ['W', 'Web platform tests', 'wpt'], 24),
  suite('xpcshell', 'xpcshell', ['X', 'Xpcshell tests', 'X'], 8),
  suite('reftest', 'reftest', ['R', 'Reftests', 'R'], 8),
  suite('crashtest', 'reftest', ['R', 'Reftests', 'C'], 2),
  suite('mochitest-devtools-chrome', 'mochitest', ['M', 'Mochitests', 'dt'], 8),
  suite('jsreftest', 'reftest', ['R', 'Reftests', 'J'], 5),
  suite('talos-g5', 'talos', ['T', 'Talos performance tests', 'g5'], 1),
  suite('browsertime-tp6-firefox-amazon', 'raptor', ['Btime', 'Browsertime performance tests', 'amazon'], 1),
  suite('mochitest-media', 'mochitest', ['M', 'Mochitests', 'mda'], 4),
  suite('mochitest-chrome', 'mochitest', ['M', 'Mochitests', 'c'], 3),
  suite('mochitest-webgl1-core', 'mochitest', ['M', 'Mochitests', 'gl1c'], 1),
  suite('mochitest-a11y', 'mochitest', ['M', 'Mochitests', 'a11y'], 1),
  suite('web-platform-tests-reftest', 'web-platform-tests', ['W', 'Web platform tests', 'Wr'], 6),
  suite('web-platform-tests-wdspec', 'web-platform-tests', ['W', 'Web platform tests', 'Wd'], 4),
  suite('web-platform-tests-crashtest', 'web-platform-tests', ['W', 'Web platform tests', 'Wc'], 1),
  suite('marionette-integration', 'marionette', ['', '', 'Mn'], 1),
  suite('cppunittest', 'cppunittest', ['', '', 'cppunit'], 1),
  suite('gtest', 'gtest', ['', '', 'GTest'], 1),
];

/** Suffixes of suites that also run with some preference set. */
const variants = [
  '',
  '-1proc',
  '-swr',
  '-nofis',
  '-headless',
  '-async-event-dispatching',
  '-socketprocess_networking',
];

/** One chunk of a suite in a variant. */
export interface Chunk {
  suite: Suite;
  /** In the label: `mochitest-media-swr`. */
  variantName: string;
  /** 1-based. */
  chunk: number;
  totalChunks: number;
}

/** The first `count` chunks of a platform: the first chunk of every suite, then the second of each, and so on. */
export function chunksOf(count: number): Chunk[] {
  const perVariant = suites.reduce((sum, { chunks }) => sum + chunks, 0);
  const variantNames = variants.slice(0, Math.max(1, Math.ceil(count / perVariant)));
  const scale = Math.ceil(count / (perVariant * variantNames.length));
  const taken: Omit<Chunk, 'totalChunks'>[] = [];
  const totals = new Map<string, number>();
  for (let chunk = 1; taken.length < count; chunk += 1) {
    for (const variant of variantNames) {
      for (const candidate of suites) {
        if (chunk > candidate.chunks * scale || taken.length === count) continue;
        const variantName = `${candidate.name}${variant}`;
        taken.push({ suite: candidate, variantName, chunk });
        totals.set(variantName, chunk);
      }
    }
  }
  return taken.map((one) => ({ ...one, totalChunks: totals.get(one.variantName) ?? 1 }));
}

/** The first suites, each in one chunk. `variant` is a suffix of their names. */
export const singleChunks = (count: number, variant: string): Chunk[] =>
  suites
    .slice(0, count)
    .map((one) => ({ suite: one, variantName: `${one.name}${variant}`, chunk: 1, totalChunks: 1 }));

/** A chunk's part of the label; a suite with one chunk has no number. */
export const chunkName = ({ variantName, chunk, totalChunks }: Chunk): string =>
  totalChunks === 1 ? variantName : `${variantName}-${chunk}`;
