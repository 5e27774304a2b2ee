import type { AckRule } from './ackRule';
import type { BatchWalk, FlowCounts, Skb } from './batchWalk';
import type { PlacedFlow } from './placedFlows';
import { ackCost } from './placedFlows';
import type { WalkCore } from './walkCore';

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
