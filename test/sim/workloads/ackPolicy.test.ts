import { describe, expect, it } from 'vitest';
import { AckPolicy, DELAY_NS } from '../../../src/sim/workloads/ackPolicy';

const MSS_BYTES = 1448;
const WINDOW_BYTES = 3145728;

/** One receiver that is given segments which come in order, and does as its policy says. */
class Receiver {
  readonly policy = new AckPolicy(MSS_BYTES, WINDOW_BYTES);
  position = 0;
  now_ns = 0;

  /** @returns whether it was acknowledged at once */
  take(bytes: number, { segments = 1, pushes = false, after_ns = 1000 } = {}): boolean {
    this.now_ns += after_ns;
    this.position += segments * bytes;
    const at_once = this.policy.decides(this.position, bytes, this.now_ns);
    this.policy.measure(bytes, pushes);
    if (at_once) this.policy.sent();
    else this.policy.delay(this.now_ns);
    return at_once;
  }

  /** Takes so many; @returns how many of them were acknowledged at once */
  takeAll(count: number, bytes: number, how?: Parameters<Receiver['take']>[1]): number {
    let sum = 0;
    for (let i = 0; i < count; i++) if (this.take(bytes, how)) sum++;
    return sum;
  }

  /** Past the quick acknowledgements of the beginning, with nothing owed. */
  static settled(bytes = MSS_BYTES): Receiver {
    const receiver = new Receiver();
    receiver.takeAll(16, bytes);
    return receiver;
  }
}

describe('AckPolicy', () => {
  it('acknowledges the first 16 segments each, or half the window if that is less', () => {
    expect(new Receiver().takeAll(17, MSS_BYTES)).toBe(16);
    const narrow = new AckPolicy(MSS_BYTES, 8 * MSS_BYTES);
    const at_once = [1, 2, 3, 4, 5].map((n) => narrow.decides(n * MSS_BYTES, MSS_BYTES, n));
    expect(at_once).toEqual([true, true, true, true, false]);
  });

  it('acknowledges every second full segment, and every skb of two or more', () => {
    const receiver = Receiver.settled();
    expect([1, 2, 3, 4].map(() => receiver.take(MSS_BYTES))).toEqual([false, true, false, true]);
    expect(receiver.takeAll(10, MSS_BYTES, { segments: 2 })).toBe(10);
    expect(receiver.takeAll(10, MSS_BYTES, { segments: 45 })).toBe(10);
  });

  it('guesses the segment size: small messages with PSH leave it, smaller full segments lower it', () => {
    const receiver = Receiver.settled();
    expect(receiver.policy.mss_bytes).toBe(MSS_BYTES);
    receiver.takeAll(4, 16, { pushes: true });
    expect(receiver.policy.mss_bytes).toBe(MSS_BYTES);
    receiver.take(1000);
    expect(receiver.policy.mss_bytes).toBe(MSS_BYTES);
    receiver.take(1000);
    expect(receiver.policy.mss_bytes).toBe(1000);
    // Below 536 B only without PSH, and never above what the receiver advertised.
    receiver.takeAll(2, 300, { pushes: true });
    expect(receiver.policy.mss_bytes).toBe(1000);
    receiver.takeAll(2, 300);
    expect(receiver.policy.mss_bytes).toBe(300);
    receiver.take(65483);
    expect(receiver.policy.mss_bytes).toBe(MSS_BYTES);
  });

  it('acknowledges small messages when more than a segment size of them has come', () => {
    // Never more than 536 B seen: the guess of the beginning stays. 34 of 16 B are 544 B.
    const receiver = Receiver.settled(16);
    expect(receiver.takeAll(340, 16, { pushes: true })).toBe(10);
  });

  it('has a drained reader acknowledge what a short segment brought, and full segments only beyond one', () => {
    const receiver = Receiver.settled();
    const { policy } = receiver;
    receiver.take(MSS_BYTES, { pushes: true });
    expect(policy.afterRead(receiver.position, true)).toBe(false);
    receiver.take(MSS_BYTES);
    expect(policy.afterRead(receiver.position, true)).toBe(false);
    receiver.take(16, { pushes: true });
    expect(policy.afterRead(receiver.position, false)).toBe(false);
    expect(policy.afterRead(receiver.position, true)).toBe(true);
    policy.promise(receiver.position);
    policy.sent();
    expect(policy.afterRead(receiver.position, true)).toBe(false);
  });

  it('delays no longer than 40 ms after the first of what is owed, and not by the last quarter of it', () => {
    const receiver = Receiver.settled();
    receiver.take(100, { pushes: true });
    const first_ns = receiver.now_ns;
    expect(receiver.policy.deadline_ns).toBe(first_ns + DELAY_NS);
    expect(receiver.take(100, { pushes: true, after_ns: 0.74 * DELAY_NS })).toBe(false);
    expect(receiver.policy.deadline_ns).toBe(first_ns + DELAY_NS);
    expect(receiver.take(100, { pushes: true, after_ns: 0.02 * DELAY_NS })).toBe(true);
    expect(receiver.policy.deadline_ns).toBe(Infinity);
  });

  it('is quick again after a duplicate, and after a pause', () => {
    const receiver = Receiver.settled();
    expect(receiver.take(MSS_BYTES)).toBe(false);
    receiver.policy.onDuplicate();
    expect(receiver.takeAll(20, MSS_BYTES)).toBe(16 + 2);
    receiver.now_ns += 201e6;
    expect(receiver.takeAll(16, MSS_BYTES)).toBe(16);
  });
});
