import type { RawRecord } from './records';

interface Queued {
  readonly record: RawRecord;
  readonly time: number;
}

/** Records held back before they are handed on for want of memory, sorted as far as is known. */
const MAX_QUEUED = 2 ** 20;

/**
 * Puts records of several CPUs into the order of their times. `perf record` drains the CPUs' buffers in rounds and
 * writes a FINISHED_ROUND after each; a record is never older than the newest of the round before last, so
 * at the end of a round all up to there can go.
 */
export class Ordering {
  private queue: Queued[] = [];
  private newest = 0;
  private limit = 0;
  /** How often records had to be handed on before their round ended. */
  overflows = 0;

  push(record: RawRecord, time: number): void {
    this.queue.push({ record, time });
    if (time > this.newest) this.newest = time;
  }

  /** The records that may be handed on when a round ends. */
  finishRound(): RawRecord[] {
    const ready = this.upTo(this.limit);
    this.limit = this.newest;
    return ready;
  }

  /** The older half, if too many are queued: a recording without rounds. */
  relieve(): RawRecord[] {
    if (this.queue.length < MAX_QUEUED) return [];
    this.overflows++;
    const times = Float64Array.from(this.queue, (queued) => queued.time).sort();
    return this.upTo(times[times.length >> 1]);
  }

  finish(): RawRecord[] {
    return this.upTo(Infinity);
  }

  private upTo(limit: number): RawRecord[] {
    const ready: Queued[] = [];
    const kept: Queued[] = [];
    for (const queued of this.queue) (queued.time <= limit ? ready : kept).push(queued);
    this.queue = kept;
    // The sort is stable: equal times stay in the order of the file.
    return ready.sort((a, b) => a.time - b.time).map((queued) => queued.record);
  }
}
