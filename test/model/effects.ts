import type { Wanted } from './ask.ts';

/** What an action left: new tasks by label, and full action tasks. */
export interface Left {
  made: ReadonlyMap<string, number>;
  full: number;
}

/**
 * How an action ended: `clean`: without trouble; `answered`: with trouble, but it reported that everything was done;
 * `partial`: it reported something else, or was canceled itself.
 */
export type Ending = 'clean' | 'answered' | 'partial';

/**
 * What is wrong with the effects of an action; undefined if nothing is. An action is done here or by the full hook,
 * whole and once: trouble only decides by which.
 *
 * @param choices all acceptable outcomes; several if settings or other actions changed in the meantime
 */
export function wrongWith(
  choices: readonly Wanted[],
  { made, full }: Left,
  ending: Ending,
): string | undefined {
  const has = [...made].map(([label, count]) => `${label} × ${count}`).join(', ') || 'nothing';
  if (full > 1) return `${full} full action tasks`;
  if (full === 1 && made.size > 0) return `it was done here (${has}) and by the full hook`;
  if (full === 1) return ending !== 'clean' || choices.includes('full') ? undefined : 'it was forwarded';
  const isRight = choices.some((wanted) => {
    if (wanted === 'full') return ending === 'partial' && made.size === 0;
    if (ending !== 'partial') return isEqual(made, wanted.made);
    return [...made].every(([label, count]) => count <= (wanted.made.get(label) ?? 0));
  });
  return isRight ? undefined : `it has made ${has}, in place of ${choices.map(describe).join(' or ')}`;
}

function isEqual(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): boolean {
  return one.size === other.size && [...one].every(([label, count]) => other.get(label) === count);
}

function describe(wanted: Wanted): string {
  if (wanted === 'full') return 'a full action task';
  return [...wanted.made].map(([label, count]) => `${label} × ${count}`).join(', ') || 'nothing';
}
