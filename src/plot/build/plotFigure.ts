import type { PlotFigure } from '../figure';
import type { PlotlyAnnotation, PlotlyAxis, PlotlyLayout, PlotlyTrace } from '../plotly';
import { escapePlotly, wrapText } from '../text';
import { THEME } from '../theme';
import { axisTitle, baseAxis, joinExtents, plotlyRange, valueRange, type Extent } from './axis';
import { layOut, type Box, type Geometry } from './geometry';
import { legendTraces } from './legend';
import type { Panel } from './panel';

export interface PlotFigureSpec {
  readonly id: string;
  readonly title: string;
  /** The experiment in one line; wrapped below the panels. */
  readonly caption: string;
  readonly panels: readonly Panel[];
  /** Panels side by side. Default: all up to three, else two. */
  readonly columns?: number;
  /** Default 840. */
  readonly width_px?: number;
  /** Height of the plotting area of one panel. Default 260. */
  readonly panelHeight_px?: number;
  /**
   * Which panels have the same value range, so that heights compare: those of a row, all, or none.
   * Only panels with the same axis title can share. Default `row`.
   */
  readonly shareY?: 'row' | 'all' | 'none';
}

const DEFAULTS = { width_px: 840, panelHeight_px: 260, shareY: 'row' } as const;

/**
 * Arranges panels into a figure with title, legend and caption. All sizes are settled here, in pixels,
 * so that the interactive and the static form look the same.
 */
export function plotFigure(spec: PlotFigureSpec): PlotFigure {
  const { width_px, panelHeight_px, shareY } = { ...DEFAULTS, ...spec };
  const columns = Math.min(spec.columns ?? (spec.panels.length <= 3 ? spec.panels.length : 2), spec.panels.length);
  const ranges = valueRanges(spec.panels, columns, shareY);
  const hidden = spec.panels.map((_, i) => i % columns > 0 && sharesScale(spec.panels, ranges, i));
  const caption = wrapText(spec.caption, width_px - 24, THEME.captionSize_px);
  const legend = legendTraces(spec.panels, width_px - 24);
  const geometry = layOut({
    panels: spec.panels,
    columns,
    width_px,
    panelHeight_px,
    legendHeight_px: legend.height_px,
    captionLines: caption.length,
    hasYAxis: hidden.map((h) => !h),
  });
  const toPaper = (x_px: number, y_px: number): { x: number; y: number } => ({
    x: x_px / width_px,
    y: 1 - y_px / geometry.height_px,
  });

  const data: PlotlyTrace[] = [];
  const annotations: PlotlyAnnotation[] = [headline(spec.title, toPaper), ...captionLines(caption, geometry, toPaper)];
  const axes: Record<`xaxis${string}` | `yaxis${string}`, PlotlyAxis> = {};
  spec.panels.forEach((panel, i) => {
    const box = geometry.boxes[i];
    const n = i === 0 ? '' : String(i + 1);
    const xaxis = `x${n}` as 'x';
    const yaxis = `y${n}` as 'y';
    axes[`xaxis${n}`] = xAxis(panel, box, width_px, yaxis);
    axes[`yaxis${n}`] = yAxis(panel, box, geometry.height_px, xaxis, ranges[i], hidden[i]);
    for (const trace of panel.traces) data.push(placeTrace(trace, xaxis, yaxis, box, width_px, geometry.height_px));
    if (panel.title !== undefined) annotations.push(panelTitle(panel.title, box, toPaper));
    annotations.push(...axisTitles(panel, box, hidden[i], toPaper));
    annotations.push(...directLabels(panel, box, ranges[i], xaxis, yaxis));
    for (const a of panel.annotations ?? []) annotations.push({ ...a, xref: xaxis, yref: yaxis });
  });
  data.push(...legend.traces);

  const layout: PlotlyLayout = {
    width: width_px,
    height: geometry.height_px,
    margin: { l: 0, r: 0, t: 0, b: 0 },
    font: { family: THEME.fontFamily, size: THEME.tickSize_px, color: THEME.text },
    paper_bgcolor: THEME.background,
    plot_bgcolor: THEME.background,
    barmode: 'overlay',
    hovermode: 'closest',
    showlegend: legend.traces.length > 0,
    legend: {
      orientation: 'h',
      x: toPaper(10, 0).x,
      y: toPaper(0, geometry.legendTop_px).y,
      xanchor: 'left',
      yanchor: 'top',
      font: { size: THEME.labelSize_px },
      bgcolor: 'rgba(255,255,255,0)',
      itemsizing: 'trace',
      tracegroupgap: 0,
    },
    annotations,
    ...axes,
  };
  return {
    kind: 'plot',
    id: spec.id,
    title: spec.title,
    caption: spec.caption,
    width_px,
    height_px: geometry.height_px,
    data,
    layout,
  };
}

