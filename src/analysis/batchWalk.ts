import { Random } from '../core';
import type { Profile } from '../experiment';
import { constantOf } from '../experiment';
import { NAPI_POLL_WEIGHT } from '../kernel';
import { AckRule } from './ackRule';
import type { Arrival } from './arrivalTimes';
import type { PlacedFlow } from './placedFlows';
import type { SteadyModeration } from './steadyModeration';
import { WalkCore } from './walkCore';
import type { Poll } from './walkCore';

/** A packet or what GRO merged, on its way. */
interface Skb {
  readonly flow: number;
  /** Softirq that serves it next. */
  step: number;
  segments: number;
  /** Packets of a message that came last. */
  ends: number;
}

/** What a walk gives, all for the time walked. */
export interface Walk {
  readonly span_ns: number;
  /** Time that batches cost, by core. */
  readonly overhead_ns: ReadonlyMap<number, number>;
  readonly flows: readonly FlowCounts[];
}

/** What is known of a flow after a walk; where a core cannot keep up, less comes out of it than went in. */
export interface FlowCounts {
  /** Segments that GRO saw, and the skbs that it made of them. */
  segments: number;
  skbs: number;
  /** Packets on the wire of what reached the socket, and the calls that it takes to read them. */
  delivered: number;
  calls: number;
  /** Acknowledgements by TCP input, and by the reader. */
  acks: number;
  readerAcks: number;
}

interface Signal {
  readonly at_ns: number;
  readonly core: WalkCore;
  readonly kind: 'call' | 'reschedule';
}

/** Costs that a batch shares. */
export function batchCosts(profile: Profile) {
  const part = (name: string): number => constantOf(profile, name);
  return {
    hardirq_ns: part('cpu.hardirq_ns'),
    idleExit_ns: part('cpu.idleExit_ns'),
    entry_ns: part('cpu.softirqEntry_ns'),
    netRx_ns: part('cpu.netRxAction_ns'),
    poll_ns: part('cpu.napiPoll_ns'),
    code_ns: part('locality.code_ns'),
    ipiSend_ns: part('cpu.ipiSend_ns'),
    ipiLatency_ns: part('cpu.ipiLatency_ns'),
    ipiReceive_ns: part('cpu.ipiReceive_ns'),
    wakeup_ns: part('cpu.wakeup_ns'),
    blocking_ns: part('cpu.blocking_ns'),
    switch_ns: part('cpu.contextSwitch_ns'),
    refills: part('kernel.netRxRefill') === 1,
    flushesAlways: part('kernel.hz') < 1000,
    batch: part('gro.normalBatch'),
  };
}

export type BatchCosts = ReturnType<typeof batchCosts>;

/**
 * Follows packets through interrupts, polls, IPIs and wake-ups, for some hundred interrupts. How much of
 * these a packet bears depends on who finds whom at work: on the batches that moderation makes, on stages of several
 * flows that meet on a core, on readers that run dry between two packets. No closed form covers that; one of
 * these walks takes milliseconds. It knows no full queues, no ksoftirqd, and no time slices.
 */
export class BatchWalk {
  now_ns = 0;
  readonly costs: BatchCosts;
  private readonly cores: WalkCore[] = [];
  private readonly signals: Signal[] = [];
  private readonly nics: NicPoll[] = [];
  private readonly cells = new Map<string, QueuePoll>();
  private readonly readers: Reader[];
  readonly counts: FlowCounts[];
  readonly ackRules: AckRule[];
  private readonly variation: number;
  private readonly random: Random;

  constructor(
    profile: Profile,
    readonly flows: readonly PlacedFlow[],
    /** By receive queue. */
    private readonly moderation: ReadonlyMap<number, SteadyModeration>,
    seed: number,
  ) {
    this.costs = batchCosts(profile);
    this.ackRules = flows.map((flow) => new AckRule(flow));
    this.counts = flows.map(() => newCounts());
    this.variation = constantOf(profile, 'cpu.variation');
    this.random = new Random(seed, 'batch-walk');
    this.readers = flows.map(
      (flow, f) => new Reader(this, flow, this.counts[f], this.ackRules[f], this.core(flow.application.cpu)),
    );
  }

  core(cpu: number): WalkCore {
    let core = this.cores.find((known) => known.cpu === cpu);
    if (core === undefined) {
      core = new WalkCore(this, cpu);
      this.cores.push(core);
    }
    return core;
  }

