import type { RecordedCalls, Written } from './calls.ts';
import type { PageConfig } from './config.ts';
import { byId } from './element.ts';
import type { Grid } from './grid.ts';
import { showLastRetrigger, summarize } from './last-retrigger.ts';
import type { Notices } from './notices.ts';
import type { QueueReads } from './queue-reads.ts';
import { retrigger, type Way } from './retrigger.ts';
import type { Watch } from './watch.ts';

interface Parts {
  config: PageConfig;
  queue: QueueReads;
  grid: Grid;
  recorded: RecordedCalls;
  watch: Watch;
  notices: Notices;
  /** Told when the grid has changed. */
  onChange: () => void;
}

/** The button: one retrigger at a time, so that what the calls show belongs to it. */
export class Press {
  readonly #parts: Parts;
  #busy = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async press(labels: string[]): Promise<void> {
    const { config, queue, recorded, notices } = this.#parts;
    const clickedMs = performance.now();
    const times = byId('times', HTMLInputElement);
    if (labels.length === 0) return notices.tell('Select a job first.');
    if (this.#busy) return notices.tell('The last retrigger is still under way.');
    if (!times.reportValidity()) return;
    const way: Way = document.querySelector('[name=way][value=queued]:checked') ? 'queued' : 'direct';
    this.#setBusy(true);
    notices.tell(`Retriggering ${labels.length} ${labels.length === 1 ? 'job' : 'jobs'}…`);
    let pendingMs: number | undefined;
    const onWritten = async (written: Written) => {
      pendingMs = await this.#show(written, clickedMs);
    };
    try {
      const outcome = await retrigger(config, recorded, {
        way,
        labels,
        times: times.valueAsNumber,
        clickedMs,
        onWritten,
      });
      const summary = summarize(outcome, pendingMs);
      if (outcome.way === 'queued') await this.#show({ created: [outcome.taskId], rerun: [] }, clickedMs);
      await showLastRetrigger(queue, outcome, summary);
      notices.tell(summary);
    } catch (error) {
      notices.error(error instanceof Error ? error.message : String(error));
    } finally {
      this.#setBusy(false);
    }
  }

  /**
   * Puts new jobs into the grid, and marks what runs anew.
   *
   * @returns ms from the click until the queue said that they are pending (or, with a quick worker, further)
   */
  async #show({ created, rerun }: Written, clickedMs: number): Promise<number> {
    const { queue, grid, watch, onChange } = this.#parts;
    const states = await queue.states([...created, ...rerun]);
    const ms = performance.now() - clickedMs;
    const unseen = created.filter((taskId) => !grid.job(taskId));
    grid.add(await queue.newJobs(unseen, states));
    for (const taskId of unseen) grid.mark(taskId, `+${ms.toFixed(0)} ms`);
    for (const taskId of rerun) {
      const state = states.get(taskId);
      if (state) grid.setState(taskId, state);
      grid.mark(taskId, `rerun +${ms.toFixed(0)} ms`);
    }
    watch.add(states);
    onChange();
    return ms;
  }

  #setBusy(busy: boolean): void {
    this.#busy = busy;
    byId('retrigger', HTMLButtonElement).setAttribute('aria-disabled', String(busy));
  }
}
