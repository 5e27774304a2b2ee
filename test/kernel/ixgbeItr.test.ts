import { describe, expect, it } from 'vitest';
import { IxgbeItr } from '../../src/kernel';

/** Delays after updates with so many packets of 60 B each, within one jiffy. */
function delays(packets: readonly number[], bytes = 60, itr = new IxgbeItr()): number[] {
  return packets.map((count) => {
    itr.update(0, count, count * bytes);
    return itr.delay_us;
  });
}

describe('IxgbeItr', () => {
  it('starts at 20,000 interrupts a second', () => {
    expect(new IxgbeItr().delay_us).toBe(50);
  });

  it('raises by 2 us below 48 packets, keeps below 96, halves below 256, not under 10 us', () => {
    expect(delays([4, 47, 48, 95, 96, 255, 255, 255])).toEqual([52, 54, 54, 54, 27, 13, 10, 10]);
  });

  it('stops rising at 126 us', () => {
    expect(delays(new Array<number>(60).fill(20)).at(-1)).toBe(126);
  });

  it('takes few packets for a matter of latency: twice the rate of their size', () => {
    // 60 B: 5120/256/2 = 10 us; 1514 B: (5 * 1514 + 22420) / 512 = 58.6, up to an even number, but up by 2 us at most.
    expect(delays([1])).toEqual([10]);
    expect(delays([1, 1, 1, 1, 1, 1], 1514)).toEqual([52, 54, 56, 58, 60, 60]);
  });

  it('computes the delay of 256 packets and more from their size', () => {
    expect(delays([256])).toEqual([20]);
    // (40 * 300 + 2720) / 256 = 57.5
    expect(delays([256], 300)).toEqual([58]);
    expect(delays([256], 3000)).toEqual([126]);
  });

  it('forgets what is older than a jiffy', () => {
    const itr = new IxgbeItr();
    itr.update(1, 20, 1200);
    expect(itr.delay_us).toBe(52);
    itr.update(3, 20, 1200);
    expect(itr.delay_us).toBe(10);
    itr.update(4, 20, 1200);
    expect(itr.delay_us).toBe(12);
  });
});
