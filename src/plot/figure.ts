import type { StackTree } from '../table';
import type { PlotlyLayout, PlotlyTrace } from './plotly';

/** What every figure has, whatever it is drawn with. */
interface FigureBase {
  /** Stable, usable as a file name: `fig10`, `fig06-sockperf`. */
  readonly id: string;
  readonly title: string;
  /** The experiment in one line: load, link, kernel, placement, repeats, interval. */
  readonly caption: string;
  readonly width_px: number;
}

/** A chart as a Plotly specification, complete with title, caption, sizes and ranges. */
export interface PlotFigure extends FigureBase {
  readonly kind: 'plot';
  readonly height_px: number;
  readonly data: readonly PlotlyTrace[];
  readonly layout: PlotlyLayout;
}

/** A flame graph; a differential one if the tree compares two profiles. */
export interface FlameFigure extends FigureBase {
  readonly kind: 'flame';
  readonly tree: StackTree;
  readonly options: FlameOptions;
}

export interface FlameOptions {
  /** What the widths count, for hover and details. Default `samples`. */
  readonly unit: string;
  /** Frames narrower than this in the static picture are not drawn; their share is stated. Default 0.5. */
  readonly minWidth_px: number;
  /** Frames of a smaller share are left out of the interactive page; their share is stated. Default 1e-4. */
  readonly minShare: number;
  /** Puts the outermost frame at the top instead of at the bottom. Default false. */
  readonly icicle: boolean;
  /** Sorts a frame into a named, coloured class. Default: one class, colours by name. */
  readonly classify?: (frame: string) => string | undefined;
  /** Colours of the classes, in the order of the legend. Default none. */
  readonly classes: readonly FlameClass[];
}

export interface FlameClass {
  readonly name: string;
  /** `#rrggbb`; single frames vary a little around it. */
  readonly color: string;
}

/** A drawing that is SVG from the start: diagrams. Title and caption are added around it. */
export interface SvgFigure extends FigureBase {
  readonly kind: 'svg';
  readonly height_px: number;
  /** One `<svg>` element of `width_px` × `height_px` (its own title and caption are not in it). */
  readonly svg: string;
}

export type Figure = PlotFigure | FlameFigure | SvgFigure;
