/**
 * The kernel's memory, in bytes. JavaScript knows these numbers through the exported globals only.
 * There is no heap: everything has its place, and what grows, grows at the end.
 */

/** Sixteen 0xff and sixteen 0x00: masks for the last block of a text. */
export const MASKS: usize = 64;

/** Random 32-bit words that make the hash unpredictable; filled by JavaScript. */
export const SECRET: usize = 1024;
export const SECRET_BYTES: usize = 8192;

/** Innermost first: labels of the record that is being read. */
export const LABELS: usize = 16384;
export const MAX_LABELS: i32 = 65536;

/** Memo of lines: slots of 16 bytes, and the texts that they stand for. */
export const MEMO: usize = 327680;
export const MEMO_SLOTS: u32 = 131072;
export const MEMO_TEXTS: usize = MEMO + 16 * (MEMO_SLOTS as usize);
export const MEMO_TEXT_BYTES: usize = 16777216;

/**
 * The input: a window of the file, with room around it for loads of 16 bytes. More than the longest line
 * that JavaScript takes whole (MAX_LINE_BYTES of byteLines.ts).
 */
export const INPUT: usize = MEMO_TEXTS + MEMO_TEXT_BYTES + 64;
export const INPUT_BYTES: usize = 1048576 + 65536;

/** Stacks and the table that finds them; grows. */
export const HEAP: usize = INPUT + INPUT_BYTES + 192;
/** 192 MiB; beyond that JavaScript takes the sums over. */
export const HEAP_END: usize = 201326592;

/** Longer lines are left to JavaScript. */
export const MAX_LINE: usize = 4000;
