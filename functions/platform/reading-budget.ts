import { AsyncLocalStorage } from 'node:async_hooks';

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
  /** JSON held in memory: definitions, statuses, listings and label maps, decompressed. */
  bytes: 64 * 1024 * 1024,
  ms: 30_000,
} as const;

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
}

const budgets = new AsyncLocalStorage<Budget>();

/** Runs the reading of one action, counting what it spends separately from other actions in this process. */
export function withinBudget<T>(limits: Limits, read: () => Promise<T>): Promise<T> {
  return budgets.run({ limits, calls: 0, bytes: 0 }, read);
}

/** @throws OverBudgetError if the current action has made too many requests */
export function spendCall(): void {
  const budget = budgets.getStore();
  if (budget && ++budget.calls > budget.limits.calls)
    throw new OverBudgetError(`${budget.limits.calls} requests`);
}

/** @throws OverBudgetError if the current action has read too many bytes */
export function spendBytes(bytes: number): void {
  spender()(bytes);
}

/** The same for bytes that come later, wherever they are then counted. */
export function spender(): (bytes: number) => void {
  const budget = budgets.getStore();
  return (bytes) => {
    if (!budget) return;
    budget.bytes += bytes;
    if (budget.bytes > budget.limits.bytes) throw new OverBudgetError(`${budget.limits.bytes} bytes`);
  };
}