  backlogOf(core: WalkCore): QueuePoll {
    core.backlog ??= new QueuePoll(this, core, true);
    return core.backlog;
  }

  /** @param arrivals all up to `span_ns` and some beyond; what is measured begins after a tenth of it */
  run(arrivals: readonly Arrival[], span_ns: number): Walk {
    const from_ns = span_ns / 10;
    let next = 0;
    let measuring = false;
    for (;;) {
      const arrival_ns = next < arrivals.length ? arrivals[next].at_ns : Infinity;
      const irq = earliest(this.nics);
      const signal = earliest(this.signals);
      const core = earliest(this.cores);
      const irq_ns = irq?.at_ns ?? Infinity;
      const signal_ns = signal?.at_ns ?? Infinity;
      const core_ns = core?.at_ns ?? Infinity;
      const at_ns = Math.min(arrival_ns, irq_ns, signal_ns, core_ns);
      if (!measuring && at_ns >= from_ns) {
        measuring = true;
        for (const c of this.cores) c.overhead_ns = 0;
        for (const count of this.counts) Object.assign(count, newCounts());
      }
      if (!(at_ns < span_ns)) break;
      this.now_ns = at_ns;
      if (at_ns === arrival_ns) this.nic(arrivals[next].flow).arrive(arrivals[next++]);
      else if (at_ns === irq_ns) irq?.interrupt();
      else if (signal !== undefined && at_ns === signal_ns) this.deliver(signal);
      else core?.finish();
    }
    return {
      span_ns: span_ns - from_ns,
      overhead_ns: new Map(this.cores.map(({ cpu, overhead_ns }) => [cpu, overhead_ns])),
      flows: this.counts,
    };
  }

  /** Whether TCP input acknowledges an skb at once. */
  acknowledges({ flow, segments, ends }: Skb): boolean {
    const { full_bytes, last_bytes } = this.flows[flow];
    const bytes = ends > 0 ? (segments - 1) * full_bytes + last_bytes : segments * full_bytes;
    const acknowledges = this.ackRules[flow].input(bytes, ends > 0);
    if (acknowledges) this.counts[flow].acks++;
    return acknowledges;
  }

  /** How much longer or shorter than its mean a piece of work takes. */
  vary(): number {
    return this.random.logNormal(1, this.variation);
  }

  signal(core: WalkCore, at_ns: number, kind: Signal['kind']): void {
    this.signals.push({ at_ns, core, kind });
  }

  /** A softirq is done with a packet. */
  handOver(core: WalkCore, skb: Skb): void {
    const { work } = this.flows[skb.flow];
    skb.step++;
    if (skb.step === work.length) {
      this.readers[skb.flow].deliver(core, skb);
      return;
    }
    const { queue, cpu } = work[skb.step];
    if (queue === 'gro-cells') this.cellOf(core, work[skb.step].stage).add(core, skb);
    else this.backlogOf(this.core(cpu)).add(core, skb);
  }

  private cellOf(core: WalkCore, stage: string): QueuePoll {
    const key = `${core.cpu} ${stage}`;
    let cell = this.cells.get(key);
    if (cell === undefined) this.cells.set(key, (cell = new QueuePoll(this, core, false)));
    return cell;
  }

  private nic(flow: number): NicPoll {
    const { queue, work } = this.flows[flow];
    let nic = this.nics.find((known) => known.queue === queue);
    if (nic === undefined) {
      const moderation = this.moderation.get(queue);
      if (moderation === undefined) throw new RangeError(`queue ${queue} has no moderation`);
      nic = new NicPoll(this, queue, this.core(work[0].cpu), moderation);
      this.nics.push(nic);
    }
    return nic;
  }

  private deliver(signal: Signal): void {
    this.signals.splice(this.signals.indexOf(signal), 1);
    if (signal.kind === 'call') signal.core.schedule(this.backlogOf(signal.core));
    else signal.core.rescheduling = false;
    signal.core.interrupt(this.costs.ipiReceive_ns);
  }
}

function newCounts(): FlowCounts {
  return { segments: 0, skbs: 0, delivered: 0, calls: 0, acks: 0, readerAcks: 0 };
}

function earliest<T extends { readonly at_ns: number }>(all: readonly T[]): T | undefined {
  let first: T | undefined;
  for (const one of all) if (first === undefined || one.at_ns < first.at_ns) first = one;
  return first;
}

/** GRO of one polled queue: the skb that each flow's segments are merged into, and what is done with. */
class Gro {
  readonly passing: Skb[] = [];
  private readonly held = new Map<number, Skb>();

