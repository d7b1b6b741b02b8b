import { AsyncLocalStorage } from 'node:async_hooks';

interface Limits {
  calls: number;
  bytes: number;
}

/**
 * What reading for one action may cost before anything is written. Far above what any action of Firefox's takes, and little enough that one that a pusher has made heavy does not starve
 * the others in its process. Beyond it the full hook does the action, in a worker of its own.
 */
export const READING_LIMITS = {
  /** Requests to Taskcluster, further tries included. */
  calls: 2_000,
  /** Of JSON that is held in memory: definitions, statuses, listings and label maps, decompressed. */
  bytes: 64 * 1024 * 1024,
  ms: 30_000,
} as const;

/** Reading for one action has cost as much as it may. */
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

/** Runs the reading of one action. What it spends is counted apart from every other action in this process. */
export function withinBudget<T>(limits: Limits, read: () => Promise<T>): Promise<T> {
  return budgets.run({ limits, calls: 0, bytes: 0 }, read);
}

/** @throws OverBudgetError if that is one request too many for the action that reads here */
export function spendCall(): void {
  const budget = budgets.getStore();
  if (budget && ++budget.calls > budget.limits.calls)
    throw new OverBudgetError(`${budget.limits.calls} requests`);
}

/** @throws OverBudgetError if those are too many bytes for the action that reads here */
export function spendBytes(bytes: number): void {
  const budget = budgets.getStore();
  if (!budget) return;
  budget.bytes += bytes;
  if (budget.bytes > budget.limits.bytes) throw new OverBudgetError(`${budget.limits.bytes} bytes`);
}
