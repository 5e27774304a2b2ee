import { TableBuilder, journeysSchema } from '../table';
import type { Table, eventsSchema } from '../table';

/**
 * The way of single packets over devices and CPUs, from the tracepoints of one recording.
 *
 * A packet is its sk_buff, known by address. What one recording shows of it, here of a VXLAN overlay:
 *
 *   net:netif_rx: dev=veth0 skbaddr=0xffff8881765ede00 len=44           queued for a backlog
 *   net:netif_receive_skb: dev=veth0 skbaddr=0xffff8881765ede00 len=44  taken from it: service begins
 *   net:netif_rx: dev=eth0 skbaddr=0xffff8881765ede00 len=94            still in service: the next queue
 *   net:netif_receive_skb: dev=eth0 skbaddr=0xffff8881765ede00 len=94
 *   napi:napi_poll: … work 2 budget 64                                  this CPU is done with its packets
 *   net:netif_receive_skb: dev=vxlan0 skbaddr=0xffff8881765ede00 len=44 by gro_cells, whose queue is not traced
 *
 * The kernel's way of handing a packet on is what tells a packet from the next one at the same
 * address: a forwarded packet is queued by the CPU that serves it, while it does. An address that is queued by anybody
 * else was freed and belongs to a new packet.
 */
export interface JourneyResult {
  readonly journeys: Table<typeof journeysSchema>;
  readonly counts: JourneyCounts;
}

/** What could be linked and what not. */
export interface JourneyCounts {
  /** Packets with at least one stage. */
  packets: number;
  /** Addresses that were used again by a later packet. */
  reusedAddresses: number;
  /** Packets whose first sight is their receipt: from a NIC's driver, or from before the recording. */
  firstSeenReceived: number;
  /** New addresses queued while another packet was in service: clones, copies and answers, which are not linked to it. */
  bornInService: number;
  /** Stages whose queue has no tracepoint (gro_cells, RPS behind it): the end of the previous service stands for joining it. */
  inferredEnqueues: number;
  /** Packets that were queued and not seen again: dropped, merged by GRO, or the recording ended. */
  neverReceived: number;
  /** Packets that would have waited for more than 50 ms; taken for lost, with another packet at their address. */
  staleQueues: number;
  /** Services whose end was not seen; left out. */
  unfinishedServices: number;
  /** Packets that skb:kfree_skb reports as dropped. */
  dropped: number;
}

interface Stage {
  readonly stage: string;
  readonly device: string;
  readonly cpu: number;
  readonly enqueued_s: number | null;
  readonly started_s: number;
  ended_s: number | undefined;
  /** Whether it began at the driver's entry to GRO. */
  readonly atGro: boolean;
}

interface Journey {
  readonly packet: number;
  readonly stages: Stage[];
  readonly devices: Set<string>;
  /** Queue that it waits in. */
  queued: { readonly device: string; readonly time_s: number } | undefined;
}

/**
 * Links the events of one recording, in order of time, to journeys. Stages:
 *
 * - `backlog`: queued by netif_rx (veth, RPS) and taken up by a CPU's backlog poll;
 * - `napi`: came out of a driver's poll, whose queue (the ring) is not traced: no time of joining it;
 * - `gro-cells`: taken up with no queueing seen after an earlier stage (tunnel devices);
 * - `inline`: passed to another device by the CPU that serves it, without a queue (bridge, VLAN);
 * - `socket`: copied to the application (skb:skb_copy_datagram_iovec), after waiting in the socket.
 *
 * Service ends when the CPU takes up its next packet, or ends its poll or softirq. Time in hardware interrupts
 * meanwhile counts as service. Flows cannot be told apart: tracepoints name no addresses.
 */
export function packetJourneys(events: Table<typeof eventsSchema>): JourneyResult {
  const linker = new Linker();
  const columns = {
    time_s: events.column('time_s'),
    cpu: events.column('cpu'),
    event: events.column('event'),
    device: events.column('device'),
    skb: events.column('skb'),
  };
  for (let row = 0; row < events.numRows; row++) {
    const [event, cpu, time_s] = [columns.event.at(row), columns.cpu.at(row), columns.time_s.at(row)];
    const skb = columns.skb.at(row);
    if (ENDS_SERVICE.has(event)) linker.endService(cpu, time_s);
    else if (skb === null) continue;
    else if (QUEUES.has(event)) linker.onQueued(skb, columns.device.at(row) ?? '', cpu, time_s);
    else if (event === 'net:netif_receive_skb') linker.onTakenUp(skb, columns.device.at(row) ?? '', cpu, time_s, false);
    else if (GRO_ENTRIES.has(event)) linker.onTakenUp(skb, columns.device.at(row) ?? '', cpu, time_s, true);
    else if (event === 'skb:skb_copy_datagram_iovec') linker.onRead(skb, cpu, time_s);
    else if (event === 'skb:consume_skb') linker.onFreed(skb, cpu, time_s, false);
    else if (event === 'skb:kfree_skb') linker.onFreed(skb, cpu, time_s, true);
  }
  const first =
    events.numRows > 0 ? { source: events.column('source').at(0), run: events.column('run').at(0) } : NOWHERE;
  return linker.finish(first);
}

const NOWHERE = { source: 'captured', run: '' } as const;

const QUEUES = new Set(['net:netif_rx', 'net:netif_rx_ni']);
const GRO_ENTRIES = new Set(['net:napi_gro_receive_entry', 'net:napi_gro_frags_entry']);
const ENDS_SERVICE = new Set(['napi:napi_poll', 'irq:softirq_entry', 'irq:softirq_exit']);