  constructor(private readonly walk: BatchWalk) {}

  receive(skb: Skb): void {
    const most = this.walk.flows[skb.flow].mostMerged;
    this.walk.counts[skb.flow].segments++;
    const head = this.held.get(skb.flow);
    const ends = skb.ends > 0;
    if (head === undefined) {
      if (ends || most <= 1) this.passing.push(skb);
      else this.held.set(skb.flow, skb);
      return;
    }
    head.segments++;
    head.ends += skb.ends;
    if (!ends && head.segments < most) return;
    this.held.delete(skb.flow);
    this.passing.push(head);
  }

  flush(): void {
    this.passing.push(...this.held.values());
    this.held.clear();
  }

  /** Cost of the rest of the softirq for what is passed on. */
  passing_ns(): number {
    return this.passing.reduce((sum, skb) => sum + laterCost(this.walk, skb), 0);
  }

  passOn(core: WalkCore): void {
    for (const skb of this.passing.splice(0)) {
      this.walk.counts[skb.flow].skbs++;
      this.walk.handOver(core, skb);
    }
  }
}

function laterCost(walk: BatchWalk, skb: Skb): number {
  const { packet_ns, segment_ns, ack_ns } = walk.flows[skb.flow].work[skb.step];
  const ack = ack_ns > 0 && walk.acknowledges(skb) ? ack_ns : 0;
  return packet_ns + skb.segments * segment_ns + ack;
}

/** A receive queue: its interrupt and its poll, which takes packets off the ring in chunks. */
class NicPoll implements Poll {
  scheduled = false;
  readonly isBacklog = false;
  /** When the next interrupt comes. */
  at_ns = Infinity;
  private armed = true;
  private waiting = 0;
  /** Since the last poll that emptied the ring. */
  private arrived = 0;
  private last_ns = -Infinity;
  private readonly ring: Arrival[] = [];
  private readonly gro: Gro;

  constructor(
    private readonly walk: BatchWalk,
    readonly queue: number,
    private readonly core: WalkCore,
    private readonly moderation: SteadyModeration,
  ) {
    this.gro = new Gro(walk);
  }

  arrive(arrival: Arrival): void {
    this.ring.push(arrival);
    this.arrived++;
    if (!this.armed) return;
    this.waiting++;
    const { time_ns, frames, fromPacket } = this.moderation;
    if (this.waiting >= frames) this.at_ns = arrival.at_ns;
    else if (fromPacket) this.at_ns = arrival.at_ns + time_ns;
    else if (this.at_ns === Infinity) this.at_ns = Math.max(arrival.at_ns, this.last_ns + time_ns);
  }

  interrupt(): void {
    this.armed = false;
    this.last_ns = this.walk.now_ns;
    this.at_ns = Infinity;
    this.core.schedule(this);
    this.core.interrupt(this.walk.costs.hardirq_ns);
  }

  step(core: WalkCore): boolean {
    const { walk, gro } = this;
    if (gro.passing.length >= walk.costs.batch) return this.passUp(core);
    const chunk = this.ring.splice(0, Math.min(walk.costs.batch, NAPI_POLL_WEIGHT - core.work));
    if (chunk.length > 0) {
      core.work += chunk.length;
      core.begin(
        chunk.reduce((sum, { flow }) => sum + firstCost(walk.flows[flow]), 0),
        () => this.endChunk(core, chunk),
      );
      return true;
    }
    const complete = core.work < NAPI_POLL_WEIGHT;
    if (complete || walk.costs.flushesAlways) gro.flush();
    if (gro.passing.length > 0) return this.passUp(core);
    if (complete) {
      this.scheduled = false;
      this.armed = true;
      this.waiting = 0;
      this.moderation.polled?.(this.walk.now_ns, this.arrived);
      this.arrived = 0;
    }
    return false;
  }

  private endChunk(core: WalkCore, chunk: readonly Arrival[]): void {
    for (const { flow, ends } of chunk) {
      const skb = { flow, step: 0, segments: 1, ends: ends ? 1 : 0 };
      if (this.walk.flows[flow].work[0].merges) this.gro.receive(skb);
      else this.walk.handOver(core, skb);
    }
    core.continuePolling();
  }

  private passUp(core: WalkCore): boolean {
    core.begin(this.gro.passing_ns(), () => {
      this.gro.passOn(core);
      core.continuePolling();
    });
    return true;
  }
}

