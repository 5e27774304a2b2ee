import { IPV4_HEADER_BYTES, TCP_HEADER_BYTES, TCP_TIMESTAMP_BYTES } from '../../kernel';
import type { Machine } from '../machine';
import { LAST_OF_MESSAGE, PACKET_TCP, PACKET_UDP, PUSH } from '../packets';
import type { Emission, Source } from '../sources';

const HEADERS_BYTES = IPV4_HEADER_BYTES + TCP_HEADER_BYTES + TCP_TIMESTAMP_BYTES;

/** The client's end of a connection that carries one request at a time, and the acknowledgements of responses. */
export class RequestSource implements Source {
  readonly isOpenLoop = false;
  nextTime_ns = Infinity;
  nextIp_bytes = HEADERS_BYTES;
  readonly nextKind: number;
  private left_bytes = 0;
  private acks = 0;
  private sent_ns = 0;
  private requests = 0;

  constructor(
    private readonly machine: Machine,
    readonly flow: number,
    protocol: 'udp' | 'tcp',
    private readonly mss_bytes: number,
  ) {
    this.nextKind = protocol === 'udp' ? PACKET_UDP : PACKET_TCP;
  }

  /** Sends a request at a time; the one before must have been answered. */
  request(at_ns: number, bytes: number): void {
    this.left_bytes = bytes;
    this.sent_ns = at_ns;
    this.nextTime_ns = at_ns;
    this.prepare();
  }

  /** Sends so many acknowledgements of a response. */
  acknowledge(at_ns: number, count: number): void {
    if (count === 0) return;
    this.acks += count;
    this.nextTime_ns = Math.min(this.nextTime_ns, at_ns);
    this.prepare();
  }

  /** When the request that is being answered was sent. */
  get requestedAt_ns(): number {
    return this.sent_ns;
  }

  emit(out: Emission): void {
    out.flow = this.flow;
    out.kind = this.nextKind;
    out.message = this.requests;
    out.sent_ns = this.sent_ns;
    out.flags = PUSH;
    if (this.acks > 0) {
      this.acks--;
      out.bytes = 0;
      out.messages = 0;
    } else {
      out.bytes = Math.min(this.left_bytes, this.mss_bytes);
      this.left_bytes -= out.bytes;
      out.messages = this.left_bytes === 0 ? 1 : 0;
      if (out.messages === 1) {
        out.flags |= LAST_OF_MESSAGE;
        this.requests++;
        this.machine.monitors.messageSent(this.flow);
      }
    }
    if (this.acks === 0 && this.left_bytes === 0) this.nextTime_ns = Infinity;
    else if (this.acks === 0) this.nextTime_ns = Math.max(this.nextTime_ns, this.sent_ns);
    this.prepare();
  }

  private prepare(): void {
    this.nextIp_bytes = HEADERS_BYTES + (this.acks > 0 ? 0 : Math.min(this.left_bytes, this.mss_bytes));
  }
}
