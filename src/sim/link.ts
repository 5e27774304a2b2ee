import type { Nanoseconds } from '../core';
import { ETHERNET_GAP_BYTES, frameBytes } from '../kernel/wire';
import type { Plan } from './plan';
import type { Emission, Outlet, Source } from './sources';
import { SourceHeap } from './sources';

/**
 * The cable between the senders and the NIC: one frame at a time, first come first served. Packets are pulled, not
 * pushed: nothing is computed for an arrival until the NIC looks for it.
 */
export class Link implements Outlet {
  readonly sendersPay = true;
  readonly out: Emission = { flow: 0, kind: 0, flags: 0, bytes: 0, messages: 0, message: 0, position: 0, sent_ns: 0 };
  /** Whether no sender waits for anything that the machine does. */
  isOpenLoop = true;
  private readonly heap = new SourceHeap();
  private free_ns: Nanoseconds = 0;
  private readonly latency_ns: number;
  private readonly nsPerByte: number;
  private readonly tunnel_bytes: number;

  constructor(plan: Plan) {
    this.latency_ns = plan.constant('wire.latency_ns');
    this.nsPerByte = 8 / plan.constant('nic.link_gbps');
    this.tunnel_bytes = plan.experiment.topology.encapsulation_bytes;
  }

  add(source: Source): number {
    this.isOpenLoop &&= source.isOpenLoop;
    return this.heap.add(source);
  }

  update(source: number): void {
    this.heap.update(source);
  }

  /** When the next packet will have arrived; Infinity if none is on its way. */
  nextArrival(): Nanoseconds {
    const first = this.heap.first();
    if (first < 0) return Infinity;
    const source = this.heap.sources[first];
    if (source.nextTime_ns === Infinity) return Infinity;
    return this.arrivalOf(source);
  }

  /** The source whose packet is next; call only if `nextArrival` is finite. */
  peek(): Source {
    return this.heap.sources[this.heap.first()];
  }

  /** Takes the next packet off the wire into `out`; `arrival_ns` is what `nextArrival` said. */
  take(arrival_ns: Nanoseconds): void {
    const first = this.heap.first();
    this.free_ns = arrival_ns;
    this.heap.sources[first].emit(this.out, arrival_ns - this.latency_ns);
    this.heap.update(first);
  }

  segmentBytes(mss_bytes: number): number {
    return mss_bytes;
  }

  get oneWay_ns(): number {
    return this.latency_ns;
  }

  private arrivalOf(source: Source): Nanoseconds {
    const wire_ns = (frameBytes(source.nextIp_bytes + this.tunnel_bytes) + ETHERNET_GAP_BYTES) * this.nsPerByte;
    return Math.max(source.nextTime_ns + this.latency_ns, this.free_ns) + wire_ns;
  }
}
