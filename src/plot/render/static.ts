import { Resvg } from '@resvg/resvg-js';
import type { Figure } from '../figure';
import { flameSvg } from '../flame/svg';
import { fontPath } from '../text';
import type { HeadlessPlotly } from './headlessPlotly';
import { framedSvg } from './svgFigure';

export interface PngOptions {
  /** Pixels of the picture for each pixel of the figure. Default 2. */
  readonly scale?: number;
}

/**
 * Opened when the first chart is drawn (half a second), and once: it draws the same bytes for the same figure, whatever
 * it drew before.
 */
let plotly: HeadlessPlotly | undefined;

/** Draws figures without a display, a browser or installed fonts. */
export class StaticRenderer {
  /** The figure as one SVG document; the same bytes for the same figure. */
  async svg(figure: Figure): Promise<string> {
    if (figure.kind === 'flame') return flameSvg(figure);
    if (figure.kind === 'svg') return framedSvg(figure);
    // Loaded when needed: a DOM takes half a second, which a program that draws no chart should not pay.
    plotly ??= (await import('./headlessPlotly')).HeadlessPlotly.open();
    return plotly.toSvg(figure);
  }

  async png(figure: Figure, options: PngOptions = {}): Promise<Uint8Array> {
    return svgToPng(await this.svg(figure), options);
  }
}

/** Rasterises an SVG with the fonts that come with falcon-lab. */
export function svgToPng(svg: string, options: PngOptions = {}): Uint8Array {
  const image = new Resvg(svg, {
    font: {
      loadSystemFonts: false,
      fontFiles: [fontPath('regular'), fontPath('bold')],
      defaultFontFamily: 'Arimo',
      sansSerifFamily: 'Arimo',
    },
    fitTo: { mode: 'zoom', value: options.scale ?? 2 },
    background: '#ffffff',
  });
  return image.render().asPng();
}

/** One figure as SVG text or PNG bytes. */
export function toStatic(figure: Figure, format: 'svg'): Promise<string>;
export function toStatic(figure: Figure, format: 'png', options?: PngOptions): Promise<Uint8Array>;
export function toStatic(
  figure: Figure,
  format: 'svg' | 'png',
  options: PngOptions = {},
): Promise<string | Uint8Array> {
  const renderer = new StaticRenderer();
  return format === 'svg' ? renderer.svg(figure) : renderer.png(figure, options);
}
