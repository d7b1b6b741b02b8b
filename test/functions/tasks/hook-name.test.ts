import { describe, expect, it } from 'vitest';
import { FULL_SUFFIX, parseInTreeHook } from '../../../functions/tasks/hook-name.ts';

describe('parseInTreeHook', () => {
  it.each([
    ['project-gecko', 'in-tree-action-3-generic/0123456789', 'gecko', '3', 'gecko-level-3'],
    ['project-gecko', 'in-tree-action-1-generic', 'gecko', '1', 'gecko-level-1'],
    ['project-comm', 'in-tree-action-2-purge-caches/abcdef0123', 'comm', '2', 'comm-level-2'],
    ['project-mozilla-vpn', 'in-tree-pr-action-1-generic/0a', 'mozilla-vpn', '1', 'mozilla-vpn-level-1'],
  ])('reads %s/%s', (hookGroupId, hookId, trustDomain, level, schedulerId) => {
    expect(parseInTreeHook({ hookGroupId, hookId })).toEqual({
      hookGroupId,
      hookId,
      trustDomain,
      level,
      trustDomainLevel: `${trustDomain}-${level}`,
      schedulerId,
    });
  });

  it.each([
    ['another group', 'garbage', 'in-tree-action-1-generic/01'],
    ['a group with more before it', 'x-project-gecko', 'in-tree-action-1-generic/01'],
    ['a group with a path', 'project-gecko/x', 'in-tree-action-1-generic/01'],
    ['no trust domain', 'project-', 'in-tree-action-1-generic/01'],
    ['another hook', 'project-gecko', 'cron-task/01'],
    ['a hook with more before it', 'project-gecko', 'x-in-tree-action-1-generic/01'],
    ['level 0', 'project-gecko', 'in-tree-action-0-generic/01'],
    ['level 4', 'project-gecko', 'in-tree-action-4-generic/01'],
    ['no level', 'project-gecko', 'in-tree-action-generic/01'],
    ['level 31', 'project-gecko', 'in-tree-action-31-generic/01'],
    ['no permission', 'project-gecko', 'in-tree-action-1-/01'],
    ['a full copy, which we must not answer for', 'project-gecko', 'in-tree-action-1-generic/01/full'],
    ['an empty hash', 'project-gecko', 'in-tree-action-1-generic/'],
    ['a star', 'project-gecko', 'in-tree-action-1-generic/*'],
    ['a line break', 'project-gecko', 'in-tree-action-1-generic/01\n'],
  ])('does not take %s', (_what, hookGroupId, hookId) => {
    expect(parseInTreeHook({ hookGroupId, hookId })).toBeUndefined();
  });
});

it('finds the original of a hook where npm run hooks puts it', () => {
  expect(FULL_SUFFIX).toBe('/full');
});