/** A full backlog of 1000 packets (net.core.netdev_max_backlog) is worked off in a tenth of this. */
const LONGEST_WAIT_S = 0.05;

class Linker {
  private readonly finished: Journey[] = [];
  private readonly current = new Map<string, Journey>();
  /** By CPU. A packet may be in service on two: handed on, and taken up elsewhere before the first is done. */
  private readonly inService = new Map<number, { readonly journey: Journey; readonly stage: Stage }>();
  private readonly seen = new Set<string>();
  private packets = 0;
  private readonly counts: JourneyCounts = {
    packets: 0,
    reusedAddresses: 0,
    firstSeenReceived: 0,
    bornInService: 0,
    inferredEnqueues: 0,
    neverReceived: 0,
    staleQueues: 0,
    unfinishedServices: 0,
    dropped: 0,
  };

  endService(cpu: number, time_s: number): void {
    const serving = this.inService.get(cpu);
    if (serving === undefined) return;
    serving.stage.ended_s = time_s;
    this.inService.delete(cpu);
  }

  onQueued(skb: string, device: string, cpu: number, time_s: number): void {
    const serving = this.inService.get(cpu)?.journey;
    let journey = this.current.get(skb);
    if (journey === undefined || journey !== serving) {
      if (serving !== undefined && journey === undefined) this.counts.bornInService++;
      journey = this.begin(skb);
    }
    journey.queued = { device, time_s };
  }

  onTakenUp(skb: string, device: string, cpu: number, time_s: number, atGro: boolean): void {
    let journey = this.current.get(skb);
    // The driver's entry to GRO and the receipt behind it are one stage.
    if (journey !== undefined && this.isReceiptBehindGro(journey, device, cpu)) return;
    const inline =
      journey !== undefined && this.inService.get(cpu)?.journey === journey && journey.queued === undefined;
    this.endService(cpu, time_s);
    if (journey?.queued !== undefined && time_s - journey.queued.time_s > LONGEST_WAIT_S) {
      // The queued packet was lost, and this one came to its address without being seen.
      this.counts.staleQueues++;
      journey = undefined;
    }
    const here = { device, cpu, started_s: time_s, ended_s: undefined, atGro };
    if (journey?.queued?.device === device) {
      this.serve(journey, { stage: 'backlog', enqueued_s: journey.queued.time_s, ...here });
    } else if (journey === undefined || journey.stages.length === 0 || journey.devices.has(device)) {
      this.counts.firstSeenReceived++;
      this.serve(this.begin(skb), { stage: 'napi', enqueued_s: null, ...here });
    } else if (inline) this.serve(journey, { stage: 'inline', enqueued_s: time_s, ...here });
    else {
      this.counts.inferredEnqueues++;
      const previous = journey.stages[journey.stages.length - 1];
      this.serve(journey, { stage: 'gro-cells', enqueued_s: previous.ended_s ?? null, ...here });
    }
  }

  onRead(skb: string, cpu: number, time_s: number): void {
    const journey = this.current.get(skb);
    const last = journey?.stages[journey.stages.length - 1];
    if (journey === undefined || last === undefined || last.stage === 'socket') return;
    const now = { started_s: time_s, ended_s: time_s, atGro: false };
    journey.stages.push({ stage: 'socket', device: last.device, cpu, enqueued_s: last.ended_s ?? null, ...now });
  }

  onFreed(skb: string, cpu: number, time_s: number, dropped: boolean): void {
    const journey = this.current.get(skb);
    if (journey === undefined) return;
    if (this.inService.get(cpu)?.journey === journey) this.endService(cpu, time_s);
    if (dropped) {
      this.counts.dropped++;
      journey.queued = undefined;
    }
    this.close(skb, journey);
  }

  finish(origin: { readonly source: string; readonly run: string }): JourneyResult {
    for (const [skb, journey] of this.current) this.close(skb, journey);
    const table = new TableBuilder(journeysSchema, { ...origin, flow: '' });
    // Numbers are given in the order of first sight.
    this.finished.sort((a, b) => a.packet - b.packet);
    for (const { packet, stages } of this.finished) {
      let complete = 0;
      for (const { stage, device, cpu, enqueued_s, started_s, ended_s } of stages) {
        if (ended_s === undefined) {
          this.counts.unfinishedServices++;
          continue;
        }
        table.push({ packet, stage, device, cpu, enqueued_s, started_s, ended_s });
        complete++;
      }
      if (complete > 0) this.counts.packets++;
    }
    return { journeys: table.finish(), counts: { ...this.counts } };
  }

  private isReceiptBehindGro(journey: Journey, device: string, cpu: number): boolean {
    const serving = this.inService.get(cpu);
    return (
      journey.queued === undefined &&
      serving?.journey === journey &&
      serving.stage.device === device &&
      serving.stage.atGro
    );
  }

  private begin(skb: string): Journey {
    const old = this.current.get(skb);
    if (old !== undefined) this.close(skb, old);
    if (this.seen.has(skb)) this.counts.reusedAddresses++;
    else this.seen.add(skb);
    const journey: Journey = { packet: this.packets++, stages: [], devices: new Set(), queued: undefined };
    this.current.set(skb, journey);
    return journey;
  }

  private serve(journey: Journey, stage: Stage): void {
    journey.queued = undefined;
    journey.devices.add(stage.device);
    journey.stages.push(stage);
    this.inService.set(stage.cpu, { journey, stage });
  }

  private close(skb: string, journey: Journey): void {
    if (journey.queued !== undefined) this.counts.neverReceived++;
    if (journey.stages.length > 0) this.finished.push(journey);
    this.current.delete(skb);
  }
}
