/**
 * `npm run mutate -- --named`: breaks what matters most, one thing at a time, and checks that the test for it fails.
 */
import { readFile } from 'node:fs/promises';
import { createVitest } from 'vitest/node';
import { ROOT } from './tests.ts';

export interface Break {
  /** What is broken. */
  what: string;
  file: string;
  /** Occurs once in the file. */
  original: string;
  replacement: string;
  /** The test file, and the full name of the test that must fail. */
  test: string;
  name: string;
}

export const BREAKS: readonly Break[] = [
  {
    what: 'the derivation of taskIds',
    file: 'functions/tasks/task-id.ts',
    original: '`${actionId}/${targetTaskId}/${copy}`',
    replacement: '`${targetTaskId}/${actionId}/${copy}`',
    test: 'test/functions/tasks/task-id.test.ts',
    name: 'cloneTaskId > never changes: an attempt by a newer version must find what an older one has made',
  },
  {
    what: 'the check of the task group',
    file: 'functions/actions/targets.ts',
    original: 'if (definition.taskGroupId !== taskGroupId) {',
    replacement: 'if (false) {',
    test: 'test/functions/actions/make-plan.test.ts',
    name: 'what cannot be done is refused, and the rest is done > a task of another task group that no map of the push names',
  },
  {
    what: 'the protection of scriptworker pools',
    file: 'functions/tasks/protection.ts',
    original: "if (queue.startsWith('scriptworker') ||",
    replacement: 'if (false ||',
    test: 'test/functions/tasks/protection.test.ts',
    name: 'protectionOf > protects a scriptworker queue at every level',
  },
  {
    what: 'the order: allowed before anything is written',
    file: 'functions/actions/perform.ts',
    original: 'await Promise.all([preparing, allowed])',
    replacement: 'await Promise.all([preparing])',
    test: 'test/functions/actions/perform.test.ts',
    name: 'perform > writes nothing before it is allowed, and nothing if it is not',
  },
  {
    what: 'the look-up after a lost answer',
    file: 'functions/actions/aftermath.ts',
    original: 'if (failed.length === 0) return new Map();',
    replacement: "return new Map(failed.map((write) => [write, 'not done']));",
    test: 'test/functions/actions/act.test.ts',
    name: 'a write that got no answer > is done if a look shows that',
  },
  {
    what: 'which hooks are in-tree action hooks',
    file: 'functions/tasks/hook-name.ts',
    original: '/^in-tree-',
    replacement: '/in-tree-',
    test: 'test/functions/tasks/hook-name.test.ts',
    name: 'parseInTreeHook > does not take a hook with more before it',
  },
  {
    what: 'until when a clone needs its dependencies',
    file: 'functions/actions/plan-clones.ts',
    original: 'action.now.getTime() + Date.parse(definition.deadline)',
    replacement: 'action.now.getTime() - Date.parse(definition.deadline)',
    test: 'test/functions/actions/decide.test.ts',
    name: 'a clone > needs its dependencies until its own deadline',
  },
  {
    what: 'which of several tasks of a label is cloned',
    file: 'functions/actions/decide.ts',
    original: 'if (target.original) clonings.push(',
    replacement: 'clonings.push(',
    test: 'test/functions/actions/decide.test.ts',
    name: 'a clone > is made only of the first task of its label',
  },
  {
    what: 'the check of a label map',
    file: 'functions/actions/push-labels.ts',
    original: 'Object.values(value).every(isTaskId)',
    replacement: 'Object.values(value).some(isTaskId)',
    test: 'test/functions/actions/push-labels.test.ts',
    name: 'reading > cannot be read if the decision task’s map holds words beside taskIds',
  },
  {
    what: 'which maps of our own actions are read',
    file: 'functions/actions/push-labels.ts',
    original: 'label.length === TREEHERDER_LABEL_LENGTH && this.complete(label) !== undefined',
    replacement: 'label.length === TREEHERDER_LABEL_LENGTH || this.complete(label) !== undefined',
    test: 'test/functions/actions/push-labels.test.ts',
    name: 'the labels of an action of ours > matter to every other label if there is one that no label of the decision task is cut to',
  },
];

/** @returns the full names of the tests that fail in its test file while it is broken */
export async function failingTests({ file, original, replacement, test }: Break): Promise<string[]> {
  const source = await readFile(`${ROOT}${file}`, 'utf8');
  if (source.split(original).length !== 2) throw new Error(`${file} has not once: ${original}`);
  const broken = source.replace(original, () => replacement);
  const vitest = await createVitest(
    'test',
    {
      config: false,
      root: ROOT,
      watch: false,
      fsModuleCache: false,
      include: [test],
      reporters: [{}],
      silent: true,
      pool: 'threads',
    },
    {
      plugins: [
        { name: 'break', enforce: 'pre', load: (id) => (id === `${ROOT}${file}` ? broken : undefined) },
      ],
    },
  );
  try {
    const { testModules } = await vitest.start();
    return testModules.flatMap((module) =>
      [...module.children.allTests('failed')].map(({ fullName }) => fullName),
    );
  } finally {
    await vitest.close();
  }
}
