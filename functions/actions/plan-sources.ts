import type { Reader } from '../ports/reader.ts';
import type { TaskDefinition } from '../tasks/definition.ts';
import type { Graphs } from './graphs.ts';

/** Where a plan is read from. */
export interface PlanSources {
  /** The decision task's definition, under way already. */
  decision: Promise<TaskDefinition | undefined>;
  reader: Reader;
  graphs: Graphs;
}
