import type { PlacedFlow } from './placedFlows';

/** First guess of the sender's segment size (TCP_MSS_DEFAULT). */
const DEFAULT_MSS_BYTES = 536;

/**
 * Which data TCP acknowledges when, of a flow that goes on (__tcp_ack_snd_check, net/ipv4/tcp_input.c, and tcp_cleanup_rbuf,
 * net/ipv4/tcp.c): TCP input once more than a segment is owed, else the reader that has emptied its buffer after a short
 * segment. The quick acknowledgements of a beginning and the timer of 40 ms are left out.
 */
export class AckRule {
  private readonly full_bytes: number;
  /** Messages end in a segment that is shorter than what the receiver takes for a full one. */
  private readonly pushes: boolean;
  private owed_bytes = 0;
  private pushed = false;

  constructor({ full_bytes, last_bytes }: Pick<PlacedFlow, 'full_bytes' | 'last_bytes'>) {
    this.full_bytes = Math.max(full_bytes, DEFAULT_MSS_BYTES);
    this.pushes = last_bytes < this.full_bytes;
  }

  /** An skb comes; `ends`: with the last segment of a message. @returns whether TCP input acknowledges it */
  input(bytes: number, ends: boolean): boolean {
    this.owed_bytes += bytes;
    const acknowledges = this.owed_bytes > this.full_bytes;
    if (acknowledges) this.settle();
    if (ends && this.pushes) this.pushed = true;
    return acknowledges;
  }

  /** The reader has read; `drained`: all there is. @returns whether it acknowledges */
  read(drained: boolean): boolean {
    if (this.owed_bytes === 0 || !drained || !this.pushed) return false;
    this.settle();
    return true;
  }

  private settle(): void {
    this.owed_bytes = 0;
    this.pushed = false;
  }
}
