import { TableBuilder, netDevSchema } from '../table';
import type { Trace, TraceFormat } from './format';
import { detectProc, parseCounter, readProcSeries, words } from './procSeries';

/**
 * /proc/net/dev (net/core/net-procfs.c): counters of the devices of one network namespace.
 *
 *     Inter-|   Receive                                                |  Transmit
 *      face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs …
 *      eth0: 256880156 4428929    0    0    0     0          0         0  1396884   24045    0 …
 */
const TITLE = /^Inter-\|\s*Receive\s*\|\s*Transmit\s*$/;
const HEADER = /^\s*face\s*\|([\w\s]+)\|([\w\s]+)$/;
/** Old kernels print no space after the colon; an alias (`eth0:1`) has a colon of its own. */
const ROW = /^\s*(\S+?):\s*(\d[\d\s]*)$/;

export const netDevFormat: TraceFormat = {
  id: 'net-dev',
  title: '/proc/net/dev',
  fills: ['netDev'],

  detect: (prefix, complete) =>
    detectProc(prefix, complete, 2, ([title, header]) => TITLE.test(title) && HEADER.test(header ?? '')),

  async parse(source, context): Promise<Trace> {
    const namespace = context.namespace ?? '';
    const table = new TableBuilder(netDevSchema, { source: 'captured', run: context.run, namespace });
    let counters: string[] = [];
    const { metadata } = await readProcSeries(source, context, {
      path: '/proc/net/dev',
      id: 'net-dev',
      startsDump: (line) => TITLE.test(line),
      row(line, time_s) {
        if (TITLE.test(line)) return 'frame';
        const header = HEADER.exec(line);
        if (header !== null) {
          counters = [...words(header[1]).map((name) => `rx_${name}`), ...words(header[2]).map((name) => `tx_${name}`)];
          return 'frame';
        }
        const match = ROW.exec(line);
        if (match === null || counters.length === 0) return 'odd';
        const values = words(match[2]).map(parseCounter);
        if (values.length !== counters.length || values.includes(undefined)) return 'odd';
        values.forEach((value, i) =>
          table.push({ time_s, device: match[1], counter: counters[i], value: value as number }),
        );
        return 'data';
      },
    });
    return { format: this.id, tables: { netDev: table.finish() }, metadata };
  },
};
