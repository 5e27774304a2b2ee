import type { PlotlyAnnotation, PlotlyTrace } from '../plotly';
import { escapePlotly } from '../text';
import { SEQUENTIAL_SCALE, THEME } from '../theme';
import { extentOf } from './axis';
import type { Panel, PanelSpec } from './panel';

export type ColorScale = readonly (readonly [number, string])[];

export interface HeatmapPanelSpec extends PanelSpec {
  readonly columns: readonly string[];
  /** From the bottom up. */
  readonly rows: readonly string[];
  /** `values[row][column]`, null where there is none (drawn as a gap). */
  readonly values: readonly (readonly (number | null)[])[];
  /** Beside the colour bar, with its unit. */
  readonly valueTitle: string;
  /** Ends of the colour scale. Default: the smallest and largest value. */
  readonly valueRange?: readonly [number, number];
  /** Written into each cell. Default: nothing. */
  readonly format?: (value: number) => string;
  /** Default: `SEQUENTIAL_SCALE`. */
  readonly colorscale?: ColorScale;
}

/**
 * A map of values over two named axes. Its cells are bars: Plotly's own heat map paints a canvas,
 * which is not there when a picture is made without a display.
 */
export function heatmapPanel(spec: HeatmapPanelSpec): Panel {
  const extent = extentOf(spec.values.flat()) ?? { low: 0, high: 1 };
  const [low, high] = spec.valueRange ?? [extent.low, extent.high];
  const scale = spec.colorscale ?? SEQUENTIAL_SCALE;
  const columns = spec.columns.map(escapePlotly);
  const rows = spec.rows.map(escapePlotly);
  const share = (v: number): number => (high > low ? Math.min(1, Math.max(0, (v - low) / (high - low))) : 0);
  const traces: PlotlyTrace[] = spec.values.map((row, r) => ({
    type: 'bar',
    x: row.map((_, c) => c),
    hovertext: columns,
    y: row.map((v) => (v === null ? null : 1)),
    base: row.map(() => r - 0.5),
    width: 1,
    showlegend: false,
    customdata: row,
    hovertemplate: `%{hovertext}, ${rows[r]}: %{customdata:.4~g}<extra></extra>`,
    marker: {
      color: row.map((v) => (v === null ? THEME.background : colorAt(scale, share(v)))),
      line: { color: THEME.background, width: 1 },
    },
  }));
  return {
    title: spec.title,
    x: spec.x,
    y: spec.y,
    xNames: spec.columns,
    yNames: spec.rows,
    traces: [...traces, colorBar(spec.valueTitle, scale, low, high)],
    annotations: spec.format === undefined ? [] : cellTexts(spec, spec.format, (v) => colorAt(scale, share(v))),
    directLabels: [],
    legend: [],
    bars: true,
    yGrid: false,
  };
}

/** A point that is nowhere, whose colour scale is the key of the map. */
function colorBar(title: string, colorscale: ColorScale, cmin: number, cmax: number): PlotlyTrace {
  return {
    type: 'scatter',
    mode: 'markers',
    x: [null],
    y: [null],
    showlegend: false,
    hoverinfo: 'skip',
    marker: {
      color: [cmin],
      colorscale,
      cmin,
      cmax,
      showscale: true,
      colorbar: {
        title: { text: escapePlotly(title), side: 'right', font: { size: THEME.axisTitleSize_px } },
        thickness: 12,
        outlinewidth: 0,
        tickfont: { size: THEME.tickSize_px },
        ticklabeloverflow: 'allow',
      },
    },
  };
}

function cellTexts(
  spec: HeatmapPanelSpec,
  format: (value: number) => string,
  colorOf: (value: number) => string,
): PlotlyAnnotation[] {
  return spec.values.flatMap((row, r) =>
    row.flatMap((value, c) =>
      value === null
        ? []
        : [
            {
              text: escapePlotly(format(value)),
              x: c,
              y: r,
              xref: 'x',
              yref: 'y',
              showarrow: false as const,
              xanchor: 'center' as const,
              // Of one line it makes no difference, but start-anchored text needs no measured left edge.
              align: 'left' as const,
              font: { size: THEME.tickSize_px, color: isDark(colorOf(value)) ? '#ffffff' : THEME.text },
            },
          ],
    ),
  );
}

/** The colour at a share of 0 … 1 of a scale, straight between its stops. */
export function colorAt(scale: ColorScale, share: number): string {
  const upper = Math.max(
    1,
    scale.findIndex(([at]) => at >= share),
  );
  const [[from, a], [to, b]] = [scale[upper - 1], scale[upper]];
  const t = (share - from) / (to - from);
  const mixed = rgb(a).map((channel, i) => Math.round(channel + t * (rgb(b)[i] - channel)));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

function isDark(color: string): boolean {
  const [r, g, b] = rgb(color);
  return 0.299 * r + 0.587 * g + 0.114 * b < 140;
}

function rgb(color: string): [number, number, number] {
  const n = Number.parseInt(color.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}
