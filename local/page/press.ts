import type { Forward } from '../forwards.ts';
import { isObject } from '../../functions/tasks/shapes.ts';
import type { Session } from '../treeherder/button.ts';
import { countOf, type RecordedCalls, type Written } from './calls.ts';
import type { PageConfig } from './config.ts';
import { byId } from './element.ts';
import { follow, type Outcome, type Submitted, type Way } from './follow.ts';
import type { Grid } from './grid.ts';
import type { JobFeed } from './job-feed.ts';
import { summarize, type LastPress, type Seen } from './last-press.ts';
import type { Message } from './message.ts';
import { ask } from './question.ts';

/** What one of the buttons does. */
export interface PageAction {
  /** Shown while it is under way: `Retriggering 3 jobs…` */
  doing: string;
  /** Asked first, if the action is hard to undo; `yes` is the text of the button that confirms. */
  question?: { text: string; yes: string };
  /** Submits it as Treeherder does: one action, or several, one after another. */
  submit: (session: Session) => Promise<Submitted>;
}

interface Parts {
  config: PageConfig;
  grid: Grid;
  feed: JobFeed;
  recorded: RecordedCalls;
  message: Message;
  lastPress: LastPress;
}

/** With more jobs than this, none is marked with its time; the message says it once. */
const MARK_UP_TO = 10;
/** How often, and how many times, the page looks for the functions' log line about a forward. */
const [LOG_LOOK_MS, LOG_LOOKS] = [50, 40];

/** The buttons: one action at a time, so that what the calls show belongs to it. */
export class Press {
  readonly #parts: Parts;
  #busy = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @param action, or the reason why there is nothing to do */
  async press(action: PageAction | string): Promise<void> {
    const { message } = this.#parts;
    if (typeof action === 'string') return message.tell('hint', action);
    if (this.#busy) return message.tell('busy', 'The last action is still running.');
    this.#setBusy(true);
    try {
      const { question } = action;
      if (!question || (await ask(question.text, question.yes))) await this.#perform(action);
    } finally {
      this.#setBusy(false);
    }
  }

  async #perform({ doing, submit }: PageAction): Promise<void> {
    const { config, grid, feed, recorded, message, lastPress } = this.#parts;
    const clickedMs = performance.now();
    const way: Way = document.querySelector('[name=way][value=queued]:checked') ? 'queued' : 'direct';
    message.tell('busy', doing);
    lastPress.begin(doing);
    grid.unhighlight();
    let seen: Seen | undefined;
    const onWritten = async (written: Written) => {
      seen = await this.#show(written, clickedMs);
    };
    try {
      const outcome = await follow(config, recorded, { way, clickedMs, submit, onWritten });
      const forward = await forwardOf(outcome);
      const summary = summarize(outcome, seen, forward);
      await feed.refresh();
      if (!seen) grid.highlight([forward?.taskId ?? outcome.taskId], undefined);
      message.tell(outcome.resolvedAs === 'reportFailed' ? 'error' : 'done', summary);
      await lastPress.finish(outcome, summary);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      message.tell('error', text);
      lastPress.fail(text);
    }
  }

  /** Puts new jobs into the grid, and marks what is rerun or canceled. */
  async #show(written: Written, clickedMs: number): Promise<Seen> {
    const { grid, feed } = this.#parts;
    await feed.refresh();
    const ms = performance.now() - clickedMs;
    const mark = countOf(written) > MARK_UP_TO ? undefined : `+${ms.toFixed(0)} ms`;
    const { created, rerun, canceled } = written;
    grid.highlight(created, mark);
    grid.highlight(rerun, mark && `rerun ${mark}`);
    grid.highlight(canceled, mark && `canceled ${mark}`);
    const waits = [...created, ...rerun].some((taskId) => grid.job(taskId)?.state === 'unscheduled');
    return { ms, waits };
  }

  #setBusy(busy: boolean): void {
    this.#busy = busy;
    for (const button of byId('actions', HTMLFormElement).querySelectorAll('button'))
      button.setAttribute('aria-disabled', String(busy));
  }
}

/** What the functions log about a press that has written nothing itself. The log may lag behind the answer. */
async function forwardOf(outcome: Outcome): Promise<Forward | undefined> {
  if (countOf(outcome) > 0 || outcome.resolvedAs === 'reportFailed') return undefined;
  for (let look = 0; look < LOG_LOOKS; look += 1) {
    const response = await fetch(`forward.json?taskId=${encodeURIComponent(outcome.taskId)}`);
    const forward: unknown = await response.json();
    if (isObject(forward) && typeof forward['taskId'] === 'string')
      return { taskId: forward['taskId'], reason: String(forward['reason']) };
    // The worker logs a forward before it resolves the action task.
    if (outcome.way === 'queued') return undefined;
    await new Promise((resolve) => setTimeout(resolve, LOG_LOOK_MS));
  }
  return undefined;
}
