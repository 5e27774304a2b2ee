import { MASKS, SECRET } from './layout';

/**
 * NH, the universal hash of UMAC: 32-bit words are added to secret words and multiplied in pairs. For
 * texts chosen without knowing the secret, two differ with probability 1 − 2^−32, so that no input can
 * be made whose lines collide. Equality is always checked on the bytes as well.
 */

/** Adds `length` bytes at `text` to the sum, with the secret from block `block` on. */
export function hashText(sum: v128, text: usize, length: usize, block: usize): v128 {
  let key = SECRET + (block << 4);
  const whole = text + (length & ~15);
  while (text < whole) {
    sum = i64x2.add(sum, product(v128.load(text), v128.load(key)));
    text += 16;
    key += 16;
  }
  const rest = length & 15;
  if (rest !== 0) sum = i64x2.add(sum, product(lastBlock(text, rest), v128.load(key)));
  return sum;
}

function product(words: v128, key: v128): v128 {
  const keyed = i32x4.add(words, key);
  return i64x2.extmul_low_i32x4_u(keyed, v128.shuffle<i32>(keyed, keyed, 2, 3, 2, 3));
}

/** The first `rest` bytes of a block, the others zero. */
export function lastBlock(text: usize, rest: usize): v128 {
  return v128.and(v128.load(text), v128.load(MASKS + 16 - rest));
}

/** Number of 16-byte blocks that hold `length` bytes. */
export function blocks(length: usize): usize {
  return (length + 15) >> 4;
}

/** 64 well-mixed bits of a sum; `salt` tells apart texts of other lengths or kinds. */
export function finish(sum: v128, salt: u64): u64 {
  let h = i64x2.extract_lane(sum, 0) as u64;
  h ^= rotl<u64>(i64x2.extract_lane(sum, 1) as u64, 31);
  h = (h + salt * load<u64>(SECRET + 8176)) * (load<u64>(SECRET + 8184) | 1);
  h ^= h >> 32;
  h *= 0x9e3779b97f4a7c15;
  return h ^ (h >> 29);
}
