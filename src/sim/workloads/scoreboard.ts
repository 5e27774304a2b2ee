/** States of a segment that was sent and is not acknowledged. */
const OUT = 0;
/** Acknowledged selectively, beyond a hole. */
const SACKED = 1;
/** Deemed lost, and not yet sent again. */
const LOST = 2;

const INITIAL = 64;

/** A segment as it was sent. */
export interface Segment {
  position: number;
  bytes: number;
  /** Packets on the wire, as the congestion window counts. */
  packets: number;
  /** Messages that end in it. */
  messages: number;
  flags: number;
  /** When its message began. */
  began_ns: number;
}

/**
 * What a TCP sender knows of its segments in flight (tcp_rtx_queue and the scoreboard of net/ipv4/tcp_input.c): acknowledged
 * in sequence or selectively, lost, sent again. A loss is inferred by time (RACK, net/ipv4/tcp_recovery.c, RFC 8985):
 * a segment is lost if one that was sent after it has arrived, and it has had a round trip and the reordering window to do
 * so too.
 */
export class Scoreboard {
  private position = new Float64Array(INITIAL);
  private bytes = new Int32Array(INITIAL);
  private packets = new Int32Array(INITIAL);
  private messages = new Int32Array(INITIAL);
  private flags = new Uint8Array(INITIAL);
  private began_ns = new Float64Array(INITIAL);
  private sent_ns = new Float64Array(INITIAL);
  private state = new Uint8Array(INITIAL);
  private repeated = new Uint8Array(INITIAL);
  private head = 0;
  private length = 0;

  /** Packets on their way: sent, or sent again, and neither acknowledged nor lost. */
  inFlight = 0;
  /** Packets not acknowledged in sequence. */
  outstanding = 0;
  sacked = 0;
  /** Segments to be sent again. */
  lostSegments = 0;
  /** Packets that the present acknowledgement has shown to have arrived. */
  delivered = 0;
  /** Round trip that the present acknowledgement measured, NaN if none: Karn leaves out what was sent twice. */
  roundTrip_ns = NaN;
  /** Whether segments were seen to arrive in another order than they were sent in. */
  reordered = false;
  /** End of the segments that arrived, the highest. */
  private highestArrived = 0;
  /** RACK: of the segments that arrived, the one sent last: when, up to where, and its round trip. */
  private rackSent_ns = -Infinity;
  private rackEnd = 0;
  private rackRoundTrip_ns = 0;

  /** A new segment is sent. */
  add(segment: Segment, now_ns: number): void {
    if (this.length === this.position.length) this.grow();
    const i = this.index(this.length++);
    this.position[i] = segment.position;
    this.bytes[i] = segment.bytes;
    this.packets[i] = segment.packets;
    this.messages[i] = segment.messages;
    this.flags[i] = segment.flags;
    this.began_ns[i] = segment.began_ns;
    this.sent_ns[i] = now_ns;
    this.state[i] = OUT;
    this.repeated[i] = 0;
    this.inFlight += segment.packets;
    this.outstanding += segment.packets;
  }

  /** The lost segment that is sent again next; call only if there is one. */
  firstLost(): Segment {
    return this.at(this.firstLostIndex());
  }

  /** It is sent. */
  repeat(now_ns: number): void {
    const i = this.firstLostIndex();
    this.state[i] = OUT;
    this.repeated[i] = 1;
    this.sent_ns[i] = now_ns;
    this.inFlight += this.packets[i];
    this.lostSegments--;
  }

  /** An acknowledgement has come: all before `position`, and `from` to `to` beyond a hole if that is not empty. */
  acknowledge(position: number, from: number, to: number, now_ns: number, leastRoundTrip_ns: number): void {
    this.delivered = 0;
    this.roundTrip_ns = NaN;
    while (this.length > 0) {
      const i = this.head;
      if (this.position[i] + this.bytes[i] > position) break;
      if (this.state[i] === SACKED) this.sacked -= this.packets[i];
      else this.arrived(i, now_ns, leastRoundTrip_ns);
      this.outstanding -= this.packets[i];
      this.head = (i + 1) & (this.position.length - 1);
      this.length--;
    }
    for (let n = from < to ? this.find(from) : this.length; n < this.length; n++) {
      const i = this.index(n);
      if (this.position[i] + this.bytes[i] > to) break;
      if (this.state[i] === SACKED) continue;
      this.arrived(i, now_ns, leastRoundTrip_ns);
      this.state[i] = SACKED;
      this.sacked += this.packets[i];
    }
  }

