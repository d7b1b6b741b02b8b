import { RecordedCalls } from './calls.ts';
import { loadConfig, type PageConfig } from './config.ts';
import { cancel, cancelAll } from './cancel.ts';
import { byId } from './element.ts';
import { FilterBar } from './filter-bar.ts';
import { Grid, taskIdAt } from './grid.ts';
import { isFailure } from './job.ts';
import { JobFeed } from './job-feed.ts';
import { listenToKeys, neighbour } from './keys.ts';
import { LastPress } from './last-press.ts';
import { link } from './links.ts';
import { Message } from './message.ts';
import { askForNewJob } from './new-jobs.ts';
import { number } from './number.ts';
import { Panel } from './panel.ts';
import { Press, type PageAction } from './press.ts';
import { QueueReads } from './queue-reads.ts';
import { retrigger } from './retrigger.ts';
import { Selection } from './selection.ts';

const config = await loadConfig();
const queue = new QueueReads(config.rootUrl);
const message = new Message((taskId) => queue.taskUrl(taskId));
try {
  await start();
} catch (error) {
  message.tell('error', `The page cannot be shown: ${String(error)}`);
}

async function start(): Promise<void> {
  const list = byId('grid', HTMLElement);
  const grid = new Grid(list);
  const selection = new Selection((taskId, selected) => grid.setSelected(taskId, selected));
  const panel = new Panel({ queue, jobOf: (taskId) => grid.job(taskId), onJob: (taskId) => visit(taskId) });
  const filterBar = new FilterBar(grid, () => {
    selection.keep((taskId) => grid.isShown(taskId));
    showSelected();
  });
  const feed = new JobFeed(({ added, changed }) => {
    grid.add(added);
    for (const { taskId, state } of changed) {
      grid.setState(taskId, state);
      const job = grid.job(taskId);
      if (job) panel.update(job);
    }
    filterBar.showCounts();
  }, tellReachable);
  const lastPress = new LastPress(queue, panel);
  const recorded = await RecordedCalls.of(config.rootUrl);
  const press = new Press({ config, grid, feed, recorded, message, lastPress });

  const showSelected = () => {
    byId('selected', HTMLElement).textContent =
      selection.size === 0 ? 'Nothing selected' : `${number(selection.size)} selected`;
  };
  /** The panel shows the job that was selected last. */
  const select = (taskId: string, change: () => void) => {
    change();
    showSelected();
    const job = grid.job(taskId);
    if (!job) return;
    panel.showJob(job);
    // In a narrow window the panel covers the lower jobs.
    grid.option(taskId)?.scrollIntoView({ block: 'nearest' });
  };
  const visit = (taskId: string) => {
    if (!grid.isShown(taskId)) filterBar.clear();
    grid.focus(grid.option(taskId));
    select(taskId, () => selection.only(taskId));
  };
  const onCurrent = (change: (taskId: string) => void) => {
    const taskId = taskIdAt(document.activeElement);
    if (taskId !== undefined) select(taskId, () => change(taskId));
  };
  const pressAction = (action: PageAction | string) =>
    void press.press(action).then(() => filterBar.showCounts());
  const selectedJobs = () => selection.list().flatMap((taskId) => grid.job(taskId) ?? []);
  const retriggerSelected = () => pressAction(retrigger(selectedJobs().map(({ label }) => label)));

  list.addEventListener('click', (event) => {
    const taskId = taskIdAt(event.target);
    if (taskId === undefined) return;
    grid.focus(grid.option(taskId));
    select(taskId, () => {
      if (event.shiftKey) selection.rangeTo(taskId, grid.order());
      else if (event.ctrlKey || event.metaKey) selection.toggle(taskId);
      else selection.only(taskId);
    });
  });
  listenToKeys(list, {
    retrigger: retriggerSelected,
    toggle: () => onCurrent((taskId) => selection.toggle(taskId)),
    selectOnly: () => onCurrent((taskId) => selection.only(taskId)),
    selectAll: () => {
      selection.all(grid.order());
      showSelected();
    },
    close: () => {
      if (message.dismiss()) return;
      selection.clear();
      showSelected();
      panel.close();
    },
    move: (to, how) => {
      const from = grid.current();
      // The first press of an arrow key selects the job that the Tab key would reach.
      const target =
        from && list.contains(document.activeElement) ? neighbour(grid.options(), from, to) : from;
      const taskId = taskIdAt(target ?? null);
      if (taskId === undefined) return;
      grid.focus(target);
      if (how === 'focus') return;
      select(taskId, () =>
        how === 'extend' ? selection.rangeTo(taskId, grid.order()) : selection.only(taskId),
      );
    },
    failure: (step) => {
      const taskId = grid.next(step, isFailure);
      if (taskId === undefined)
        message.tell('hint', `There is no ${step > 0 ? 'later' : 'earlier'} failure.`);
      else visit(taskId);
    },
    log: () => panel.showLog(),
    nextTab: () => panel.nextTab(),
    filter: () => filterBar.focus(),
    clearFilter: () => filterBar.clear(),
    toggleInProgress: () => filterBar.toggleInProgress(),
    toggleFailures: () => filterBar.toggleFailures(),
    help: showKeys,
  });
  byId('help', HTMLButtonElement).addEventListener('click', showKeys);
  byId('close-panel', HTMLButtonElement).addEventListener('click', () => panel.close());
  byId('actions', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    retriggerSelected();
  });

  byId('cancel', HTMLButtonElement).addEventListener('click', () => pressAction(cancel(selectedJobs())));
  byId('add-jobs', HTMLButtonElement).addEventListener(
    'click',
    () =>
      void askForNewJob().then(
        (action) => action !== undefined && pressAction(action),
        (error: unknown) => message.tell('error', `The list of jobs could not be read: ${String(error)}`),
      ),
  );
  byId('cancel-all', HTMLButtonElement).addEventListener('click', () =>
    pressAction(cancelAll(grid.counts())),
  );

  await feed.refresh();
  feed.follow();
  showPush(config);
  document.body.dataset['ready'] = 'true';
}

function tellReachable(reachable: boolean): void {
  if (reachable) message.tell('hint', 'The server of this page answers again.');
  else message.tell('error', 'The server of this page does not answer: what is shown may be out of date.');
}

function showKeys(): void {
  byId('keys', HTMLDialogElement).showModal();
}

function showPush({ decisionTaskId, hook, credentials }: PageConfig): void {
  const push = byId('push', HTMLElement);
  const hookName = `${hook.hookGroupId}/${hook.hookId}`;
  push.replaceChildren(
    'Push ',
    link(queue.taskUrl(decisionTaskId), decisionTaskId),
    ` · ${credentials.clientId} · ${hookName}`,
  );
  push.title = `Signed in as ${credentials.clientId}; actions go to the hook ${hookName}`;
}
