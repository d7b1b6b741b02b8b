import type { Reader } from '../ports/reader.ts';
import type { TaskDefinition } from '../tasks/definition.ts';
import type { Graphs } from './graphs.ts';

/** What a plan is made from. */
export interface PlanSources {
  /** The decision task's definition, already being read. */
  decision: Promise<TaskDefinition | undefined>;
  reader: Reader;
  graphs: Graphs;
}
