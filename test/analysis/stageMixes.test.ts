import { describe, expect, it } from 'vitest';
import { independentMeeting, stageMeeting } from '../../src/analysis/hashCollisions';
import { fmix32, STAGE_MIXES, tryMix, type StageMix } from '../../src/analysis/stageMixes';

const STAGES = [6, 8].map((ifindex) => ({ ifindex, work: 1 }));
const mixOf = (id: string): StageMix => STAGE_MIXES.find((m) => m.id === id)!;
const trial = (id: string, cores: number, flows = 1, stages = STAGES) =>
  tryMix(mixOf(id), { stages, cores, flows, trials: 20_000 / flows, seed: 1 });

describe('mixes of flow hash and device', () => {
  it('agree with the exact chances where those are known', () => {
    for (const cores of [2, 3, 5, 7]) {
      expect(Math.abs(trial('released', cores).anyMeet - stageMeeting([6, 8], cores).anyMeet)).toBeLessThan(0.02);
      expect(Math.abs(trial('whole', cores).anyMeet - stageMeeting([6, 8], cores, 32).anyMeet)).toBeLessThan(0.02);
      const scaled = stageMeeting([6, 8], cores, 32, 'scaled').anyMeet;
      expect(Math.abs(trial('scaled', cores).anyMeet - scaled)).toBeLessThan(0.02);
    }
  });

  it('of the avalanche kind are as good as independent draws', () => {
    const stages = [6, 7, 8].map((ifindex) => ({ ifindex, work: 1 }));
    for (const cores of [2, 4, 7]) {
      const { anyMeet } = trial('avalanche', cores, 1, stages);
      expect(Math.abs(anyMeet - independentMeeting(3, cores).anyMeet)).toBeLessThan(0.02);
    }
  });

  it('of the next-core kind never meet while there are cores enough, and then get the full rate of one flow', () => {
    expect(trial('next-core', 2)).toMatchObject({ anyMeet: 0, rateShare: 1 });
    expect(trial('next-core', 1)).toMatchObject({ anyMeet: 1, rateShare: 1 });
  });

  it('that put both stages on one core halve the rate', () => {
    const together: StageMix = { id: '', label: '', rule: '', coreOf: () => 0 };
    const spec = { stages: STAGES, cores: 4, flows: 1, trials: 10, seed: 1 };
    expect(tryMix(together, spec)).toMatchObject({ anyMeet: 1, rateShare: 0.5, rateShareError: 0 });
  });

  it('are drawn alike for the same seed', () => {
    expect(trial('released', 5, 10)).toEqual(trial('released', 5, 10));
  });

  it('use the finaliser of MurmurHash3', () => {
    // 0 is its fixed point; the other two follow from its definition, computed with arbitrary-precision integers.
    expect(fmix32(0)).toBe(0);
    expect(fmix32(1)).toBe(Number(fmixOfDefinition(1n)));
    expect(fmix32(0xdeadbeef)).toBe(Number(fmixOfDefinition(0xdeadbeefn)));
  });
});

function fmixOfDefinition(value: bigint): bigint {
  let h = value;
  h = ((h ^ (h >> 16n)) * 0x85ebca6bn) & 0xffffffffn;
  h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) & 0xffffffffn;
  return h ^ (h >> 16n);
}
