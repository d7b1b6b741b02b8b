import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;

let folder: string | undefined;
afterEach(() => {
  if (folder) rmSync(folder, { recursive: true });
});

/** The imports that `npm run check:imports` reports in a project with these files, and the rule of each. */
function complaints(files: Record<string, string>): string[] {
  folder = mkdtempSync(join(tmpdir(), 'imports-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const config = join(ROOT, '.dependency-cruiser.mjs');
  const depcruise = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const { stdout } = spawnSync(process.execPath, [depcruise, '--config', config, '-T', 'json', '.'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const { summary }: { summary: { violations: { from: string; rule: { name: string } }[] } } =
    JSON.parse(stdout);
  return summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`).toSorted();
}

const FLOORS = [
  'tasks',
  'ports',
  'graph',
  'platform',
  'actions',
  'taskcluster',
  'trigger',
  'worker',
  'serve',
];
const targets = Object.fromEntries(
  FLOORS.map((name) => [`functions/${name}/x.ts`, 'export type X = 1;\nexport const x = 1;\n']),
);

it('accepts imports that point downwards', () => {
  const files = {
    ...targets,
    'functions/ports/a.ts': "import '../tasks/x.ts';",
    'functions/graph/a.ts': "import '../tasks/x.ts';",
    'functions/actions/a.ts': ['ports', 'tasks', 'graph', 'platform']
      .map((to) => `import '../${to}/x.ts';`)
      .join('\n'),
    'functions/taskcluster/a.ts': ['ports', 'tasks', 'platform']
      .map((to) => `import '../${to}/x.ts';`)
      .join('\n'),
    'functions/taskcluster/client.ts': "import 'taskcluster-client';",
    'functions/trigger/a.ts': ['actions', 'taskcluster', 'platform']
      .map((to) => `import '../${to}/x.ts';`)
      .join('\n'),
    'functions/serve/a.ts': ['trigger', 'worker', 'platform']
      .map((to) => `import '../${to}/x.ts';`)
      .join('\n'),
    'functions/explain/a.ts': "import '../../cli/x.ts';",
    'cli/x.ts': 'export const x = 1;',
    'hooks/cli.ts': "import '../cli/x.ts';\nimport './write/a.ts';",
    'hooks/read/a.ts': "import '../../functions/tasks/x.ts';",
    'hooks/render/a.ts': "import '../read/a.ts';",
    'hooks/write/a.ts': "import '../render/a.ts';",
  };
  expect(complaints(files)).toEqual([]);
});

it('reports every other import', () => {
  const wrong: Record<string, [text: string, rule: string]> = {
    'functions/tasks/a.ts': ["import '../ports/x.ts';", 'functions/tasks'],
    'functions/tasks/to-platform.ts': ["import '../platform/x.ts';", 'functions/tasks'],
    'functions/platform/a.ts': ["import '../tasks/x.ts';", 'functions/platform'],
    'functions/ports/a.ts': ["import '../platform/x.ts';", 'functions/ports'],
    'functions/graph/a.ts': ["import '../ports/x.ts';", 'functions/graph'],
    'functions/actions/a.ts': ["import '../taskcluster/x.ts';", 'functions/actions'],
    'functions/actions/of-a-type.ts': [
      "import type { X } from '../taskcluster/x.ts';\nexport type Y = X;",
      'functions/actions',
    ],
    'functions/actions/at-run-time.ts': [
      "export const x = () => import('../taskcluster/x.ts');",
      'functions/actions',
    ],
    'functions/actions/re-export.ts': ["export { x } from '../trigger/x.ts';", 'functions/actions'],
    'functions/taskcluster/a.ts': ["import '../actions/x.ts';", 'functions/taskcluster'],
    'functions/trigger/a.ts': ["import '../worker/x.ts';", 'functions/trigger'],
    'functions/worker/a.ts': ["import '../serve/x.ts';", 'functions/worker'],
    'functions/worker/to-new.ts': ["import '../new/x.ts';", 'every-folder-has-its-floor'],
    'functions/serve/to-hooks.ts': ["import '../../hooks/read/x.ts';", 'functions/serve'],
    'hooks/read/a.ts': ["import '../render/x.ts';", 'hooks/read'],
    'hooks/render/a.ts': ["import '../compare/x.ts';", 'hooks/render'],
    'hooks/compare/a.ts': ["import '../write/x.ts';", 'hooks/compare'],
    'hooks/cli.ts': ["import '../functions/trigger/x.ts';", 'hooks'],
    'hooks/commands.ts': ["import '../local/x.ts';", 'hooks'],
    'functions/tasks/client.ts': ["import 'taskcluster-client';", 'deciding-code-is-pure'],
    'functions/actions/middy.ts': ["import '@middy/core';", 'deciding-code-is-pure'],
    'functions/graph/sdk.ts': ["import '@aws-sdk/client-lambda';", 'deciding-code-is-pure'],
    'functions/ports/lambda.ts': [
      "import type { Context } from 'aws-lambda';\nexport type C = Context;",
      'deciding-code-is-pure',
    ],
    'functions/worker/client.ts': ["import 'taskcluster-client';", 'one-file-imports-the-client'],
    'functions/trigger/to-cli.ts': ["import '../../cli/x.ts';", 'functions/trigger'],
    'cli/a.ts': ["import '../local/x.ts';", 'cli'],
    'local/a.ts': ["import './b.ts';", 'no-circular'],
  };
  const files = Object.fromEntries(Object.entries(wrong).map(([path, [text]]) => [path, text]));
  const others = [
    'cli',
    'functions/new',
    'hooks/read',
    'hooks/render',
    'hooks/compare',
    'hooks/write',
    'local',
  ];
  const found = complaints({
    ...targets,
    ...Object.fromEntries(others.map((name) => [`${name}/x.ts`, 'export const x = 1;\n'])),
    // A cycle is reported once, at one of its files.
    'local/b.ts': "import type { A } from './a.ts';\nexport type B = A;",
    ...files,
  });
  for (const [path, [, rule]] of Object.entries(wrong)) expect(found).toContain(`${path}: ${rule}`);
  expect(new Set(found.map((line) => line.split(':')[0]))).toEqual(new Set(Object.keys(wrong)));
});
