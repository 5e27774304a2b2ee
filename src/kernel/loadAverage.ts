/** Jiffies between two samples of the CPU loads. Falcon patch, kernel/time/timekeeping.c. */
export const LOAD_SAMPLE_JIFFIES = 10;

/** The CPUs over which the released patch averages, hard-coded: six cores of one socket (footnote 4 of the paper). */
export const KERNEL_LOAD_CPUS: readonly number[] = [0, 2, 4, 6, 8, 10];

/**
 * The next value of a CPU's load average in percent, an integer EWMA with weight 1/5 on the new sample:
 * `(4 × old + busy) / 5`, truncated. Truncation keeps a CPU that is always busy at 96, never 100.
 * Source: Falcon patch (munikarmanish/falcon 4135d27fc).
 */
export function nextLoad(old_percent: number, busy_percent: number): number {
  return Math.trunc((4 * old_percent + busy_percent) / 5);
}

/** Where the load average of a CPU settles that was idle once and is equally busy ever since: 96 for 100. */
export function settledLoad(busy_percent: number): number {
  let load = 0;
  for (let next = nextLoad(load, busy_percent); next !== load; next = nextLoad(load, busy_percent)) load = next;
  return load;
}

/**
 * Busy percent of an interval, whole: 100 less the idle share. Only the idle counter counts as idle,
 * so a CPU that waits for I/O is busy, as in the patch.
 */
export function busyPercent(idle_ns: number, interval_ns: number): number {
  return 100 - Math.trunc((100 * idle_ns) / interval_ns);
}

/** The average load over some CPUs in percent, truncated. CPUs that the machine lacks do not count. */
export function averageLoad(loads: ArrayLike<number>, cpus: ArrayLike<number>): number {
  let sum = 0;
  let known = 0;
  for (let i = 0; i < cpus.length; i++) {
    if (cpus[i] >= loads.length) continue;
    sum += loads[cpus[i]];
    known++;
  }
  return known === 0 ? 0 : Math.trunc(sum / known);
}
