import { InputError } from '../core';
import { TableBuilder, operationsSchema } from '../table';
import type { Detection, Trace, TraceFormat } from './format';
import { forEachLine, oddLine, prefixLines } from './lines';
import { statisticOf } from './mutilate';
import { parseCells } from './resultCells';

/**
 * The loader of CloudSuite's data caching: every few seconds a header and a row; latency in ms.
 *
 *       timeDiff,     rps,        requests,     gets,       sets,      hits,       misses,   avg_lat,      90th,      95th,  …
 *       1.000032,   70132.1,       70134,      56108,      14026,      56108,          0,   1.352107,   2.400000,   3.100000, …
 *     Outstanding requests per worker:
 *     3 5 2 4
 */
const HEADER = /^\s*(?:unix_ts,\s*)?timeDiff,\s*rps,/;
const CHATTER = /^(?:\s*$|Stats:|-+\s*$|Outstanding requests per worker:|\s*\d+(?:\s+-?\d+)*\s*$|Ran for |[A-Za-z])/;

export const dataCachingFormat: TraceFormat = {
  id: 'cloudsuite-data-caching',
  title: 'CloudSuite data caching loader output',
  fills: ['operations'],

  detect(prefix, complete): Detection {
    const lines = prefixLines(prefix, complete);
    if (lines.some((line) => HEADER.test(line))) return 'yes';
    // The loader tells its settings first, in words.
    const worded = lines.every((line) => CHATTER.test(line) && !line.includes(';'));
    const known = lines.some((line) =>
      /^(?:stats_time|num worker threads|Loading key value file|Configuration:|Stats:)/.test(line),
    );
    return !complete && (lines.length === 0 || (worded && (known || lines.length < 3))) ? 'more' : 'no';
  },

  /** The repeat of a row is the number of its report, from 1: the loader starts its counts anew for each. */
  async parse(source, context): Promise<Trace> {
    const table = new TableBuilder(operationsSchema, { source: 'captured', run: context.run, operation: '' });
    let columns: readonly string[] = [];
    let repeat = 0;
    await forEachLine(source, context, (text, line) => {
      if (HEADER.test(text)) {
        columns = text.split(',').map((name) => name.trim());
        return;
      }
      if (!text.includes(',') || text.startsWith('Ran for ')) {
        if (!CHATTER.test(text)) odd(line, text);
        return;
      }
      const cells = text.split(',').map((cell) => cell.trim());
      // Without requests in the interval the loader divides by zero.
      const values = cells.length === columns.length ? parseCells(cells, ['nan', '-nan', 'inf', '-inf']) : undefined;
      if (values === undefined) return odd(line, text);
      repeat++;
      columns.forEach((name, i) => {
        const value = values[i];
        // Without requests the loader prints what its minimum and quantiles begin with.
        const { metric, statistic, unit } = meaning(name);
        if (value === null || (metric === 'latency' && values[columns.indexOf('requests')] === 0)) return;
        table.push({ repeat, metric, statistic, unit, value });
      });
    });
    function odd(line: number, text: string): void {
      oddLine(context, 'cloudsuite-data-caching/unparsed-line', 'line that is no report of the loader', line, text);
    }
    if (table.numRows === 0)
      throw InputError.expected({ file: context.file }, 'reports of the loader', 'its header alone');
    return {
      format: this.id,
      tables: { operations: table.finish() },
      metadata: new Map([['reports', String(repeat)]]),
    };
  },
};

function meaning(column: string): { metric: string; statistic: string; unit: string } {
  if (column === 'rps') return { metric: 'rate', statistic: 'total', unit: '1/s' };
  if (column === 'timeDiff') return { metric: 'duration', statistic: 'total', unit: 's' };
  if (column === 'unix_ts') return { metric: 'time', statistic: 'end', unit: 's' };
  if (column === 'avgGetSize') return { metric: 'value size', statistic: 'mean', unit: 'B' };
  if (column === 'avg_lat') return { metric: 'latency', statistic: 'mean', unit: 'ms' };
  if (/^(?:\d+th|std|min|max)$/.test(column)) return { metric: 'latency', statistic: statisticOf(column), unit: 'ms' };
  return { metric: column, statistic: 'total', unit: '1' };
}
