import type { PlotlyAnnotation, PlotlyTrace } from '../plotly';
import type { SeriesStyle } from '../theme';
import type { AxisSpec, Extent } from './axis';

/** A name written at the end of its line instead of in a legend. */
export interface DirectLabel {
  readonly text: string;
  readonly color: string;
  /** Where the line ends, in the units of the value axis. */
  readonly y: number;
}

/** Traces of one panel before they are tied to a place in the figure. */
export interface Panel {
  readonly title: string | undefined;
  readonly x: AxisSpec;
  readonly y: AxisSpec;
  /** Names at 0, 1, 2 … of the axis, for bars, maps and values at even distances. */
  readonly xNames?: readonly string[];
  readonly yNames?: readonly string[];
  readonly xExtent?: Extent;
  readonly yExtent?: Extent;
  /** Room above the largest value, as a share of the axis. Default 0.08. */
  readonly headroom?: number;
  readonly traces: readonly PlotlyTrace[];
  readonly directLabels: readonly DirectLabel[];
  /** Annotations in the panel's own coordinates (`xref: 'x'`, `yref: 'y'`). */
  readonly annotations?: readonly PlotlyAnnotation[];
  /** Series that a legend would explain, in order. */
  readonly legend: readonly SeriesStyle[];
  /** Whether the panel has bars: they need half a place at each side. */
  readonly bars?: boolean;
  /** Grid lines across the panel. Default true. */
  readonly yGrid?: boolean;
}

/** What every panel is told. */
export interface PanelSpec {
  /** Printed above the panel, e.g. `(a) UDP, 100G`. */
  readonly title?: string;
  readonly x: AxisSpec;
  readonly y: AxisSpec;
}
