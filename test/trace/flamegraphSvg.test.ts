import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Diagnostics, InputError } from '../../src/core';
import { flameFigure, flameSvg } from '../../src/plot/flame';
import { StackTree } from '../../src/table';
import { DETECTION_LIMIT, openSource } from '../../src/trace';
import { MISSING } from '../../src/trace/flamegraphLayout';
import { flamegraphSvgFormat, parseTitle } from '../../src/trace/flamegraphSvg';
import type { DrawOptions } from './drawFlamegraph';
import { drawFlamegraph } from './drawFlamegraph';

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

async function read(svg: string, chunk = 65536) {
  const diagnostics = new Diagnostics();
  const source = await openSource(pieces(svg, chunk), 'a.svg');
  const trace = await flamegraphSvgFormat.parse(source, { run: 'r', file: 'a.svg', diagnostics });
  return { trace, tree: StackTree.fromTable(trace.tables.stacks!), diagnostics };
}

function treeOf(stacks: Record<string, number>): StackTree {
  const tree = new StackTree();
  for (const [stack, value] of Object.entries(stacks)) tree.addFolded(stack, value);
  return tree;
}

function folded(tree: StackTree): string[] {
  return [...tree.stacks()].map(({ frames, value }) => `${frames.join(';')} ${value}`);
}

const example = treeOf({
  'swapper;do_idle;cpuidle_enter': 1234,
  'swapper;do_idle': 7,
  'swapper;asm_common_interrupt;net_rx_action;std::vector<int, A>::at(int) const': 41,
  'swapper;asm_common_interrupt;net_rx_action;std::vector<int, A>::at(int) const;"quoted" & <odd>': 3,
  'Web Content;main.(*T).Run;(anonymous namespace)::f(int) (inlined)': 900,
  sockperf: 2,
});

const variants: [string, DrawOptions][] = (['flamegraph.pl', 'inferno'] as const).flatMap((tool) => [
  [`${tool}`, { tool }],
  [`${tool}, inverted`, { tool, inverted: true }],
  [`${tool}, another order`, { tool, seed: 99 }],
  [`${tool}, count name with spaces and brackets`, { tool, countName: 'lost CPU time (µs), all' }],
  [`${tool}, differential`, { tool, differential: true }],
  [`${tool}, links`, { tool, links: true }],
]);

