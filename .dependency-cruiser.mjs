/**
 * Which files may import which; docs/architecture.md has the diagram and the reasons. `npm run check:imports` fails on
 * any other import, including type imports.
 */

const BELOW_THE_WAYS_IN = ['actions', 'taskcluster', 'graph', 'ports', 'tasks', 'platform'].map(
  (name) => `functions/${name}`,
);
/** The hooks tool shares the client and the hook names with the functions. */
const BELOW_HOOKS = ['taskcluster', 'ports', 'tasks', 'platform'].map((name) => `functions/${name}`);

/** Each folder, and the folders that it may import besides itself. JSON is data, which all may read. */
const FLOORS = {
  cli: [],

  'functions/platform': [],
  'functions/tasks': [],
  'functions/ports': ['functions/tasks'],
  'functions/graph': ['functions/tasks', 'functions/platform'],
  'functions/actions': ['functions/ports', 'functions/graph', 'functions/tasks', 'functions/platform'],
  'functions/taskcluster': ['functions/ports', 'functions/tasks', 'functions/platform'],
  'functions/trigger': BELOW_THE_WAYS_IN,
  'functions/worker': BELOW_THE_WAYS_IN,
  'functions/explain': [...BELOW_THE_WAYS_IN, 'cli'],
  'functions/serve': [...BELOW_THE_WAYS_IN, 'functions/trigger', 'functions/worker', 'cli'],

  // Hooks are read, rendered, compared and written; each step may import the earlier ones.
  'hooks/read': BELOW_HOOKS,
  'hooks/render': [...BELOW_HOOKS, 'hooks/read'],
  'hooks/compare': [...BELOW_HOOKS, 'hooks/read', 'hooks/render'],
  'hooks/write': [...BELOW_HOOKS, 'hooks/read', 'hooks/render', 'hooks/compare'],
  // cli.ts and the files next to it
  hooks: [...BELOW_HOOKS, 'cli'],
};

function floor([folder, allowed]) {
  const longer = Object.keys(FLOORS).filter((other) => other.startsWith(`${folder}/`));
  return {
    name: folder,
    comment: `It imports ${allowed.join(', ') || 'nothing of ours'}.`,
    severity: 'error',
    from: { path: `^${folder}/`, pathNot: longer.map((other) => `^${other}/`) },
    to: {
      path: '^(cli|functions|hooks|local|infra|bench|test)/.*\\.(ts|js)$',
      pathNot: [folder, ...allowed].map((other) => `^${other}/`),
    },
  };
}

export default {
  forbidden: [
    ...Object.entries(FLOORS).map(floor),
    {
      name: 'every-folder-has-its-floor',
      comment: 'A new folder of functions/ needs a line in the table above.',
      severity: 'error',
      from: {},
      to: {
        path: '^functions/',
        pathNot: Object.keys(FLOORS).map((folder) => `^${folder}/`),
      },
    },
    {
      name: 'no-circular',
      comment: 'No circular imports, direct or indirect.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'deciding-code-is-pure',
      comment: 'No AWS, no middy, no client: code that decides can be tested with plain values.',
      severity: 'error',
      from: { path: '^functions/(tasks|graph|ports|actions)/' },
      to: { path: '(node_modules|@types)/(@aws-|@middy/|aws|taskcluster-client)' },
    },
    {
      name: 'one-file-imports-the-client',
      comment: 'Its answers are untyped, and the package will be renamed (docs/adr/0003).',
      severity: 'error',
      from: { path: '^(functions|hooks)/', pathNot: '^functions/taskcluster/client\\.ts$' },
      to: { path: 'node_modules/taskcluster-client/' },
    },
  ],
  options: {
    // TypeScript 7 has no API that dependency-cruiser could use.
    parser: 'swc',
    tsPreCompilationDeps: false,
    doNotFollow: { path: 'node_modules' },
  },
};
