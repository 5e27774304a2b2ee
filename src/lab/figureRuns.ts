import { join, resolve } from 'node:path';
import type { OnProgress } from '../core';
import { CaseRuns, distinctCases, experimentsOf, type Case, type FigureInput, type PaperStudy } from '../figures';
import { loadCapture, sweep, type Run, type SweepOptions } from '../run';

/** What a figure is drawn from. */
export const FIGURE_SOURCES = ['simulated', 'captured', 'both'] as const;
export type FigureSource = (typeof FIGURE_SOURCES)[number];

/** The captures that come with falcon-lab. */
export const CAPTURES_FOLDER = resolve(__dirname, '../../data/captures');

export interface FigureRunOptions extends Pick<SweepOptions, 'workers' | 'cacheDir' | 'cacheLimit_bytes' | 'signal'> {
  /** Default `both`: whatever the figure can show. */
  readonly source?: FigureSource;
  /** Folder in which the capture folders are. Default `CAPTURES_FOLDER`. */
  readonly capturesFolder?: string;
  readonly onProgress?: OnProgress;
}

/**
 * Simulates cases, each repeated over its seeds, on all processors; finished runs come from the cache.
 * @returns the runs by case
 */
export async function runCases(
  cases: readonly Case[],
  options: Omit<FigureRunOptions, 'source'> = {},
): Promise<CaseRuns> {
  const { workers, cacheDir, cacheLimit_bytes, signal, onProgress } = options;
  const wanted = distinctCases(cases);
  const runs = await sweep(experimentsOf(wanted), { workers, cacheDir, cacheLimit_bytes, signal, onProgress });
  const byKey = new Map<string, readonly Run[]>();
  let next = 0;
  for (const { key, seeds } of wanted) {
    byKey.set(key, runs.slice(next, next + seeds));
    next += seeds;
  }
  return new CaseRuns(byKey);
}

/** Loads capture folders. @throws InputError for a folder that is missing or broken */
export async function loadCaptures(ids: readonly string[], folder = CAPTURES_FOLDER): Promise<Map<string, Run>> {
  const runs = new Map<string, Run>();
  for (const id of new Set(ids)) runs.set(id, await loadCapture(join(folder, id)));
  return runs;
}

/** All that a figure is drawn from: its simulations carried out and its captures loaded. */
export async function figureInput(
  study: Pick<PaperStudy, 'cases' | 'captures'>,
  options: FigureRunOptions = {},
): Promise<FigureInput> {
  const { source = 'both', capturesFolder, ...rest } = options;
  return {
    ...(source === 'captured' ? {} : { simulated: await runCases(study.cases, rest) }),
    ...(source === 'simulated' ? {} : { captured: await loadCaptures(study.captures, capturesFolder) }),
  };
}