describe('flame graph SVG', () => {
  it.each(variants)('of %s is read back exactly', async (_, options) => {
    const { tree, trace, diagnostics } = await read(drawFlamegraph(example, options));
    expect(folded(tree)).toEqual(folded(example));
    expect(diagnostics.list().map((d) => d.kind)).toEqual(
      options.differential === true ? ['flamegraph-svg/differential'] : [],
    );
    expect(Object.fromEntries(trace.metadata)).toEqual({
      title: 'Flame Graph',
      count_name: options.countName ?? 'samples',
      total_samples: '2187',
      frames: '12',
      depth: '5',
      inverted: String(options.inverted === true),
      missing_samples: '0',
    });
  });

  it('of a single stack is not turned upside down', async () => {
    for (const tool of ['flamegraph.pl', 'inferno'] as const) {
      for (const inverted of [false, true]) {
        const { tree } = await read(drawFlamegraph(treeOf({ 'a;b;c': 5 }), { tool, inverted }));
        expect(folded(tree)).toEqual(['a;b;c 5']);
      }
    }
  });

  it('does not depend on chunk borders', async () => {
    const svg = drawFlamegraph(example, { tool: 'flamegraph.pl' });
    for (const size of [1, 2, 3, 7, 100]) expect(folded((await read(svg, size)).tree)).toEqual(folded(example));
  });

  const stacks = fc.array(
    fc.tuple(
      fc.array(fc.constantFrom('a', 'b', 'b c', 'd (x) y', '__proto__'), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 9 }),
    ),
    { minLength: 1, maxLength: 60 },
  );

  it('reads any tree of either tool back', async () => {
    await fc.assert(
      fc.asyncProperty(
        stacks,
        fc.constantFrom('flamegraph.pl' as const, 'inferno' as const),
        fc.boolean(),
        fc.nat(99),
        async (list, tool, inverted, seed) => {
          const tree = new StackTree();
          for (const [frames, value] of list) tree.add(frames, value);
          const { tree: back, diagnostics } = await read(drawFlamegraph(tree, { tool, inverted, seed }));
          expect(folded(back)).toEqual(folded(tree));
          expect(diagnostics.total).toBe(0);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('keeps the counts of what is drawn, and the sum, when narrow frames are left out', async () => {
    await fc.assert(
      fc.asyncProperty(
        stacks,
        fc.constantFrom('flamegraph.pl' as const, 'inferno' as const),
        fc.integer({ min: 5, max: 200 }),
        async (list, tool, minWidth) => {
          const tree = new StackTree();
          for (const [frames, value] of list) tree.add(frames, value);
          const { tree: back, trace, diagnostics } = await read(drawFlamegraph(tree, { tool, minWidth }));
          expect(back.total(StackTree.ROOT)).toBe(tree.total(StackTree.ROOT));
          let missing = 0;
          for (const node of back.preorder()) {
            if (back.name(node) === MISSING) missing += back.total(node);
            else expect(back.total(node)).toBe(tree.total(tree.find(back.framesOf(node))!));
          }
          expect(trace.metadata.get('missing_samples')).toBe(String(missing));
          expect(diagnostics.countOf('flamegraph-svg/missing') > 0).toBe(missing > 0);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('reports what is below the minimum width as missing', async () => {
    const tree = treeOf({ 'a;b': 10, 'a;c': 1, 'a;d': 20, z: 1000 });
    const { tree: back, trace, diagnostics } = await read(drawFlamegraph(tree, { tool: 'inferno', minWidth: 5 }));
    expect(folded(back)).toEqual(['a;[missing] 1', 'a;b 10', 'a;d 20', 'z 1000']);
    expect(trace.metadata.get('missing_samples')).toBe('1');
    expect(diagnostics.summary()[0]).toContain('narrower ones were not drawn (1 samples');
  });

  it('tells many frames of one pixel apart', async () => {
    const tree = new StackTree();
    for (let i = 0; i < 20_000; i++)
      tree.add([`p${String(i % 40).padStart(2, '0')}`, `f${String(i % 1200).padStart(4, '0')}`], 1 + (i % 3));
    const { tree: back } = await read(drawFlamegraph(tree, { tool: 'flamegraph.pl', seed: 3 }));
    expect(folded(back)).toEqual(folded(tree));
  });

  it.each([
    ['whole', example, 0, false],
    ['as icicles', example, 0, true],
    ['without narrow frames', example, 0.005, false],
    ['of stacks of one depth', treeOf({ 'a;b': 5, 'c;d': 6 }), 0, false],
    ['of one stack', treeOf({ 'a;b': 5 }), 0, true],
  ])('of our own is read back: %s', async (_, tree, minShare, icicle) => {
    const spec = { id: 'x', title: 'T', caption: '', tree, minWidth_px: 0, minShare, icicle };
    const { tree: back, trace } = await read(flameSvg(flameFigure({ ...spec, minWidth_px: minShare * 1000 })));
    expect(back.total(StackTree.ROOT)).toBe(tree.total(StackTree.ROOT));
    if (minShare === 0) expect(folded(back)).toEqual(folded(tree));
    else expect(Number(trace.metadata.get('missing_samples'))).toBe(5);
    for (const node of back.preorder()) {
      if (back.name(node) !== MISSING) expect(back.total(node)).toBe(tree.total(tree.find(back.framesOf(node))!));
    }
  });

  it('takes the count from the width where a title has none, and says so', async () => {
    const tree = treeOf({ 'a;b': 10, 'a;main': 30 });
    const { tree: back, diagnostics } = await read(drawFlamegraph(tree, { tool: 'flamegraph.pl', renamed: 'main' }));
    expect(folded(back)).toEqual(['a;b 10', 'a;renamed 30']);
    expect(diagnostics.countOf('flamegraph-svg/title-without-count')).toBe(1);
  });

  it('takes a stack of 100,000 frames', async () => {
    const tree = new StackTree();
    tree.add(
      Array.from({ length: 100_000 }, (_, i) => `f${i % 7}`),
      3,
    );
    const { trace } = await read(drawFlamegraph(tree, { tool: 'inferno' }));
    expect(trace.metadata.get('depth')).toBe('100000');
    expect(trace.tables.stacks!.numRows).toBe(1);
  });

  it.each([
    [
      'entity bomb',
      '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><svg><g><title>&b;</title></g></svg>',
      /DOCTYPE declares entities/,
    ],
    [
      'external entity',
      '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>',
      /DOCTYPE declares entities/,
    ],
    [
      'other SVG',
      '<svg xmlns="http://www.w3.org/2000/svg"><rect/><rect/></svg>',
      /expected a flame graph, saw an SVG with 2 rectangles/,
    ],
    [
      'cut SVG',
      drawFlamegraph(example, { tool: 'inferno' }).slice(0, 3000),
      /a.svg:\d+: the SVG is damaged or cut short/,
    ],
    [
      'two roots',
      '<svg><g><title>a (1 x, 50%)</title><rect x="0" width="5" y="5"/></g><g><title>b (1 x, 50%)</title><rect x="5" width="5" y="5"/></g></svg>',
      /expected one root frame/,
    ],
  ])('refuses an %s', async (_, svg, message) => {
    await expect(read(svg)).rejects.toThrow(InputError);
    await expect(read(svg)).rejects.toThrow(message);
  });

  it('survives damage: an error, or diagnostics', async () => {
    const svg = drawFlamegraph(example, { tool: 'flamegraph.pl' });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(svg.length - 1), fc.integer({ min: 0, max: 127 })), { minLength: 1, maxLength: 8 }),
        async (edits) => {
          const chars = [...svg];
          for (const [at, code] of edits) chars[at] = String.fromCharCode(code);
          await read(chars.join('')).catch((error: unknown) => expect(error).toBeInstanceOf(InputError));
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('detection of SVG', () => {
  const detect = (text: string, complete = false) => flamegraphSvgFormat.detect(Buffer.from(text), complete);

  it('sees the root element behind prolog and comments', () => {
    expect(detect(drawFlamegraph(example, { tool: 'inferno' }).slice(0, DETECTION_LIMIT))).toBe('yes');
    expect(detect('\ufeff <svg>')).toBe('yes');
    expect(detect('<!DOCTYPE svg [ <!ENTITY a "b">')).toBe('yes');
    expect(detect('<?xml version="1.0"?><!-- a > b --><benchResults>')).toBe('no');
    expect(detect('<!DOCTYPE html><html>')).toBe('no');
    expect(detect('swapper;a;b 1\n')).toBe('no');
  });

  it('asks for more where the prefix ends too early', () => {
    expect(detect('<?xml version="1.0"?><!-- a')).toBe('more');
    expect(detect('<?xml version="1.0"?><!-- a', true)).toBe('no');
    expect(detect('<sv')).toBe('more');
  });
});

describe('titles', () => {
  it('are split from the right', () => {
    const of = (title: string) => [parseTitle(title).name, parseTitle(title).count, parseTitle(title).unit];
    expect(of('f(int) (1,234 samples, 0.10%)')).toEqual(['f(int)', 1234, 'samples']);
    expect(of('f (2 samples, 1%) (3 samples, 4%)')).toEqual(['f (2 samples, 1%)', 3, 'samples']);
    expect(of('a (12 ms, x, 99.20%)')).toEqual(['a', 12, 'ms, x']);
    expect(of('a (1.5 ms, 2%; -0.10%)')).toEqual(['a', 1.5, 'ms']);
    expect(of('no count')).toEqual(['no count', undefined, '']);
    expect(of(' (7 samples, 1%)')).toEqual(['', 7, 'samples']);
  });

  it('cost no more than their length', () => {
    expect(parseTitle(' (1 '.repeat(500_000)).count).toBeUndefined();
  });
});
