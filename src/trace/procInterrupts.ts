import { TableBuilder, interruptsSchema } from '../table';
import type { Trace, TraceFormat } from './format';
import { detectProc, parseCounter, parseCpuHeader, readProcSeries, words } from './procSeries';

/**
 * /proc/interrupts (fs/proc/interrupts.c, kernel/irq/proc.c): 32-bit, cumulative, online CPUs only.
 *
 *                CPU0       CPU1
 *      42:          0      30340 PCI-MSIX-0000:00:04.0   2-edge      virtio3-tx
 *     RES:     419068    1625157   Rescheduling interrupts
 *     ERR:          0                                     of no CPU
 */
/** Errors and misrouted interrupts of x86 (ERR, MIS) and arm (Err). */
const OF_NO_CPU = /^(?:ERR|Err|MIS)$/;
const ROW = /^\s*([^\s:]+):(.*)$/;

export const procInterruptsFormat: TraceFormat = {
  id: 'proc-interrupts',
  title: '/proc/interrupts',
  fills: ['interrupts'],

  detect: (prefix, complete) =>
    detectProc(
      prefix,
      complete,
      2,
      ([header, row]) =>
        parseCpuHeader(header) !== undefined && row !== undefined && /^\s*(?:\d+|[A-Z]{3}|IPI\d+):\s*\d+/.test(row),
    ),

  async parse(source, context): Promise<Trace> {
    const table = new TableBuilder(interruptsSchema, { source: 'captured', run: context.run });
    let cpus: number[] = [];
    const { metadata } = await readProcSeries(source, context, {
      path: '/proc/interrupts',
      id: 'proc-interrupts',
      startsDump: (line) => parseCpuHeader(line) !== undefined,
      row(line, time_s) {
        const header = parseCpuHeader(line);
        if (header !== undefined) {
          cpus = header;
          return 'frame';
        }
        const match = ROW.exec(line);
        if (match === null || cpus.length === 0) return 'odd';
        const irq = match[1];
        const rest = words(match[2]);
        const counts: number[] = [];
        for (const word of rest.slice(0, cpus.length)) {
          const count = parseCounter(word);
          if (count === undefined) break;
          counts.push(count);
        }
        const device = rest.slice(counts.length).join(' ');
        if (OF_NO_CPU.test(irq)) {
          if (counts.length !== 1) return 'odd';
          table.push({ time_s, cpu: null, irq, device, count: counts[0] });
          return 'data';
        }
        if (counts.length !== cpus.length) return 'odd';
        counts.forEach((count, i) => table.push({ time_s, cpu: cpus[i], irq, device, count }));
        return 'data';
      },
    });
    return { format: this.id, tables: { interrupts: table.finish() }, metadata };
  },
};
