import { ratioOfMeans } from './rule';

/** One step of a ramp: what was offered and what arrived, in the same unit. */
export interface RampStep {
  readonly offered: number;
  readonly received: number;
}

/** What arrives within this share of the most that ever does is the plateau; its first step is the knee. */
const PLATEAU = 0.01;

/**
 * How much more arrives for what is offered more, from the knee to the end of a ramp: 0 on a plateau, 1 where no ramp reached
 * its knee, below 0 where the rate falls.
 * @param seeds the steps of each seed, in the order of the offered rate
 * @returns a value for each seed, whose mean is the ratio of the means (`ratioOfMeans`): a seed whose knee is the last step but
 *   one would have a slope of nothing but noise
 */
export function slopesBeyondKnee(seeds: readonly (readonly RampStep[])[]): number[] {
  const beyond = seeds.map((steps) => {
    const most = Math.max(...steps.map((s) => s.received));
    const knee = steps.find((s) => s.received >= (1 - PLATEAU) * most) as RampStep;
    const last = steps[steps.length - 1];
    return [last.received - knee.received, last.offered - knee.offered] as const;
  });
  return beyond.some(([, offered]) => offered > 0) ? ratioOfMeans(beyond) : seeds.map(() => 1);
}
