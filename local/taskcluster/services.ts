import type { Credentials } from './api.ts';
import { ANONYMOUS_SCOPES } from './auth/anonymous.ts';
import { Authenticator } from './auth/authenticate.ts';
import { Clients } from './auth/clients.ts';
import { authEndpoints } from './auth/endpoints.ts';
import { Roles } from './auth/roles.ts';
import { hooksEndpoints } from './hooks/endpoints.ts';
import { HookStore } from './hooks/hook-store.ts';
import { checkScopes } from './http/authorize.ts';
import { Api, type Endpoint } from './http/endpoint.ts';
import { referenceOf, SERVICES } from './http/reference.ts';
import { IndexStore } from './index/index-store.ts';
import { indexEndpoints } from './index/endpoints.ts';
import type { JsonObject } from './json.ts';
import { artifactEndpoints } from './queue/artifact-endpoints.ts';
import { ArtifactStore } from './queue/artifact-store.ts';
import { artifactUploadEndpoints } from './queue/artifact-upload-endpoints.ts';
import { ClaimPoller } from './queue/claim-poller.ts';
import { createTask } from './queue/create-task.ts';
import { groupEndpoints } from './queue/group-endpoints.ts';
import { createTaskInput } from './queue/input.ts';
import { lifecycleEndpoints } from './queue/lifecycle-endpoints.ts';
import type { QueueContext } from './queue/queue.ts';
import { taskEndpoints } from './queue/task-endpoints.ts';
import { taskQueueEndpoints } from './queue/task-queue-endpoints.ts';
import { TaskStore } from './queue/task-store.ts';
import { taskState } from './queue/task.ts';
import { workerEndpoints } from './queue/worker-endpoints.ts';

const FOREVER = '3000-01-01T00:00:00.000Z';

export interface ServicesOptions {
  now: () => number;
  longPollMs: number;
  claimLookMs: number;
  claimTimeoutMs: number;
  /** Called after every change of a task's status. */
  changed(): void;
  /** The root URL, once it is known. */
  rootUrl(): string;
}

/** State and methods of the four services; everything but HTTP. */
export interface Services {
  clients: Clients;
  roles: Roles;
  authenticator: Authenticator;
  store: TaskStore;
  index: IndexStore;
  artifacts: ArtifactStore;
  claims: ClaimPoller;
  root: Credentials;
  endpoints: Endpoint[];
}

export function createServices(options: ServicesOptions): Services {
  const { now } = options;
  const clients = new Clients(now);
  const roles = new Roles();
  const authenticator = new Authenticator(clients, roles, now);
  const index = new IndexStore(now);
  const store = new TaskStore(now, {
    changed: () => options.changed(),
    completed: (task) => index.insertCompleted(task),
  });
  const artifacts = new ArtifactStore();
  const { longPollMs, claimTimeoutMs } = options;
  const claims = new ClaimPoller({
    store,
    now,
    claimTimeoutMs,
    longPollMs,
    lookEveryMs: options.claimLookMs,
  });
  const time = new Date(now()).toJSON();
  roles.set({
    roleId: 'anonymous',
    scopes: [...ANONYMOUS_SCOPES],
    description: 'What everybody may do.',
    created: time,
    lastModified: time,
  });
  const root = staticClient(clients, 'static/taskcluster/root');
  const context: QueueContext = {
    store,
    artifacts,
    claims,
    credentials: staticClient(clients, 'static/taskcluster/queue'),
    now,
  };
  const artifactUrl = (taskId: string, name: string): string =>
    `${options.rootUrl()}/api/queue/v1/task/${taskId}/artifacts/${encodeURIComponent(name)}`;
  const endpoints = [
    ...authEndpoints({ clients, roles, authenticator, now }),
    ...taskEndpoints(context),
    ...lifecycleEndpoints(context),
    ...workerEndpoints(context),
    ...groupEndpoints(context),
    ...taskQueueEndpoints(context),
    ...artifactUploadEndpoints(context),
    ...artifactEndpoints(context),
    ...indexEndpoints(index, artifactUrl),
    ...hooksEndpoints({
      hooks: new HookStore(),
      createTask: (role, taskId, task) => createTaskAs(role, taskId, task, { authenticator, store, now }),
      taskState: (taskId) => {
        const task = store.tasks.get(taskId);
        return task ? taskState(task) : 'unknown';
      },
      now,
    }),
    ...SERVICES.map((service) =>
      new Api(service).method('ping', () => ({ json: { alive: true, uptime: process.uptime() } })),
    ),
  ];
  return { clients, roles, authenticator, store, index, artifacts, claims, root, endpoints };
}

/** createTask as the hooks service calls it: with a hook's role and nothing else. */
function createTaskAs(
  role: string,
  taskId: string,
  task: JsonObject,
  { authenticator, store, now }: Pick<Services, 'authenticator' | 'store'> & { now: () => number },
): void {
  const caller = {
    status: 'auth-success',
    scheme: 'hawk',
    clientId: 'static/taskcluster/hooks',
    scopes: authenticator.expand([`assume:${role}`]),
    expires: FOREVER,
  } as const;
  const { scopes } = referenceOf('queue', 'createTask');
  createTask(
    store,
    taskId,
    createTaskInput(task),
    (parameters) => checkScopes(caller, scopes, parameters),
    now(),
    false,
  );
}

function staticClient(clients: Clients, clientId: string): Credentials {
  const { accessToken } = clients.create({
    clientId,
    scopes: ['*'],
    description: 'Made when the local Taskcluster started.',
    expires: FOREVER,
    deleteOnExpiration: false,
  });
  return { clientId, accessToken };
}
