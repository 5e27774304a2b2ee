import type { BarSeries, LineSeries, SeriesStyle } from '../plot';
import type { Case, CaseRuns, FigureRun } from './cases';
import { interval95, mean } from './claims/interval';

/** Mean over seeds with the ends of its 95% interval. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export function estimate(values: readonly number[]): Estimate {
  const [low, high] = interval95(values);
  return { mean: mean(values), low, high };
}

/** What captions say of the spread of the cases that are drawn. */
export function spreadNote(cases: readonly Case[]): string {
  return `mean of ${seedsText(cases)} seeds, 95% interval (Student t)`;
}

/** How often cases are repeated: `3`, or `2 to 6`. */
export function seedsText(cases: readonly Case[]): string {
  const [least, most] = [Math.min, Math.max].map((end) => end(...cases.map((c) => c.seeds)));
  return least === most ? String(least) : `${least} to ${most}`;
}

/** A line over x, one case for each point. */
export function lineOf(
  style: SeriesStyle,
  xs: readonly number[],
  runs: CaseRuns,
  keyOf: (x: number) => string,
  measure: (run: FigureRun) => number,
): LineSeries {
  return lineOfValues(style, xs, (x) => runs.values(keyOf(x), measure));
}

/** A line over x from the values of each point. */
export function lineOfValues(
  style: SeriesStyle,
  xs: readonly number[],
  valuesOf: (x: number) => readonly number[],
): LineSeries {
  const points = xs.map((x) => estimate(valuesOf(x)));
  return { style, x: xs, y: points.map((p) => p.mean), low: points.map((p) => p.low), high: points.map((p) => p.high) };
}

/** Cuts the intervals of shares where a share ends: Student's t knows nothing of 0 and 100%. */
export function withinShare_percent(line: LineSeries): LineSeries {
  return { ...line, low: line.low?.map((v) => Math.max(0, v)), high: line.high?.map((v) => Math.min(100, v)) };
}

/** Bars, one for each category from the values over seeds; no values, no bar. */
export function barsOf(style: SeriesStyle, values: readonly (readonly number[])[]): BarSeries {
  const points = values.map((v) => (v.length === 0 ? null : estimate(v)));
  return {
    style,
    values: points.map((p) => p?.mean ?? null),
    low: points.map((p) => p?.low ?? null),
    high: points.map((p) => p?.high ?? null),
  };
}
