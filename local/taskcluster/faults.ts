import type { Fault } from './api.ts';
import { decodeSegment } from './http/path.ts';

interface Rule {
  fault: Fault;
  path: RegExp | undefined;
  matches: number;
}

/** Which calls fail, and how. */
export class FaultRules {
  #rules: Rule[] = [];

  set(faults: readonly Fault[]): void {
    this.#rules = faults.map((fault) => ({
      fault,
      path: fault.path === undefined ? undefined : glob(fault.path),
      matches: 0,
    }));
  }

  /**
   * The fault that hits this call, if any. Every matching rule counts the call; the first that is due applies.
   *
   * @param url path and query as they were received, still encoded
   */
  next(method: string, url: string): Fault | undefined {
    const path = (url.split('?')[0] ?? '').split('/').map(decodeSegment).join('/');
    let due: Fault | undefined;
    for (const rule of this.#rules) {
      const { method: wanted, nth = 1, times = 1 } = rule.fault;
      if (wanted !== '*' && wanted !== method) continue;
      if (rule.path && !rule.path.test(path)) continue;
      rule.matches += 1;
      if (rule.matches >= nth && rule.matches < nth + times) due ??= rule.fault;
    }
    return due;
  }
}

/** Matches a whole path; `*` matches any text. */
function glob(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
