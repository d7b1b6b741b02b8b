import { RecordedCalls } from './calls.ts';
import { loadConfig } from './config.ts';
import { Details } from './details.ts';
import { byId, element } from './element.ts';
import { Grid, taskIdAt } from './grid.ts';
import { STATES } from './job.ts';
import { listenToKeys, neighbour } from './keys.ts';
import { Notices } from './notices.ts';
import { Press } from './press.ts';
import { QueueReads } from './queue-reads.ts';
import { Selection } from './selection.ts';
import { Watch } from './watch.ts';

const notices = new Notices(byId('notices', HTMLElement), byId('live', HTMLElement));
try {
  await start();
} catch (error) {
  notices.error(`The page cannot be shown: ${String(error)}`);
}

async function start(): Promise<void> {
  const config = await loadConfig();
  const queue = new QueueReads(config.rootUrl);
  const list = byId('grid', HTMLElement);
  const grid = new Grid(list);
  const details = new Details(byId('details', HTMLElement), queue, (taskId) => grid.job(taskId));
  const selection = new Selection((taskId, selected) => grid.setSelected(taskId, selected));
  const watch = new Watch(queue, (taskId, state) => {
    grid.setState(taskId, state);
    const job = grid.job(taskId);
    if (job) details.update(job);
    showCounts(grid);
  });
  const recorded = await RecordedCalls.of(config.rootUrl);
  const press = new Press({
    config,
    queue,
    grid,
    recorded,
    watch,
    notices,
    onChange: () => showCounts(grid),
  });

  const select = (taskId: string, change: () => void) => {
    change();
    const count = selection.list().length;
    byId('selected', HTMLElement).textContent = count === 0 ? 'nothing selected' : `${count} selected`;
    const job = grid.job(taskId);
    if (job) details.show(job).catch((error: unknown) => notices.error(String(error)));
  };
  const order = () => grid.options().map((option) => taskIdAt(option) ?? '');
  const retrigger = () => {
    const labels = selection.list().flatMap((taskId) => grid.job(taskId)?.label ?? []);
    void press.press(labels);
  };

  list.addEventListener('click', (event) => {
    const taskId = taskIdAt(event.target);
    if (taskId === undefined) return;
    grid.focus(grid.option(taskId));
    select(taskId, () => {
      if (event.shiftKey) selection.rangeTo(taskId, order());
      else if (event.ctrlKey || event.metaKey) selection.toggle(taskId);
      else selection.only(taskId);
    });
  });
  listenToKeys(list, {
    retrigger,
    toggle: () => {
      const taskId = current();
      if (taskId !== undefined) select(taskId, () => selection.toggle(taskId));
    },
    selectOnly: () => {
      const taskId = current();
      if (taskId !== undefined) select(taskId, () => selection.only(taskId));
    },
    clear: () => select('', () => selection.clear()),
    move: (to, range) => {
      const from = grid.option(current() ?? '');
      const target = from && neighbour(grid.options(), from, to);
      const taskId = taskIdAt(target ?? null);
      if (taskId === undefined) return;
      grid.focus(target);
      if (range) select(taskId, () => selection.rangeTo(taskId, order()));
    },
    filter: () => byId('filter', HTMLInputElement).focus(),
    help: () => byId('keys', HTMLDialogElement).showModal(),
  });
  byId('help', HTMLButtonElement).addEventListener('click', () =>
    byId('keys', HTMLDialogElement).showModal(),
  );
  byId('toolbar', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    retrigger();
  });
  byId('filter', HTMLInputElement).addEventListener('input', ({ target }) => {
    if (target instanceof HTMLInputElement) grid.filter(target.value);
    showCounts(grid);
  });

  const { decisionTaskId, hook, credentials } = config;
  for await (const jobs of queue.jobs(decisionTaskId)) {
    grid.add(jobs);
    watch.add(jobs.map(({ taskId, state }): [string, typeof state] => [taskId, state]));
    showCounts(grid);
  }
  byId('push', HTMLElement).textContent =
    `Push ${decisionTaskId}, actions by ${hook.hookGroupId}/${hook.hookId}; signed in as ${credentials.clientId}`;
  document.body.dataset['ready'] = 'true';
}

function showCounts(grid: Grid): void {
  const counts = grid.counts();
  byId('states', HTMLUListElement).replaceChildren(
    ...STATES.map((state) =>
      element(
        'li',
        {},
        element('span', { class: 'state', 'data-state': state }, `${counts.get(state) ?? 0} ${state}`),
      ),
    ),
  );
  byId('shown', HTMLElement).textContent = `${grid.shown} of ${grid.size} jobs`;
}

/** The job that has the focus. */
function current(): string | undefined {
  return taskIdAt(document.activeElement);
}
