import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StackTree, splitStack, stacksSchema, tableFromRows } from '../../src/table';

function treeOf(stacks: Record<string, number>): StackTree {
  const tree = new StackTree();
  for (const [stack, value] of Object.entries(stacks)) tree.addFolded(stack, value);
  return tree;
}

function folded(tree: StackTree): string[] {
  return [...tree.stacks()].map(({ frames, value }) => `${frames.join(';')} ${value}`);
}

const stacks = fc.array(
  fc.tuple(
    fc.array(fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', ''), { minLength: 1, maxLength: 6 }),
    fc.integer({ min: 1, max: 1000 }),
  ),
  { maxLength: 40 },
);

describe('StackTree', () => {
  it('adds up stacks along the way to the root', () => {
    const tree = treeOf({ 'a;b;c': 3, 'a;b': 2, 'a;d': 1, e: 10 });
    const at = (...frames: string[]) => tree.find(frames)!;
    expect(tree.total(StackTree.ROOT)).toBe(16);
    expect([tree.total(at('a')), tree.self(at('a'))]).toEqual([6, 0]);
    expect([tree.total(at('a', 'b')), tree.self(at('a', 'b'))]).toEqual([5, 2]);
    expect(tree.depth(at('a', 'b', 'c'))).toBe(3);
    expect(tree.maxDepth).toBe(3);
    expect(tree.find(['a', 'x'])).toBeUndefined();
    expect(tree.framesOf(at('a', 'b', 'c'))).toEqual(['a', 'b', 'c']);
    expect(tree.children(StackTree.ROOT)).toEqual(Uint32Array.of(at('a'), at('e')));
  });

  it('is read from a stacks table, with the comm as the outermost frame', () => {
    const row = { source: 'captured', run: 'r', cpu: null, event: 'cpu-clock' } as const;
    const table = tableFromRows(stacksSchema, [
      { ...row, comm: 'swapper', stack: 'a;b', samples: 2, weight: 200 },
      { ...row, comm: 'swapper', stack: '', samples: 1, weight: 100 },
      { ...row, comm: '', stack: 'a', samples: 4, weight: 400 },
    ]);
    expect(folded(StackTree.fromTable(table))).toEqual(['a 4', 'swapper 1', 'swapper;a;b 2']);
    expect(folded(StackTree.fromTable(table, { comm: false, weight: 'weight' }))).toEqual([' 100', 'a 400', 'a;b 200']);
  });

  it('does not depend on the order of adding', () => {
    fc.assert(
      fc.property(stacks, (list) => {
        const [forward, backward] = [new StackTree(), new StackTree()];
        for (const [frames, value] of list) forward.add(frames, value);
        for (const [frames, value] of [...list].reverse()) backward.add(frames, value);
        expect(folded(backward)).toEqual(folded(forward));
      }),
    );
  });

  it('keeps every sample when trees are merged and inverted', () => {
    fc.assert(
      fc.property(stacks, stacks, (a, b) => {
        const [left, right, both] = [new StackTree(), new StackTree(), new StackTree()];
        for (const [frames, value] of a) left.add(frames, value);
        for (const [frames, value] of b) right.add(frames, value);
        for (const [frames, value] of [...a, ...b]) both.add(frames, value);
        left.merge(right);
        expect(folded(left)).toEqual(folded(both));
        expect(folded(both.invert().invert())).toEqual(folded(both));
        const sum = [...a, ...b].reduce((total, [, value]) => total + value, 0);
        expect(both.invert().total(StackTree.ROOT)).toBe(sum);
      }),
    );
  });

  it('counts inner frames first when inverted', () => {
    const tree = treeOf({ 'a;x': 1, 'b;x': 2 }).invert();
    expect(folded(tree)).toEqual(['x;a 1', 'x;b 2']);
    expect(tree.total(tree.find(['x'])!)).toBe(3);
  });

  it('compares two profiles', () => {
    const tree = StackTree.diff(treeOf({ 'a;b': 5, 'a;gone': 1 }), treeOf({ 'a;b': 7, 'a;new': 2 }));
    expect(tree.differential).toBe(true);
    const a = tree.find(['a'])!;
    expect([tree.totalBefore(a), tree.total(a)]).toEqual([6, 9]);
    expect([...tree.stacks()].map((s) => [s.frames.join(';'), s.before, s.value])).toEqual([
      ['a;b', 5, 7],
      ['a;gone', 1, 0],
      ['a;new', 0, 2],
    ]);
    expect(treeOf({ a: 1 }).differential).toBe(false);
  });

  it('takes a stack of 100,000 frames', () => {
    const tree = new StackTree();
    tree.add(
      Array.from({ length: 100_000 }, (_, i) => `f${i % 7}`),
      1,
    );
    expect(tree.maxDepth).toBe(100_000);
    expect([...tree.preorder()]).toHaveLength(100_001);
    expect(tree.invert().maxDepth).toBe(100_000);
  });

  it('splits folded stacks', () => {
    expect(splitStack('')).toEqual([]);
    expect(splitStack('a;b')).toEqual(['a', 'b']);
  });
});
