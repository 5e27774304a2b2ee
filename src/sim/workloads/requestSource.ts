import { IPV4_HEADER_BYTES, TCP_HEADER_BYTES, TCP_TIMESTAMP_BYTES, UDP_HEADER_BYTES } from '../../kernel';
import type { Machine } from '../machine';
import { LAST_OF_MESSAGE, PACKET_TCP, PACKET_TCP_QUIET, PACKET_UDP, PUSH, RETRANSMITTED } from '../packets';
import type { Emission, Source } from '../sources';

const TCP_HEADERS_BYTES = IPV4_HEADER_BYTES + TCP_HEADER_BYTES + TCP_TIMESTAMP_BYTES;
const UDP_HEADERS_BYTES = IPV4_HEADER_BYTES + UDP_HEADER_BYTES;

/** Largest TCP payload on the experiment's path. */
export function mssOf(machine: Machine): number {
  const { nic, topology } = machine.plan.experiment;
  return machine.outlet.segmentBytes(nic.mtu_bytes - topology.encapsulation_bytes - TCP_HEADERS_BYTES);
}

/**
 * When something lost is sent again: TCP_RTO_MIN (include/net/tcp.h), since one segment in flight leaves only the
 * timeout. That UDP clients ask again after the same time is assumed.
 */
export const RETRANSMIT_NS = 200e6;

/** Segments of a response that a client acknowledges at once: every second one, or a merged skb. */
const ACKNOWLEDGED_SEGMENTS = 2;

/** Acknowledgements that a response calls for, but for the last, which goes with the next request. */
export function acksOf(machine: Machine, bytes: number): number {
  const { constant, experiment } = machine.plan;
  const mss = mssOf(machine);
  const tunnelled = experiment.topology.encapsulation_bytes > 0;
  const merged = tunnelled ? constant('gro.tunnelMaxSegments') : Math.floor(constant('gro.maxBytes') / mss);
  return Math.floor((Math.ceil(bytes / mss) - 1) / Math.max(ACKNOWLEDGED_SEGMENTS, merged));
}

/** A packet that has to be sent again. */
export interface Loss {
  readonly bytes: number;
  /** Messages that end in it. */
  readonly messages: number;
  readonly position: number;
}

/**
 * The client's end of a connection: requests one after the other, the acknowledgements of long responses, and what has to be
 * sent again. A request of one segment calls for no acknowledgement, since the response carries it; longer ones do.
 */
export class RequestSource implements Source {
  readonly isOpenLoop = false;
  nextTime_ns = Infinity;
  nextIp_bytes = 0;
  nextKind = PACKET_TCP_QUIET;
  private readonly mss_bytes: number;
  private readonly headers_bytes: number;
  private request_bytes = 0;
  private left_bytes = 0;
  private sentAt_ns = 0;
  private acks = 0;
  private ackAt_ns = 0;
  /** Bytes of the stream that have been sent. */
  private position = 0;
  /** Requests that are to be sent after the one in hand. */
  private readonly waiting: { readonly at_ns: number; readonly bytes: number }[] = [];
  /** What the client does not know to be lost yet, oldest first. */
  private readonly lost: Loss[] = [];
  /** Those whose time has come. */
  private readonly again: Loss[] = [];
  private againAt_ns = 0;

  constructor(
    private readonly machine: Machine,
    readonly flow: number,
    private readonly protocol: 'udp' | 'tcp',
  ) {
    this.mss_bytes = protocol === 'tcp' ? mssOf(machine) : Infinity;
    this.headers_bytes = protocol === 'tcp' ? TCP_HEADERS_BYTES : UDP_HEADERS_BYTES;
  }

  /** Sends a request, not before those that were to be sent earlier. */
  request(at_ns: number, bytes: number): void {
    if (this.left_bytes > 0) {
      this.waiting.push({ at_ns, bytes });
      return;
    }
    this.begin(at_ns, bytes);
    this.prepare();
  }

  /** Sends so many acknowledgements of a response. */
  acknowledge(at_ns: number, count: number): void {
    this.acks += count;
    this.ackAt_ns = at_ns;
    this.prepare();
  }

  /** A packet was lost; the client does not know yet. */
  lose(loss: Loss): void {
    this.lost.push(loss);
  }

  /** Sends the packet that was lost first again. */
  repeat(at_ns: number): void {
    const loss = this.lost.shift();
    if (loss === undefined) return;
    this.again.push(loss);
    this.againAt_ns = at_ns;
    this.prepare();
  }

  emit(out: Emission): void {
    out.flow = this.flow;
    out.kind = this.nextKind;
    out.message = 0;
    out.messages = 0;
    out.sent_ns = this.sentAt_ns;
    out.flags = PUSH;
    out.position = this.position;
    const again = this.again.shift();
    if (again !== undefined) {
      out.bytes = again.bytes;
      out.messages = again.messages;
      out.position = again.position;
      out.flags |= RETRANSMITTED;
    } else if (this.acks > 0) {
      this.acks--;
      out.bytes = 0;
    } else {
      out.bytes = this.segmentBytes();
      this.left_bytes -= out.bytes;
      this.position += out.bytes;
      out.flags = this.left_bytes === 0 ? PUSH : 0;
      if (this.left_bytes === 0) {
        out.messages = 1;
        this.machine.monitors.messageSent(this.flow);
        const next = this.waiting.shift();
        if (next !== undefined) this.begin(next.at_ns, next.bytes);
      }
    }
    if (out.messages > 0) out.flags |= LAST_OF_MESSAGE;
    this.prepare();
  }

  private begin(at_ns: number, bytes: number): void {
    this.request_bytes = bytes;
    this.left_bytes = bytes;
    this.sentAt_ns = at_ns;
  }

  private segmentBytes(): number {
    return Math.min(this.left_bytes, this.mss_bytes);
  }

  /** Sets time and size of the next packet: what is sent again comes first, then acknowledgements, then the request. */
  private prepare(): void {
    let bytes = 0;
    if (this.again.length > 0) {
      bytes = this.again[0].bytes;
      this.nextTime_ns = this.againAt_ns;
    } else if (this.acks > 0) {
      this.nextTime_ns = this.ackAt_ns;
    } else if (this.left_bytes > 0) {
      bytes = this.segmentBytes();
      this.nextTime_ns = this.sentAt_ns;
    } else {
      this.nextTime_ns = Infinity;
    }
    const oneSegment = bytes === 0 || this.request_bytes <= this.mss_bytes;
    this.nextKind = this.protocol === 'udp' ? PACKET_UDP : oneSegment ? PACKET_TCP_QUIET : PACKET_TCP;
    this.nextIp_bytes = bytes + this.headers_bytes;
  }
}
