/** How far a long operation is. */
export interface Progress {
  /** Done so far, in `unit`. */
  readonly done: number;
  /** All there is, if known. */
  readonly total?: number;
  readonly unit: 'bytes' | 'runs' | 'events' | 'notebooks' | 'figures';
  /** What is being worked on now. */
  readonly label?: string;
}

export type OnProgress = (progress: Progress) => void;

/** Estimates the time left from the rate so far. */
export class ProgressClock {
  private readonly startedAt_ms: number;

  constructor(private readonly now_ms: () => number = () => Date.now()) {
    this.startedAt_ms = now_ms();
  }

  get elapsed_s(): number {
    return (this.now_ms() - this.startedAt_ms) / 1000;
  }

  /** Units of `progress` for each second so far. */
  rate(progress: Progress): number {
    const elapsed = this.elapsed_s;
    return elapsed > 0 ? progress.done / elapsed : 0;
  }

  /** Seconds left, or undefined while nothing can be said. */
  left_s(progress: Progress): number | undefined {
    if (progress.total === undefined || progress.done <= 0) return undefined;
    return (this.elapsed_s / progress.done) * (progress.total - progress.done);
  }
}

/** `75` → `1:15`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const s = String(whole % 60).padStart(2, '0');
  const m = Math.floor(whole / 60) % 60;
  const h = Math.floor(whole / 3600);
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`;
}
