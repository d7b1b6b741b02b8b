import type { Credentials } from '../taskcluster/api.ts';
import { getAction, loadActions } from './actions.ts';
import { submit, type Step, type Triggered } from './submit.ts';

/** Where the user is signed in, and the push that they look at. */
export interface Session {
  rootUrl: string;
  /** Where triggers go, if not to the root URL. */
  hooksRootUrl?: string;
  userCredentials: Credentials;
  decisionTaskId: string;
  /** Called after each step, with the milliseconds since the click. */
  onStep?: (step: Step, milliseconds: number) => void;
}

/** The message that Treeherder shows in red; `cause` is the original error. */
export class TreeherderNotification extends Error {
  constructor(text: string, cause: unknown) {
    super(text, { cause });
    this.name = 'TreeherderNotification';
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Starts the clock of one click. */
const stepTimer = ({ onStep }: Session): ((step: Step) => void) => {
  const clicked = performance.now();
  return (step) => onStep?.(step, performance.now() - clicked);
};

/**
 * The retrigger button (and the key `r`). Whatever is selected, it sends labels only, as an action on the whole push.
 * If the push has no `retrigger-multiple`, it falls back to `add-new-jobs`.
 *
 * @param request.labels names of the selected jobs, one for each job.
 * @returns the action task, or the function's answer.
 * @throws TreeherderNotification
 */
export async function pressRetrigger(
  session: Session,
  request: { labels: string[]; times?: number },
): Promise<Triggered> {
  const onStep = stepTimer(session);
  const { decisionTaskId } = session;
  const { labels, times = 1 } = request;
  const loaded = await loadActions(session.rootUrl, decisionTaskId).catch((error: unknown) => {
    throw new TreeherderNotification(messageOf(error), error);
  });
  onStep('actions.json');
  try {
    const multiple = loaded.actions.find(({ name }) => name === 'retrigger-multiple');
    return await submit({
      ...session,
      onStep,
      variables: loaded.variables,
      action: multiple ?? getAction(loaded.actions, 'add-new-jobs'),
      input: multiple ? { requests: [{ tasks: labels, times }] } : { tasks: labels },
      taskId: null,
    });
  } catch (error) {
    const text = `Retrigger failed with Decision task: ${decisionTaskId}: ${String(error)}`;
    throw new TreeherderNotification(text, error);
  }
}

/**
 * "Custom action…" on one task, with the form's content as input, or an action of the push's menu. Takes the first
 * action with the name whose context matches the task: on a build, `retrigger` is `retrigger-disabled`.
 *
 * @param request.taskId null for the whole push
 * @throws TreeherderNotification
 */
export async function submitCustomAction(
  session: Session,
  request: { name: string; taskId: string | null; input: unknown },
): Promise<Triggered> {
  const onStep = stepTimer(session);
  const { name, taskId, input } = request;
  try {
    const { actions, variables } = await loadActions(
      session.rootUrl,
      session.decisionTaskId,
      taskId ?? undefined,
    );
    onStep('actions.json');
    return await submit({ ...session, onStep, variables, action: getAction(actions, name), input, taskId });
  } catch (error) {
    throw new TreeherderNotification(`Taskcluster: ${messageOf(error).split('----')[0] ?? ''}`, error);
  }
}
