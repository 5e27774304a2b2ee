import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Experiment } from '../experiment';
import { unpackRun } from './packedRun';
import type { Run } from './run';
import type { RunCache } from './runCache';

/** One simulation of a sweep, and the places in the sweep's result that it fills. */
export interface Job {
  readonly key: string;
  readonly experiment: Experiment;
  readonly places: number[];
}

export interface SimulateOptions {
  /** File of the compiled worker. */
  readonly worker: string;
  readonly workers: number;
  readonly cache?: RunCache;
  readonly signal?: AbortSignal;
}

/** Jobs in the hands of the pool for each worker: one that runs and one that waits, so that no worker waits for us. */
const JOBS_PER_WORKER = 2;
/** How often to ask whether another process has finished what it is at work on. */
const POLL_MS = 50;

/**
 * Simulates jobs on worker threads. What another process is at work on comes last: by then it is in the cache.
 * @param onResult called for each job; `cached` tells that another process had simulated it
 */
export async function simulateJobs(
  jobs: readonly Job[],
  { worker, workers, cache, signal }: SimulateOptions,
  onResult: (job: Job, run: Run, cached: boolean) => void,
): Promise<void> {
  if (jobs.length === 0) return;
  // Loaded here, since whoever only reads traces needs no threads.
  const { default: Piscina } = await import('piscina');
  const pool = new Piscina<Experiment, Uint8Array>({ filename: worker, minThreads: workers, maxThreads: workers });
  // One failure or the caller's wish stops all that is waiting or running.
  const stop = new AbortController();
  // Every waiting run listens; Node takes more than ten listeners for a leak.
  setMaxListeners(0, stop.signal);
  const onAbort = (): void => stop.abort();
  signal?.addEventListener('abort', onAbort, { once: true });

  const simulate = async (job: Job): Promise<void> => {
    const packed = await pool.run(job.experiment, { signal: stop.signal });
    await cache?.write(job.key, packed);
    onResult(job, unpackRun(packed), false);
  };
  /** @returns false if another process is at work on it */
  const carryOut = async (job: Job): Promise<boolean> => {
    if (cache === undefined) return simulate(job).then(() => true);
    const release = await cache.claim(job.key);
    if (release === undefined) return false;
    try {
      // Somebody may have finished it since the sweep looked; nobody will from here on.
      const run = await cache.read(job.key);
      if (run === undefined) await simulate(job);
      else onResult(job, run, true);
    } finally {
      await release();
    }
    return true;
  };

  const waiting = [...jobs].reverse();
  const elsewhere: Job[] = [];
  const lane = async (): Promise<void> => {
    for (let job = waiting.pop(); job !== undefined; job = waiting.pop()) {
      stop.signal.throwIfAborted();
      if (!(await carryOut(job))) elsewhere.push(job);
    }
  };
  const lanes = Array.from({ length: JOBS_PER_WORKER * workers }, () =>
    lane().catch((error: unknown) => {
      stop.abort();
      throw error;
    }),
  );
  try {
    await Promise.all(lanes);
    for (const job of elsewhere) {
      while (!(await carryOut(job))) await delay(POLL_MS, undefined, { signal: stop.signal });
    }
  } catch (error) {
    throw signal?.aborted === true ? signal.reason : error;
  } finally {
    // Every claim ends before the sweep does.
    await Promise.allSettled(lanes);
    signal?.removeEventListener('abort', onAbort);
    await pool.destroy();
  }
}
