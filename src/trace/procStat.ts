import { CPU_CONTEXTS, TableBuilder, cpuTimeSchema } from '../table';
import type { Trace, TraceFormat } from './format';
import { detectProc, parseCounter, readProcSeries, words } from './procSeries';

/**
 * /proc/stat (fs/proc/stat.c): CPU time in ticks of 1/USER_HZ s since boot, online CPUs only.
 *
 *     cpu  114498 22853 38195 1400971 1630 0 32472 1240 0 0     the sum; not in our table
 *     cpu0 45449 12501 22492 705446 211 0 21151 638 0 0         user nice system idle iowait irq softirq steal guest guest_nice
 *     intr 15613865 0 0 …                                       what follows is not about CPU time
 */
const CPU_LINE = /^cpu(\d*)\s([\d\s]+)$/;
const OTHER_LINE = /^(?:intr|ctxt|btime|processes|procs_running|procs_blocked|softirq|page|swap|disk_io:)\s/;

/** 100 on every architecture in use; the file does not state it. */
const USER_HZ = 100;

export const procStatFormat: TraceFormat = {
  id: 'proc-stat',
  title: '/proc/stat',
  fills: ['cpuTime'],

  detect: (prefix, complete) =>
    detectProc(
      prefix,
      complete,
      2,
      ([first, second]) => /^cpu\s+\d+(?:\s+\d+){3,9}\s*$/.test(first) && /^(?:cpu0?\d*|intr)\s/.test(second ?? ''),
    ),

  async parse(source, context): Promise<Trace> {
    const table = new TableBuilder(cpuTimeSchema, { source: 'captured', run: context.run });
    let columns = 0;
    const { metadata } = await readProcSeries(source, context, {
      path: '/proc/stat',
      id: 'proc-stat',
      startsDump: (line) => /^cpu\s/.test(line),
      row(line, time_s) {
        const match = CPU_LINE.exec(line);
        if (match === null) return OTHER_LINE.test(line) ? 'frame' : 'odd';
        const ticks = words(match[2]).map(parseCounter);
        // Linux 2.4 had 4 columns; 10 since 2.6.33. The last two, guest time, are within user and nice.
        if (ticks.length < 4 || ticks.includes(undefined)) return 'odd';
        if (match[1] === '') {
          columns = ticks.length;
          return 'frame';
        }
        if (ticks.length !== columns) return 'odd';
        const cpu = Number(match[1]);
        CPU_CONTEXTS.slice(0, ticks.length).forEach((context, i) =>
          table.push({ time_s, cpu, context, busy_s: (ticks[i] as number) / USER_HZ }),
        );
        return 'data';
      },
    });
    metadata.set('USER_HZ', `${USER_HZ} (assumed; the file does not state it)`);
    return { format: this.id, tables: { cpuTime: table.finish() }, metadata };
  },
};
