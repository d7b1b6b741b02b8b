import { AsyncLocalStorage } from 'node:async_hooks';
import { parsedBytes } from './json.ts';

interface Limits {
  calls: number;
  bytes: number;
}

/**
 * How much one action may read before it writes. Far more than any action of Firefox needs, but little enough that an
 * action made heavy on purpose does not starve the others in its process. Above it, the action is forwarded to the full
 * hook, which has its own worker.
 */
export const READING_LIMITS = {
  /** Requests to Taskcluster, including retries. */
  calls: 2_000,
  /** What JSON takes in memory: definitions, statuses, listings and label maps. */
  bytes: 96 * 1024 * 1024,
  /** The same for all actions that a process plans at once. */
  processBytes: 192 * 1024 * 1024,
  ms: 30_000,
} as const;

/** What the actions that are being planned in this process hold together. */
let held = 0;

/** One action has read as much as it may. */
export class OverBudgetError extends Error {
  constructor(what: string) {
    super(`reading what it needs takes more than ${what}`);
    this.name = 'OverBudgetError';
  }
}

interface Budget {
  limits: Limits;
  calls: number;
  bytes: number;
  ended: boolean;
}

const budgets = new AsyncLocalStorage<Budget>();

/** Runs the reading of one action, counting what it spends separately from other actions in this process. */
export function withinBudget<T>(limits: Limits, read: () => Promise<T>): Promise<T> {
  const budget = { limits, calls: 0, bytes: 0, ended: false };
  return budgets.run(budget, read).finally(() => {
    budget.ended = true;
    held -= budget.bytes;
  });
}

/** @throws OverBudgetError if the current action has made too many requests */
export function spendCall(): void {
  const budget = budgets.getStore();
  if (budget && ++budget.calls > budget.limits.calls)
    throw new OverBudgetError(`${budget.limits.calls} requests`);
}

/** @throws OverBudgetError if the current action, or all together, have read more JSON than fits into memory */
export function spendJson(json: Uint8Array): void {
  spender()(json);
}

/** The same for JSON that comes later, wherever it is then counted. */
export function spender(): (json: Uint8Array) => void {
  const budget = budgets.getStore();
  return (json) => {
    if (!budget || budget.ended) return;
    const bytes = parsedBytes(json);
    budget.bytes += bytes;
    held += bytes;
    if (budget.bytes > budget.limits.bytes)
      throw new OverBudgetError(`${budget.limits.bytes} bytes of memory`);
    if (held > READING_LIMITS.processBytes)
      throw new OverBudgetError('is left of the memory beside other actions');
  };
}
