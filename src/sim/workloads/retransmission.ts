/** TCP_RTO_MIN and TCP_RTO_MAX, include/net/tcp.h. */
export const RTO_MIN_NS = 200e6;
const RTO_MAX_NS = 120e9;

/** Round trips of a connection and the retransmission time-out made of them (tcp_rtt_estimator, RFC 6298). */
export class RoundTrips {
  /** Shortest so far. */
  least_ns: number;
  smoothed_ns: number;
  private deviation_ns: number;
  private backoff = 1;

  /** @param first_ns round trip of the handshake */
  constructor(first_ns: number) {
    this.least_ns = first_ns;
    this.smoothed_ns = first_ns;
    this.deviation_ns = first_ns / 2;
  }

  /** A round trip was measured; a time-out that has doubled is as short again as it was. */
  measured(roundTrip_ns: number): void {
    this.least_ns = Math.min(this.least_ns, roundTrip_ns);
    const error_ns = roundTrip_ns - this.smoothed_ns;
    this.smoothed_ns += error_ns / 8;
    this.deviation_ns += (Math.abs(error_ns) - this.deviation_ns) / 4;
    this.backoff = 1;
  }

  /** Linux adds the minimum to the round trip, where RFC 6298 bounds the sum. */
  get timeout_ns(): number {
    return Math.min(RTO_MAX_NS, this.backoff * (this.smoothed_ns + Math.max(RTO_MIN_NS, 4 * this.deviation_ns)));
  }

  timedOut(): void {
    this.backoff *= 2;
  }
}
