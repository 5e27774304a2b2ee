import { TableBuilder, countersSchema, dropsSchema, messageRatesSchema, tableFromRows } from '../table';
import type { TraceTables } from '../trace';
import type { CaptureManifest } from './manifest';

/**
 * What share of the messages arrived. A UDP sender does not know; the counters of the receiver's
 * namespace do. They belong to the first repetition of the throughput load (flow ''), so only its
 * received rate is filled in: sent rate × share. The other repetitions' stay unknown.
 *
 * Adds to counters `delivered share` and, to drops, what the socket and the backlogs dropped between
 * the first and the last reading.
 */
export function withDelivery(tables: TraceTables, run: string, manifest: CaptureManifest | undefined): TraceTables {
  const namespace = manifest?.receiverNamespace;
  const counters = namespace === undefined ? undefined : udpCounters(tables, namespace);
  if (counters === undefined) return tables;
  const origin = { source: 'captured', run };
  const drops = new TableBuilder(dropsSchema, origin);
  drops.push({ place: 'socket', cpu: null, packets: counters.rcvbufErrors });
  let lost = counters.inErrors;
  for (const [cpu, packets] of backlogDrops(tables)) {
    drops.push({ place: 'backlog', cpu, packets });
    lost += packets;
  }
  const share = counters.inDatagrams / (counters.inDatagrams + lost);
  const usable = manifest?.protocol === 'udp' && counters.inDatagrams > 0;
  const scalars = new TableBuilder(countersSchema, origin);
  if (usable) scalars.push({ name: 'delivered share', unit: '1', value: share });
  const rates = tables.messageRates;
  return {
    ...tables,
    drops: drops.finish(),
    ...(usable ? { counters: scalars.finish() } : {}),
    ...(rates === undefined || !usable
      ? {}
      : {
          messageRates: tableFromRows(
            messageRatesSchema,
            [...rates.rows()].map((row) =>
              row.flow === '' && row.repeat === 1 && row.received_pps === null && row.offered_pps !== null
                ? { ...row, received_pps: row.offered_pps * share }
                : row,
            ),
          ),
        }),
  };
}

interface UdpCounters {
  readonly inDatagrams: number;
  readonly inErrors: number;
  readonly rcvbufErrors: number;
}

function udpCounters(tables: TraceTables, namespace: string): UdpCounters | undefined {
  const increase = new Increases();
  for (const row of tables.netSnmp?.rows() ?? []) {
    if (row.namespace === namespace && row.protocol === 'Udp') increase.take(row.counter, row.value);
  }
  const inDatagrams = increase.of('InDatagrams');
  if (inDatagrams === undefined) return undefined;
  return { inDatagrams, inErrors: increase.of('InErrors') ?? 0, rcvbufErrors: increase.of('RcvbufErrors') ?? 0 };
}

function backlogDrops(tables: TraceTables): [cpu: number, packets: number][] {
  const increase = new Increases();
  const cpus = new Set<number>();
  for (const row of tables.softnet?.rows() ?? []) {
    cpus.add(row.cpu);
    increase.take(String(row.cpu), row.dropped);
  }
  return [...cpus].map((cpu) => [cpu, increase.of(String(cpu)) ?? 0]);
}

/** From the first to the last reading of each counter; undefined if it was not read, or fell. */
class Increases {
  private readonly ends = new Map<string, { first: number; last: number }>();

  take(counter: string, value: number): void {
    const ends = this.ends.get(counter);
    if (ends === undefined) this.ends.set(counter, { first: value, last: value });
    else ends.last = value;
  }

  of(counter: string): number | undefined {
    const ends = this.ends.get(counter);
    return ends === undefined || ends.last < ends.first ? undefined : ends.last - ends.first;
  }
}
