import type { JsHistogram } from 'hdr-histogram-js';
import type { Row, operationsSchema } from '../../table';
import { newHistogram } from '../histogram';

export type OperationRow = Omit<Row<typeof operationsSchema>, 'source' | 'run'>;

const PERCENTILES = [50, 90, 95, 99] as const;

/** What the clients of a service saw of each of its operations since measuring began. */
export class OperationLog {
  private readonly count: number[];
  private readonly latency_ns: number[];
  private readonly delay_ns: number[];
  private readonly latencies: (JsHistogram | undefined)[];
  private readonly unit_ns: number;

  /**
   * @param unit of times in the rows
   * @param hasTargets whether the operations have a time in which they are expected to complete
   */
  constructor(
    readonly names: readonly string[],
    private readonly unit: 'µs' | 'ms',
    private readonly hasTargets: boolean,
  ) {
    this.count = names.map(() => 0);
    this.latency_ns = names.map(() => 0);
    this.delay_ns = names.map(() => 0);
    this.latencies = names.map(() => undefined);
    this.unit_ns = unit === 'ms' ? 1e6 : 1e3;
  }

  record(operation: number, latency_ns: number, delay_ns = 0): void {
    this.count[operation]++;
    this.latency_ns[operation] += latency_ns;
    this.delay_ns[operation] += delay_ns;
    let histogram = this.latencies[operation];
    if (histogram === undefined) this.latencies[operation] = histogram = newHistogram(3);
    histogram.recordValue(Math.max(1, Math.round(latency_ns)));
  }

  /** Forgets the warm-up. */
  clear(): void {
    this.count.fill(0);
    this.latency_ns.fill(0);
    this.delay_ns.fill(0);
    this.latencies.fill(undefined);
  }

  /** Latencies of each operation that occurred, in ns. */
  *histograms(): Generator<{ name: string; histogram: JsHistogram }> {
    for (let o = 0; o < this.names.length; o++) {
      const histogram = this.latencies[o];
      if (histogram !== undefined) yield { name: this.names[o], histogram };
    }
  }

  rows(duration_s: number): OperationRow[] {
    return this.names.flatMap((operation, o) => {
      const rows: OperationRow[] = [];
      const add = (metric: string, statistic: string, unit: string, value: number): void => {
        rows.push({ operation, repeat: 1, metric, statistic, unit, value });
      };
      const count = this.count[o];
      const histogram = this.latencies[o];
      add('rate', 'total', '1/s', count / duration_s);
      if (histogram === undefined) return rows;
      const time = (ns: number): number => ns / this.unit_ns;
      add('latency', 'mean', this.unit, time(this.latency_ns[o] / count));
      for (const p of PERCENTILES) add('latency', `p${p}`, this.unit, time(histogram.getValueAtPercentile(p)));
      add('latency', 'max', this.unit, time(histogram.maxValue));
      if (this.hasTargets) add('delay', 'mean', this.unit, time(this.delay_ns[o] / count));
      return rows;
    });
  }
}
