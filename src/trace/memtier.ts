import { InputError } from '../core';
import { TableBuilder, operationsSchema } from '../table';
import type { Detection, Trace, TraceFormat } from './format';
import { forEachLine, oddLine, prefixLines } from './lines';
import { parseCells } from './resultCells';

/**
 * memtier_benchmark's text: a table by operation, then the distribution of latencies.
 *
 *     4         Threads
 *     ALL STATS
 *     ============================================================
 *     Type         Ops/sec     Hits/sec   Misses/sec    Avg. Latency     p50 Latency     p99 Latency   p99.9 Latency       KB/sec
 *     ------------------------------------------------------------
 *     Sets        11000.25          ---          ---         1.10000         0.99900         3.10000         6.20000       850.10
 *     Totals      …
 *
 *     Request Latency Distribution
 *     Type     <= msec         Percent
 *     SET       0.495        10.000                        10 % of the requests took at most 0.495 ms
 */
const HEADER = /^Type\s+Ops\/sec\s/;
const RULE = /^[=-]{10,}\s*$/;
const DISTRIBUTION = /^(\S+)\s+([\d.]+)\s+([\d.]+)\s*$/;
const SETTING = /^(\d+)\s+(Threads|Connections per thread|Requests per (?:client|thread)|Seconds)\s*$/;
const CHATTER =
  /^(?:\s*$|\[RUN #|Writing results|ALL STATS|(?:BEST|WORST|AGGREGATED AVERAGE) |Request Latency Distribution|Type\s+<= msec|Run information)/;

export const memtierFormat: TraceFormat = {
  id: 'memtier',
  title: 'memtier_benchmark output',
  fills: ['operations'],

  detect(prefix, complete): Detection {
    const lines = prefixLines(prefix, complete);
    if (lines.some((line) => HEADER.test(line) || /^ALL STATS\s*$/.test(line))) return 'yes';
    const strange = lines.find((line) => !CHATTER.test(line) && !RULE.test(line) && !SETTING.test(line));
    return strange === undefined && !complete ? 'more' : 'no';
  },

  async parse(source, context): Promise<Trace> {
    const origin = { source: 'captured', run: context.run, repeat: context.repeat ?? 1 };
    const table = new TableBuilder(operationsSchema, origin);
    const metadata = new Map<string, string>();
    let columns: readonly string[] | undefined;
    let inDistribution = false;
    let section = '';
    await forEachLine(source, context, (text, line) => {
      const setting = SETTING.exec(text);
      if (setting !== null) metadata.set(setting[2], setting[1]);
      else if (HEADER.test(text)) {
        // Names have spaces within ("p99.9 Latency"), but are two or more spaces apart.
        columns = text
          .trim()
          .split(/\s{2,}/)
          .slice(1);
        inDistribution = false;
      } else if (/^Type\s+<= msec/.test(text)) inDistribution = true;
      else if (/^(?:BEST|WORST|AGGREGATED AVERAGE) /.test(text)) section = `${text.trim().toLowerCase()} `;
      else if (/^ALL STATS/.test(text)) section = '';
      else if (RULE.test(text) || CHATTER.test(text)) return;
      else if (inDistribution) {
        const match = DISTRIBUTION.exec(text);
        if (match === null) return odd(line, text);
        const statistic = `p${Number(match[3])}`;
        table.push({
          operation: `${section}${match[1]}`,
          metric: 'latency',
          statistic,
          unit: 'ms',
          value: Number(match[2]),
        });
      } else {
        const [operation, ...cells] = text.trim().split(/\s+/);
        if (columns === undefined || cells.length !== columns.length) return odd(line, text);
        const values = parseCells(cells, ['---']);
        if (values === undefined) return odd(line, text);
        columns.forEach((name, i) => {
          const value = values[i];
          if (value !== null) table.push({ operation: section + operation, ...meaning(name), value });
        });
      }
    });
    function odd(line: number, text: string): void {
      oddLine(context, 'memtier/unparsed-line', 'line that is no result of memtier_benchmark', line, text);
    }
    if (table.numRows === 0) {
      throw InputError.expected({ file: context.file }, 'results of memtier_benchmark', 'none');
    }
    return { format: this.id, tables: { operations: table.finish() }, metadata };
  },
};

/** `p99.9 Latency` → latency, p99.9, ms; `Hits/sec` → hits, total, 1/s. */
function meaning(column: string): { metric: string; statistic: string; unit: string } {
  const latency = /^(?:(Avg\.|[pP][\d.]+) )?Latency$/.exec(column);
  if (latency !== null) {
    const statistic = latency[1]?.toLowerCase() ?? 'mean';
    return { metric: 'latency', statistic: statistic === 'avg.' ? 'mean' : statistic, unit: 'ms' };
  }
  if (column === 'Ops/sec') return { metric: 'rate', statistic: 'total', unit: '1/s' };
  if (column === 'KB/sec') return { metric: 'bandwidth', statistic: 'total', unit: 'kB/s' };
  return { metric: column.replace(/\/sec$/, '').toLowerCase(), statistic: 'total', unit: '1/s' };
}