  /**
   * Marks what is lost by now.
   * @returns when more will be if nothing arrives until then; Infinity if none
   */
  detectLosses(now_ns: number, reorderingWindow_ns: number): number {
    let again_ns = Infinity;
    for (let n = 0; n < this.length; n++) {
      const i = this.index(n);
      if (this.state[i] !== OUT) continue;
      const later = this.sent_ns[i] - this.rackSent_ns;
      if (later > 0 || (later === 0 && this.position[i] >= this.rackEnd)) {
        // What follows an original was sent later still.
        if (this.repeated[i] === 0) break;
        continue;
      }
      const lostAt_ns = this.sent_ns[i] + this.rackRoundTrip_ns + reorderingWindow_ns;
      if (lostAt_ns <= now_ns) this.lose(i);
      else again_ns = Math.min(again_ns, lostAt_ns);
    }
    return again_ns;
  }

  /** The retransmission timer went off: whatever is on its way counts as lost. */
  loseAll(): void {
    for (let n = 0; n < this.length; n++) if (this.state[this.index(n)] === OUT) this.lose(this.index(n));
  }

  private lose(i: number): void {
    this.state[i] = LOST;
    this.lostSegments++;
    this.inFlight -= this.packets[i];
  }

  /** A segment is known to have arrived (tcp_rack_advance, tcp_check_sack_reordering). */
  private arrived(i: number, now_ns: number, leastRoundTrip_ns: number): void {
    const end = this.position[i] + this.bytes[i];
    const roundTrip_ns = now_ns - this.sent_ns[i];
    this.delivered += this.packets[i];
    if (this.state[i] === LOST) this.lostSegments--;
    else this.inFlight -= this.packets[i];
    if (this.repeated[i] === 0) {
      this.roundTrip_ns = roundTrip_ns;
      if (end < this.highestArrived) this.reordered = true;
    } else if (roundTrip_ns < leastRoundTrip_ns) {
      // Too early for the repetition: it was the original that arrived.
      this.highestArrived = Math.max(this.highestArrived, end);
      return;
    }
    this.highestArrived = Math.max(this.highestArrived, end);
    if (this.sent_ns[i] > this.rackSent_ns || (this.sent_ns[i] === this.rackSent_ns && end > this.rackEnd)) {
      this.rackSent_ns = this.sent_ns[i];
      this.rackEnd = end;
      this.rackRoundTrip_ns = roundTrip_ns;
    }
  }

  private at(i: number): Segment {
    return {
      position: this.position[i],
      bytes: this.bytes[i],
      packets: this.packets[i],
      messages: this.messages[i],
      flags: this.flags[i],
      began_ns: this.began_ns[i],
    };
  }

  private firstLostIndex(): number {
    for (let n = 0; n < this.length; n++) if (this.state[this.index(n)] === LOST) return this.index(n);
    throw new Error('no segment is lost');
  }

  /** Number of the first segment that does not begin before a position. */
  private find(position: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.position[this.index(middle)] < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private index(n: number): number {
    return (this.head + n) & (this.position.length - 1);
  }

  private grow(): void {
    const size = this.position.length;
    this.position = this.unrolled(this.position, new Float64Array(2 * size));
    this.bytes = this.unrolled(this.bytes, new Int32Array(2 * size));
    this.packets = this.unrolled(this.packets, new Int32Array(2 * size));
    this.messages = this.unrolled(this.messages, new Int32Array(2 * size));
    this.flags = this.unrolled(this.flags, new Uint8Array(2 * size));
    this.began_ns = this.unrolled(this.began_ns, new Float64Array(2 * size));
    this.sent_ns = this.unrolled(this.sent_ns, new Float64Array(2 * size));
    this.state = this.unrolled(this.state, new Uint8Array(2 * size));
    this.repeated = this.unrolled(this.repeated, new Uint8Array(2 * size));
    this.head = 0;
  }

  private unrolled<T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T {
    for (let n = 0; n < this.length; n++) to[n] = from[(this.head + n) & (from.length - 1)];
    return to;
  }
}
