import type { Fault } from './api.ts';

interface Rule {
  fault: Fault;
  matches: number;
}

/** Which calls go wrong, and how. */
export class FaultRules {
  #rules: Rule[] = [];

  set(faults: readonly Fault[]): void {
    this.#rules = faults.map((fault) => ({ fault, matches: 0 }));
  }

  /** The fault that hits this call, if any. Every rule for the method counts the call; the first due one applies. */
  next(method: string): Fault | undefined {
    let due: Fault | undefined;
    for (const rule of this.#rules) {
      const { method: wanted, nth = 1, times = 1 } = rule.fault;
      if (wanted !== '*' && wanted !== method) continue;
      rule.matches += 1;
      if (rule.matches >= nth && rule.matches < nth + times) due ??= rule.fault;
    }
    return due;
  }
}
