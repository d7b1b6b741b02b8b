import type { Forward } from '../forwards.ts';
import { isRecord } from '../taskcluster/json.ts';
import type { RecordedCalls, Written } from './calls.ts';
import type { PageConfig } from './config.ts';
import { byId } from './element.ts';
import type { Grid } from './grid.ts';
import type { JobFeed } from './job-feed.ts';
import { summarize, type LastPress } from './last-press.ts';
import type { Message } from './message.ts';
import { ask } from './question.ts';
import { retrigger, type Outcome, type Way } from './retrigger.ts';

interface Parts {
  config: PageConfig;
  grid: Grid;
  feed: JobFeed;
  recorded: RecordedCalls;
  message: Message;
  lastPress: LastPress;
}

/** More new jobs than this are asked about first. */
const ASK_ABOVE = 100;
/** Of more new jobs than this, none is marked with its time: the message says it once. */
const MARK_UP_TO = 10;
/** How often, and how many times, the page looks for what the functions log of a forward. */
const [LOG_LOOK_MS, LOG_LOOKS] = [50, 40];

const number = new Intl.NumberFormat('en');

/** The button: one retrigger at a time, so that what the calls show belongs to it. */
export class Press {
  readonly #parts: Parts;
  #busy = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async press(labels: string[]): Promise<void> {
    const { message } = this.#parts;
    const times = byId('times', HTMLInputElement);
    if (labels.length === 0) return message.tell('hint', 'Nothing is selected: select a job first.');
    if (this.#busy) return message.tell('busy', 'The last retrigger is still under way.');
    if (!times.reportValidity()) return;
    this.#setBusy(true);
    try {
      if (await confirmed(labels.length, times.valueAsNumber))
        await this.#perform(labels, times.valueAsNumber);
    } finally {
      this.#setBusy(false);
    }
  }

  async #perform(labels: string[], times: number): Promise<void> {
    const { config, grid, recorded, message, lastPress } = this.#parts;
    const clickedMs = performance.now();
    const way: Way = document.querySelector('[name=way][value=queued]:checked') ? 'queued' : 'direct';
    const what = `Retriggering ${number.format(labels.length)} ${labels.length === 1 ? 'job' : 'jobs'}…`;
    message.tell('busy', what);
    lastPress.begin(what);
    grid.unhighlight();
    let pendingMs: number | undefined;
    const onWritten = async (written: Written) => {
      pendingMs = await this.#show(written, clickedMs);
    };
    try {
      const outcome = await retrigger(config, recorded, { way, labels, times, clickedMs, onWritten });
      const forward = await forwardOf(outcome);
      const summary = summarize(outcome, pendingMs, forward);
      await this.#parts.feed.refresh();
      if (pendingMs === undefined) grid.highlight([forward?.taskId ?? outcome.taskId], undefined);
      message.tell(outcome.resolvedAs === 'reportFailed' ? 'error' : 'done', summary);
      await lastPress.finish(outcome, summary);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      message.tell('error', text);
      lastPress.fail(text);
    }
  }

  /**
   * Puts new jobs into the grid, and marks what runs anew.
   *
   * @returns ms from the click until they were seen pending (or, with a quick worker, further)
   */
  async #show({ created, rerun }: Written, clickedMs: number): Promise<number> {
    const { grid, feed } = this.#parts;
    await feed.refresh();
    const ms = performance.now() - clickedMs;
    const mark = created.length + rerun.length > MARK_UP_TO ? undefined : `+${ms.toFixed(0)} ms`;
    grid.highlight(created, mark);
    grid.highlight(rerun, mark && `rerun ${mark}`);
    return ms;
  }

  #setBusy(busy: boolean): void {
    this.#busy = busy;
    byId('retrigger', HTMLButtonElement).setAttribute('aria-disabled', String(busy));
  }
}

async function confirmed(jobs: number, times: number): Promise<boolean> {
  const total = jobs * times;
  if (total <= ASK_ABOVE) return true;
  const each = times === 1 ? '' : ` ${times} times each`;
  return ask(
    `Retrigger ${number.format(jobs)} ${jobs === 1 ? 'job' : 'jobs'}${each}? This makes ${number.format(total)} new jobs.`,
    `Make ${number.format(total)} jobs`,
  );
}

/** Of a press that has made nothing itself: what the functions say of it. The log may lag behind the answer. */
async function forwardOf({ taskId, created, rerun, resolvedAs }: Outcome): Promise<Forward | undefined> {
  if (created.length + rerun.length > 0 || resolvedAs === 'reportFailed') return undefined;
  for (let look = 0; look < LOG_LOOKS; look += 1) {
    const response = await fetch(`forward.json?taskId=${encodeURIComponent(taskId)}`);
    const forward: unknown = await response.json();
    if (isRecord(forward) && typeof forward['taskId'] === 'string')
      return { taskId: forward['taskId'], reason: String(forward['reason']) };
    await new Promise((resolve) => setTimeout(resolve, LOG_LOOK_MS));
  }
  return undefined;
}
