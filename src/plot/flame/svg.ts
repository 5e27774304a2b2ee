import type { FlameFigure } from '../figure';
import { escapeHtml, fitText, textWidth_px, wrapCaption } from '../text';
import { THEME } from '../theme';
import { flameColor } from './color';
import { layOutFlames, type FlameBox } from './layout';
import { count, flameLegend, leftOutNote, percent } from './legend';

const FRAME_PX = 18;
const FRAME_TEXT_PX = 12.5;
const EDGE_PX = 12;
const TITLE_PX = 42;
const LEGEND_PX = 24;
const LINE_PX = 17;

/** The flame graph as a picture: every frame with a title that browsers show on hover. */
export function flameSvg(figure: FlameFigure): string {
  const { options } = figure;
  const inner_px = figure.width_px - 2 * EDGE_PX;
  const layout = layOutFlames(figure.tree, options.minWidth_px / inner_px);
  const legend = flameLegend(figure);
  const notes = wrapCaption(
    `${figure.caption} ${leftOutNote(layout, `narrower than ${options.minWidth_px} px`)}`.trim(),
    inner_px,
  );
  const top = TITLE_PX + (legend.length > 0 ? LEGEND_PX : 0);
  const bottom = top + layout.depth * FRAME_PX;
  const height = bottom + 12 + notes.length * LINE_PX + 6;
  const yOf = (box: FlameBox): number =>
    options.icicle ? top + box.depth * FRAME_PX : bottom - (box.depth + 1) * FRAME_PX;

  const parts: string[] = [
    // Exact counts in the attributes of inferno, and `fg:self` besides, so that the picture can be read back.
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:fg="http://github.com/jonhoo/inferno" total_samples="${layout.total}" width="${figure.width_px}" height="${height}" viewBox="0 0 ${figure.width_px} ${height}" font-family="${THEME.fontFamily}">`,
    `<rect width="100%" height="100%" fill="${THEME.background}"/>`,
    text(EDGE_PX, 27, THEME.titleSize_px, figure.title, 'font-weight="bold"'),
    ...legendParts(legend),
  ];
  for (const box of layout.boxes) parts.push(frame(box, yOf(box), inner_px, figure, layout.total));
  notes.forEach((line, i) =>
    parts.push(text(EDGE_PX, bottom + 24 + i * LINE_PX, THEME.captionSize_px, line, `fill="${THEME.mutedText}"`)),
  );
  parts.push('</svg>');
  return parts.join('\n');
}

function frame(box: FlameBox, y: number, inner_px: number, figure: FlameFigure, total: number): string {
  const x = EDGE_PX + box.x * inner_px;
  const width = box.width * inner_px;
  const label = width > 24 ? fitText(box.name, width - 6, FRAME_TEXT_PX) : '';
  const rect = `<rect x="${fixed(x)}" y="${y}" width="${fixed(Math.max(0.1, width - 0.4))}" height="${FRAME_PX - 1}" fill="${flameColor(box, figure.options)}" fg:x="${exact(box.x * total)}" fg:w="${box.value}" fg:self="${box.self}"/>`;
  const title = `<title>${escapeHtml(describe(box, total, figure.options.unit))}</title>`;
  const name = label === '' ? '' : text(fixed(x + 3), y + 13, FRAME_TEXT_PX, label, 'fill="#000"');
  return `<g>${title}${rect}${name}</g>`;
}

/** `ip_rcv (1,234 samples, 12.3 %)`, with the change where there is one. */
export function describe(box: FlameBox, total: number, unit: string): string {
  const change = box.beforeShare === undefined ? '' : `, ${signedPercent(box.width - box.beforeShare)} against before`;
  return `${box.name} (${count(box.value)} ${unit}, ${percent(box.value / total)}${change})`;
}

function legendParts(items: readonly { label: string; color: string }[]): string[] {
  let x = EDGE_PX;
  return items.map(({ label, color }) => {
    const at = x;
    x += 17 + textWidth_px(label, THEME.tickSize_px) + 14;
    return `<rect x="${fixed(at)}" y="${TITLE_PX - 2}" width="12" height="12" fill="${color}"/>${text(fixed(at + 17), TITLE_PX + 9, THEME.tickSize_px, label, '')}`;
  });
}

function text(x: number | string, y: number, size_px: number, content: string, attributes: string): string {
  const fill = attributes.includes('fill=') ? '' : ` fill="${THEME.text}"`;
  return `<text x="${x}" y="${y}" font-size="${size_px}"${fill} ${attributes}>${escapeHtml(content)}</text>`;
}

/** A sum of shares times the total, its rounding errors taken off. */
function exact(value: number): string {
  return Number(value.toPrecision(12)).toString();
}

function fixed(value: number): string {
  return Number(value.toFixed(2)).toString();
}

function signedPercent(share: number): string {
  return `${share >= 0 ? '+' : '−'}${percent(Math.abs(share))}`;
}
