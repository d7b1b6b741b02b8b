import { describe, expect, it } from 'vitest';
import { runScript } from '../support/scripts.ts';

describe.each(['deploy', 'package'])('npm run %s', (script) => {
  it.each([
    [[], 'Which stage? Give --stage. There are: level1, level3.\n'],
    [['--stage', 'level2'], 'There is no stage level2. There are: level1, level3.\n'],
  ])('asks for a stage that there is: %j', async (args, sentence) => {
    const { printed, closed } = await runScript(script, args);
    expect(await closed).toBe(64);
    expect(printed.err.startsWith(sentence)).toBe(true);
    expect(printed.out).toBe('');
  });
});
