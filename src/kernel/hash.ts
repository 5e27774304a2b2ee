import { GOLDEN_RATIO_32 } from './constants';

/**
 * Multiplicative hash of a 32-bit value: the upper `bits` bits of `value × GOLDEN_RATIO_32` mod 2^32.
 * Source: hash_32() of include/linux/hash.h, 5.4.63.
 * @param bits 1 … 32
 */
export function hash32(value: number, bits: number): number {
  return Math.imul(value, GOLDEN_RATIO_32) >>> (32 - bits);
}

/**
 * Maps a uniform 32-bit value to 0 … n − 1 without division: `(value × n) >> 32`.
 * Source: reciprocal_scale() of include/linux/kernel.h, 5.4.63.
 */
export function reciprocalScale(value: number, n: number): number {
  // value × n < 2^53 for n < 2^21, so the product of doubles is exact; more CPUs do not exist.
  return Math.floor(((value >>> 0) * n) / 4294967296);
}
