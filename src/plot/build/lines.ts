import type { PlotlyErrorBars, PlotlyScatter, PlotlyTrace } from '../plotly';
import { escapePlotly } from '../text';
import { dashOf, markerOf, withOpacity, type SeriesStyle } from '../theme';
import { extentOf } from './axis';
import type { Panel, PanelSpec } from './panel';

/** One line: points in order of x; where they have an interval, a band (or bars, for few points) shows it. */
export interface LineSeries {
  readonly style: SeriesStyle;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Ends of the interval of each point. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
}

export interface LinePanelSpec extends PanelSpec {
  readonly series: readonly LineSeries[];
  /** Default `both`; `lines` for dense series. */
  readonly marks?: 'both' | 'lines' | 'markers';
  /** Places x values as names at equal distances, e.g. packet sizes from 16 B to 64 KB. Default false. */
  readonly evenlySpaced?: boolean;
  /** How an evenly spaced x value is written. Default: as a number. */
  readonly xName?: (x: number) => string;
  /** Names at the line ends instead of a legend. Default: if there are at most six series. */
  readonly directLabels?: boolean;
}

/** Lines with error bands over a number axis. */
export function linePanel(spec: LinePanelSpec): Panel {
  const xs = [...new Set(spec.series.flatMap((s) => s.x))].sort((a, b) => a - b);
  const even = spec.evenlySpaced === true;
  const place = (x: number): number => (even ? xs.indexOf(x) : x);
  const nameOf = spec.xName ?? String;
  const traces: PlotlyTrace[] = [];
  // Bands first, so that no band hides a line.
  for (const series of spec.series) if (series.x.length > 2) traces.push(...band(series, place));
  for (const series of spec.series) traces.push(line(series, spec.marks ?? 'both', place, nameOf));
  const direct = spec.directLabels ?? spec.series.length <= 6;
  return {
    title: spec.title,
    x: spec.x,
    y: spec.y,
    ...(even ? { xNames: xs.map(nameOf) } : {}),
    xExtent: extentOf(xs),
    yExtent: extentOf(spec.series.flatMap((s) => [...s.y, ...(s.low ?? []), ...(s.high ?? [])])),
    traces,
    directLabels: direct ? spec.series.filter((s) => s.x.length > 1).map(endLabel) : [],
    // A single point has no end to write its name at.
    legend: spec.series.filter((s) => !direct || s.x.length <= 1).map((s) => s.style),
  };
}

function endLabel(series: LineSeries): { text: string; color: string; y: number } {
  return { text: series.style.label, color: series.style.color, y: series.y[series.y.length - 1] };
}

function line(
  series: LineSeries,
  marks: 'both' | 'lines' | 'markers',
  place: (x: number) => number,
  nameOf: (x: number) => string,
): PlotlyScatter {
  const { style } = series;
  const alone = series.x.length === 1 || style.source === 'paper' || marks === 'markers';
  return {
    type: 'scatter',
    mode: alone ? 'markers' : marks === 'lines' ? 'lines' : 'lines+markers',
    name: escapePlotly(style.label),
    legendgroup: style.label,
    showlegend: false,
    x: series.x.map(place),
    y: series.y,
    line: { color: style.color, width: 2.2, dash: dashOf(style) },
    marker: markerOf(style),
    hovertext: series.x.map((x) => escapePlotly(nameOf(x))),
    hovertemplate: `%{hovertext}: %{y:.4~g}<extra>${escapePlotly(style.label)}</extra>`,
    cliponaxis: false,
    ...(series.x.length > 2 || series.low === undefined ? {} : { error_y: errorBars(series, style.color) }),
  };
}

function band(series: LineSeries, place: (x: number) => number): PlotlyScatter[] {
  const { low, high, x, style } = series;
  if (low === undefined || high === undefined) return [];
  return [
    {
      type: 'scatter',
      mode: 'lines',
      x: [...x, ...[...x].reverse()].map(place),
      y: [...high, ...[...low].reverse()],
      fill: 'toself',
      fillcolor: withOpacity(style.color, 0.18),
      line: { width: 0, color: style.color },
      hoverinfo: 'skip',
      showlegend: false,
      legendgroup: style.label,
    },
  ];
}

export function errorBars(
  values: { readonly y: readonly number[]; readonly low?: readonly number[]; readonly high?: readonly number[] },
  color: string,
): PlotlyErrorBars {
  return {
    type: 'data',
    symmetric: false,
    array: values.y.map((y, i) => Math.max(0, (values.high?.[i] ?? y) - y)),
    arrayminus: values.y.map((y, i) => Math.max(0, y - (values.low?.[i] ?? y))),
    color,
    thickness: 1.4,
    width: 4,
  };
}
