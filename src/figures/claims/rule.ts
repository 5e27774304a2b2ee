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
