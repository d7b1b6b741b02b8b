import type { Random } from './random.ts';
import { baseRepositoryUrl, trustDomain, type Repository } from './repository.ts';
import type { HookName } from '../../functions/tasks/hook-name.ts';

/** What all tasks of a push share. */
export interface PushContext {
  random: Random;
  rootUrl: string;
  repository: Repository;
  /** The generic in-tree action hook that `actions.json` names. */
  hook: HookName;
  decisionTaskId: string;
  revision: string;
  baseRevision: string;
  pushlogId: string;
  /** E-mail address of the developer. */
  owner: string;
  comment: string;
  /** When the decision task was created. */
  pushed: Date;
}

export const schedulerId = ({ repository }: PushContext): string =>
  `${trustDomain}-level-${repository.level}`;

/** `20261001120000`, as builds and index paths have it. */
export const buildDate = ({ pushed }: PushContext): string =>
  pushed.toISOString().replace(/\D/g, '').slice(0, 14);

/** Seconds since the epoch; the rank of the push's tasks in the index. */
export const pushdate = ({ pushed }: PushContext): number => Math.floor(pushed.getTime() / 1000);

export const artifactUrl = ({ rootUrl }: PushContext, taskId: string, name: string): string =>
  `${rootUrl}/api/queue/v1/task/${taskId}/artifacts/${name}`;

/** Environment of every task that checks out the repository. */
export const checkoutEnv = (context: PushContext): Record<string, string> => ({
  GECKO_BASE_REPOSITORY: baseRepositoryUrl,
  GECKO_BASE_REV: context.baseRevision,
  GECKO_HEAD_REPOSITORY: context.repository.url,
  GECKO_HEAD_REF: context.revision,
  GECKO_HEAD_REV: context.revision,
  MOZ_AUTOMATION: '1',
  MOZ_BUILD_DATE: buildDate(context),
  MOZ_SCM_LEVEL: String(context.repository.level),
  MOZ_SOURCE_CHANGESET: context.revision,
  MOZ_SOURCE_REPO: context.repository.url,
});
