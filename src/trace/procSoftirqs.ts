import { TableBuilder, softirqsSchema } from '../table';
import type { Trace, TraceFormat } from './format';
import { detectProc, parseCounter, parseCpuHeader, readProcSeries, words } from './procSeries';

/**
 * /proc/softirqs (fs/proc/softirqs.c): runs of each handler on each possible CPU, 32-bit, cumulative.
 *
 *                         CPU0       CPU1
 *               HI:          0          0
 *           NET_RX:   42509078    9839159
 */
const ROW = /^\s*([A-Z][A-Z0-9_]*):([\d\s]*)$/;

export const procSoftirqsFormat: TraceFormat = {
  id: 'proc-softirqs',
  title: '/proc/softirqs',
  fills: ['softirqs'],

  detect: (prefix, complete) =>
    detectProc(
      prefix,
      complete,
      2,
      // HI is the first vector of every kernel; other names come first where rows were picked out.
      ([header, row]) =>
        parseCpuHeader(header) !== undefined &&
        row !== undefined &&
        /^\s*(?:HI|TIMER|NET_TX|NET_RX|BLOCK|(?:BLOCK_IOPOLL|IRQ_POLL)|TASKLET|SCHED|HRTIMER|RCU):[\d\s]*$/.test(row),
    ),

  async parse(source, context): Promise<Trace> {
    const table = new TableBuilder(softirqsSchema, { source: 'captured', run: context.run });
    let cpus: number[] = [];
    const { metadata } = await readProcSeries(source, context, {
      path: '/proc/softirqs',
      id: 'proc-softirqs',
      startsDump: (line) => parseCpuHeader(line) !== undefined,
      row(line, time_s) {
        const header = parseCpuHeader(line);
        if (header !== undefined) {
          cpus = header;
          return 'frame';
        }
        const match = ROW.exec(line);
        if (match === null || cpus.length === 0) return 'odd';
        const counts = words(match[2]).map(parseCounter);
        if (counts.length !== cpus.length || counts.includes(undefined)) return 'odd';
        counts.forEach((count, i) => table.push({ time_s, cpu: cpus[i], vector: match[1], count: count as number }));
        return 'data';
      },
    });
    return { format: this.id, tables: { softirqs: table.finish() }, metadata };
  },
};
