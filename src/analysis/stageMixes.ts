import { Random } from '../core';
import { hash32, reciprocalScale } from '../kernel';

/** A way to choose the core of one stage of one flow. */
export interface StageMix {
  readonly id: string;
  readonly label: string;
  /** What a kernel would compute, in one line. */
  readonly rule: string;
  /**
   * @param hash flow hash, 32 bits
   * @param ifindex index of the device that the packet enters
   * @param stage number of the stage within the flow's path, from 0
   * @returns a core, 0 … cores − 1
   */
  readonly coreOf: (hash: number, ifindex: number, stage: number, cores: number) => number;
}

/**
 * Falcon's hash as released, the same with all bits of the product (the paper's Algorithm 1 gives no width, so that it
 * may be read either way), an earlier design of its authors, and remedies of ours.
 */
export const STAGE_MIXES: readonly StageMix[] = [
  {
    id: 'released',
    label: 'Falcon as released',
    rule: 'hash_32(hash + ifindex, 16) % N',
    coreOf: (hash, ifindex, _, cores) => hash32(hash + ifindex, 16) % cores,
  },
  {
    id: 'whole',
    label: 'Whole product',
    rule: 'hash_32(hash + ifindex, 32) % N',
    coreOf: (hash, ifindex, _, cores) => hash32(hash + ifindex, 32) % cores,
  },
  {
    id: 'sum',
    label: 'Early design',
    rule: '(hash + ifindex) % N',
    coreOf: (hash, ifindex, _, cores) => ((hash + ifindex) >>> 0) % cores,
  },
  {
    id: 'scaled',
    label: 'Same hash, scaled',
    rule: 'reciprocal_scale(hash_32(hash + ifindex, 32), N)',
    coreOf: (hash, ifindex, _, cores) => reciprocalScale(hash32(hash + ifindex, 32), cores),
  },
  {
    id: 'avalanche',
    label: 'Avalanche mix',
    rule: 'reciprocal_scale(fmix32(hash ^ hash_32(ifindex, 32)), N)',
    coreOf: (hash, ifindex, _, cores) => reciprocalScale(fmix32(hash ^ hash32(ifindex, 32)), cores),
  },
  {
    id: 'next-core',
    label: 'Next core',
    rule: '(reciprocal_scale(hash, N) + stage) % N',
    coreOf: (hash, _, stage, cores) => (reciprocalScale(hash, cores) + stage) % cores,
  },
];

/** The finaliser of MurmurHash3 (Austin Appleby, public domain): every input bit moves every output bit. */
export function fmix32(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A stage that is to be placed. */
export interface PlacedStage {
  readonly ifindex: number;
  /** Its share of the work of a packet, in any unit. */
  readonly work: number;
}

export interface MixTrials {
  readonly stages: readonly PlacedStage[];
  readonly cores: number;
  /** Flows of equal rate at the same time. */
  readonly flows: number;
  /** Independent draws of all flow hashes. */
  readonly trials: number;
  readonly seed: number;
}

export interface MixResult {
  /** Chance that two stages of one flow share a core, with the standard error of the draw. */
  readonly anyMeet: number;
  readonly anyMeetError: number;
  /**
   * Packet rate until the fullest core is busy, relative to work spread evenly over the cores (or, with
   * fewer stages than cores, relative to the heaviest stage alone on a core). Mean over trials, 0 … 1.
   */
  readonly rateShare: number;
  readonly rateShareError: number;
}

/** Draws flow hashes and places every stage of every flow by a mix. Same seed, same result, same flows for every mix. */
export function tryMix(mix: StageMix, spec: MixTrials): MixResult {
  const random = new Random(spec.seed, 'stage-mixes');
  const total = spec.stages.reduce((sum, s) => sum + s.work, 0) * spec.flows;
  const best = Math.max(total / spec.cores, ...spec.stages.map((s) => s.work));
  const load = new Float64Array(spec.cores);
  let met = 0;
  let sum = 0;
  let squares = 0;
  for (let trial = 0; trial < spec.trials; trial++) {
    load.fill(0);
    for (let flow = 0; flow < spec.flows; flow++) {
      const hash = random.uint32();
      const used = new Set<number>();
      spec.stages.forEach((stage, number) => {
        const core = mix.coreOf(hash, stage.ifindex, number, spec.cores);
        used.add(core);
        load[core] += stage.work;
      });
      if (used.size < spec.stages.length) met++;
    }
    const share = best / Math.max(...load);
    sum += share;
    squares += share * share;
  }
  const draws = spec.trials * spec.flows;
  const anyMeet = met / draws;
  const mean = sum / spec.trials;
  return {
    anyMeet,
    anyMeetError: Math.sqrt((anyMeet * (1 - anyMeet)) / draws),
    rateShare: mean,
    rateShareError: Math.sqrt(Math.max(0, squares / spec.trials - mean * mean) / spec.trials),
  };
}
