import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StackTree } from '../../src/table';
import { flameFigure, flameSvg, layOutFlames, toHtml } from '../../src/plot';
import { HOSTILE, smallFlames } from './figures';

const stacks = fc.array(
  fc.record({
    frames: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 6 }),
    value: fc.integer({ min: 1, max: 1000 }),
  }),
  { minLength: 1, maxLength: 40 },
);

function treeOf(list: readonly { frames: string[]; value: number }[]): StackTree {
  const tree = new StackTree();
  for (const { frames, value } of list) tree.add(frames, value);
  return tree;
}

describe('the layout of a flame graph', () => {
  it('gives each frame its exact share, within its caller, beside its siblings', () => {
    fc.assert(
      fc.property(stacks, (list) => {
        const { boxes, total, leftOut } = layOutFlames(treeOf(list), 0);
        expect(leftOut).toBe(0);
        expect(total).toBe(list.reduce((sum, s) => sum + s.value, 0));
        const ends = new Map<number, number>();
        boxes.forEach((box, i) => {
          expect(box.width).toBe(box.value / total);
          const caller = boxes[box.parent];
          if (caller !== undefined) {
            expect(box.parent).toBeLessThan(i);
            expect(box.depth).toBe(caller.depth + 1);
            expect(box.x).toBeGreaterThanOrEqual(caller.x - 1e-12);
            expect(box.x + box.width).toBeLessThanOrEqual(caller.x + caller.width + 1e-12);
          }
          expect(box.x).toBeGreaterThanOrEqual((ends.get(box.parent) ?? 0) - 1e-12);
          ends.set(box.parent, box.x + box.width);
        });
      }),
    );
  });

  it('accounts for what it leaves out', () => {
    fc.assert(
      fc.property(stacks, fc.double({ min: 0, max: 0.5, noNaN: true }), (list, minShare) => {
        const tree = treeOf(list);
        const { boxes, leftOut, leftOutShare, total } = layOutFlames(tree, minShare);
        expect(boxes.length + leftOut).toBe(tree.numNodes - 1);
        const drawnSelf = boxes.reduce((sum, b) => sum + b.self, 0) / total;
        expect(drawnSelf + leftOutShare).toBeCloseTo(1, 9);
      }),
    );
  });

  it('draws an empty tree as nothing', () => {
    expect(layOutFlames(new StackTree(), 0)).toMatchObject({ boxes: [], total: 0, leftOut: 0, leftOutShare: 0 });
  });
});

describe('the flame graph as SVG', () => {
  it('states name, count and share of each frame', () => {
    expect(flameSvg(smallFlames())).toContain('<title>net_rx_action (70 samples, 70 %)</title>');
  });

  it('says how much is too narrow to be drawn', () => {
    const tree = new StackTree();
    tree.addFolded('wide', 9990);
    for (let i = 0; i < 10; i++) tree.addFolded(`narrow${i}`, 1);
    const svg = flameSvg(flameFigure({ id: 'f', title: 't', caption: 'c', tree }));
    expect(svg).toContain('Not drawn: 10 frames narrower than 0.5 px, with 0.1 % of the whole.');
    expect(svg).not.toContain('narrow0');
  });

  it('does not depend on the order of the stacks', () => {
    const [a, b] = [new StackTree(), new StackTree()];
    const list: [string, number][] = [
      ['x;y', 3],
      ['x;z', 4],
      ['w', 5],
    ];
    for (const [stack, value] of list) a.addFolded(stack, value);
    for (const [stack, value] of [...list].reverse()) b.addFolded(stack, value);
    const draw = (tree: StackTree): string => flameSvg(flameFigure({ id: 'f', title: 't', caption: 'c', tree }));
    expect(draw(a)).toBe(draw(b));
  });

  it('colours a differential graph by the change of the share, red for more', () => {
    const [before, after] = [new StackTree(), new StackTree()];
    before.addFolded('grew', 10);
    before.addFolded('shrank', 90);
    after.addFolded('grew', 90);
    after.addFolded('shrank', 10);
    const svg = flameSvg(flameFigure({ id: 'f', title: 't', caption: 'c', tree: StackTree.diff(before, after) }));
    expect(svg).toMatch(/grew \(90 samples, 90 %, \+80 % against before\)<\/title><rect [^>]*fill="#d63131"/);
    expect(svg).toMatch(/shrank \(10 samples, 10 %, −80 % against before\)<\/title><rect [^>]*fill="#3163d6"/);
  });
});

describe('the flame graph as a page', () => {
  it('needs no network and holds names as data only', () => {
    const page = toHtml(smallFlames());
    expect(page).not.toMatch(/(src|href)\s*=\s*["']?(https?:)?\/\//);
    expect(page).not.toContain(HOSTILE);
    // One </script> for each <script>: a name cannot end the script.
    expect(page.split('</script>').length).toBe(page.split('<script>').length);
  });
});
