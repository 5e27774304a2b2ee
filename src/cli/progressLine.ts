import type { WriteStream } from 'node:tty';
import { ProgressClock, formatDuration, formatSi } from '../core';
import type { Progress } from '../core';

/** Redrawn no more often than this. */
const REDRAW_MS = 100;

/**
 * One line on a terminal that is drawn again and again: done, share, rate, time left.
 * On anything but a terminal it stays silent.
 */
export class ProgressLine {
  private readonly clock = new ProgressClock();
  private drawn_ms = 0;
  private shown = false;

  constructor(private readonly stream: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY'>>) {}

  show(progress: Progress): void {
    if (this.stream.isTTY !== true) return;
    const now = Date.now();
    if (now - this.drawn_ms < REDRAW_MS) return;
    this.drawn_ms = now;
    this.shown = true;
    this.stream.write(`\r\u001b[K${this.text(progress)}`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.shown) this.stream.write('\r\u001b[K');
    this.shown = false;
  }

  private text(progress: Progress): string {
    const unit = progress.unit === 'bytes' ? 'B' : ` ${progress.unit}`;
    const parts = [formatSi(progress.done, unit)];
    if (progress.total !== undefined && progress.total > 0) {
      parts.push(`of ${formatSi(progress.total, unit)}`, `${Math.floor((100 * progress.done) / progress.total)} %`);
    }
    parts.push(`${formatSi(this.clock.rate(progress), unit)}/s`);
    const left = this.clock.left_s(progress);
    if (left !== undefined) parts.push(`${formatDuration(left)} left`);
    return parts.join('  ');
  }
}
