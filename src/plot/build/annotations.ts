import type { PlotlyAnnotation } from '../plotly';
import { escapePlotly } from '../text';
import { THEME } from '../theme';
import { axisTitle } from './axis';
import { hasTwoLineNames, NAME_LINE_PX, type Box, type Geometry } from './geometry';
import type { Panel } from './panel';

/** From pixels, from the top left corner, to shares of the figure from the bottom left one. */
export type ToPaper = (x_px: number, y_px: number) => { x: number; y: number };

export function headline(title: string, toPaper: ToPaper): PlotlyAnnotation {
  return {
    ...paperText(`<b>${escapePlotly(title)}</b>`, toPaper(12, 10)),
    font: { size: THEME.titleSize_px, color: THEME.text },
  };
}

export function captionLines(lines: readonly string[], geometry: Geometry, toPaper: ToPaper): PlotlyAnnotation[] {
  const text = lines.map(escapePlotly).join('<br>');
  const font = { size: THEME.captionSize_px, color: THEME.mutedText };
  return lines.length === 0 ? [] : [{ ...paperText(text, toPaper(12, geometry.captionTop_px)), font }];
}

export function panelTitle(title: string, box: Box, toPaper: ToPaper): PlotlyAnnotation {
  return {
    ...paperText(`<b>${escapePlotly(title)}</b>`, toPaper(box.left, box.top - 24)),
    font: { size: THEME.panelTitleSize_px, color: THEME.text },
  };
}

/** Texts of our own: where Plotly puts axis titles depends on sizes that are known only on a screen. */
export function axisTitles(panel: Panel, box: Box, hideY: boolean, toPaper: ToPaper): PlotlyAnnotation[] {
  const font = { size: THEME.axisTitleSize_px, color: THEME.text };
  const belowLabels_px = 25 + (hasTwoLineNames(panel) ? NAME_LINE_PX : 0);
  const x: PlotlyAnnotation = {
    ...paperText(axisTitle(panel.x), toPaper((box.left + box.right) / 2, box.bottom + belowLabels_px)),
    xanchor: 'center',
    font,
  };
  const y: PlotlyAnnotation = {
    ...paperText(axisTitle(panel.y), toPaper(box.yTitle, (box.top + box.bottom) / 2)),
    xanchor: 'center',
    yanchor: 'middle',
    textangle: -90,
    font,
  };
  return hideY ? [x] : [x, y];
}

function paperText(text: string, at: { x: number; y: number }): PlotlyAnnotation {
  return {
    text,
    ...at,
    xref: 'paper',
    yref: 'paper',
    xanchor: 'left',
    yanchor: 'top',
    align: 'left',
    showarrow: false,
  };
}

const LABEL_DISTANCE_PX = 17;

/** Writes the names of the lines beside their ends, pushed apart where they would overlap. */
export function directLabels(
  panel: Panel,
  box: Box,
  range: readonly [number, number],
  xaxis: string,
  yaxis: string,
): PlotlyAnnotation[] {
  if (panel.directLabels.length === 0) return [];
  const log = panel.y.scale === 'log';
  const scaled = (v: number): number => (log ? Math.log10(v) : v);
  const [low, high] = [scaled(range[0]), scaled(range[1])];
  const height = box.bottom - box.top;
  const wanted = panel.directLabels.map((l) => ((scaled(l.y) - low) / (high - low)) * height);
  const placed = spread(wanted, LABEL_DISTANCE_PX, height);
  return panel.directLabels.map((label, i) => ({
    text: escapePlotly(label.text),
    x: 1,
    y: scaled(label.y),
    xref: `${xaxis} domain`,
    yref: yaxis,
    xanchor: 'left',
    yanchor: 'middle',
    xshift: 9,
    yshift: Math.round(placed[i] - wanted[i]),
    showarrow: false,
    align: 'left',
    font: { size: THEME.labelSize_px, color: label.color },
  }));
}

/** Moves positions apart to at least `distance`, staying near where they were and within 0 … `limit`. */
export function spread(wanted: readonly number[], distance: number, limit: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b] || a - b);
  const placed = [...wanted];
  for (let k = 1; k < order.length; k++) {
    placed[order[k]] = Math.max(placed[order[k]], placed[order[k - 1]] + distance);
  }
  // What was pushed over the top comes back down, pushing the ones below.
  let ceiling = limit;
  for (let k = order.length - 1; k >= 0; k--) {
    placed[order[k]] = Math.min(placed[order[k]], ceiling);
    ceiling = placed[order[k]] - distance;
  }
  return placed;
}
