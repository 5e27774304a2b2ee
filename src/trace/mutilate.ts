import { InputError } from '../core';
import { TableBuilder, operationsSchema } from '../table';
import type { Detection, Trace, TraceFormat } from './format';
import { forEachLine, oddLine, prefixLines } from './lines';
import { parseCells } from './resultCells';

/**
 * mutilate, a load generator for memcached. Latency in µs.
 *
 *     #type       avg     min     1st     5th    10th    90th    95th    99th
 *     read       52.4    41.0    43.1    45.2    48.1    55.8    56.6    71.5
 *     Total QPS = 18416.6 (92083 / 5.0s)
 *     Misses = 0 (0.0%)
 *     RX   22744501 bytes :    4.3 MB/s
 */
const HEADER = /^#type\s+avg\s/;
const TOTALS: readonly (readonly [RegExp, string, string])[] = [
  [/^Total QPS = ([\d.]+) \(/, 'rate', '1/s'],
  [/^Misses = (\d+) \(/, 'misses', '1'],
  [/^Skipped TXs = (\d+) \(/, 'skipped', '1'],
  [/^RX\s+(\d+) bytes/, 'bytes received', 'B'],
  [/^TX\s+(\d+) bytes/, 'bytes sent', 'B'],
];

export const mutilateFormat: TraceFormat = {
  id: 'mutilate',
  title: 'mutilate output',
  fills: ['operations'],

  detect(prefix, complete): Detection {
    const [first] = prefixLines(prefix, complete).filter((line) => line.trim() !== '');
    if (first === undefined) return complete ? 'no' : 'more';
    return HEADER.test(first) ? 'yes' : 'no';
  },

  async parse(source, context): Promise<Trace> {
    const origin = { source: 'captured', run: context.run, repeat: context.repeat ?? 1 };
    const table = new TableBuilder(operationsSchema, origin);
    let columns: readonly string[] = [];
    await forEachLine(source, context, (text, line) => {
      if (text.trim() === '') return;
      if (HEADER.test(text)) {
        columns = text.trim().split(/\s+/).slice(1);
        return;
      }
      for (const [pattern, metric, unit] of TOTALS) {
        const match = pattern.exec(text);
        if (match === null) continue;
        table.push({ operation: '', metric, statistic: 'total', unit, value: Number(match[1]) });
        return;
      }
      const [operation, ...cells] = text.trim().split(/\s+/);
      const values = cells.length === columns.length ? parseCells(cells) : undefined;
      if (values === undefined) {
        oddLine(context, 'mutilate/unparsed-line', 'line that is no result of mutilate', line, text);
        return;
      }
      // op_q is the depth of the queue of requests, not a time.
      const [metric, unit] = operation === 'op_q' ? ['queued requests', '1'] : ['latency', 'µs'];
      columns.forEach((name, i) =>
        table.push({ operation, metric, statistic: statisticOf(name), unit, value: values[i] as number }),
      );
    });
    if (table.numRows === 0)
      throw InputError.expected({ file: context.file }, 'results of mutilate', 'its header alone');
    return { format: this.id, tables: { operations: table.finish() }, metadata: new Map() };
  },
};

/** avg → mean, std → stddev, 99th → p99. */
export function statisticOf(column: string): string {
  if (column === 'avg') return 'mean';
  if (column === 'std') return 'stddev';
  const percentile = /^([\d.]+)(?:st|nd|rd|th)$/.exec(column);
  return percentile === null ? column : `p${percentile[1]}`;
}
