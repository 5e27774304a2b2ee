import { describe, expect, it } from 'vitest';
import { lineOfValues, withinShare_percent } from '../../src/figures/points';
import { systemStyle } from '../../src/plot';

describe('the interval of a share', () => {
  it('ends where shares end, while its mean stays', () => {
    const samples = [
      [98, 100, 100],
      [0, 0, 3],
      [40, 50, 60],
    ];
    const line = lineOfValues(systemStyle('overlay'), [0, 1, 2], (x) => samples[x]);
    expect(line.high?.[0]).toBeGreaterThan(100);
    expect(line.low?.[1]).toBeLessThan(0);
    const cut = withinShare_percent(line);
    expect(cut.high?.[0]).toBe(100);
    expect(cut.low?.[1]).toBe(0);
    expect(cut.y).toEqual(line.y);
    expect([cut.low?.[2], cut.high?.[2]]).toEqual([line.low?.[2], line.high?.[2]]);
  });
});
