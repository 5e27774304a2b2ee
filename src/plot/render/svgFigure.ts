import type { SvgFigure } from '../figure';
import { escapeHtml, wrapCaption } from '../text';
import { THEME } from '../theme';

const EDGE_PX = 12;
const TITLE_PX = 42;
const LINE_PX = 17;

/** Puts title and caption around a drawing. */
export function framedSvg(figure: SvgFigure): string {
  const lines = wrapCaption(figure.caption, figure.width_px - 2 * EDGE_PX);
  const height = TITLE_PX + figure.height_px + lines.length * LINE_PX + 18;
  const caption = lines.map(
    (line, i) =>
      `<text x="${EDGE_PX}" y="${TITLE_PX + figure.height_px + 18 + i * LINE_PX}" font-size="${THEME.captionSize_px}" fill="${THEME.mutedText}">${escapeHtml(line)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${figure.width_px}" height="${height}" viewBox="0 0 ${figure.width_px} ${height}" font-family="${THEME.fontFamily}">`,
    `<rect width="100%" height="100%" fill="${THEME.background}"/>`,
    `<text x="${EDGE_PX}" y="27" font-size="${THEME.titleSize_px}" font-weight="bold" fill="${THEME.text}">${escapeHtml(figure.title)}</text>`,
    `<g transform="translate(0 ${TITLE_PX})">${withoutProlog(figure.svg)}</g>`,
    ...caption,
    '</svg>',
  ].join('\n');
}

/** An `<?xml?>` or `<!DOCTYPE>` may only stand at the very beginning of a document. */
function withoutProlog(svg: string): string {
  return svg.slice(Math.max(0, svg.indexOf('<svg')));
}
