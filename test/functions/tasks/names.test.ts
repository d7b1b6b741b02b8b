import { expect, it } from 'vitest';
import type { Label, TaskId } from '../../../functions/tasks/names.ts';
import { cloneTaskId, newTaskId } from '../../../functions/tasks/task-id.ts';

const taskId: TaskId = 'fN1SbArXTPSVFNUvaOlinQ';
const label: Label = 'build-linux64/opt';

// The real test is that tsc refuses each of these lines.
it('accepts neither a label as a taskId nor a taskId as a label', () => {
  // @ts-expect-error: a label is no taskId
  const one = cloneTaskId(taskId, label, 1);
  // @ts-expect-error: a taskId is no label
  const other = newTaskId(taskId, '0', taskId, 1);
  expect(one).not.toBe(other);
});

it('keeps lists, maps and records of the two apart', () => {
  const taskIds = new Map<Label, TaskId>([[label, taskId]]);
  const labels: Record<Label, TaskId> = { [label]: taskId };
  // @ts-expect-error: it is asked by label
  expect(taskIds.get(taskId)).toBeUndefined();
  // @ts-expect-error: it is read by label
  expect(labels[taskId]).toBeUndefined();
  // @ts-expect-error: these are labels
  const list: readonly TaskId[] = [...taskIds.keys()];
  expect(list).toEqual([label]);
});

it('does not accept as a label what may be a taskId', () => {
  const either: Label | TaskId = [label, taskId].find((name) => name === taskId) ?? label;
  // @ts-expect-error: it may be a taskId
  const name: Label = either;
  expect(name).toBe(taskId);
});
