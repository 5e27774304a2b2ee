import type { Case, CaseRuns, FigureRun } from '../cases';
import type { ClaimMeasure } from './scoreboard';
import type { Sample } from './verdict';

/** Short forms in which the rules of the figures are written. */

/** What one claim reads and measures. */
export function rule(
  id: string,
  cases: readonly Case[],
  measure: (runs: CaseRuns) => readonly Sample[] | readonly number[],
): ClaimMeasure {
  const samples = (runs: CaseRuns): readonly Sample[] => {
    const measured: readonly (Sample | number)[] = measure(runs);
    const values = measured.filter((m) => typeof m === 'number') as number[];
    return values.length > 0 ? [{ label: '', values }] : (measured as readonly Sample[]);
  };
  return { id, cases, measure: samples };
}

export function sample(label: string | number, values: readonly number[]): Sample {
  return { label: String(label), values };
}

/** measure(a) / measure(b), seed by seed. */
export function ratios(runs: CaseRuns, a: Case, b: Case, measure: (run: FigureRun) => number): number[] {
  return runs.paired([a.key, b.key], (x, y) => measure(x) / measure(y));
}

/**
 * mean(a) / mean(b) over pairs of values, as values whose mean it is and whose spread is that of the ratio estimator
 * (Cochran, Sampling Techniques, section 2.11): R + (a - R b) / mean(b). For quantities that a rare seed makes small: the
 * mean of ratios would be a tale of that seed, and a paper's bars are means, too.
 */
export function ratioOfMeans(pairs: readonly (readonly [number, number])[]): number[] {
  const sum = (side: 0 | 1): number => pairs.reduce((total, pair) => total + pair[side], 0);
  const ratio = sum(0) / sum(1);
  const mean = sum(1) / pairs.length;
  return pairs.map(([a, b]) => ratio + (a - ratio * b) / mean);
}

/** mean(measure(a)) / mean(measure(b)) over the seeds that both have and that `take` accepts; see `ratioOfMeans`. */
export function meanRatios(
  runs: CaseRuns,
  a: Case,
  b: Case,
  measure: (run: FigureRun) => number,
  take: (a: FigureRun, b: FigureRun) => boolean = () => true,
): number[] {
  const pairs: [number, number][] = [];
  runs.paired([a.key, b.key], (x, y) => (take(x, y) ? pairs.push([measure(x), measure(y)]) : 0));
  return ratioOfMeans(pairs);
}

/** 1 - measure(a) / measure(b), seed by seed: what a loses against b. */
export function losses(runs: CaseRuns, a: Case, b: Case, measure: (run: FigureRun) => number): number[] {
  return ratios(runs, a, b, measure).map((r) => 1 - r);
}

/** measure(a) / measure(b) - 1, seed by seed: what a gains over b. */
export function gains(runs: CaseRuns, a: Case, b: Case, measure: (run: FigureRun) => number): number[] {
  return ratios(runs, a, b, measure).map((r) => r - 1);
}

/** Element by element, as far as both go. */
export function minus(a: readonly number[], b: readonly number[]): number[] {
  return a.slice(0, b.length).map((value, i) => value - b[i]);
}
