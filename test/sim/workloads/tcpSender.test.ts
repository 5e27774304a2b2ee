import { describe, expect, it } from 'vitest';
import { CUBIC_BETA } from '../../../src/kernel';
import { TcpSender } from '../../../src/sim/workloads/tcpSender';

const SEGMENT_BYTES = 1000;
const ROUND_TRIP_NS = 100_000;
const WINDOW_BYTES = 1e6;

/** Sends new segments from a number on. */
function send(sender: TcpSender, from: number, count: number, now_ns: number): void {
  for (let i = from; i < from + count; i++) {
    const position = i * SEGMENT_BYTES;
    sender.sent({ position, bytes: SEGMENT_BYTES, packets: 1, messages: 0, flags: 0, began_ns: now_ns }, now_ns + i);
  }
}

/** Acknowledges `upTo` segments, and those from `from` to `to` beyond a hole. */
function acknowledge(sender: TcpSender, now_ns: number, upTo: number, from = 0, to = 0): void {
  const acknowledgement = { position: upTo, edge: upTo + WINDOW_BYTES / SEGMENT_BYTES, from, to };
  for (const key of ['position', 'edge', 'from', 'to'] as const) acknowledgement[key] *= SEGMENT_BYTES;
  sender.onAcknowledgement(acknowledgement, now_ns);
}

/** A sender with 20 segments on their way, sent at 1 ms, and a window of 20. */
function underWay(): TcpSender {
  const sender = new TcpSender(WINDOW_BYTES, ROUND_TRIP_NS);
  send(sender, 0, 10, 0);
  acknowledge(sender, ROUND_TRIP_NS + 10, 10);
  send(sender, 10, 20, 1e6);
  return sender;
}

const DUE_NS = 1e6 + ROUND_TRIP_NS;

describe('a TCP sender', () => {
  it('begins with ten segments and doubles them in a round trip', () => {
    const sender = new TcpSender(WINDOW_BYTES, ROUND_TRIP_NS);
    expect(sender.room).toBe(10);
    send(sender, 0, 10, 0);
    expect(sender.room).toBe(0);
    acknowledge(sender, ROUND_TRIP_NS, 10);
    expect(sender.room).toBe(20);
  });

  it('opens no window that it does not use', () => {
    const sender = new TcpSender(WINDOW_BYTES, ROUND_TRIP_NS);
    for (let i = 0; i < 50; i++) {
      send(sender, i, 1, i * 1e6);
      acknowledge(sender, i * 1e6 + ROUND_TRIP_NS, i + 1);
    }
    expect(sender.cubic.window_segments).toBe(10);
  });

  it('sends no more than the receive window has room for', () => {
    const sender = new TcpSender(3 * SEGMENT_BYTES, ROUND_TRIP_NS);
    send(sender, 0, 2, 0);
    expect(sender.allowed_bytes).toBe(SEGMENT_BYTES);
    sender.onAcknowledgement({ position: 2 * SEGMENT_BYTES, edge: 3 * SEGMENT_BYTES, from: 0, to: 0 }, ROUND_TRIP_NS);
    expect(sender.allowed_bytes).toBe(SEGMENT_BYTES);
  });

  it('holds a segment for lost once three that were sent later have come, and cuts its window once', () => {
    const sender = underWay();
    acknowledge(sender, DUE_NS + 11, 10, 11, 12);
    acknowledge(sender, DUE_NS + 12, 10, 11, 13);
    expect([sender.repeats, sender.recoveries]).toEqual([false, 0]);
    acknowledge(sender, DUE_NS + 13, 10, 11, 14);
    expect([sender.repeats, sender.recoveries]).toEqual([true, 1]);
    expect(sender.scoreboard.firstLost().position).toBe(10 * SEGMENT_BYTES);
    expect(sender.room).toBeGreaterThan(0);
    sender.sentAgain(DUE_NS + 20);
    // Another hole of the same window.
    acknowledge(sender, DUE_NS + 30, 10, 15, 30);
    expect(sender.scoreboard.firstLost().position).toBe(14 * SEGMENT_BYTES);
    sender.sentAgain(DUE_NS + 31);
    acknowledge(sender, DUE_NS + 200_000, 30);
    expect(sender.recoveries).toBe(1);
    expect(sender.cubic.window_segments).toBeCloseTo(20 * CUBIC_BETA, 1);
    expect(sender.scoreboard.outstanding).toBe(0);
    expect(sender.deadline_ns).toBe(Infinity);
  });

  it('waits a quarter of the round trip for what may only be late, after one that came early', () => {
    const sender = underWay();
    acknowledge(sender, DUE_NS + 11, 10, 11, 12);
    const { least_ns } = sender.roundTrips;
    expect(sender.deadline_ns).toBeCloseTo(1e6 + 10 + ROUND_TRIP_NS + least_ns / 4, 6);
    sender.onTimer(sender.deadline_ns - 1);
    expect(sender.repeats).toBe(false);
    sender.onTimer(sender.deadline_ns);
    expect(sender.repeats).toBe(true);
  });

  it('finds that a segment sent again was lost again', () => {
    const sender = underWay();
    acknowledge(sender, DUE_NS + 14, 10, 11, 15);
    sender.sentAgain(DUE_NS + 20);
    send(sender, 30, 1, DUE_NS + 100);
    expect(sender.repeats).toBe(false);
    acknowledge(sender, DUE_NS + 2 * ROUND_TRIP_NS, 10, 30, 31);
    expect(sender.repeats).toBe(true);
    expect(sender.scoreboard.firstLost().position).toBe(10 * SEGMENT_BYTES);
  });

  it('times out 200 ms after the round trip if nothing comes, begins with one segment, and doubles the time', () => {
    const sender = underWay();
    const first_ns = sender.deadline_ns;
    expect(first_ns - 1e6).toBeCloseTo(200e6 + sender.roundTrips.smoothed_ns, -2);
    sender.onTimer(first_ns);
    expect([sender.timeouts, sender.scoreboard.inFlight, sender.room]).toEqual([1, 0, 1]);
    sender.sentAgain(first_ns);
    sender.onTimer(sender.deadline_ns);
    expect([sender.timeouts, sender.room]).toEqual([2, 1]);
    expect(sender.deadline_ns - first_ns).toBeCloseTo(6 * (200e6 + sender.roundTrips.smoothed_ns), -2);
    expect(sender.cubic.threshold_segments).toBeCloseTo(20 * CUBIC_BETA, 9);
    // What arrives in the end opens the window by slow start.
    sender.sentAgain(sender.deadline_ns);
    acknowledge(sender, sender.deadline_ns + ROUND_TRIP_NS, 30);
    expect(sender.scoreboard.outstanding).toBe(0);
    expect(sender.cubic.window_segments).toBeGreaterThan(1);
  });

  it('takes the cut back when the segment turns out to have come twice', () => {
    const sender = underWay();
    acknowledge(sender, DUE_NS + 14, 10, 11, 15);
    expect(sender.cubic.window_segments).toBeLessThan(20);
    sender.sentAgain(DUE_NS + 20);
    acknowledge(sender, DUE_NS + 50, 15);
    acknowledge(sender, DUE_NS + ROUND_TRIP_NS + 20, 15, 10, 11);
    expect(sender.cubic.window_segments).toBeGreaterThanOrEqual(20);
  });
});
