/** What the keys do. They are Treeherder's keys, where it has one. */
export interface Commands {
  retrigger(): void;
  toggle(): void;
  selectOnly(): void;
  selectAll(): void;
  /** Closes what is on top: a message, then the panel and the selection. */
  close(): void;
  move(to: Direction, how: 'select' | 'extend' | 'focus'): void;
  failure(step: 1 | -1): void;
  log(): void;
  nextTab(): void;
  filter(): void;
  clearFilter(): void;
  toggleInProgress(): void;
  toggleFailures(): void;
  help(): void;
}

export type Direction = 'next' | 'previous' | 'above' | 'below' | 'first' | 'last';

const DIRECTIONS = new Map<string, Direction>([
  ['ArrowRight', 'next'],
  ['ArrowLeft', 'previous'],
  ['ArrowUp', 'above'],
  ['ArrowDown', 'below'],
  ['Home', 'first'],
  ['End', 'last'],
]);

const PAGE_KEYS = new Map<string, (commands: Commands) => void>([
  ['r', (commands) => commands.retrigger()],
  ['j', (commands) => commands.failure(1)],
  ['n', (commands) => commands.failure(1)],
  ['k', (commands) => commands.failure(-1)],
  ['p', (commands) => commands.failure(-1)],
  ['l', (commands) => commands.log()],
  ['t', (commands) => commands.nextTab()],
  ['f', (commands) => commands.filter()],
  ['i', (commands) => commands.toggleInProgress()],
  ['u', (commands) => commands.toggleFailures()],
  ['?', (commands) => commands.help()],
  ['Escape', (commands) => commands.close()],
  ['Ctrl+a', (commands) => commands.selectAll()],
  ['Ctrl+Shift+f', (commands) => commands.clearFilter()],
]);

/** Listens on the whole page. A key that already has a meaning where the focus is keeps it. */
export function listenToKeys(grid: HTMLElement, commands: Commands): void {
  document.addEventListener('keydown', (event) => {
    const typing = isTyping(event.target);
    // A key that is held down must not run jobs, or press a button, again and again.
    if (event.repeat && (event.key === 'Enter' || (event.key === 'r' && !typing)))
      return event.preventDefault();
    if (event.altKey || typing || document.querySelector('dialog[open]')) return;
    const inGrid = event.target instanceof Node && grid.contains(event.target);
    const chosen =
      inGrid || event.target === document.body
        ? (gridCommand(event, inGrid) ?? PAGE_KEYS.get(nameOf(event)))
        : PAGE_KEYS.get(nameOf(event));
    if (!chosen) return;
    event.preventDefault();
    chosen(commands);
  });
}

/** `Ctrl` is also a Mac's Command key. */
function nameOf({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): string {
  if (!ctrlKey && !metaKey) return key;
  return `Ctrl+${shiftKey ? 'Shift+' : ''}${key.toLowerCase()}`;
}

function gridCommand(
  { key, shiftKey, ctrlKey, metaKey }: KeyboardEvent,
  inGrid: boolean,
): ((commands: Commands) => void) | undefined {
  const direction = DIRECTIONS.get(key);
  // Outside the grid, the up and down keys scroll.
  if (direction && (inGrid || key === 'ArrowRight' || key === 'ArrowLeft')) {
    const how = shiftKey ? 'extend' : ctrlKey || metaKey ? 'focus' : 'select';
    return (commands) => commands.move(direction, how);
  }
  if (inGrid && key === ' ') return (commands) => commands.toggle();
  if (inGrid && key === 'Enter') return (commands) => commands.selectOnly();
  return undefined;
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && target.type !== 'radio' && target.type !== 'checkbox';
}

/** The job to move to. Up and down move to the nearest job in the next line. */
export function neighbour(
  options: readonly HTMLElement[],
  from: HTMLElement,
  to: Direction,
): HTMLElement | undefined {
  if (to === 'first') return options[0];
  if (to === 'last') return options.at(-1);
  const at = options.indexOf(from);
  const step = to === 'next' || to === 'below' ? 1 : -1;
  if (to === 'next' || to === 'previous') return options[at + step];
  const start = from.getBoundingClientRect();
  let best: { option: HTMLElement; top: number; distance: number } | undefined;
  for (let index = at + step; ; index += step) {
    const option = options[index];
    if (!option) return best?.option;
    const { top, left } = option.getBoundingClientRect();
    if (Math.abs(top - start.top) < 4) continue;
    if (best && Math.abs(top - best.top) >= 4) return best.option;
    const distance = Math.abs(left - start.left);
    if (!best || distance < best.distance) best = { option, top, distance };
  }
}
