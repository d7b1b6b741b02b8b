import type { Call, Fault } from '../../local/taskcluster/api.ts';

/** One call of a clean run, identified in other runs by its method, its artifact and its number. */
export type Place = Pick<Fault, 'method' | 'nth'> & { path: string };

/** Where something can fail: every API call, and every GET and PUT of an artifact's data. */
export function placesOf(calls: readonly Call[]): Place[] {
  const seen = new Map<string, number>();
  return calls.map(({ method, path }) => {
    const pattern = patternOf(decodeURIComponent(path.split('?')[0] ?? ''));
    const nth = (seen.get(`${method} ${pattern}`) ?? 0) + 1;
    seen.set(`${method} ${pattern}`, nth);
    return { method, path: pattern, nth };
  });
}

/** Artifacts are told apart; for all other methods, the ids in the path do not matter. */
function patternOf(path: string): string {
  const at = path.indexOf('/public/');
  return at < 0 ? '*' : `*${path.slice(at)}`;
}

export function describePlace({ method, path, nth }: Place): string {
  const artifact = path === '*' ? '' : ` of ${path.slice(2)}`;
  return `${method}${artifact}, call ${nth}`;
}
