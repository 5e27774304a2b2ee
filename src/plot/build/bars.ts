import type { PlotlyBar, PlotlyScatter } from '../plotly';
import { escapePlotly } from '../text';
import { THEME, type SeriesStyle } from '../theme';
import { extentOf } from './axis';
import { errorBars } from './lines';
import type { Panel, PanelSpec } from './panel';

/** One colour of bars: a value for each category, null where there is none. */
export interface BarSeries {
  readonly style: SeriesStyle;
  readonly values: readonly (number | null)[];
  /** Ends of the interval of each value. */
  readonly low?: readonly (number | null)[];
  readonly high?: readonly (number | null)[];
}

export interface BarPanelSpec extends PanelSpec {
  readonly categories: readonly string[];
  readonly series: readonly BarSeries[];
  /** Writes each value above its bar. Default: if the panel has at most twelve bars. */
  readonly showValues?: boolean;
  /** How a value is written. Default: three significant digits, thousands as k. */
  readonly format?: (value: number) => string;
}

/** Share of a category's width that its bars fill. */
const GROUP_WIDTH = 0.78;

/** Bars side by side in each category, with error bars where intervals are given. */
export function barPanel(spec: BarPanelSpec): Panel {
  const count = spec.series.reduce((n, s) => n + s.values.filter((v) => v !== null).length, 0);
  const showValues = spec.showValues ?? count <= 12;
  const width = GROUP_WIDTH / spec.series.length;
  const placeOf = (s: number): number[] => spec.categories.map((_, i) => i + (s + 0.5) * width - GROUP_WIDTH / 2);
  const format = spec.format ?? shortNumber;
  return {
    title: spec.title,
    x: spec.x,
    y: spec.y,
    xNames: spec.categories,
    yExtent: extentOf(spec.series.flatMap((s) => [...s.values, ...(s.high ?? [])])),
    headroom: showValues ? 0.12 : 0.06,
    traces: [
      ...spec.series.map((series, s) => groupedBar(series, spec.categories, placeOf(s), width * 0.94)),
      ...(showValues ? spec.series.map((series, s) => valueTexts(series, placeOf(s), format)) : []),
    ],
    directLabels: [],
    legend: spec.series.map((s) => s.style),
    bars: true,
  };
}

function groupedBar(series: BarSeries, categories: readonly string[], x: readonly number[], width: number): PlotlyBar {
  const interval = series.low === undefined && series.high === undefined ? undefined : filled(series);
  return {
    ...bar(series.style, categories, series.values),
    x,
    width,
    ...(interval === undefined ? {} : { error_y: errorBars(interval, THEME.text) }),
  };
}

/** The values, above the bars and above what shows their intervals. */
function valueTexts(series: BarSeries, x: readonly number[], format: (value: number) => string): PlotlyScatter {
  return {
    type: 'scatter',
    mode: 'text',
    x,
    y: series.values.map((v, i) => (v === null ? null : Math.max(v, series.high?.[i] ?? v))),
    text: series.values.map((v) => (v === null ? '' : escapePlotly(format(v)))),
    textposition: 'top center',
    textfont: { size: THEME.tickSize_px - 1, color: THEME.text },
    hoverinfo: 'skip',
    showlegend: false,
    legendgroup: series.style.label,
    cliponaxis: false,
  };
}

/** Plotly's error bars take no nulls: a missing bar gets an interval of zero length. */
function filled(series: BarSeries): { y: number[]; low: number[]; high: number[] } {
  const y = series.values.map((v) => v ?? 0);
  return {
    y,
    low: y.map((v, i) => series.low?.[i] ?? v),
    high: y.map((v, i) => series.high?.[i] ?? v),
  };
}

export interface StackedPanelSpec extends PanelSpec {
  /** Usually CPU numbers. */
  readonly categories: readonly string[];
  /** From the bottom up; `values[i]` belongs to `categories[i]`. */
  readonly parts: readonly { readonly style: SeriesStyle; readonly values: readonly number[] }[];
}

/** Bars on top of each other: CPU time of each core by context. */
export function stackedPanel(spec: StackedPanelSpec): Panel {
  const base = spec.categories.map(() => 0);
  const traces = spec.parts.map((part): PlotlyBar => {
    // A part of nothing would still be drawn as a line.
    const heights = part.values.map((value) => (value > 0 ? value : null));
    const trace = { ...bar(part.style, spec.categories, heights), width: GROUP_WIDTH, base: [...base] };
    part.values.forEach((value, i) => (base[i] += value));
    return trace;
  });
  return {
    title: spec.title,
    x: spec.x,
    y: spec.y,
    xNames: spec.categories,
    yExtent: extentOf(base),
    traces,
    directLabels: [],
    legend: spec.parts.map((p) => p.style),
    bars: true,
  };
}

function bar(style: SeriesStyle, categories: readonly string[], values: readonly (number | null)[]): PlotlyBar {
  return {
    type: 'bar',
    name: escapePlotly(style.label),
    legendgroup: style.label,
    showlegend: false,
    x: categories.map((_, i) => i),
    y: values,
    // The height, since with a base `%{y}` would be the upper end.
    customdata: values,
    hovertext: categories.map(escapePlotly),
    hovertemplate: `%{hovertext}: %{customdata:.4~g}<extra>${escapePlotly(style.label)}</extra>`,
    marker: barMarker(style),
  };
}

/** Captured bars are hatched, bars of the paper's numbers are hollow. */
export function barMarker(style: SeriesStyle): PlotlyBar['marker'] {
  if (style.source === 'paper') return { color: '#ffffff', line: { color: style.color, width: 1.5 } };
  const line = { color: style.color, width: 1 };
  if (style.source !== 'captured') return { color: style.color, line };
  // The pattern replaces the fill, so the background is white and the hatching has the colour.
  return {
    color: style.color,
    line,
    pattern: { shape: '/', fgcolor: style.color, bgcolor: '#ffffff', size: 6, solidity: 0.4, fillmode: 'overlay' },
  };
}

/** `1234567` → `1.23M`, `0.0421` → `0.0421`. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  const [scale, suffix] = size >= 1e9 ? [1e9, 'G'] : size >= 1e6 ? [1e6, 'M'] : size >= 1e4 ? [1e3, 'k'] : [1, ''];
  return `${Number((value / scale).toPrecision(3))}${suffix}`;
}
