/** What the keys do; each is called with the keyboard's focus outside of text fields. */
export interface Commands {
  retrigger(): void;
  toggle(): void;
  selectOnly(): void;
  clear(): void;
  /** @param select everything from the job selected last */
  move(to: Direction, select: boolean): void;
  filter(): void;
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

/** Listens for the whole page; keys that move or select only work within the grid. */
export function listenToKeys(grid: HTMLElement, commands: Commands): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector('dialog[open]')) return;
    const inGrid = event.target instanceof Node && grid.contains(event.target);
    const command = inGrid ? gridCommand(event, commands) : undefined;
    const chosen = command ?? pageCommand(event.key, commands);
    if (!chosen) return;
    event.preventDefault();
    chosen();
  });
}

function pageCommand(key: string, commands: Commands): (() => void) | undefined {
  if (key === 'r') return () => commands.retrigger();
  if (key === 'f') return () => commands.filter();
  if (key === '?') return () => commands.help();
  if (key === 'Escape') return () => commands.clear();
  return undefined;
}

function gridCommand({ key, shiftKey }: KeyboardEvent, commands: Commands): (() => void) | undefined {
  const direction = DIRECTIONS.get(key);
  if (direction) return () => commands.move(direction, shiftKey);
  if (key === ' ') return () => commands.toggle();
  if (key === 'Enter') return () => commands.selectOnly();
  return undefined;
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLInputElement && target.type !== 'radio';
}

/** The job to go to; the place above or below is the one that lies nearest in the next line. */
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
