import { isObject } from '../functions/tasks/shapes.ts';

export interface Forward {
  /** The full hook's action task. */
  taskId: string;
  reason: string;
}

/** What the functions have forwarded, read from their log. */
export class Forwards {
  readonly #forwards = new Map<string, Forward>();

  /** @param line printed by the functions or by serverless-offline */
  read(line: string): void {
    const start = line.indexOf('{"level"');
    if (start < 0 || !line.includes('"action-forwarded"')) return;
    const record = parse(line.slice(start));
    if (!isObject(record) || record['event'] !== 'action-forwarded') return;
    const { taskId, actionId, reason } = record;
    if (typeof taskId !== 'string' || typeof reason !== 'string') return;
    for (const id of [taskId, actionId])
      if (typeof id === 'string') this.#forwards.set(id, { taskId, reason });
  }

  /** @param taskId the full hook's action task, or the claimed one */
  find(taskId: string): Forward | undefined {
    return this.#forwards.get(taskId);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