/** Cost of a packet in the NIC's poll, up to GRO if it merges there. */
function firstCost({ work: [first] }: PlacedFlow): number {
  return first.merges ? first.groSegment_ns : first.packet_ns + first.segment_ns;
}

/** Of an acknowledgement, whoever sends it. */
export function ackCost({ work }: PlacedFlow): number {
  return work.reduce((sum, { ack_ns }) => sum + ack_ns, 0);
}

/** A backlog, or a gro_cell. */
export class QueuePoll implements Poll {
  scheduled = false;
  private readonly queue: Skb[] = [];
  private readonly gro: Gro;

  constructor(
    private readonly walk: BatchWalk,
    private readonly core: WalkCore,
    readonly isBacklog: boolean,
  ) {
    this.gro = new Gro(walk);
  }

  add(from: WalkCore, skb: Skb): void {
    this.queue.push(skb);
    if (this.scheduled) return;
    if (from === this.core) from.schedule(this);
    else {
      this.scheduled = true;
      from.callAtEnd(this.core);
    }
  }

  step(core: WalkCore): boolean {
    const { walk, gro } = this;
    const skb = core.work < NAPI_POLL_WEIGHT ? this.queue.shift() : undefined;
    if (skb !== undefined) {
      core.work++;
      const { merges, groSegment_ns } = walk.flows[skb.flow].work[skb.step];
      core.begin(merges ? groSegment_ns : laterCost(walk, skb), () => this.served(core, skb, merges));
      return true;
    }
    const complete = core.work < NAPI_POLL_WEIGHT;
    if (complete || walk.costs.flushesAlways) gro.flush();
    if (gro.passing.length > 0) {
      this.passUp(core);
      return true;
    }
    if (complete) this.scheduled = false;
    return false;
  }

  private served(core: WalkCore, skb: Skb, merges: boolean): void {
    if (!merges) this.walk.handOver(core, skb);
    else {
      this.gro.receive(skb);
      if (this.gro.passing.length >= this.walk.costs.batch) {
        this.passUp(core);
        return;
      }
    }
    core.continuePolling();
  }

  private passUp(core: WalkCore): void {
    core.begin(this.gro.passing_ns(), () => {
      this.gro.passOn(core);
      core.continuePolling();
    });
  }
}

/** The application of a flow: reads until its socket is empty, and sleeps. */
export class Reader {
  private readonly socket: { readonly segments: number; readonly calls: number }[] = [];
  private awake = false;
  /** Fragments that have come of a message, or bytes of a stream's. */
  private part = 0;

  constructor(
    private readonly walk: BatchWalk,
    private readonly flow: PlacedFlow,
    private readonly counts: FlowCounts,
    private readonly acks: AckRule,
    private readonly core: WalkCore,
  ) {}

  deliver(from: WalkCore, skb: Skb): void {
    const { kind, packetsPerMessage } = this.flow;
    let { segments } = skb;
    if (kind === 'fragment') {
      if (++this.part < packetsPerMessage) return;
      this.part = 0;
      segments = packetsPerMessage;
    }
    const calls = this.callsFor(segments, skb.ends);
    this.counts.delivered += segments;
    this.counts.calls += calls;
    this.socket.push({ segments, calls });
    if (this.awake) return;
    this.awake = true;
    from.extra_ns += this.walk.costs.wakeup_ns;
    this.core.makeRunnable(this, from);
  }

  /** Begins the next read; false if there is nothing. */
  read(): boolean {
    const skb = this.socket.shift();
    if (skb === undefined) return false;
    const { call_ns, byte_ns, touch_ns } = this.flow.application;
    const bytes = skb.segments * this.flow.packet_bytes;
    this.core.begin(skb.calls * call_ns + bytes * byte_ns + touch_ns, () => this.done());
    return true;
  }

  private done(): void {
    if (this.flow.kind === 'tcp' && this.acks.read(this.socket.length === 0)) {
      this.counts.readerAcks++;
      this.core.addWork(ackCost(this.flow));
    }
    this.core.threadDone();
  }

  sleeps(): boolean {
    if (this.socket.length > 0) return false;
    this.awake = false;
    return true;
  }

  /** One for each message that ends in it, but at least one. */
  private callsFor(segments: number, ends: number): number {
    const { cuts, packet_bytes, message_bytes } = this.flow;
    if (cuts) return Math.max(1, ends);
    this.part += segments * packet_bytes;
    const messages = Math.floor(this.part / message_bytes);
    this.part -= messages * message_bytes;
    return Math.max(1, messages);
  }
}
