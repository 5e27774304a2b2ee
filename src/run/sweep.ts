import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import type { Progress } from '../core';
import { ProgressClock } from '../core';
import type { Experiment, ExperimentInput } from '../experiment';
import { resolveExperiment } from '../experiment';
import type { Run } from './run';
import { RunCache } from './runCache';
import { codeFingerprint, runKey } from './runKey';
import { simulateJobs, type Job } from './simulateJobs';

export interface SweepProgress extends Progress {
  /** Of `done`, those that came from the cache. */
  readonly cached: number;
  /** Time left, from the rate of the runs that were simulated; undefined before the first. */
  readonly left_s?: number;
}

export interface SweepOptions {
  /** Worker threads. Default: as many as the machine runs at once, and never more than there are runs. */
  readonly workers?: number;
  /** Folder of finished runs, shared by all sweeps; null for none. Default: `.cache/runs` in the package's folder. */
  readonly cacheDir?: string | null;
  /**
   * Bytes that the runs in that folder may take; above, those that were not used for longest are deleted.
   * Default: 2 GB, or what the environment variable FALCON_CACHE_MB says.
   */
  readonly cacheLimit_bytes?: number;
  readonly onProgress?: (progress: SweepProgress) => void;
  /** Stops the sweep: the promise is rejected with the signal's reason. What was finished stays in the cache. */
  readonly signal?: AbortSignal;
}

const ROOT = resolve(__dirname, '../..');

/** Folder of the compiled code, also where this runs from its sources (in tests): workers need JavaScript. */
const DIST = join(ROOT, 'dist');
const WORKER = join(DIST, 'run', 'sweepWorker.js');

export const DEFAULT_CACHE_DIR = join(ROOT, '.cache', 'runs');

/**
 * Simulates experiments on worker threads.
 * @returns runs in the order of the experiments, the same bytes whatever the number of workers
 * @throws InputError before anything runs, if an experiment is impossible
 */
export async function sweep(experiments: readonly ExperimentInput[], options: SweepOptions = {}): Promise<Run[]> {
  const resolved = experiments.map((input, i) => resolveExperiment(input, { file: `experiment ${i + 1}` }));
  const { workers = availableParallelism(), cacheDir = DEFAULT_CACHE_DIR, signal } = options;
  if (!Number.isInteger(workers) || workers < 1) throw new RangeError(`workers: expected 1 or more, saw ${workers}`);
  signal?.throwIfAborted();
  if (!existsSync(WORKER)) throw new Error(`${WORKER} is missing: compile with npm run build`);

  const jobs = jobsOf(resolved, codeFingerprint(DIST));
  const cache = cacheDir === null ? undefined : await RunCache.open(cacheDir, options.cacheLimit_bytes);
  const state = new SweepState(resolved.length, options.onProgress);
  const runs = new Array<Run>(resolved.length);
  const finish = (job: Job, run: Run, cached: boolean): void => {
    for (const place of job.places) runs[place] = run;
    state.finished(job.places.length, cached, run.id);
  };

  const missing: Job[] = [];
  for (const job of jobs) {
    const run = await cache?.read(job.key);
    if (run === undefined) missing.push(job);
    else finish(job, run, true);
  }
  await simulateJobs(missing, { worker: WORKER, workers: Math.min(workers, missing.length), cache, signal }, finish);
  return runs;
}

/** Equal experiments are simulated once. */
function jobsOf(experiments: readonly Experiment[], fingerprint: string): Job[] {
  const jobs = new Map<string, Job>();
  experiments.forEach((experiment, place) => {
    const key = runKey(experiment, fingerprint);
    const job = jobs.get(key);
    if (job === undefined) jobs.set(key, { key, experiment, places: [place] });
    else job.places.push(place);
  });
  return [...jobs.values()];
}

class SweepState {
  private done = 0;
  private cached = 0;
  private readonly clock = new ProgressClock();

  constructor(
    private readonly total: number,
    private readonly onProgress: SweepOptions['onProgress'],
  ) {}

  finished(runs: number, fromCache: boolean, label: string): void {
    this.done += runs;
    if (fromCache) this.cached += runs;
    const simulated = { done: this.done - this.cached, total: this.total - this.cached, unit: 'runs' as const };
    const left_s = this.clock.left_s(simulated);
    this.onProgress?.({
      done: this.done,
      total: this.total,
      unit: 'runs',
      label,
      cached: this.cached,
      ...(left_s === undefined ? {} : { left_s }),
    });
  }
}
