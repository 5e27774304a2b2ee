/**
 * The part of Plotly's figure format that falcon-lab writes, typed by us: plotly.js ships no types,
 * and a closed type keeps a figure to what the static renderer and the smallest bundle can draw.
 * Field names and meanings are Plotly's (plotly.com/javascript/reference).
 */
export type PlotlyText = string;
export type Datum = number | string | null;

export interface PlotlyFont {
  readonly family?: string;
  readonly size?: number;
  readonly color?: string;
}

export interface PlotlyErrorBars {
  readonly type: 'data';
  readonly symmetric: false;
  readonly array: readonly number[];
  readonly arrayminus: readonly number[];
  readonly color?: string;
  readonly thickness?: number;
  readonly width?: number;
}

interface PlotlyTraceBase {
  readonly name?: string;
  readonly xaxis?: PlotlyAxisId<'x'>;
  readonly yaxis?: PlotlyAxisId<'y'>;
  readonly showlegend?: boolean;
  readonly legendgroup?: string;
  readonly hovertemplate?: string;
  readonly hovertext?: readonly string[];
  readonly customdata?: readonly Datum[];
  readonly hoverinfo?: 'skip' | 'all';
  readonly opacity?: number;
}

export type PlotlyAxisId<L extends 'x' | 'y'> = L | `${L}${number}`;

export interface PlotlyScatter extends PlotlyTraceBase {
  readonly type: 'scatter';
  readonly mode: 'lines' | 'markers' | 'lines+markers' | 'text';
  readonly x: readonly Datum[];
  readonly y: readonly Datum[];
  readonly text?: readonly string[];
  readonly textposition?: 'top center';
  readonly textfont?: PlotlyFont;
  readonly line?: {
    readonly color?: string;
    readonly width?: number;
    readonly dash?: LineDash;
    readonly shape?: 'linear' | 'hv';
  };
  readonly marker?: PlotlyMarker;
  readonly fill?: 'none' | 'toself' | 'tozeroy';
  readonly fillcolor?: string;
  readonly error_y?: PlotlyErrorBars;
  readonly cliponaxis?: boolean;
}

export type LineDash = 'solid' | 'dot' | 'dash' | 'longdash' | 'dashdot';

export interface PlotlyMarker {
  readonly color?: string | readonly number[];
  readonly colorscale?: readonly (readonly [number, string])[];
  readonly cmin?: number;
  readonly cmax?: number;
  readonly showscale?: boolean;
  readonly colorbar?: Readonly<Record<string, unknown>>;
  readonly size?: number;
  readonly symbol?: string;
  readonly line?: { readonly color?: string; readonly width?: number };
}

export interface PlotlyBar extends PlotlyTraceBase {
  readonly type: 'bar';
  readonly x: readonly Datum[];
  readonly y: readonly Datum[];
  readonly base?: readonly number[];
  readonly width?: number;
  readonly error_y?: PlotlyErrorBars;
  readonly marker: {
    readonly color: string | readonly string[];
    readonly line?: { readonly color: string; readonly width: number };
    readonly pattern?: {
      readonly shape: '' | '/' | '\\' | 'x' | '.' | '-' | '|';
      readonly fgcolor?: string;
      readonly bgcolor?: string;
      readonly size?: number;
      readonly solidity?: number;
      readonly fillmode?: 'overlay' | 'replace';
    };
  };
}

export type PlotlyTrace = PlotlyScatter | PlotlyBar;

export interface PlotlyAxis {
  readonly domain?: readonly [number, number];
  readonly anchor?: PlotlyAxisId<'x'> | PlotlyAxisId<'y'>;
  readonly type?: 'linear' | 'log';
  readonly range?: readonly [number, number];
  readonly tickmode?: 'array' | 'auto';
  readonly tickvals?: readonly number[];
  readonly ticktext?: readonly string[];
  readonly tickangle?: number;
  readonly nticks?: number;
  readonly tickfont?: PlotlyFont;
  readonly ticks?: 'outside' | '';
  readonly ticklen?: number;
  readonly tickcolor?: string;
  readonly tickformat?: string;
  readonly exponentformat?: 'none' | 'power' | 'SI';
  readonly dtick?: number | string;
  readonly showgrid?: boolean;
  readonly gridcolor?: string;
  readonly zeroline?: boolean;
  readonly showline?: boolean;
  readonly linecolor?: string;
  readonly linewidth?: number;
  readonly automargin?: boolean;
  readonly ticklabeloverflow?: 'allow';
  readonly showticklabels?: boolean;
  readonly fixedrange?: boolean;
}

export interface PlotlyAnnotation {
  readonly text: PlotlyText;
  readonly x: number | string;
  readonly y: number | string;
  readonly xref: string;
  readonly yref: string;
  readonly xanchor?: 'left' | 'center' | 'right';
  readonly yanchor?: 'top' | 'middle' | 'bottom';
  readonly xshift?: number;
  readonly yshift?: number;
  readonly showarrow: false;
  readonly align?: 'left' | 'center' | 'right';
  /** Degrees, clockwise. */
  readonly textangle?: number;
  readonly font?: PlotlyFont;
  readonly bgcolor?: string;
}

export interface PlotlyShape {
  readonly type: 'line' | 'rect';
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
  readonly xref: string;
  readonly yref: string;
  readonly line?: { readonly color?: string; readonly width?: number; readonly dash?: LineDash };
  readonly fillcolor?: string;
  readonly layer?: 'above' | 'below';
}

export interface PlotlyLayout {
  readonly width: number;
  readonly height: number;
  readonly margin: { readonly l: number; readonly r: number; readonly t: number; readonly b: number };
  readonly font?: PlotlyFont;
  readonly paper_bgcolor?: string;
  readonly plot_bgcolor?: string;
  /** Our bars have explicit places, widths and bases. */
  readonly barmode?: 'overlay';
  readonly showlegend?: boolean;
  readonly legend?: Readonly<Record<string, unknown>>;
  readonly hovermode?: 'closest' | 'x' | 'x unified' | false;
  readonly annotations?: readonly PlotlyAnnotation[];
  readonly shapes?: readonly PlotlyShape[];
  readonly [axis: `xaxis${string}`]: PlotlyAxis;
  readonly [axis: `yaxis${string}`]: PlotlyAxis;
}
