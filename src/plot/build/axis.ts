import type { PlotlyAxis } from '../plotly';
import { escapePlotly } from '../text';
import { THEME } from '../theme';

/** An axis of a panel. */
export interface AxisSpec {
  readonly title: string;
  /** Printed in brackets behind the title; leave out only for names and pure numbers. */
  readonly unit?: string;
  /** Default `linear`. */
  readonly scale?: 'linear' | 'log';
  /** In the axis's unit. Default: from zero (linear) or from below the smallest value (log) to above the largest. */
  readonly range?: readonly [number, number];
  /** Marks at these places instead of Plotly's choice. */
  readonly ticks?: readonly { readonly at: number; readonly label: string }[];
}

/** Smallest and largest value that an axis must show. */
export interface Extent {
  readonly low: number;
  readonly high: number;
}

/** The extent of numbers; nulls and non-finite numbers do not count. Undefined if none is left. */
export function extentOf(values: Iterable<number | null | undefined>): Extent | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? { low, high } : undefined;
}

export function joinExtents(extents: readonly (Extent | undefined)[]): Extent | undefined {
  return extentOf(extents.flatMap((e) => (e === undefined ? [] : [e.low, e.high])));
}

/** The range of a value axis in its own unit: room above the data, zero as the base of a linear axis. */
export function valueRange(axis: AxisSpec, extent: Extent | undefined, headroom: number): readonly [number, number] {
  if (axis.range !== undefined) return axis.range;
  if (axis.scale === 'log') {
    const low = Math.max(extent?.low ?? 1, Number.MIN_VALUE);
    const high = Math.max(extent?.high ?? 10, low * 1.5);
    const decades = Math.log10(high / low);
    return [low / 10 ** (0.06 * decades + 0.05), high * 10 ** (headroom * decades + 0.05)];
  }
  const low = Math.min(0, extent?.low ?? 0);
  const high = Math.max(extent?.high ?? 1, low + Number.EPSILON);
  return [low < 0 ? low - (high - low) * 0.05 : 0, high + (high - low) * headroom];
}

/** The range as Plotly wants it: exponents on a log axis. */
export function plotlyRange(axis: AxisSpec, range: readonly [number, number]): readonly [number, number] {
  return axis.scale === 'log' ? [Math.log10(range[0]), Math.log10(range[1])] : range;
}

export function axisTitle(axis: AxisSpec): string {
  return escapePlotly(axis.unit === undefined ? axis.title : `${axis.title} (${axis.unit})`);
}

/** What all axes share. */
export function baseAxis(axis: AxisSpec): PlotlyAxis {
  return {
    tickfont: { size: THEME.tickSize_px, color: THEME.text },
    showline: true,
    linecolor: THEME.axis,
    linewidth: 1,
    ticks: 'outside',
    ticklen: 4,
    tickcolor: THEME.axis,
    gridcolor: THEME.grid,
    zeroline: false,
    automargin: false,
    // Plotly would hide labels by their position on the screen, which is not known without one.
    ticklabeloverflow: 'allow',
    ...(axis.ticks === undefined
      ? {}
      : {
          tickmode: 'array' as const,
          tickvals: axis.ticks.map((t) => t.at),
          ticktext: axis.ticks.map((t) => escapePlotly(t.label)),
        }),
    ...(axis.scale !== 'log' ? {} : axis.ticks === undefined ? logTicks : { type: 'log' as const }),
  };
}

const [FIRST_DECADE, LAST_DECADE] = [-3, 9];

/** Marks at 1, 2, 5 × powers of ten, each with its whole number: Plotly's own say a bare 2 or 5 between the powers. */
const logTicks = ((): PlotlyAxis => {
  const tickvals: number[] = [];
  for (let decade = FIRST_DECADE; decade <= LAST_DECADE; decade++) {
    for (const digit of [1, 2, 5]) tickvals.push(Number(`${digit}e${decade}`));
  }
  return { type: 'log', tickmode: 'array', tickvals, ticktext: tickvals.map(shortNumber) };
})();

/** 5000, 20k, 1M: short enough to stand beside an axis's title. */
function shortNumber(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1e4 ? `${value / 1e3}k` : String(value);
}
