import { readFileSync } from 'node:fs';
import { JSDOM, type DOMWindow } from 'jsdom';
import { Random } from '../../core';
import type { PlotFigure } from '../figure';
import { textWidth_px } from '../text';
import { THEME } from '../theme';
import { bundlePath } from './bundle';

/** What falcon-lab uses of Plotly inside the window. */
interface PlotlyApi {
  toImage(
    figure: unknown,
    options: { format: 'svg'; width: number; height: number; imageDataOnly: true },
  ): Promise<string>;
}

/** What scripts see as their global object; its `Math` is not the one of this process. */
interface ScriptWindow {
  readonly Math: { random: () => number };
  readonly Plotly: PlotlyApi;
}

const LINE_HEIGHT = 1.3;

/**
 * Plotly drawing into a DOM without a screen. jsdom has no layout, so the sizes of texts, which Plotly
 * asks for, come from the font that the picture is later drawn with.
 */
export class HeadlessPlotly {
  /** Ends when the drawing before has ended: two at once would draw their random ids in turns. */
  private previous: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly window: ScriptWindow,
    private readonly plotly: PlotlyApi,
  ) {}

  /** Takes about half a second; the instance may be used for any number of figures. */
  static open(): HeadlessPlotly {
    const { window } = new JSDOM('<!DOCTYPE html><html><body></body></html>', {
      runScripts: 'outside-only',
      pretendToBeVisual: true,
    });
    addMissingParts(window);
    window.eval(readFileSync(bundlePath(), 'utf8'));
    const scripted = window as unknown as ScriptWindow;
    return new HeadlessPlotly(scripted, scripted.Plotly);
  }

  /** The figure as one `<svg>` element, the same bytes for the same figure. */
  toSvg(figure: PlotFigure): Promise<string> {
    const drawn = this.previous.then(() => this.draw(figure));
    this.previous = drawn.catch(() => undefined);
    return drawn;
  }

  private draw(figure: PlotFigure): Promise<string> {
    // Plotly draws random ids for clip paths and gradients: the same ones for the same figure.
    const random = new Random(1, 'plotly ids');
    this.window.Math.random = () => random.uniform();
    return this.plotly.toImage(
      { data: figure.data, layout: figure.layout, config: { staticPlot: true } },
      { format: 'svg', width: figure.width_px, height: figure.height_px, imageDataOnly: true },
    );
  }
}

/** Fills what jsdom leaves out and Plotly asks for. */
function addMissingParts(window: DOMWindow): void {
  const box = function (this: Element): DOMRect {
    const { width, height, firstLine } = measure(this);
    // The first line stands on the baseline; a fifth of its height hangs below, and all further lines.
    const top = -0.8 * firstLine;
    const bottom = top + height;
    return { x: 0, y: top, width, height, left: 0, top, right: width, bottom, toJSON: () => ({}) };
  };
  Object.assign(window.URL, { createObjectURL: () => '', revokeObjectURL: () => undefined });
  Object.assign(window.SVGElement.prototype, {
    getBBox: box,
    getBoundingClientRect: box,
    getComputedTextLength(this: Element) {
      return measure(this).width;
    },
  });
  Object.assign(window.HTMLCanvasElement.prototype, { getContext: () => null });
}

/** Size of the texts in a node: the widest line, and as many lines as there are. */
function measure(node: Element): { width: number; height: number; firstLine: number } {
  let width = 0;
  let height = 0;
  const lines = textLines(node);
  for (const line of lines) {
    width = Math.max(width, textWidth_px(line.text, line.size_px, line.bold ? 'bold' : 'regular'));
    height += line.size_px * LINE_HEIGHT;
  }
  return { width, height, firstLine: (lines[0]?.size_px ?? 0) * LINE_HEIGHT };
}

interface TextLine {
  readonly text: string;
  readonly size_px: number;
  readonly bold: boolean;
}

function textLines(node: Element): TextLine[] {
  if (node.nodeName !== 'text') return [...node.children].flatMap(textLines);
  const lines = [...node.children].filter((child) => child.classList.contains('line'));
  return (lines.length > 0 ? lines : [node]).map((line) => ({
    text: line.textContent ?? '',
    size_px: fontSize_px(line),
    bold: [line, ...line.querySelectorAll('tspan')].some((e) => styleOf(e, 'font-weight') === 'bold'),
  }));
}

function fontSize_px(element: Element): number {
  for (let e: Element | null = element; e !== null; e = e.parentElement) {
    const size = Number.parseFloat(styleOf(e, 'font-size'));
    if (size > 0) return size;
  }
  return THEME.tickSize_px;
}

function styleOf(element: Element, property: string): string {
  return (element as SVGElement).style?.getPropertyValue(property) ?? '';
}