/** The value range of each panel in its own unit. */
function valueRanges(
  panels: readonly Panel[],
  columns: number,
  share: 'row' | 'all' | 'none',
): (readonly [number, number])[] {
  const groupOf = (i: number): string => {
    const row = share === 'all' ? 'all' : share === 'row' ? `row ${Math.floor(i / columns)}` : `panel ${i}`;
    return `${row}|${panels[i].y.title}|${panels[i].y.unit}|${panels[i].y.scale}`;
  };
  return panels.map((panel, i) => {
    if (panel.yNames !== undefined) return [-0.5, panel.yNames.length - 0.5];
    const group = panels.filter((_, k) => groupOf(k) === groupOf(i));
    const extent: Extent | undefined = joinExtents(group.map((p) => p.yExtent));
    return valueRange(panel.y, extent, Math.max(...group.map((p) => p.headroom ?? 0.08)));
  });
}

/** Whether the panel to the left has the same scale, so that this one need not repeat its labels. */
function sharesScale(panels: readonly Panel[], ranges: readonly (readonly [number, number])[], i: number): boolean {
  const [left, here] = [panels[i - 1].y, panels[i].y];
  const [a, b] = [ranges[i - 1], ranges[i]];
  return left.title === here.title && left.unit === here.unit && a[0] === b[0] && a[1] === b[1];
}

function xAxis(panel: Panel, box: Box, width_px: number, anchor: 'y'): PlotlyAxis {
  const air = panel.bars === true ? 0.5 : 0.3;
  const names = panel.xNames;
  return {
    ...baseAxis(panel.x),
    ...(names === undefined
      ? { range: plotlyRange(panel.x, numberRange(panel)) }
      : { ...namedTicks(names), range: [-air, names.length - 1 + air], ticks: '' }),
    domain: [box.left / width_px, box.right / width_px],
    anchor,
    showgrid: false,
  };
}

/** A newline in a name breaks its label. */
function namedTicks(names: readonly string[]): PlotlyAxis {
  const labels = names.map((name) => name.split('\n').map(escapePlotly).join('<br>'));
  return { tickmode: 'array', tickvals: names.map((_, i) => i), ticktext: labels };
}

/** Number axes run from the first to the last point, with a little air for the markers. */
function numberRange(panel: Panel): readonly [number, number] {
  if (panel.x.range !== undefined) return panel.x.range;
  const { low, high } = panel.xExtent ?? { low: 0, high: 1 };
  if (panel.x.scale === 'log') {
    const air = (high / low) ** 0.03;
    return low === high ? [low / 2, high * 2] : [low / air, high * air];
  }
  const air = low === high ? 1 : (high - low) * 0.03;
  return [low - air, high + air];
}

function yAxis(
  panel: Panel,
  box: Box,
  height_px: number,
  anchor: 'x',
  range: readonly [number, number],
  hideLabels: boolean,
): PlotlyAxis {
  const base = baseAxis(panel.y);
  const names = panel.yNames;
  return {
    ...base,
    ...(names === undefined ? {} : namedTicks(names)),
    range: plotlyRange(panel.y, range),
    domain: [1 - box.bottom / height_px, 1 - box.top / height_px],
    anchor,
    showgrid: panel.yGrid ?? true,
    showline: false,
    ticks: '',
    ...(hideLabels ? { showticklabels: false } : {}),
  };
}

function placeTrace(
  trace: PlotlyTrace,
  xaxis: 'x',
  yaxis: 'y',
  box: Box,
  width_px: number,
  height_px: number,
): PlotlyTrace {
  if (trace.type !== 'scatter' || trace.marker?.showscale !== true) return { ...trace, xaxis, yaxis };
  const colorbar = {
    ...trace.marker.colorbar,
    x: (box.right + 8) / width_px,
    xanchor: 'left',
    xpad: 0,
    y: 1 - (box.top + box.bottom) / 2 / height_px,
    lenmode: 'pixels',
    len: box.bottom - box.top,
    ypad: 0,
  };
  return { ...trace, xaxis, yaxis, marker: { ...trace.marker, colorbar } };
}

type ToPaper = (x_px: number, y_px: number) => { x: number; y: number };

function headline(title: string, toPaper: ToPaper): PlotlyAnnotation {
  return {
    ...paperText(`<b>${escapePlotly(title)}</b>`, toPaper(12, 10)),
    font: { size: THEME.titleSize_px, color: THEME.text },
  };
}

function captionLines(lines: readonly string[], geometry: Geometry, toPaper: ToPaper): PlotlyAnnotation[] {
  const text = lines.map(escapePlotly).join('<br>');
  const font = { size: THEME.captionSize_px, color: THEME.mutedText };
  return lines.length === 0 ? [] : [{ ...paperText(text, toPaper(12, geometry.captionTop_px)), font }];
}

function panelTitle(title: string, box: Box, toPaper: ToPaper): PlotlyAnnotation {
  return {
    ...paperText(`<b>${escapePlotly(title)}</b>`, toPaper(box.left, box.top - 24)),
    font: { size: THEME.panelTitleSize_px, color: THEME.text },
  };
}

/** Texts of our own: where Plotly puts axis titles depends on sizes that are known only on a screen. */
function axisTitles(panel: Panel, box: Box, hideY: boolean, toPaper: ToPaper): PlotlyAnnotation[] {
  const font = { size: THEME.axisTitleSize_px, color: THEME.text };
  const belowLabels_px = panel.xNames?.some((name) => name.includes('\n')) === true ? 36 : 25;
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
function directLabels(
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
