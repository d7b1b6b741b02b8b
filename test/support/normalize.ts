import { at } from './json.ts';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/**
 * Replaces times by their offset from `created` (`<created+3600s>`) and taskIds by names, in all strings. Times before
 * `created` stay, as they are facts.
 *
 * @param names taskId → name
 */
export function normalize(body: unknown, names: ReadonlyMap<string, string>): unknown {
  const created = Date.parse(String(at(body, 'created')));
  const pattern = names.size === 0 ? undefined : new RegExp([...names.keys()].join('|'), 'g');
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item)]));
    }
    if (typeof value !== 'string') return value;
    const seconds = ISO.test(value) ? (Date.parse(value) - created) / 1000 : -1;
    if (seconds >= 0) return `<created+${seconds}s>`;
    return pattern ? value.replace(pattern, (id) => names.get(id) ?? id) : value;
  };
  return visit(body);
}
