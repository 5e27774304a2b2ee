import type { JsHistogram } from 'hdr-histogram-js';
import type { Core } from './core';
import { EventLog } from './emit/eventLog';
import { JourneyLog } from './emit/journeyLog';
import { FastHistogram, newHistogram } from './histogram';
import type { Machine } from './machine';
import type { Napi } from './napi';
import { NONE } from './packets';
import type { Leg } from './plan';

/** Queueing and service of one leg on one core. */
export class StageStatistics {
  packets = 0;
  queue_ns = 0;
  service_ns = 0;
  readonly queueing = new FastHistogram();
}

/** Packet counts since the start of measuring; exact. */
export class PacketLedger {
  offered = 0;
  delivered = 0;
  dropped = 0;
  inFlightAtStart = 0;
}

/** What is measured while a machine runs. Recording here must be cheap: most of it happens for each packet. */
export class Monitors {
  ledger = new PacketLedger();
  outOfOrder = 0;
  /** Of each flow, since the start of measuring. */
  readonly sentMessages: number[] = [];
  readonly receivedMessages: number[] = [];
  readonly receivedBytes: number[] = [];
  readonly latency: (JsHistogram | undefined)[] = [];
  /** By leg, then core; after the legs comes the application. */
  readonly stages: (StageStatistics | undefined)[][];
  /** By place, then CPU. */
  readonly drops = new Map<string, number[]>();
  readonly events: EventLog | null;
  readonly journeys: JourneyLog | null;
  private readonly everyJourney: number;
  private seen = 0;

  constructor(private readonly machine: Machine) {
    const { emit } = machine.plan.experiment;
    this.events = emit.events > 0 ? new EventLog(machine, emit.events) : null;
    this.journeys = emit.journeys > 0 ? new JourneyLog(machine) : null;
    this.everyJourney = emit.journeys;
    this.stages = [...machine.plan.legs.map(() => []), []];
  }

  /** Forgets what the warm-up left: from here on it counts. */
  startMeasuring(): void {
    this.ledger = new PacketLedger();
    this.ledger.inFlightAtStart = this.machine.pool.live;
    this.outOfOrder = 0;
    this.sentMessages.length = 0;
    this.receivedMessages.length = 0;
    this.receivedBytes.length = 0;
    this.latency.length = 0;
    this.drops.clear();
    for (const byCore of this.stages) byCore.length = 0;
    for (const workload of this.machine.workloads) workload.log?.clear();
    this.machine.steering.startMeasuring();
    this.machine.splitting.startMeasuring();
    this.events?.start();
    this.journeys?.start();
  }

  offered(packets: number): void {
    this.ledger.offered += packets;
  }

  messageSent(flow: number): void {
    this.sentMessages[flow] = (this.sentMessages[flow] ?? 0) + 1;
  }

  dropped(place: string, cpu: number, packets: number): void {
    this.ledger.dropped += packets;
    let byCpu = this.drops.get(place);
    if (byCpu === undefined) {
      byCpu = [];
      this.drops.set(place, byCpu);
    }
    byCpu[cpu] = (byCpu[cpu] ?? 0) + packets;
  }

  /** The application has read a packet at `read_ns` and is done with it now; its one-way latency counts. */
  delivered(core: Core, packet: number, read_ns: number): void {
    const { pool } = this.machine;
    for (let slot = packet; slot !== NONE; slot = pool.chain[slot]) {
      if (pool.messages[slot] > 0)
        this.recordLatency(pool.flow[packet], read_ns - pool.sent_ns[slot], pool.messages[slot]);
    }
    this.read(core, packet);
  }

  /** The application has read a packet; the latency is another's business. */
  read(core: Core, packet: number): void {
    const { pool } = this.machine;
    const flow = pool.flow[packet];
    this.count(this.machine.plan.legs.length, core, packet, this.machine.now - core.segmentStart);
    if (pool.journey[packet] >= 0) {
      this.journeys?.addApplication(packet, core.id, core.segmentStart, this.machine.now);
    }
    this.receivedBytes[flow] = (this.receivedBytes[flow] ?? 0) + pool.bytes[packet];
    let messages = 0;
    for (let slot = packet; slot !== NONE; slot = pool.chain[slot]) {
      this.ledger.delivered++;
      messages += pool.messages[slot];
    }
    this.receivedMessages[flow] = (this.receivedMessages[flow] ?? 0) + messages;
  }

  /** A packet that ends in the protocol without being read: a pure acknowledgement, or data that had come before. */
  absorbed(): void {
    this.ledger.delivered++;
  }

  recordLatency(flow: number, latency_ns: number, count = 1): void {
    let histogram = this.latency[flow];
    if (histogram === undefined) {
      histogram = newHistogram(3);
      this.latency[flow] = histogram;
    }
    histogram.recordValueWithCount(Math.max(1, Math.round(latency_ns)), count);
  }

  /** A leg has served a packet. */
  served(leg: Leg, core: Core, packet: number, service_ns: number): void {
    this.count(leg.index, core, packet, service_ns);
    core.processed++;
    if (this.machine.pool.journey[packet] >= 0) this.journeys?.add(leg, core, packet, service_ns);
    if (this.events !== null) this.events.received(leg, core, packet);
  }

  /** The part of a leg that follows GRO, for a packet that went through it. */
  servedAfterGro(leg: Leg, core: Core, service_ns: number): void {
    const statistics = this.stages[leg.index][core.id];
    if (statistics !== undefined) statistics.service_ns += service_ns;
  }

  private count(stage: number, core: Core, packet: number, service_ns: number): void {
    let statistics = this.stages[stage][core.id];
    if (statistics === undefined) {
      statistics = new StageStatistics();
      this.stages[stage][core.id] = statistics;
    }
    const queued = Math.max(0, Math.round(core.segmentStart - this.machine.pool.queued_ns[packet]));
    statistics.packets++;
    statistics.queue_ns += queued;
    statistics.service_ns += service_ns;
    statistics.queueing.record(queued);
  }

  /** Number of the packet's journey, or -1 if it is not followed. */
  journeyOf(): number {
    if (this.everyJourney === 0) return -1;
    const number = this.seen++;
    return number % this.everyJourney === 0 ? number : -1;
  }

  softirqRaised(core: Core): void {
    this.events?.softirq('raise', core);
  }

  softirqEntry(core: Core): void {
    this.events?.softirq('entry', core);
  }

  softirqExit(core: Core): void {
    this.events?.softirq('exit', core);
  }

  napiPoll(core: Core, napi: Napi, work: number): void {
    this.events?.napiPoll(core, napi, work);
  }

  netifRx(core: Core, packet: number, target: number): void {
    this.events?.netifRx(core, packet, target);
  }

  ipiSent(core: Core, target: number): void {
    this.events?.ipiSent(core, target);
  }
}
