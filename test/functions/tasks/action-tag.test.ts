import { expect, it } from 'vitest';
import { withActionTag } from '../../../functions/tasks/action-tag.ts';

const firefox = { kind: 'test', retrigger: 'false' };

it.each<[string, Parameters<typeof withActionTag>, ReturnType<typeof withActionTag>]>([
  ['is set on Firefox’s tasks', [firefox, 'retrigger-task'], { ...firefox, action: 'retrigger-task' }],
  [
    'stays if the task has one',
    [{ ...firefox, action: 'backfill-task' }, 'retrigger-task'],
    { ...firefox, action: 'backfill-task' },
  ],
  ['is not set by an action that sets none', [firefox, undefined], firefox],
  ['is not set on other projects’ tasks', [{ kind: 'test' }, 'retrigger-task'], { kind: 'test' }],
  ['is not set on a task without tags', [undefined, 'retrigger-task'], undefined],
])('the tag of the action %s', (_what, input, tags) => {
  expect(withActionTag(...input)).toStrictEqual(tags);
});
