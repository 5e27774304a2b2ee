import type { FigureRun } from './cases';

/**
 * Interrupts counted alike on simulated and captured runs: from `softirqs` for vectors, from `interrupts`
 * for the rest. Over all CPUs, and over the later half of the readings: a recording begins before its load.
 * @param name e.g. `NET_RX`, `RES`
 */
export function interruptRate_per_s(run: FigureRun, name: string): number {
  const softirqs = run.tables.softirqs;
  const table = run.tables.interrupts;
  if (softirqs === undefined || table === undefined) throw new Error(`run ${run.id} has no interrupt counters`);
  const vectors = softirqs.column('vector');
  const isSoftirq = [...vectors].includes(name);
  return isSoftirq
    ? rate(name, vectors, softirqs.column('time_s'), softirqs.column('count'))
    : rate(name, table.column('irq'), table.column('time_s'), table.column('count'));
}

interface Values<T> {
  readonly length: number;
  at(row: number): T;
}

function rate(
  name: string,
  names: Values<string | null>,
  times: Values<number | null>,
  counts: Values<number | null>,
): number {
  const readings = [...new Set(Array.from({ length: times.length }, (_, i) => times.at(i) as number))].sort(
    (a, b) => a - b,
  );
  const [begin, end] = [readings[readings.length >> 1], readings[readings.length - 1]];
  let increase = 0;
  for (let i = 0; i < names.length; i++) {
    if (names.at(i) !== name) continue;
    if (times.at(i) === begin) increase -= counts.at(i) as number;
    if (times.at(i) === end) increase += counts.at(i) as number;
  }
  return increase / (end - begin);
}

/**
 * How often a message goes through netif_receive_skb on its way up: once for each device, each time from a
 * poll of its own. Counted from the tracepoints, since /proc/softirqs counts runs of net_rx_action, and one
 * run may poll several devices.
 *
 * A message arrives where the longest packets are received first (on an overlay those with the outer
 * headers). On a test bed where the sender's softirqs are in the same trace, its own devices come first in
 * the run of net_rx_action that the arrival is in; those do not count.
 */
export function stackPassesPerMessage(run: FigureRun): number {
  const events = run.tables.events;
  if (events === undefined) throw new Error(`run ${run.id} has no tracepoint events`);
  const arrival = arrivalOf(events);
  const names = events.column('event');
  const cpus = events.column('cpu');
  /** Passes since the softirq began on a CPU, while it has seen no arrival. */
  const pending = new Map<number, number>();
  const arrived = new Set<number>();
  let [passes, messages] = [0, 0];
  for (let i = 0; i < events.numRows; i++) {
    const cpu = cpus.at(i);
    if (names.at(i) === 'irq:softirq_entry' || names.at(i) === 'irq:softirq_exit') {
      // No arrival in this run: another CPU took the message in, and all passes here are its way up.
      if (!arrived.delete(cpu)) passes += pending.get(cpu) ?? 0;
      pending.set(cpu, 0);
    }
    if (names.at(i) !== RECEIVE) continue;
    if (isSame(arrival, kindAt(events, i))) {
      messages++;
      arrived.add(cpu);
    }
    if (arrived.has(cpu)) passes++;
    else pending.set(cpu, (pending.get(cpu) ?? 0) + 1);
  }
  return passes / messages;
}

const RECEIVE = 'net:netif_receive_skb';

interface PacketKind {
  readonly device: string;
  readonly length: number;
}

type Events = NonNullable<FigureRun['tables']['events']>;

function kindAt(events: Events, row: number): PacketKind {
  return { device: events.column('device').at(row) ?? '', length: events.column('length_bytes').at(row) ?? 0 };
}

function isSame(a: PacketKind, b: PacketKind): boolean {
  return a.device === b.device && a.length === b.length;
}

/** The longest packets, where they are received first. */
function arrivalOf(events: Events): PacketKind {
  const names = events.column('event');
  let longest: PacketKind | undefined;
  for (let i = 0; i < events.numRows; i++) {
    if (names.at(i) !== RECEIVE) continue;
    const kind = kindAt(events, i);
    if (longest === undefined || kind.length > longest.length) longest = kind;
  }
  if (longest === undefined) throw new Error('the events hold no net:netif_receive_skb');
  return longest;
}
