import { blocks, finish, hashText } from './hash';
import { HEAP, HEAP_END, LABELS, SECRET_BYTES } from './layout';

/**
 * The sums: each distinct stack once. An entry: u64 weight, u32 process, u32 number of labels, u32 hash,
 * 12 bytes unused, then the labels, u32 each, innermost first, filled up with zeros to a multiple of
 * 16 bytes. The table holds u32 hash and u32 place of the entry.
 */
const ENTRY_BYTES: usize = 32;
const FIRST_SLOTS: u32 = 16384;
/** Blocks that the secret is long enough for; longer stacks are hashed piece by piece. */
const PIECE: usize = (SECRET_BYTES - 16) >> 4;

let table: usize = 0;
let slots: u32 = 0;
let used: u32 = 0;
let heapEnd: usize = HEAP;

export function stackTable(): usize {
  return table;
}

export function stackSlots(): u32 {
  return slots;
}

/** Forgets all stacks. */
export function clearStacks(): void {
  heapEnd = HEAP;
  slots = FIRST_SLOTS;
  used = 0;
  table = allocate(slots << 3);
  memory.fill(table, 0, (slots as usize) << 3);
}

/** Adds a record; false if there is no room for it: then JavaScript must take the sums and clear them. */
export function addStack(process: u32, count: i32, weight: u64): bool {
  const bytes = (count as usize) << 2;
  padLabels(bytes);
  const hash = hashLabels(bytes, ((process as u64) << 32) | (count as u64));
  const tag = hash as u32;
  let slot = ((hash >> 32) as u32) & (slots - 1);
  while (true) {
    const at = table + ((slot as usize) << 3);
    const entry = load<u32>(at, 4) as usize;
    if (entry === 0) break;
    if (load<u32>(at) === tag && sameStack(entry, process, count, bytes)) {
      store<u64>(entry, load<u64>(entry) + weight);
      return true;
    }
    slot = (slot + 1) & (slots - 1);
  }
  return insert(slot, tag, hash, process, count, weight, bytes);
}

function insert(slot: u32, tag: u32, hash: u64, process: u32, count: i32, weight: u64, bytes: usize): bool {
  // A table that could not grow is used up to three quarters.
  if (used >= (slots >> 2) * 3) return false;
  const padded = blocks(bytes) << 4;
  const entry = allocate((ENTRY_BYTES + padded) as u32);
  if (entry === 0) return false;
  store<u64>(entry, weight);
  store<u32>(entry, process, 8);
  store<u32>(entry, count, 12);
  store<u32>(entry, (hash >> 32) as u32, 16);
  memory.copy(entry + ENTRY_BYTES, LABELS, padded);
  const at = table + ((slot as usize) << 3);
  store<u32>(at, tag);
  store<u32>(at, entry as u32, 4);
  used++;
  if (used > slots >> 1) grow();
  return true;
}

/** Doubles the table, if there is room. The old one stays where it is: at most as much again. */
function grow(): void {
  const bigger = slots << 1;
  const fresh = allocate(bigger << 3);
  if (fresh === 0) return;
  memory.fill(fresh, 0, (bigger as usize) << 3);
  for (let i: u32 = 0; i < slots; i++) {
    const from = table + ((i as usize) << 3);
    const entry = load<u32>(from, 4) as usize;
    if (entry === 0) continue;
    let slot = load<u32>(entry, 16) & (bigger - 1);
    while (load<u32>(fresh + ((slot as usize) << 3), 4) !== 0) slot = (slot + 1) & (bigger - 1);
    store<u64>(fresh + ((slot as usize) << 3), load<u64>(from));
  }
  table = fresh;
  slots = bigger;
}

function hashLabels(bytes: usize, salt: u64): u64 {
  let sum = i64x2.splat(0);
  let at = LABELS;
  let left = bytes;
  while (left > PIECE << 4) {
    sum = hashText(sum, at, PIECE << 4, 0);
    sum = i64x2.splat(finish(sum, left as u64));
    at += PIECE << 4;
    left -= PIECE << 4;
  }
  return finish(hashText(sum, at, blocks(left) << 4, 0), salt);
}

/** Zeros behind the labels, so that whole blocks can be hashed, compared and copied. */
function padLabels(bytes: usize): void {
  v128.store(LABELS + bytes, i64x2.splat(0));
}

function sameStack(entry: usize, process: u32, count: i32, bytes: usize): bool {
  if (load<u32>(entry, 12) !== (count as u32) || load<u32>(entry, 8) !== process) return false;
  const end = LABELS + bytes;
  let stored = entry + ENTRY_BYTES;
  for (let at = LABELS; at < end; at += 16) {
    if (v128.any_true(v128.xor(v128.load(at), v128.load(stored)))) return false;
    stored += 16;
  }
  return true;
}

/** Memory at the end of the heap, aligned to 16 bytes; 0 if there is none. */
function allocate(bytes: u32): usize {
  const at = (heapEnd + 15) & ~15;
  const end = at + (bytes as usize);
  if (end > HEAP_END) return 0;
  const pages = ((end + 65535) >> 16) as i32;
  const have = memory.size();
  if (pages > have) {
    // Grown by an eighth at a time at least, since growing costs.
    const more = pages - have > have >> 3 ? pages - have : have >> 3;
    if (memory.grow(more) < 0 && memory.grow(pages - have) < 0) return 0;
  }
  heapEnd = end;
  return at;
}
