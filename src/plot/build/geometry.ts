import { FALLBACK_STRETCH, textWidth_px } from '../text';
import { THEME } from '../theme';
import type { Panel } from './panel';

/** The plotting area of a panel, in pixels from the top left corner of the figure. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Middle of the title of the value axis. */
  readonly yTitle: number;
}

export interface Geometry {
  readonly boxes: readonly Box[];
  readonly legendTop_px: number;
  readonly captionTop_px: number;
  readonly height_px: number;
}

export interface GeometryRequest {
  readonly panels: readonly Panel[];
  readonly columns: number;
  readonly width_px: number;
  readonly panelHeight_px: number;
  readonly legendHeight_px: number;
  readonly captionLines: number;
  /** Whether each panel has labels on its value axis. */
  readonly hasYAxis: readonly boolean[];
}

const TITLE_PX = 42;
const PANEL_TITLE_PX = 28;
const NO_PANEL_TITLE_PX = 12;
const X_AXIS_PX = 52;
/** What a second line of the names below a panel takes. */
export const NAME_LINE_PX = 16;
const Y_AXIS_PX = 66;
const EDGE_PX = 16;
const COLORBAR_PX = 84;
const CAPTION_LINE_PX = 17;

/** Places panels on a grid; every column is as wide as the others, whatever stands beside it. */
export function layOut(request: GeometryRequest): Geometry {
  const { panels, columns, width_px } = request;
  const rows = Math.ceil(panels.length / columns);
  const inColumn = (column: number): number[] => panels.map((_, i) => i).filter((i) => i % columns === column);
  const range = Array.from({ length: columns }, (_, c) => c);
  const before = range.map((c) =>
    inColumn(c).some((i) => request.hasYAxis[i]) ? yAxisWidth_px(inColumn(c), panels) : EDGE_PX,
  );
  const after = range.map((c) => Math.max(EDGE_PX, ...inColumn(c).map((i) => besideWidth_px(panels[i]))));
  const free = width_px - before.reduce((a, b) => a + b, 0) - after.reduce((a, b) => a + b, 0);
  const panelWidth = Math.floor(free / columns);

  let top = TITLE_PX + request.legendHeight_px;
  const boxes: Box[] = [];
  for (let row = 0; row < rows; row++) {
    const inRow = panels.slice(row * columns, (row + 1) * columns);
    top += inRow.some((p) => p.title !== undefined) ? PANEL_TITLE_PX : NO_PANEL_TITLE_PX;
    let left = 0;
    inRow.forEach((_, c) => {
      const yTitle = left + 14;
      left += before[c];
      boxes.push({ left, right: left + panelWidth, top, bottom: top + request.panelHeight_px, yTitle });
      left += panelWidth + after[c];
    });
    top += request.panelHeight_px + X_AXIS_PX + (inRow.some(hasTwoLineNames) ? NAME_LINE_PX : 0);
  }
  return {
    boxes,
    legendTop_px: TITLE_PX - 4,
    captionTop_px: top + 2,
    height_px: top + request.captionLines * CAPTION_LINE_PX + 18,
  };
}

/** Whether a name below the panel is broken into two lines. */
export function hasTwoLineNames(panel: Panel): boolean {
  return panel.xNames?.some((name) => name.includes('\n')) === true;
}

function yAxisWidth_px(column: readonly number[], panels: readonly Panel[]): number {
  const names = column.flatMap((i) => panels[i].yNames ?? []);
  return Math.max(Y_AXIS_PX, ...names.map((n) => textWidth_px(n, THEME.tickSize_px) + 34));
}

/** What stands at the right of a panel: the names of its lines, or a colour bar. */
function besideWidth_px(panel: Panel): number {
  const labels = panel.directLabels.map((l) => textWidth_px(l.text, THEME.labelSize_px) * FALLBACK_STRETCH + 14);
  const colorbar = panel.traces.some((t) => t.type === 'scatter' && t.marker?.showscale === true) ? COLORBAR_PX : 0;
  return Math.max(colorbar, ...labels, 0);
}
