import { TableBuilder, netSnmpSchema } from '../table';
import type { Trace, TraceFormat } from './format';
import { detectProc, readProcSeries, words } from './procSeries';

/**
 * /proc/net/snmp and, in the same form, /proc/net/netstat (net/ipv4/proc.c): counters of the
 * protocols of one network namespace, as pairs of a line of names and a line of values.
 *
 *     Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors
 *     Udp: 4379766 0 49150 24003 49150 0 0 0 0
 */
const NAMES = /^(\w+):((?:\s+[A-Za-z]\w*)+)\s*$/;
/** -1 stands for "no limit" (Tcp: MaxConn). */
const VALUES = /^(\w+):((?:\s+-?\d+)+)\s*$/;

export const netSnmpFormat: TraceFormat = {
  id: 'net-snmp',
  title: '/proc/net/snmp',
  fills: ['netSnmp'],

  detect: (prefix, complete) =>
    detectProc(prefix, complete, 2, ([first, second]) => {
      const names = NAMES.exec(first);
      const values = VALUES.exec(second ?? '');
      return names !== null && values !== null && names[1] === values[1];
    }),

  async parse(source, context): Promise<Trace> {
    const namespace = context.namespace ?? '';
    const table = new TableBuilder(netSnmpSchema, { source: 'captured', run: context.run, namespace });
    let open: { protocol: string; names: string[] } | undefined;
    let firstProtocol: string | undefined;
    const { metadata } = await readProcSeries(source, context, {
      path: '/proc/net/snmp',
      id: 'net-snmp',
      startsDump(line) {
        const names = NAMES.exec(line);
        if (names === null) return false;
        firstProtocol ??= names[1];
        return names[1] === firstProtocol;
      },
      row(line, time_s) {
        const names = NAMES.exec(line);
        if (names !== null) {
          open = { protocol: names[1], names: words(names[2]) };
          return 'frame';
        }
        const match = VALUES.exec(line);
        if (match === null || open === undefined || open.protocol !== match[1]) return 'odd';
        const values = words(match[2]).map(Number);
        const { protocol, names: counters } = open;
        open = undefined;
        if (values.length !== counters.length) return 'odd';
        values.forEach((value, i) => table.push({ time_s, protocol, counter: counters[i], value }));
        return 'data';
      },
    });
    return { format: this.id, tables: { netSnmp: table.finish() }, metadata };
  },
};
