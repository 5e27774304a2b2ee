import type { PlotFigure } from '../figure';
import type { PlotlyAnnotation, PlotlyAxis, PlotlyLayout, PlotlyTrace } from '../plotly';
import { wrapCaption } from '../text';
import { THEME } from '../theme';
import { axisTitles, captionLines, directLabels, headline, panelTitle, type ToPaper } from './annotations';
import { layOut, type Box } from './geometry';
import { legendTraces } from './legend';
import type { Panel } from './panel';
import { sharesScale, valueRanges, xAxis, yAxis } from './panelAxes';

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
  const caption = wrapCaption(spec.caption, width_px - 24);
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
  const toPaper: ToPaper = (x_px, y_px) => ({
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
