import { TableBuilder, softnetSchema } from '../table';
import type { Trace, TraceFormat } from './format';
import { detectProc, readProcSeries, words } from './procSeries';

/**
 * /proc/net/softnet_stat (net/core/net-procfs.c): one line for each online CPU, no header, 32-bit
 * hexadecimal numbers. Column 9 is received_rps (2.6.36), 10 flow_limit_count (3.11), 12 the CPU (5.10).
 *
 *     04d89af1 00000000 00000011 00000000 00000000 00000000 00000000 00000000 00000000 000531d6 00000000 00000000 00000000 …
 *     processed dropped time_squeeze                                                   rps      flow lim. backlog  cpu
 */
const ROW = /^[0-9a-f]{8}(?: [0-9a-f]{8}){8,}\s*$/;

const PROCESSED = 0;
const DROPPED = 1;
const TIME_SQUEEZE = 2;
const RECEIVED_RPS = 9;
const FLOW_LIMIT = 10;
const CPU = 12;

export const softnetStatFormat: TraceFormat = {
  id: 'softnet-stat',
  title: '/proc/net/softnet_stat',
  fills: ['softnet'],

  detect: (prefix, complete) => detectProc(prefix, complete, 1, ([row]) => ROW.test(row)),

  async parse(source, context): Promise<Trace> {
    const table = new TableBuilder(softnetSchema, { source: 'captured', run: context.run });
    let lastCpu = -1;
    let lastTime_s = NaN;
    let columns = 0;
    let positional = false;
    const { metadata } = await readProcSeries(source, context, {
      path: '/proc/net/softnet_stat',
      id: 'softnet-stat',
      // CPUs come in ascending order, so a dump ends where the number does not grow.
      startsDump(line) {
        const cpu = words(line)[CPU];
        return ROW.test(line) && cpu !== undefined && parseInt(cpu, 16) <= lastCpu;
      },
      row(line, time_s) {
        if (!ROW.test(line)) return 'odd';
        const values = words(line).map((word) => parseInt(word, 16));
        if (columns !== 0 && values.length !== columns) return 'odd';
        columns = values.length;
        if (time_s !== lastTime_s) lastCpu = -1;
        lastTime_s = time_s;
        positional ||= values.length <= CPU;
        const cpu = values.length > CPU ? values[CPU] : lastCpu + 1;
        lastCpu = cpu;
        table.push({
          time_s,
          cpu,
          processed: values[PROCESSED],
          dropped: values[DROPPED],
          time_squeeze: values[TIME_SQUEEZE],
          received_rps: values[RECEIVED_RPS] ?? null,
          flow_limit_count: values[FLOW_LIMIT] ?? null,
        });
        return 'data';
      },
    });
    if (positional) metadata.set('cpu', 'number of the line: this kernel prints online CPUs without their numbers');
    return { format: this.id, tables: { softnet: table.finish() }, metadata };
  },
};
