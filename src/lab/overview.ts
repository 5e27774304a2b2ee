import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  casesOf,
  CLAIM_RULES,
  CORES_PER_FLOW,
  drawMeetingMap,
  DYNAMIC_SPLITTING,
  FIGURES,
  PIPELINING_BORDER,
  readClaims,
  scoreboard,
  type ClaimResult,
  type PaperStudy,
} from '../figures';
import { StaticRenderer, type Figure } from '../plot';
import { escapeHtml } from '../plot/text';
import { loadCaptures, runCases, type FigureRunOptions } from './figureRuns';
import { fittedClaims } from './paperClaims';

/** A small picture of a figure with the notebook that shows it. */
export interface Thumbnail {
  readonly id: string;
  readonly title: string;
  /** File name of the notebook; undefined if there is none. */
  readonly notebook?: string;
  readonly png: Uint8Array;
}

export interface Overview {
  readonly claims: readonly ClaimResult[];
  readonly thumbnails: readonly Thumbnail[];
}

const NOTEBOOKS_FOLDER = resolve(__dirname, '../../notebooks');

/** Width of a thumbnail. */
const THUMBNAIL_PX = 240;

/** Questions beyond the paper whose figures need no runs. */
const DRAWN_AT_ONCE: readonly { readonly id: string; readonly draw: () => Figure }[] = [
  { id: 'q3-hash-collisions', draw: () => drawMeetingMap() },
];

/** Everything at a glance: the scoreboard and every figure in small. Fast once the runs are in the sweep cache. */
export async function overview(options: Omit<FigureRunOptions, 'source'> = {}): Promise<Overview> {
  const { capturesFolder, ...rest } = options;
  const studies: PaperStudy[] = [...FIGURES, CORES_PER_FLOW, PIPELINING_BORDER, DYNAMIC_SPLITTING];
  const simulated = await runCases([...casesOf(CLAIM_RULES), ...studies.flatMap((study) => study.cases)], rest);
  const captured = await loadCaptures(
    studies.flatMap((study) => study.captures),
    capturesFolder,
  );
  const notebooks = readdirSync(NOTEBOOKS_FOLDER).filter((file) => file.endsWith('.ipynb'));
  const renderer = new StaticRenderer();
  const thumbnails: Thumbnail[] = [];
  const add = async (id: string, figure: Figure): Promise<void> => {
    const png = await renderer.png(figure, { scale: THUMBNAIL_PX / figure.width_px });
    const notebook = notebooks.find((file) => belongsTo(file, id));
    thumbnails.push({ id, title: figure.title, png, ...(notebook === undefined ? {} : { notebook }) });
  };
  for (const study of studies) {
    const [figure] = await study.draw({ simulated, captured });
    if (figure !== undefined) await add(study.id, figure);
  }
  for (const { id, draw } of DRAWN_AT_ONCE) await add(id, draw());
  thumbnails.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { claims: scoreboard(readClaims(), CLAIM_RULES, simulated, fittedClaims()), thumbnails };
}

/** `fig09a` and `fig09b` share `fig09-….ipynb`; the questions' notebooks are found by their number. */
function belongsTo(file: string, id: string): boolean {
  const number = /^(fig\d\d|q\d)/.exec(id)?.[1];
  return number !== undefined && file.startsWith(`${number}-`);
}

/** Thumbnails as HTML, each linked to its notebook. */
export function thumbnailsHtml(thumbnails: readonly Thumbnail[]): string {
  const cells = thumbnails.map(({ id, title, notebook, png }) => {
    const image = `<img alt="${escapeHtml(title)}" width="${THUMBNAIL_PX}" src="data:image/png;base64,${Buffer.from(png).toString('base64')}">`;
    const label = `<b>${escapeHtml(id)}</b><br>${escapeHtml(title)}`;
    const inside = `${image}<br>${label}`;
    return notebook === undefined ? inside : `<a href="${escapeHtml(notebook)}">${inside}</a>`;
  });
  const rows = Array.from({ length: Math.ceil(cells.length / 3) }, (_, r) => cells.slice(3 * r, 3 * r + 3));
  const style = 'vertical-align:top;text-align:left;padding:6px';
  return `<table>${rows.map((row) => `<tr>${row.map((cell) => `<td style="${style}">${cell}</td>`).join('')}</tr>`).join('\n')}</table>`;
}
