import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  barPanel,
  colorAt,
  linePanel,
  plotFigure,
  spread,
  stackedPanel,
  SYSTEM_COLOR,
  systemStyle,
} from '../../src/plot';
import { textWidth_px, wrapCaption, wrapText } from '../../src/plot/text';
import { THEME } from '../../src/plot/theme';
import { everyPanel } from './figures';

const axes = { x: { title: 'x' }, y: { title: 'y' } };

function bars(high: number) {
  return barPanel({ ...axes, categories: ['a'], series: [{ style: systemStyle('host'), values: [high] }] });
}

describe('plotFigure', () => {
  it('gives panels of a row the same range, and labels it once', () => {
    const { layout } = plotFigure({ id: 'f', title: 't', caption: 'c', panels: [bars(10), bars(100)] });
    expect(layout.yaxis2?.range).toEqual(layout.yaxis?.range);
    expect(layout.yaxis2?.showticklabels).toBe(false);
  });

  it('gives panels ranges of their own if asked', () => {
    const { layout } = plotFigure({ id: 'f', title: 't', caption: 'c', shareY: 'none', panels: [bars(10), bars(100)] });
    expect(layout.yaxis2?.range).not.toEqual(layout.yaxis?.range);
    expect(layout.yaxis2?.showticklabels).not.toBe(false);
  });

  it('starts bars at zero', () => {
    const { layout } = plotFigure({ id: 'f', title: 't', caption: 'c', panels: [bars(10)] });
    expect(layout.yaxis?.range?.[0]).toBe(0);
    expect(layout.yaxis?.range?.[1]).toBeGreaterThan(10);
  });

  it('keeps panels apart and inside the figure', () => {
    const { layout } = everyPanel();
    const boxes = ['', '2', '3', '4', '5'].map((n) => ({
      x: layout[`xaxis${n}`].domain as readonly [number, number],
      y: layout[`yaxis${n}`].domain as readonly [number, number],
    }));
    for (const [i, a] of boxes.entries()) {
      expect(a.x[0]).toBeGreaterThan(0);
      expect(a.x[1]).toBeLessThan(1);
      expect(a.y[0]).toBeGreaterThan(0);
      for (const b of boxes.slice(i + 1)) {
        const overlap = a.x[0] < b.x[1] && b.x[0] < a.x[1] && a.y[0] < b.y[1] && b.y[0] < a.y[1];
        expect(overlap).toBe(false);
      }
    }
  });

  it('keeps the title of an axis and the caption clear of names in two lines', () => {
    const below = (name: string) => {
      const series = [{ style: systemStyle('host'), values: [1] }];
      const panel = barPanel({ x: { title: 'below' }, y: axes.y, categories: [name], series });
      const { layout, height_px } = plotFigure({ id: 'f', title: 't', caption: 'caption', panels: [panel] });
      const top = (text: string) => (1 - (layout.annotations!.find((a) => a.text === text)!.y as number)) * height_px;
      const axis = (1 - layout.yaxis!.domain![0]) * height_px;
      return { names_px: top('below') - axis, title_px: top('caption') - top('below') };
    };
    const [one, two] = [below('a'), below('a\nb')];
    expect(two.names_px - one.names_px).toBeCloseTo(16, 6);
    expect(two.title_px).toBeCloseTo(one.title_px, 6);
    expect(one.title_px).toBeGreaterThan(THEME.axisTitleSize_px * 1.5);
  });

  it('keeps captions inside the figure in a font wider than its own', () => {
    const caption = Array.from({ length: 60 }, (_, i) => `word${i}`).join(' ');
    const { layout, width_px } = plotFigure({ id: 'f', title: 't', caption, panels: [bars(1)] });
    const lines = layout.annotations!.find((a) => a.text?.startsWith('word0'))!.text!.split('<br>');
    expect(lines.join(' ')).toBe(caption);
    for (const line of lines) {
      expect(textWidth_px(line, THEME.captionSize_px) * 1.17).toBeLessThanOrEqual(width_px - 24);
    }
  });

  it('draws the systems in their colours', () => {
    const colors = Object.values(SYSTEM_COLOR);
    expect(new Set(colors).size).toBe(colors.length);
    const [trace] = linePanel({ ...axes, series: [{ style: systemStyle('falcon'), x: [1, 2], y: [1, 2] }] }).traces;
    expect(trace.type === 'scatter' && trace.line?.color).toBe(SYSTEM_COLOR.falcon);
  });

  it('stacks parts on the parts before', () => {
    const style = systemStyle('host');
    const panel = stackedPanel({
      ...axes,
      categories: ['0', '1'],
      parts: [
        { style, values: [1, 2] },
        { style, values: [3, 4] },
      ],
    });
    expect(panel.traces.map((t) => t.type === 'bar' && t.base)).toEqual([
      [0, 0],
      [1, 2],
    ]);
    expect(panel.yExtent).toEqual({ low: 4, high: 6 });
  });

  it('draws no line for a part that is nothing', () => {
    const parts = [0, 3].map((value) => ({ style: systemStyle('host'), values: [value] }));
    const { traces } = stackedPanel({ ...axes, categories: ['0'], parts });
    expect(traces.map((t) => t.type === 'bar' && t.y)).toEqual([[null], [3]]);
  });
});

describe('spread', () => {
  it('keeps the order and the distance, within the limit', () => {
    const positions = fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(positions, (wanted) => {
        const placed = spread(wanted, 17, 200);
        const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b] || a - b);
        for (let k = 1; k < order.length; k++) {
          expect(placed[order[k]] - placed[order[k - 1]]).toBeGreaterThanOrEqual(17 - 1e-9);
        }
        expect(Math.max(...placed)).toBeLessThanOrEqual(200);
      }),
    );
  });

  it('leaves alone what is far enough apart', () => {
    expect(spread([10, 50, 90], 17, 200)).toEqual([10, 50, 90]);
  });
});

describe('colorAt', () => {
  it('meets the stops and mixes between them', () => {
    const scale = [
      [0, '#000000'],
      [0.5, '#808080'],
      [1, '#ffffff'],
    ] as const;
    expect([0, 0.5, 1, 0.25].map((share) => colorAt(scale, share))).toEqual([
      '#000000',
      '#808080',
      '#ffffff',
      '#404040',
    ]);
  });
});

describe('wrapCaption', () => {
  it('leaves no single word in the last line where the lines can share', () => {
    const words = (n: number) => Array.from({ length: n }, () => 'word').join(' ');
    const width_px = 300;
    // As many words as just go over into a second line.
    let n = 1;
    while (wrapText(words(n), width_px / 1.17, THEME.captionSize_px).length < 2) n++;
    const last = wrapCaption(words(n), width_px)[1];
    expect(last.split(' ').length).toBeGreaterThan(1);
  });

  it('takes no more lines than it must, and no line too wide', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1, maxLength: 40 }), (words) => {
        const text = words.join(' ');
        const lines = wrapCaption(text, 400);
        expect(lines.join(' ')).toBe(text);
        expect(lines.length).toBe(wrapText(text, 400 / 1.17, THEME.captionSize_px).length);
        for (const line of lines) expect(textWidth_px(line, THEME.captionSize_px) * 1.17).toBeLessThanOrEqual(400);
      }),
    );
  });
});
