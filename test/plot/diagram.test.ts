import fc from 'fast-check';
import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';
import { diagramDot, diagramFigure, type Diagram } from '../../src/plot';
import { textWidth_px } from '../../src/plot/text';

const figureOf = (...panels: Diagram[]) =>
  diagramFigure({ id: 'd', title: 't', caption: 'c', panels: panels.map((diagram) => ({ diagram })) });

const PAIR: Diagram = {
  nodes: [
    { id: 'a', title: 'A', sections: [{ title: 'first' }, { title: '', lines: ['second'] }] },
    { id: 'b', title: 'B', group: 'g' },
  ],
  groups: [{ id: 'g', title: 'group' }],
  edges: [{ from: 'a', fromSection: 1, to: 'b', label: 'goes' }],
};

describe('a diagram', () => {
  it('has every text of its boxes, groups and arrows', async () => {
    const { svg } = await figureOf(PAIR);
    for (const text of ['A', 'first', 'second', 'B', 'group', 'goes']) expect(svg).toContain(`>${text}</text>`);
  });

  it('holds every text to the width that it was laid out for', async () => {
    const { svg } = await figureOf({ nodes: [{ id: 'a', title: 'bold & wide', lines: ['plain <text>'] }], edges: [] });
    const held = [...svg.matchAll(/<text ([^>]*)>([^<]*)</g)].map(([, attributes, content]) => ({
      content,
      width_px: Number(/textLength="([\d.]+)"/.exec(attributes)?.[1]),
    }));
    expect(held).toEqual([
      { content: 'bold &amp; wide', width_px: expect.closeTo(textWidth_px('bold & wide', 13, 'bold'), 1) },
      { content: 'plain &lt;text&gt;', width_px: expect.closeTo(textWidth_px('plain <text>', 12), 1) },
    ]);
  });

  it('is no wider than asked: wide panels are scaled down, all alike', async () => {
    const wide: Diagram = {
      nodes: Array.from({ length: 12 }, (_, i) => ({ id: `${i}`, title: `a box with a long name, number ${i}` })),
      edges: Array.from({ length: 11 }, (_, i) => ({ from: `${i}`, to: `${i + 1}` })),
    };
    const { svg, width_px } = await figureOf(PAIR, wide);
    const scales = [...svg.matchAll(/translate\(([\d.]+) [\d.]+\) scale\(([\d.]+)\)"/g)].map((m) => Number(m[2]));
    expect(width_px).toBe(840);
    expect(scales[0]).toBeLessThan(1);
    expect(scales).toHaveLength(2);
    expect(new Set(scales).size).toBe(1);
  });

  it('takes any text, and stays well-formed without running or loading anything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 30 }), async (text) => {
        const { svg } = await figureOf({
          nodes: [
            { id: text, title: text, lines: [text] },
            { id: `${text}2`, title: 'x', sections: [{ title: text, lines: [text, ''] }], group: text },
          ],
          groups: [{ id: text, title: text }],
          edges: [{ from: text, to: `${text}2`, label: text }],
        });
        const { window } = new JSDOM();
        const parsed = new window.DOMParser().parseFromString(svg, 'image/svg+xml');
        expect(parsed.querySelector('parsererror')).toBeNull();
        expect(parsed.querySelector('script, image, foreignObject, [onload]')).toBeNull();
      }),
      { numRuns: 40, seed: 2, examples: [['<script>alert(1)</script>'], ['"];evil ->'], ['\\N \\G'], ['&amp;'], ['']] },
    );
  });

  it('refuses an arrow to a box that is not there', () => {
    expect(() => diagramDot({ nodes: [], edges: [{ from: 'a', to: 'b' }] })).toThrow('no box a');
  });
});
