import { describe, expect, it } from 'vitest';
import { compareDimRates, DIM_RX_CQE, DIM_RX_EQE, dimRates, NetDim } from '../../src/kernel';
import type { DimRates } from '../../src/kernel';

const rates = (bytes: number, packets: number, events: number): DimRates => ({ bytes, packets, events });

describe('compareDimRates', () => {
  it.each([
    ['more bytes', rates(112, 10, 10), rates(100, 10, 10), 1],
    ['fewer bytes, though fewer interrupts too', rates(88, 10, 1), rates(100, 10, 10), -1],
    ['the same bytes within 10%, more packets', rates(110, 12, 10), rates(100, 10, 10), 1],
    ['fewer packets', rates(100, 80, 10), rates(100, 100, 10), -1],
    ['fewer interrupts', rates(100, 10, 80), rates(100, 10, 100), 1],
    ['more interrupts', rates(100, 10, 120), rates(100, 10, 100), -1],
    ['all within 10%', rates(91, 91, 109), rates(100, 100, 100), 0],
    ['nothing before', rates(1, 0, 0), rates(0, 10, 10), 1],
    ['nothing before or now', rates(0, 9, 9), rates(0, 0, 0), 0],
    ['no packets before', rates(100, 1, 9), rates(100, 0, 1), 1],
    ['no interrupts before', rates(100, 10, 9), rates(100, 10, 0), 0],
  ])('%s', (_, now, before, expected) => {
    expect(compareDimRates(now, before)).toBe(expected);
  });

  it('takes the difference in whole percent: 10.9% is none, 11% is one', () => {
    expect(compareDimRates(rates(1109, 1, 1), rates(1000, 1, 1))).toBe(0);
    expect(compareDimRates(rates(1110, 1, 1), rates(1000, 1, 1))).toBe(1);
  });
});

describe('dimRates', () => {
  it('counts by the millisecond, rounded up, and always 64 interrupts', () => {
    const from = { time_ns: 1_000_000, packets: 100, bytes: 1000, events: 3 };
    const to = { time_ns: 4_000_999, packets: 201, bytes: 11_000, events: 70 };
    // 3000 us: 101 packets, 10,000 B.
    expect(dimRates(from, to)).toEqual(rates(3334, 34, 22));
    expect(dimRates(from, { ...to, time_ns: 1_000_999 })).toBeNull();
  });
});

describe('NetDim', () => {
  /** The profiles after decisions on interrupts per ms, at constant bytes and packets. */
  function walk(interrupts: readonly number[], dim = new NetDim('completion')): number[] {
    return interrupts.map((events) => {
      dim.decide(rates(1000, 100, events));
      return dim.profile;
    });
  }

  it('starts on profile 0 with the queue set to profile 1, in either mode', () => {
    expect([new NetDim('event').profile, new NetDim('completion').profile]).toEqual([0, 0]);
    expect(new NetDim('event').moderation).toBe(DIM_RX_EQE[1]);
    expect(new NetDim('completion').moderation).toBe(DIM_RX_CQE[1]);
  });

  it('leaves its first parking at once, and goes on as long as it gets better', () => {
    expect(walk([100, 80, 60, 40, 20])).toEqual([1, 2, 3, 4, 4]);
  });

  it('parks at the far end, and stays while nothing changes', () => {
    const dim = new NetDim('event');
    expect(walk([100, 80, 60, 40, 20, 20, 20, 21], dim)).toEqual([1, 2, 3, 4, 4, 4, 4, 4]);
    // Parked, it compares with the rates it parked at (20), not with those just before: 2% a time add up.
    expect(walk([21, 22, 23], dim)).toEqual([4, 4, 3]);
  });

  it('turns back when nothing gets better, and parks at the near end', () => {
    // 0→1; the same: turn left, 0; the same: turn right, 1; the same: turn left, 0; it goes to and fro until tired.
    expect(walk([100, 100, 100, 100, 100, 100])).toEqual([1, 0, 1, 0, 1, 0]);
  });

  it('is tired after ten steps, rests for ten measurements and then goes left or right again', () => {
    const dim = new NetDim('completion');
    expect(walk(new Array<number>(10).fill(100), dim)).toEqual([1, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
    expect(walk(new Array<number>(10).fill(100), dim)).toEqual(new Array(10).fill(0));
    expect(walk([100, 100], dim)).toEqual([1, 0]);
  });

  it('parks on top: several steps on, then one step back that is better', () => {
    // 0→1, 1→2 better, then worse on 2: turn, 1; better: two steps right and one left lie behind.
    const dim = new NetDim('completion');
    expect(walk([400, 350, 100, 200, 100, 100], dim)).toEqual([1, 2, 3, 2, 2, 2]);
    // A change of load ends the parking: towards the left, away from profile 0.
    expect(walk([50], dim)).toEqual([1]);
  });

  it('measures 64 interrupts, renews the baseline, and begins anew after a change of profile', () => {
    const dim = new NetDim('completion');
    const changes: [call: number, profile: number, time_us: number][] = [];
    // One interrupt each 10 us with 2 packets: the first call takes the baseline, the 65th decides. The next baseline
    // is that of the 66th, so that the 130th decides: the same rates, back to 0.
    for (let n = 1; n <= 130; n++) {
      const before = dim.profile;
      dim.sample(n * 10_000, n, 2 * n, 120 * n);
      if (dim.profile !== before) changes.push([n, dim.profile, dim.moderation.time_us]);
    }
    expect(changes).toEqual([
      [65, 1, DIM_RX_CQE[1].time_us],
      [130, 0, DIM_RX_CQE[0].time_us],
    ]);
  });
});
