import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** By the seconds that they take, the longest first. */
const LONG = [
  'local/page/view',
  'infra/drill',
  'hooks/cli',
  'functions/trigger/unanswered',
  'functions/worker/disturbed',
  'local/page/page',
  'functions/trigger/cancel',
  'functions/worker/killed',
  'local/start',
  'cli/scripts',
  'functions/serve/trouble',
  'model/model',
  'functions/worker/crowd',
  'functions/worker/attempts',
  'functions/explain/explain',
  'functions/serve/limits',
  'local/page/cancel',
  'local/page/new-jobs',
];

const place = ({ moduleId }: TestSpecification) => {
  const found = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return found < 0 ? LONG.length : found;
};

/**
 * Starts slow files first, so that none of them is still running when all others have ended. Vitest remembers how long
 * each took, but not after `npm ci`; then it goes by their size.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line no-array-sort -- it is no array
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => place(one) - place(other));
  }
}
