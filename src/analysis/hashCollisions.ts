import { Random } from '../core';
import { hash32 } from '../kernel';

/**
 * Which stages of one flow Falcon puts on one core. Falcon hashes flow hash + ifindex by multiplication and
 * takes the top bits modulo the number of cores. Multiplication is linear: two devices whose indexes
 * differ by `gap` have hashes that differ by a constant (or by it plus one, from a carry), whatever the flow.
 * Modulo N, a constant difference is 0 or it is not, so stages meet for nearly all flows or for nearly none.
 * Hence the exact results here, over all 2^32 flow hashes at once, without drawing any.
 */

/** Chances over all flow hashes, all equally likely. */
export interface StageMeeting {
  /** Chance that at least two of the stages share a core. */
  readonly anyMeet: number;
  /** `coresUsed[k]`: chance that the stages use exactly k cores; index 0 is 0. */
  readonly coresUsed: readonly number[];
  /** Expected number of stages on the core with the most. */
  readonly fullestCore: number;
}

/** How the top bits of the product become a core: Falcon's modulo, or the scaling that RPS uses. */
export type RangeReduction = 'modulo' | 'scaled';

const BITS = 32;
const ALL = 2 ** BITS;

/**
 * Exact chances for `core = reduce(hash_32(hash + ifindex, bits), cores)` over all 2^32 flow hashes.
 * @param ifindexes device index of each stage that Falcon places, at least one
 * @param cores size of FALCON_CPUS
 * @param bits width of hash_32: 16 as released, 32 as Algorithm 1 may be read
 */
export function stageMeeting(
  ifindexes: readonly number[],
  cores: number,
  bits: 16 | 32 = 16,
  reduction: RangeReduction = 'modulo',
): StageMeeting {
  const steps = ifindexes.map((ifindex) => hash32(ifindex - ifindexes[0], BITS));
  const pieces = reduction === 'modulo' ? moduloPieces(steps, cores, bits) : scaledPieces(steps, cores, bits);
  const coresUsed = new Array<number>(Math.min(ifindexes.length, cores) + 1).fill(0);
  let fullestCore = 0;
  for (const { share, cores: used } of pieces) {
    const stagesOn = countEach(used);
    coresUsed[stagesOn.size] += share;
    fullestCore += share * Math.max(...stagesOn.values());
  }
  const apart = ifindexes.length < coresUsed.length ? coresUsed[ifindexes.length] : 0;
  return { anyMeet: Math.max(0, 1 - apart), coresUsed, fullestCore };
}

/** Chance that two stages share a core whose devices' indexes differ by `gap`. */
export function pairMeets(
  gap: number,
  cores: number,
  bits: 16 | 32 = 16,
  reduction: RangeReduction = 'modulo',
): number {
  return stageMeeting([0, gap], cores, bits, reduction).anyMeet;
}

/** Chances if every stage drew its core independently of the others. */
export function independentMeeting(stages: number, cores: number): StageMeeting {
  const used = new Map<string, number>([['', 1]]);
  // States are the sorted numbers of stages on the cores in use: few, so they can simply be listed.
  let states = used;
  for (let s = 0; s < stages; s++) {
    const next = new Map<string, number>();
    for (const [state, chance] of states) {
      const counts = state === '' ? [] : state.split(' ').map(Number);
      const add = (grown: number[], p: number): void => {
        const key = grown.sort((a, b) => a - b).join(' ');
        next.set(key, (next.get(key) ?? 0) + p);
      };
      counts.forEach((_, i) =>
        add(
          counts.map((n, k) => (k === i ? n + 1 : n)),
          chance / cores,
        ),
      );
      if (counts.length < cores) add([...counts, 1], (chance * (cores - counts.length)) / cores);
    }
    states = next;
  }
  const coresUsed = new Array<number>(Math.min(stages, cores) + 1).fill(0);
  let fullestCore = 0;
  for (const [state, chance] of states) {
    const counts = state.split(' ').map(Number);
    coresUsed[counts.length] += chance;
    fullestCore += chance * Math.max(...counts);
  }
  return { anyMeet: 1 - (stages < coresUsed.length ? coresUsed[stages] : 0), coresUsed, fullestCore };
}

/**
 * Chance that the second choice of a stage is its first again: no way out of a busy core. With 16 bits exact, over
 * all hashes; with 32 bits over 2^18 drawn ones, so that its standard error is at most 0.001.
 */
export function secondChoiceIsFirst(cores: number, bits: 16 | 32 = 16): number {
  const random = new Random(1, 'second-choice');
  const draws = bits === 16 ? 2 ** 16 : 2 ** 18;
  let same = 0;
  for (let i = 0; i < draws; i++) {
    const first = bits === 16 ? i : random.uint32();
    if (hash32(first, bits) % cores === first % cores) same++;
  }
  return same / draws;
}

/** Some flow hashes, as a share of all, under which the stages are on these cores (up to a common shift). */
interface Piece {
  readonly share: number;
  readonly cores: readonly number[];
}

/**
 * The product of stage k is `x + step_k` (mod 2^32) with x uniform. Of x, the low bits decide which products
 * carry into the top bits, and the top bits decide which wrap around; between those borders all
 * differences are constant.
 */
function moduloPieces(steps: readonly number[], cores: number, bits: 16 | 32): Piece[] {
  const low = 2 ** (BITS - bits);
  const top = 2 ** bits;
  const pieces: Piece[] = [];
  for (const [from, to] of intervals(
    steps.map((s) => low - (s % low)),
    low,
  )) {
    const offsets = steps.map((s) => (Math.floor(s / low) + (from + (s % low) >= low ? 1 : 0)) % top);
    for (const [topFrom, topTo] of intervals(
      offsets.map((o) => top - o),
      top,
    )) {
      const place = offsets.map((o) => modulo(topFrom + o >= top ? o - top : o, cores));
      pieces.push({ share: ((to - from) / low) * ((topTo - topFrom) / top), cores: place });
    }
  }
  return pieces;
}

/** Scaling cuts the range of products into `cores` equal parts, so the borders are those parts', moved back by each step. */
function scaledPieces(steps: readonly number[], cores: number, bits: 16 | 32): Piece[] {
  const top = 2 ** bits;
  const coreOf = (x: number): number => Math.floor((Math.floor(x / 2 ** (BITS - bits)) * cores) / top);
  const partBorders = Array.from({ length: cores }, (_, c) => Math.ceil((c * top) / cores) * 2 ** (BITS - bits));
  const borders = steps.flatMap((s) => partBorders.map((b) => modulo(b - s, ALL)));
  return intervals(borders, ALL).map(([from, to]) => ({
    share: (to - from) / ALL,
    cores: steps.map((s) => coreOf((from + s) % ALL)),
  }));
}

/** Cuts 0 … end at borders. */
function intervals(borders: readonly number[], end: number): [number, number][] {
  const inside = borders.filter((b) => b > 0 && b < end);
  const cuts = [...new Set([0, ...inside, end])].sort((a, b) => a - b);
  return cuts.slice(1).map((to, i) => [cuts[i], to]);
}

function countEach(values: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function modulo(a: number, n: number): number {
  return ((a % n) + n) % n;
}
