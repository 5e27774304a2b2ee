import { Random } from '../core';
import type { Profile } from '../experiment';
import { constantOf } from '../experiment';
import { AckRule } from './ackRule';
import type { Arrival } from './arrivalTimes';
import type { PlacedFlow } from './placedFlows';
import type { SteadyModeration } from './steadyModeration';
import { WalkCore } from './walkCore';
import { NicPoll, QueuePoll } from './walkPolls';
import { Reader } from './walkReader';

/** A packet or what GRO merged, on its way. */
export interface Skb {
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
