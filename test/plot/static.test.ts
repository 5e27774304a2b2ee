import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';
import { HeadlessPlotly } from '../../src/plot/render/headlessPlotly';
import { StaticRenderer, svgToPng, toStatic } from '../../src/plot';
import { drawing, everyPanel, smallFlames } from './figures';

function parseXml(svg: string): Document {
  // Throws on anything that is not well-formed.
  return new JSDOM(svg, { contentType: 'image/svg+xml' }).window.document;
}

/** Width and height in the header of a PNG. */
function pngSize(png: Uint8Array): [number, number] {
  const view = new DataView(png.buffer, png.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
}

describe('static pictures', () => {
  it('draw every kind of panel as well-formed SVG with its texts', async () => {
    const svg = await toStatic(everyPanel(), 'svg');
    const text = parseXml(svg).documentElement.textContent ?? '';
    for (const expected of [
      '(a) lines',
      'Packet rate (kpps)',
      'Message size (B)',
      'NET_RX',
      'Overlay, captured',
      '99',
    ]) {
      expect(text).toContain(expected);
    }
    // Tick labels of the value axes, which Plotly hides if it believes them to be off the screen.
    expect(text).toMatch(/200\D*400\D*600/);
  });

  it('show names as text, never as markup', async () => {
    for (const figure of [everyPanel(), smallFlames()]) {
      const document = parseXml(await toStatic(figure, 'svg'));
      expect(document.querySelector('script, img, foreignObject')).toBeNull();
      expect(document.documentElement.textContent).toContain('</script><img src=x');
    }
  });

  it('are the same bytes for the same figure, whatever was drawn before', async () => {
    const renderer = new StaticRenderer();
    const first = await renderer.svg(everyPanel());
    expect(await Promise.all([renderer.svg(everyPanel()), renderer.svg(everyPanel())])).toEqual([first, first]);
    // `StaticRenderer` keeps its Plotly for good; this one has drawn nothing.
    expect(await HeadlessPlotly.open().toSvg(everyPanel())).toBe(first);
  });

  it('refer to no id that they do not define', async () => {
    const svg = await toStatic(everyPanel(), 'svg');
    const defined = new Set([...svg.matchAll(/\sid="([^"]+)"/g)].map((m) => m[1]));
    const used = [...svg.matchAll(/url\(['"]?#([^'")]+)/g)].map((m) => m[1]);
    expect(used.length).toBeGreaterThan(0);
    for (const id of used) expect(defined).toContain(id);
  });

  it('become PNGs of the asked scale, with text drawn from our own fonts', async () => {
    const figure = everyPanel();
    const png = await toStatic(figure, 'png', { scale: 0.5 });
    expect(pngSize(png)).toEqual([figure.width_px / 2, Math.ceil(figure.height_px / 2)]);
    const blank = svgToPng('<svg xmlns="http://www.w3.org/2000/svg" width="100" height="20"></svg>');
    const text = svgToPng(
      '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="20"><text y="15" font-family="NoSuchFont">abc</text></svg>',
    );
    expect(Buffer.from(text).equals(Buffer.from(blank))).toBe(false);
  });

  it('put title and caption around a drawing', async () => {
    const document = parseXml(await toStatic(drawing(), 'svg'));
    expect(document.documentElement.textContent).toContain('A drawing');
    expect(document.documentElement.textContent).toContain('Made for the test.');
    expect(document.querySelector('svg svg rect')).not.toBeNull();
  });
});
