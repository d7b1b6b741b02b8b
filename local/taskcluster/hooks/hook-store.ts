import { asStored } from '../json.ts';
import type { HookDefinition } from './input.ts';

/** One firing of a hook, as listLastFires shows it. */
export interface LastFire {
  hookGroupId: string;
  hookId: string;
  firedBy: 'triggerHook';
  taskId: string;
  /** ISO timestamp. */
  taskCreateTime: string;
  result: 'success' | 'error';
  error: string;
}

/** The hooks and when they fired. */
export class HookStore {
  readonly #hooks = new Map<string, HookDefinition>();
  readonly #fires = new Map<string, LastFire[]>();

  get(hookGroupId: string, hookId: string): HookDefinition | undefined {
    return this.#hooks.get(`${hookGroupId}/${hookId}`);
  }

  /** Returns the hook as it is stored. */
  set(hook: HookDefinition): HookDefinition {
    const stored = {
      ...hook,
      metadata: asStored(hook.metadata),
      task: asStored(hook.task),
      triggerSchema: asStored(hook.triggerSchema),
    };
    this.#hooks.set(`${hook.hookGroupId}/${hook.hookId}`, stored);
    return stored;
  }

  delete(hookGroupId: string, hookId: string): void {
    this.#hooks.delete(`${hookGroupId}/${hookId}`);
    this.#fires.delete(`${hookGroupId}/${hookId}`);
  }

  groups(): string[] {
    return [...new Set([...this.#hooks.values()].map(({ hookGroupId }) => hookGroupId))].toSorted();
  }

  list(hookGroupId: string): HookDefinition[] {
    return [...this.#hooks.values()].filter((hook) => hook.hookGroupId === hookGroupId);
  }

  addFire(fire: LastFire): void {
    const key = `${fire.hookGroupId}/${fire.hookId}`;
    const fires = this.#fires.get(key);
    if (fires) fires.unshift(fire);
    else this.#fires.set(key, [fire]);
  }

  /** Newest first. */
  fires(hookGroupId: string, hookId: string): readonly LastFire[] {
    return this.#fires.get(`${hookGroupId}/${hookId}`) ?? [];
  }
}
