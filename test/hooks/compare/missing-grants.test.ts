import { describe, expect, it } from 'vitest';
import { missingGrants } from '../../../hooks/compare/missing-grants.ts';
import { ANONYMOUS } from '../../../hooks/read/live.ts';
import type { Grant } from '../../../hooks/render/grants.ts';

const needed: Grant = { to: 'role:a', scope: 'hooks:trigger-hook:x', why: 'forwards' };
const readable: Grant = { ...needed, scope: 'queue:get-task:*', orAnonymous: true };

describe('a grant', () => {
  it.each<[string, Grant, [string, string[]][], boolean]>([
    ['is missing if its role lacks it', needed, [['role:a', []]], true],
    ['is there if its role has it', needed, [['role:a', ['hooks:trigger-hook:*']]], false],
    ['is not judged if its role cannot be read', needed, [[ANONYMOUS, []]], false],
    [
      'is missing if only anonymous has it, unless that is enough',
      needed,
      [
        ['role:a', []],
        [ANONYMOUS, ['hooks:trigger-hook:x']],
      ],
      true,
    ],
    [
      'is there if anonymous has it and that is enough',
      readable,
      [
        ['role:a', []],
        [ANONYMOUS, ['queue:*']],
      ],
      false,
    ],
    [
      'is missing if neither has it',
      readable,
      [
        ['role:a', []],
        [ANONYMOUS, []],
      ],
      true,
    ],
    ['is not judged if anonymous might have it and cannot be read', readable, [['role:a', []]], false],
  ])('%s', (_what, grant, held, missing) => {
    expect(missingGrants([grant], new Map(held))).toEqual(missing ? [grant] : []);
  });
});
