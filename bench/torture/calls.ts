import type { Call, Fault } from '../../local/taskcluster/api.ts';

/** One call of a clean run, found again in other runs by its method, the artifact that it is about, and its number. */
export type Place = Pick<Fault, 'method' | 'nth'> & { path: string };

/** The places at which something can go wrong: every API call, and every GET and PUT of an artifact's data. */
export function placesOf(calls: readonly Call[]): Place[] {
  const seen = new Map<string, number>();
  return calls.map(({ method, path }) => {
    const pattern = patternOf(decodeURIComponent(path.split('?')[0] ?? ''));
    const nth = (seen.get(`${method} ${pattern}`) ?? 0) + 1;
    seen.set(`${method} ${pattern}`, nth);
    return { method, path: pattern, nth };
  });
}

/** Artifacts differ; of every other method one call is like another, whatever ids are in its path. */
function patternOf(path: string): string {
  const at = path.indexOf('/public/');
  return at < 0 ? '*' : `*${path.slice(at)}`;
}

export function describePlace({ method, path, nth }: Place): string {
  const artifact = path === '*' ? '' : ` of ${path.slice(2)}`;
  return `${method}${artifact}, call ${nth}`;
}
