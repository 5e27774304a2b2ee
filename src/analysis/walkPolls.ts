import { NAPI_POLL_WEIGHT } from '../kernel';
import type { Arrival } from './arrivalTimes';
import type { BatchWalk, Skb } from './batchWalk';
import type { PlacedFlow } from './placedFlows';
import type { SteadyModeration } from './steadyModeration';
import type { Poll, WalkCore } from './walkCore';

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

  private flush(): void {
    this.passing.push(...this.held.values());
    this.held.clear();
  }

  /** A poll finds no more that it may take. @returns whether something is passed up before it ends */
  passUpAtEnd(core: WalkCore, complete: boolean): boolean {
    if (complete || this.walk.costs.flushesAlways) this.flush();
    if (this.passing.length === 0) return false;
    this.passUp(core);
    return true;
  }

  /** The core serves what is passed on by the rest of the softirq, and polls again. */
  passUp(core: WalkCore): void {
    const { walk } = this;
    const passing_ns = this.passing.reduce((sum, skb) => sum + laterCost(walk, skb), 0);
    core.begin(passing_ns, () => {
      for (const skb of this.passing.splice(0)) {
        walk.counts[skb.flow].skbs++;
        walk.handOver(core, skb);
      }
      core.continuePolling();
    });
  }
}

function laterCost(walk: BatchWalk, skb: Skb): number {
  const { packet_ns, segment_ns, ack_ns } = walk.flows[skb.flow].work[skb.step];
  const ack = ack_ns > 0 && walk.acknowledges(skb) ? ack_ns : 0;
  return packet_ns + skb.segments * segment_ns + ack;
}

/** A receive queue: its interrupt and its poll, which takes packets off the ring in chunks. */
export class NicPoll implements Poll {
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
    if (gro.passing.length >= walk.costs.batch) {
      gro.passUp(core);
      return true;
    }
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
    if (gro.passUpAtEnd(core, complete)) return true;
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
}

/** Cost of a packet in the NIC's poll, up to GRO if it merges there. */
function firstCost({ work: [first] }: PlacedFlow): number {
  return first.merges ? first.groSegment_ns : first.packet_ns + first.segment_ns;
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
    if (gro.passUpAtEnd(core, complete)) return true;
    if (complete) this.scheduled = false;
    return false;
  }

  private served(core: WalkCore, skb: Skb, merges: boolean): void {
    if (!merges) this.walk.handOver(core, skb);
    else {
      this.gro.receive(skb);
      if (this.gro.passing.length >= this.walk.costs.batch) {
        this.gro.passUp(core);
        return;
      }
    }
    core.continuePolling();
  }
}
