/** Looking at 16 bytes at a time. Loads may reach beyond a line; the input has room around it. */

/** The first newline at or after `at`. There is always one: JavaScript puts one behind the input. */
export function lineEnd(at: usize): usize {
  const newline = i8x16.splat(10);
  while (true) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(at), newline));
    if (mask !== 0) return at + (ctz(mask) as usize);
    at += 16;
  }
}

/** The first byte at or after `at` that is no space. */
export function skipSpaces(at: usize): usize {
  const space = i8x16.splat(32);
  while (true) {
    const mask = ~i8x16.bitmask(i8x16.eq(v128.load(at), space)) & 0xffff;
    if (mask !== 0) return at + (ctz(mask) as usize);
    at += 16;
  }
}

/** One bit for each of 16 bytes: whether it is 0 … 9 or a … f. */
function hexBits(at: usize): i32 {
  const text = v128.load(at);
  const digit = i8x16.lt_u(i8x16.sub(text, i8x16.splat(48)), i8x16.splat(10));
  const letter = i8x16.lt_u(i8x16.sub(text, i8x16.splat(97)), i8x16.splat(6));
  return i8x16.bitmask(v128.or(digit, letter));
}

/** Number of hexadecimal digits from `at` on, at most 16. */
export function hexLength(at: usize): usize {
  return ctz(~hexBits(at) | 0x10000) as usize;
}

/** Number of hexadecimal digits that end at `end`, at most 16. */
export function hexLengthBefore(end: usize): usize {
  return clz((~hexBits(end - 16) << 16) | 0x8000) as usize;
}

/** The last `(` or `)` before `end` and after `floor`; 0 if there is none. */
export function lastParenthesis(floor: usize, end: usize): usize {
  const open = i8x16.splat(40);
  const close = i8x16.splat(41);
  let at = end - 16;
  while (true) {
    const text = v128.load(at);
    const mask = i8x16.bitmask(v128.or(i8x16.eq(text, open), i8x16.eq(text, close)));
    if (mask !== 0) {
      const found = at + 31 - (clz(mask) as usize);
      return found > floor ? found : 0;
    }
    if (at <= floor) return 0;
    at -= 16;
  }
}

/** Where the spaces that end at `end` begin. */
export function spacesStart(end: usize): usize {
  while (load<u8>(end - 1) === 32) end--;
  return end;
}

/** Where the digits that end at `end` begin. */
export function digitsStart(end: usize): usize {
  while (isDigit(load<u8>(end - 1))) end--;
  return end;
}

export function isDigit(code: u8): bool {
  return code >= 48 && code <= 57;
}
