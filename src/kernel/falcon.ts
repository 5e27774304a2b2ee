import { hash32 } from './hash';

/**
 * Falcon as told or as released. Where they differ:
 *
 * | | `paper` (Algorithm 1) | `kernel` (github munikarmanish/falcon 4135d27fc) |
 * |---|---|---|
 * | width of hash_32 | not given; that of the released kernel | 16 bits, both times |
 * | system load | average over the Falcon CPUs (the text says only "system") | average over CPUs 0, 2, 4, 6, 8, 10 |
 * | TCP | every device its own choice | one choice a flow, without the device, among the GRO-split CPUs |
 * | GRO splitting | a stage transition as any other (section 5), off while Falcon is | always, no second choice |
 * | static mode | second choice left out | LOAD_DIFF = 0 |
 *
 * The busy test of a CPU and the test of the system use one threshold in both.
 *
 * Algorithm 1 writes hash_32 with one argument. The kernel's (include/linux/hash.h) takes the number of bits to keep
 * besides, and keeps the upper ones, since those are the mixed ones. All 32 bits modulo an even number of CPUs would
 * leave the lowest bit of flow hash plus index as it was: devices an even distance apart would share one half of the
 * CPUs with each other and with their second choices. The authors' only published code keeps 16.
 */
export type FalconVariant = 'paper' | 'kernel';

export interface FalconOptions {
  /** Default `kernel`. */
  readonly variant: FalconVariant;
  /** FALCON_LOAD_THRESHOLD in percent: busy at or above. Default 80, as released. */
  readonly loadThreshold_percent: number;
  /** `static` never takes the second choice (the paper's Figure 16; LOAD_DIFF = 0 in the kernel). Default `dynamic`. */
  readonly balancing: 'dynamic' | 'static';
}

export const FALCON_DEFAULTS: FalconOptions = { variant: 'kernel', loadThreshold_percent: 80, balancing: 'dynamic' };

/** LOAD_DIFF as released; its value matters only in being 0 or not. */
export const FALCON_LOAD_DIFF = 20;

/** Bits that hash_32 keeps in the released kernel. */
export const FALCON_HASH_BITS = 16;

/** The hash of the first choice: hash_32 of flow hash plus device index. */
export function falconFirstHash(hash: number, ifindex: number): number {
  return hash32(hash + ifindex, FALCON_HASH_BITS);
}

/** The hash of the second choice: hash_32 of the first. */
export function falconSecondHash(firstHash: number): number {
  return hash32(firstHash, FALCON_HASH_BITS);
}

/**
 * Whether Falcon steers at all: only below the threshold of the average load, or always if the
 * threshold is above 100 (the paper's "always-on", Figure 15). Algorithm 1, line 6.
 */
export function isFalconOn(averageLoad_percent: number, loadThreshold_percent: number): boolean {
  return averageLoad_percent < loadThreshold_percent;
}

/**
 * The CPU for the next stage of a packet: the first choice by flow and device, or the second if the
 * first is busy; the second is kept even if it is busier. Algorithm 1, lines 17 to 27.
 * @param hash flow hash, 32 bits
 * @param ifindex index of the device that the packet enters
 * @param cpus FALCON_CPUS, not empty
 * @param loads load average of each CPU in percent, by CPU number
 */
export function getFalconCpu(
  hash: number,
  ifindex: number,
  cpus: ArrayLike<number>,
  loads: ArrayLike<number>,
  options: FalconOptions = FALCON_DEFAULTS,
): number {
  const firstHash = falconFirstHash(hash, ifindex);
  const first = cpus[firstHash % cpus.length];
  if (options.balancing === 'static' || loads[first] < options.loadThreshold_percent) return first;
  return cpus[falconSecondHash(firstHash) % cpus.length];
}

/**
 * The CPU for the second half of a split device in the released kernel: by flow alone, so that every device of a TCP
 * flow stays on it. That the device is left out is the released kernel's; that the flow hash goes through the same
 * hash_32 and modulo as above is our reading. Algorithm 1 has no such function: there the split is one more
 * `getFalconCpu`.
 */
export function getGroSplitCpu(hash: number, cpus: ArrayLike<number>): number {
  return cpus[hash32(hash, FALCON_HASH_BITS) % cpus.length];
}
