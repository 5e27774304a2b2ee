import { describe, expect, it } from 'vitest';
import { Cubic, CUBIC_ALPHA, CUBIC_BETA, CUBIC_C } from '../../src/kernel';

/** Acknowledges a full window each round trip until `to_s`. */
function drive(cubic: Cubic, from_s: number, to_s: number, roundTrip_s: number): void {
  cubic.measured(roundTrip_s);
  for (let now_s = from_s; now_s < to_s; now_s += roundTrip_s) {
    for (let left = cubic.window_segments; left > 0; left -= 2) cubic.acknowledged(Math.min(2, left), now_s);
  }
}

/** A connection that lost segments at this window. */
function cutAt(window: number): Cubic {
  const cubic = new Cubic(window);
  cubic.lost();
  return cubic;
}

describe('CUBIC', () => {
  it('has the constants of RFC 9438, but for the rounding of the kernel', () => {
    expect(CUBIC_BETA).toBeCloseTo(0.7, 3);
    expect(CUBIC_C).toBeCloseTo(0.4, 3);
    expect(CUBIC_ALPHA).toBeCloseTo(9 / 17, 2);
  });

  it('doubles in a round trip of slow start, and goes no further than the threshold by that', () => {
    const cubic = new Cubic(10);
    cubic.acknowledged(10, 0);
    expect(cubic.window_segments).toBe(20);
    cubic.threshold_segments = 30;
    cubic.acknowledged(10, 0.1);
    expect(cubic.window_segments).toBe(30);
    cubic.acknowledged(1, 0.2);
    expect(cubic.window_segments).toBeGreaterThan(30);
    expect(cubic.window_segments).toBeLessThan(31);
  });

  it('keeps 717/1024 of the window after a loss, at least two segments', () => {
    expect(cutAt(1024).window_segments).toBe(717);
    expect(cutAt(2).window_segments).toBe(2);
  });

  it('is back at the old window after K = cbrt(Wmax (1 - beta) / C), and beyond grows as the cube', () => {
    const roundTrip_s = 0.1;
    const cubic = cutAt(1000);
    const k_s = Math.cbrt((1000 * (1 - CUBIC_BETA)) / CUBIC_C);
    expect(k_s).toBeCloseTo(9.08, 2);
    drive(cubic, 0, k_s / 2, roundTrip_s);
    // Half of K: an eighth of the cut is left.
    expect(Math.abs(cubic.window_segments - (1000 - (1000 * (1 - CUBIC_BETA)) / 8))).toBeLessThan(5);
    drive(cubic, k_s / 2, k_s, roundTrip_s);
    expect(Math.abs(cubic.window_segments - 1000)).toBeLessThan(3);
    drive(cubic, k_s, k_s + 10, roundTrip_s);
    expect(Math.abs(cubic.window_segments - (1000 + CUBIC_C * 1000))).toBeLessThan(20);
  });

  it('is not slower than Reno of the same share: alpha segments a round trip where those are short', () => {
    const cubic = cutAt(20);
    const before = cubic.window_segments;
    drive(cubic, 0, 0.1, 0.001);
    const grown = cubic.window_segments - before;
    expect(Math.abs(grown / (100 * CUBIC_ALPHA) - 1)).toBeLessThan(0.05);
  });

  it('aims lower after a loss below the old peak (fast convergence)', () => {
    const cubic = cutAt(1000);
    const second = cubic.window_segments;
    cubic.lost();
    cubic.acknowledged(1, 5);
    const goal = (second * (1 + CUBIC_BETA)) / 2;
    const k_s = Math.cbrt((goal - second * CUBIC_BETA) / CUBIC_C);
    expect(cubic.curve(k_s)).toBeCloseTo(goal, 6);
    expect(cubic.curve(0)).toBeCloseTo(second * CUBIC_BETA, 6);
  });

  it('begins anew from one segment after a time-out', () => {
    const cubic = new Cubic(100);
    cubic.timedOut();
    expect([cubic.window_segments, cubic.inSlowStart]).toEqual([1, true]);
    expect(cubic.threshold_segments).toBeCloseTo(100 * CUBIC_BETA, 9);
  });

  it('takes a cut back that was made for nothing', () => {
    const cubic = cutAt(100);
    cubic.undo();
    expect([cubic.window_segments, cubic.threshold_segments]).toEqual([100, Infinity]);
  });
});
