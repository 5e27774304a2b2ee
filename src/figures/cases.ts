import type { ExperimentInput } from '../experiment';
import type { RunTableName, Source, Table, runSchemas } from '../table';

/** One point of a figure: an experiment that is repeated over seeds. */
export interface Case {
  /** Unique over all figures: cases of the same key are the same experiment and share their runs. */
  readonly key: string;
  /** Without seed and name: those follow from the key and the repetition. */
  readonly experiment: Omit<ExperimentInput, 'seed' | 'name'>;
  /** Number of repetitions, with seeds 1, 2, … */
  readonly seeds: number;
}

/** What a figure sees of a run. `Run` of the run room is one. */
export interface FigureRun {
  readonly id: string;
  readonly source: Source;
  readonly tables: { [K in RunTableName]?: Table<(typeof runSchemas)[K]> };
}

/** Runs that were asked for and are not there; a claim that needs them cannot be computed. */
export class MissingRuns extends Error {
  override readonly name = 'MissingRuns';
}

/** The runs of many cases. */
export class CaseRuns {
  constructor(private readonly byKey: ReadonlyMap<string, readonly FigureRun[]>) {}

  has(key: string): boolean {
    return this.byKey.has(key);
  }

  /** The repetitions of a case, in the order of the seeds. */
  of(key: string): readonly FigureRun[] {
    const runs = this.byKey.get(key);
    if (runs === undefined) throw new MissingRuns(`no runs of case ${key}`);
    return runs;
  }

  /** The same cases with at most so many repetitions of each, so that cases repeated more often compare fairly. */
  first(seeds: number): CaseRuns {
    return new CaseRuns(new Map([...this.byKey].map(([key, runs]) => [key, runs.slice(0, seeds)])));
  }

  /** One value for each repetition. */
  values(key: string, measure: (run: FigureRun) => number): number[] {
    // Not `map(measure)`: measures with a second parameter would take the index for it.
    return this.of(key).map((run) => measure(run));
  }

  /** One value for each repetition of several cases with the same seeds, taken together, as far as all go. */
  paired(keys: readonly string[], measure: (...runs: FigureRun[]) => number): number[] {
    const runs = keys.map((key) => this.of(key));
    const seeds = Math.min(...runs.map((r) => r.length));
    return Array.from({ length: seeds }, (_, seed) => measure(...runs.map((r) => r[seed])));
  }
}

/** The experiments of cases, one for each seed, each with the case and seed in its name. */
export function experimentsOf(cases: readonly Case[]): ExperimentInput[] {
  return cases.flatMap((c) =>
    Array.from(
      { length: c.seeds },
      (_, i) => ({ ...c.experiment, name: `${c.key}#${i + 1}`, seed: i + 1 }) as ExperimentInput,
    ),
  );
}

/** Cases of several figures, each key once. @throws Error if one key stands for two experiments (a defect). */
export function distinctCases(cases: readonly Case[]): Case[] {
  const byKey = new Map<string, Case>();
  for (const c of cases) {
    const known = byKey.get(c.key);
    if (known === undefined || known.seeds < c.seeds) {
      if (known !== undefined && JSON.stringify(known.experiment) !== JSON.stringify(c.experiment)) {
        throw new Error(`case ${c.key} stands for two experiments`);
      }
      byKey.set(c.key, c);
    } else if (JSON.stringify(known.experiment) !== JSON.stringify(c.experiment)) {
      throw new Error(`case ${c.key} stands for two experiments`);
    }
  }
  return [...byKey.values()];
}
