import { createHash } from 'node:crypto';
import type { Figure } from '../figure';
import { bundleScript } from '../render/bundle';
import { figureFragment } from '../render/html';
import { StaticRenderer } from '../render/static';
import { escapeHtml } from '../text';
import { tslabNotebook, tslabOutput, type MimeBundle, type NotebookOutput } from './kernel';
import { tableHtml, tableText, type Showable, type TableOptions } from './tableHtml';

/** Pixels of a notebook's pictures for each pixel of the figure: sharp on most screens, small in the repository. */
const PICTURE_SCALE = 1.5;
/** Wide figures (flame graphs) are large as they are. */
const WIDE_PX = 900;

/**
 * The outputs of one notebook. It remembers whether the notebook has Plotly already, so that the bundle
 * is in the file once, and numbers the figures, so that every element has an id of its own.
 */
export class NotebookDisplay {
  private readonly renderer = new StaticRenderer();
  private hasPlotly = false;
  private shown = 0;

  constructor(private readonly output: () => NotebookOutput = tslabOutput) {}

  /**
   * Shows a figure: one output with Plotly's own MIME type (for charts), an HTML form that works without
   * a network, and a picture for where scripts do not run. The HTML holds the picture too, because a viewer
   * that strips scripts still prefers HTML.
   */
  async show(figure: Figure): Promise<void> {
    const output = this.output();
    const scale = figure.width_px > WIDE_PX ? 1 : PICTURE_SCALE;
    const png = Buffer.from(await this.renderer.png(figure, { scale })).toString('base64');
    output.display({ ...this.interactive(figure, png), 'image/png': png, 'text/plain': describe(figure) });
  }

  showMarkdown(markdown: string): void {
    this.output().display({ 'text/markdown': markdown, 'text/plain': markdown });
  }

  /** Shows HTML as it is; `text` stands for it where there is no HTML. Untrusted text must be escaped before. */
  showHtml(html: string, text: string): void {
    this.output().display({ 'text/html': html, 'text/plain': text });
  }

  /** Shows the first rows of a table; says how many there are. */
  showTable(table: Showable, options: TableOptions = {}): void {
    this.output().display({ 'text/html': tableHtml(table, options), 'text/plain': tableText(table, options) });
  }

  private interactive(figure: Figure, png: string): MimeBundle {
    const id = `${figure.id}-${++this.shown}-${shortHash(png)}`;
    const picture = `<img alt="${escapeHtml(describe(figure))}" style="max-width:100%;width:${figure.width_px}px" src="data:image/png;base64,${png}">`;
    const fragment = figureFragment(figure, id, picture);
    if (figure.kind !== 'plot') return { 'text/html': fragment };
    const html = this.hasPlotly ? fragment : bundleScript() + fragment;
    this.hasPlotly = true;
    const config = { displaylogo: false };
    return {
      'application/vnd.plotly.v1+json': { data: figure.data, layout: figure.layout, config },
      'text/html': html,
    };
  }
}

/** Two notebooks open in one window of JupyterLab share a page: ids must differ between them too. */
function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

function describe(figure: Figure): string {
  return `${figure.title}. ${figure.caption}`;
}

/** Of all notebooks that ran in this process: falcon-lab's runner executes several in turn. */
const displays = new WeakMap<object, NotebookDisplay>();

function currentDisplay(): NotebookDisplay {
  const notebook = tslabNotebook();
  let display = displays.get(notebook);
  if (display === undefined) displays.set(notebook, (display = new NotebookDisplay()));
  return display;
}

/** Shows a figure in the notebook that runs this code. @throws Error outside a tslab notebook */
export function show(figure: Figure): Promise<void> {
  return currentDisplay().show(figure);
}

/** Shows text with Markdown markup in the notebook that runs this code. Untrusted text must be escaped before. */
export function showMarkdown(markdown: string): void {
  currentDisplay().showMarkdown(markdown);
}

/** Shows the first rows of a table, or an array of objects, in the notebook that runs this code. */
export function showTable(table: Showable, options: TableOptions = {}): void {
  currentDisplay().showTable(table, options);
}

/** Shows HTML in the notebook that runs this code, and `text` where there is no HTML. Untrusted text must be escaped before. */
export function showHtml(html: string, text: string): void {
  currentDisplay().showHtml(html, text);
}
