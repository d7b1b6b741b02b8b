import { describe, expect, it } from 'vitest';
import { completeLabel, readMarks } from '../../../functions/actions/graph-labels.ts';
import { Uncertain } from '../../../functions/graph/uncertain.ts';
import { MemoryGraph } from '../../support/memory-graph.ts';
import { graphPush } from './graph-push.ts';

const CUT = 'l'.repeat(139);

function graphOf(...nodes: [string, Record<string, unknown>][]): MemoryGraph {
  return new MemoryGraph(
    graphPush(Object.fromEntries(nodes.map(([label, attributes]) => [label, { attributes }]))).graph ?? {},
  );
}

describe('a label in the graph', () => {
  it.each<[string, string[], string, string | undefined]>([
    ['is itself', ['a'], 'a', 'a'],
    ['is itself if others start with it', [CUT, `${CUT}1`], CUT, CUT],
    ['is the one that Treeherder cut', [`${CUT}-more`, 'other'], CUT, `${CUT}-more`],
    ['is not one that ends with it', [`more-${CUT}`], CUT, undefined],
    ['is not guessed if two start with it', [`${CUT}1`, `${CUT}2`], CUT, undefined],
    ['is unknown if it was not cut', ['abc'], 'ab', undefined],
    ['is unknown if the graph has none', ['a'], CUT, undefined],
  ])('%s', (_what, labels, asked, completed) => {
    expect(
      completeLabel(asked, graphOf(...labels.map((label): [string, Record<string, unknown>] => [label, {}]))),
    ).toBe(completed);
  });
});

describe('what the graph says of a label', () => {
  it.each<[string, Record<string, unknown>, boolean]>([
    ['true', { retrigger: true }, true],
    ['false', { retrigger: false }, false],
    ['null', { retrigger: null }, false],
    ['nothing', {}, false],
  ])('%s: cloneable or not', async (_what, attributes, cloneable) => {
    expect(await readMarks(['a'], graphOf(['a', attributes]))).toStrictEqual(
      new Map([['a', { cloneable, duplicates: 1 }]]),
    );
  });

  it('how many tasks one is', async () => {
    const marks = await readMarks(['a'], graphOf(['a', { retrigger: true, task_duplicates: 3 }]));
    expect(marks).toStrictEqual(new Map([['a', { cloneable: true, duplicates: 3 }]]));
  });

  it('nothing about one that it lacks', async () => {
    expect(await readMarks(['nonsense'], graphOf())).toStrictEqual(
      new Map([['nonsense', { cloneable: false, duplicates: 1 }]]),
    );
  });

  it.each(['true', 1, 0, [], {}])('is uncertain if it says %j', async (retrigger) => {
    await expect(readMarks(['a'], graphOf(['a', { retrigger }]))).rejects.toThrow(
      new Uncertain('attributes.retrigger of a is neither true nor false'),
    );
  });
});
