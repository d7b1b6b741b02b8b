/**
 * Who may import whom; docs/architecture.md draws it and says why. `npm run check:imports` fails on any other import,
 * of types too.
 */

const BELOW_THE_WAYS_IN = ['actions', 'taskcluster', 'graph', 'ports', 'tasks', 'platform'].map(
  (name) => `functions/${name}`,
);
/** The operators' tool shares the client and the names of hooks with the functions. */
const BELOW_HOOKS = ['taskcluster', 'ports', 'tasks', 'platform'].map((name) => `functions/${name}`);

/** Each folder, and the folders that it may import besides itself. JSON is data, and anybody's to read. */
const FLOORS = {
  cli: [],

  'functions/platform': [],
  'functions/tasks': [],
  'functions/ports': ['functions/tasks'],
  'functions/graph': ['functions/tasks'],
  'functions/actions': ['functions/ports', 'functions/graph', 'functions/tasks', 'functions/platform'],
  'functions/taskcluster': ['functions/ports', 'functions/tasks', 'functions/platform'],
  'functions/trigger': BELOW_THE_WAYS_IN,
  'functions/worker': BELOW_THE_WAYS_IN,
  'functions/explain': [...BELOW_THE_WAYS_IN, 'cli'],
  'functions/serve': [...BELOW_THE_WAYS_IN, 'functions/trigger', 'functions/worker', 'cli'],

  // A hook is read, rendered, compared and written; each step knows those before it.
  'hooks/read': BELOW_HOOKS,
  'hooks/render': [...BELOW_HOOKS, 'hooks/read'],
  'hooks/compare': [...BELOW_HOOKS, 'hooks/read', 'hooks/render'],
  'hooks/write': [...BELOW_HOOKS, 'hooks/read', 'hooks/render', 'hooks/compare'],
  // cli.ts and what stands beside it
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
      comment: 'No file imports one that imports it back, over however many others.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'deciding-code-is-pure',
      comment: 'No AWS, no middy, no client: what decides can be tested with values alone.',
      severity: 'error',
      from: { path: '^functions/(tasks|graph|ports|actions)/' },
      to: { path: '(node_modules|@types)/(@aws-|@middy/|aws|taskcluster-client)' },
    },
    {
      name: 'one-file-imports-the-client',
      comment: 'Its answers are untyped and its package will change its name (docs/adr/0003).',
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
