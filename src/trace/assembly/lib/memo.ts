import { blocks, finish, hashText, lastBlock } from './hash';
import { MEMO, MEMO_SLOTS, MEMO_TEXTS, MEMO_TEXT_BYTES } from './layout';

/**
 * Remembers what JavaScript said of a line: the part that matters (two texts, compared byte by byte)
 * and the answer. A slot: u32 tag, u32 place of the texts, u32 lengths (16 bits each), u32 answer + 1.
 */

/** A search does not go further, whatever the table looks like. */
const MAX_PROBES: u32 = 24;

let used: u32 = 0;
let textEnd: usize = MEMO_TEXTS;

/** Where `find` ended: the slot to put an answer into, or 0 if there is none. */
let freeSlot: usize = 0;
let wantedTag: u32 = 0;
let wantedLengths: u32 = 0;

/** The answer for a pair of texts, or −1. `kind` keeps headers and frames apart. */
export function findAnswer(a: usize, aLength: usize, b: usize, bLength: usize, kind: u32): i32 {
  const sum = hashText(hashText(i64x2.splat(0), a, aLength, 0), b, bLength, blocks(aLength));
  const lengths = ((aLength << 16) | bLength) as u32;
  const hash = finish(sum, ((kind as u64) << 32) | lengths);
  const tag = ((hash >> 33) as u32) | (kind << 31);
  let slot = (hash as u32) & (MEMO_SLOTS - 1);
  wantedTag = tag;
  wantedLengths = lengths;
  for (let probe: u32 = 0; probe < MAX_PROBES; probe++) {
    const at = MEMO + ((slot as usize) << 4);
    const answer = load<u32>(at, 12);
    if (answer === 0) {
      freeSlot = at;
      return -1;
    }
    if (load<u32>(at) === tag && load<u32>(at, 8) === lengths) {
      const stored = load<u32>(at, 4) as usize;
      if (sameText(a, aLength, stored) && sameText(b, bLength, stored + (blocks(aLength) << 4)))
        return (answer - 1) as i32;
    }
    slot = (slot + 1) & (MEMO_SLOTS - 1);
  }
  freeSlot = 0;
  return -1;
}

function sameText(text: usize, length: usize, stored: usize): bool {
  const whole = text + (length & ~15);
  while (text < whole) {
    if (v128.any_true(v128.xor(v128.load(text), v128.load(stored)))) return false;
    text += 16;
    stored += 16;
  }
  const rest = length & 15;
  return rest === 0 || !v128.any_true(v128.xor(lastBlock(text, rest), v128.load(stored)));
}

/** Keeps the answer for the pair that `findAnswer` did not find. A full memo starts anew. */
export function keepAnswer(a: usize, aLength: usize, b: usize, bLength: usize, answer: i32): void {
  if (freeSlot === 0) return;
  const size = (blocks(aLength) + blocks(bLength)) << 4;
  if (used >= MEMO_SLOTS >> 1 || textEnd + size > MEMO_TEXTS + MEMO_TEXT_BYTES) {
    forgetAnswers();
    return;
  }
  copyText(a, aLength, textEnd);
  copyText(b, bLength, textEnd + (blocks(aLength) << 4));
  store<u32>(freeSlot, wantedTag);
  store<u32>(freeSlot, textEnd as u32, 4);
  store<u32>(freeSlot, wantedLengths, 8);
  store<u32>(freeSlot, (answer + 1) as u32, 12);
  textEnd += size;
  used++;
}

export function forgetAnswers(): void {
  memory.fill(MEMO, 0, (MEMO_SLOTS as usize) << 4);
  used = 0;
  textEnd = MEMO_TEXTS;
}

function copyText(text: usize, length: usize, to: usize): void {
  const whole = text + (length & ~15);
  while (text < whole) {
    v128.store(to, v128.load(text));
    text += 16;
    to += 16;
  }
  const rest = length & 15;
  if (rest !== 0) v128.store(to, lastBlock(text, rest));
}
