import { describe, expect, it } from 'vitest';
import { mean } from '../../../src/figures/claims/interval';
import { slopesBeyondKnee } from '../../../src/figures/claims/knee';

/** Steps from 80 to 120 of a server that carries 100, and beyond that as told. */
const ramp = (beyond: (offered: number) => number) =>
  [80, 90, 100, 110, 120].map((offered) => ({ offered, received: offered <= 100 ? offered : beyond(offered) }));

describe('slopesBeyondKnee', () => {
  it('is zero on a plateau, also where noise puts the most at the last step', () => {
    expect(mean(slopesBeyondKnee([ramp(() => 100)]))).toBe(0);
    expect(mean(slopesBeyondKnee([ramp((offered) => 100 + offered / 1000)]))).toBeCloseTo(0, 1);
  });

  it('tells by how much a rate falls', () => {
    expect(mean(slopesBeyondKnee([ramp((offered) => 100 - 0.5 * (offered - 100))]))).toBeCloseTo(-0.5, 12);
  });

  it('weighs seeds by how far they go beyond their knee', () => {
    const short = [
      { offered: 80, received: 80 },
      { offered: 100, received: 100 },
      { offered: 101, received: 98 },
    ];
    // Alone the short ramp would have a slope of -2; together the two lose 2 of 21.
    expect(mean(slopesBeyondKnee([ramp(() => 100), short]))).toBeCloseTo(-2 / 21, 12);
  });

  it('is one where the rate goes on rising to the end', () => {
    expect(slopesBeyondKnee([ramp((offered) => offered)])).toEqual([1]);
    expect(slopesBeyondKnee([ramp((offered) => 100 + 0.4 * (offered - 100))])).toEqual([1]);
  });
});
