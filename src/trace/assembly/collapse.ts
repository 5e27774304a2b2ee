/**
 * Adds up the records of perf script text, as long as they look like this:
 *
 *   swapper     0 [000]  8126.035479:     500250 cpu-clock:
 *   \tffffffff8168d5c4 refill_obj_stock+0x44 ([kernel.kallsyms])
 *   \tffffffff81690759 __memcg_slab_free_hook+0xb9 ([kernel.kallsyms])
 *   (an empty line)
 *
 * It knows the shape of lines, not their meaning. What a header or a frame is called JavaScript is
 * asked once for each text that is the same but for address, offset, time and period; the answers are
 * kept. A record with any other line is given to JavaScript as a whole, and so is nothing else.
 */
import { HEAP, INPUT, INPUT_BYTES, LABELS, MASKS, MAX_LABELS, MAX_LINE, SECRET, SECRET_BYTES } from './lib/layout';
import { findAnswer, forgetAnswers, keepAnswer } from './lib/memo';
import { digitsStart, hexLength, hexLengthBefore, lastParenthesis, lineEnd, skipSpaces, spacesStart } from './lib/scan';
import { addStack, clearStacks, stackSlots, stackTable } from './lib/stacks';

/** Label of the frame on a line: 0 leaves it out, −1 gives the record to JavaScript. */
declare function resolveFrame(start: usize, end: usize): i32;

/** Process of a header line × 2 + whether its event is kept; −1 gives the record to JavaScript. */
declare function resolveHeader(
  start: usize,
  end: usize,
  timeStart: usize,
  periodStart: usize,
  periodEnd: usize,
  eventStart: usize,
  eventEnd: usize,
): i32;

/** The sums must be taken: memory is full. JavaScript calls `clearStacks`. */
declare function takeStacks(): void;

export { clearStacks, forgetAnswers, stackSlots, stackTable };
export const inputStart: usize = INPUT;
export const inputBytes: usize = INPUT_BYTES;
export const secretStart: usize = SECRET;
export const secretBytes: usize = SECRET_BYTES;
export const heapStart: usize = HEAP;

/** What `run` ended with. */
const NEED_MORE: i32 = 0;
const ODD: i32 = 1;

const FRAME: u32 = 0;
const HEADER: u32 = 1;

/** Next byte to look at, and where the open record began. */
export let position: usize = INPUT;
export let recordStart: usize = INPUT;
/** Counted since `resetCounts`. */
export let lines: i32 = 0;
/** As `lines`, at the start of the open record. */
export let recordLines: i32 = 0;
export let records: i32 = 0;
export let withoutStack: i32 = 0;
export let filtered: i32 = 0;

let open: bool = false;
let keep: bool = false;
let process: u32 = 0;
let weight: u64 = 1;
let labels: i32 = 0;
/** Whether the record has a frame, be it one that is left out. */
let hasFrame: bool = false;

let countSamples: bool = false;
let wholeFrames: bool = false;
let strict: bool = false;

/**
 * @param samples each record counts 1, whatever its period
 * @param whole addresses are part of labels
 * @param emptyLineEnds a record ends at an empty line only, as stackcollapse-perf.pl has it
 */
export function configure(samples: bool, whole: bool, emptyLineEnds: bool): void {
  countSamples = samples;
  wholeFrames = whole;
  strict = emptyLineEnds;
  clearStacks(); // which also makes room for all that is before the heap
  v128.store(MASKS, i8x16.splat(-1));
  v128.store(MASKS + 16, i8x16.splat(0));
}

export function resetCounts(): void {
  lines = recordLines = records = withoutStack = filtered = 0;
}

/** The window moved: the next byte to look at is at `at`, which belongs to the record that begins at `start`. */
export function moveTo(start: usize, at: usize): void {
  recordStart = start;
  position = at;
}

/** Starts anew at `at`, outside of records. */
export function restartAt(at: usize): void {
  recordStart = position = at;
  recordLines = lines;
  open = false;
  labels = 0;
  hasFrame = false;
}

/** Reads up to `end`, behind which a newline stands as a stop. */
export function run(end: usize): i32 {
  while (position < end) {
    const first = load<u8>(position);
    let done: i32;
    if (first === 9 || first === 32) done = readFrame(position, end);
    else if (first === 10) done = readEmpty(position);
    else if (first === 35) done = readComment(position, end);
    else done = readHeader(position, end);
    if (done !== NEXT) return done === MORE ? NEED_MORE : ODD;
  }
  return NEED_MORE;
}

/** What reading a line ended with: on to the next, it is not complete, it is not understood. */
const NEXT: i32 = 0;
const MORE: i32 = 1;
const STRANGE: i32 = 2;

function readEmpty(at: usize): i32 {
  endRecord();
  advance(at + 1);
  recordStart = position;
  recordLines = lines;
  return NEXT;
}

function readComment(at: usize, end: usize): i32 {
  const stop = lineEnd(at);
  if (stop >= end) return MORE;
  advance(stop + 1);
  if (!open) {
    recordStart = position;
    recordLines = lines;
  }
  return NEXT;
}

function advance(to: usize): void {
  position = to;
  lines++;
}

function endRecord(): void {
  if (!open) return;
  open = false;
  records++;
  if (!hasFrame && (keep || !strict)) withoutStack++;
  if (!keep) filtered++;
  else if (!addStack(process, labels, weight)) {
    takeStacks();
    addStack(process, labels, weight);
  }
  labels = 0;
  hasFrame = false;
}

/**
 * White space, address, one space, symbol, perhaps ` (module)`.
 * What the label depends on are the symbol without its offset, and the module.
 */
function readFrame(at: usize, end: usize): i32 {
  if (!open) return strangeUnless(lineEnd(at), end);
  const address = skipSpaces(at + 1);
  const digits = hexLength(address);
  const symbol = address + digits + 1;
  const stop = lineEnd(at);
  if (stop >= end) return MORE;
  if (digits === 0 || symbol >= stop || load<u8>(symbol - 1) !== 32 || load<u8>(symbol) <= 32) return STRANGE;
  if (stop - at > MAX_LINE || labels >= MAX_LABELS) return STRANGE;
  let aStart = symbol;
  let aLength = stop - symbol;
  let bStart = stop;
  if (wholeFrames) {
    aStart = address;
    aLength = stop - address;
  } else if (load<u8>(stop - 1) === 41) {
    const bracket = lastParenthesis(symbol, stop - 1);
    if (bracket !== 0 && load<u8>(bracket) === 40 && load<u8>(bracket - 1) === 32 && bracket - 1 > symbol) {
      const offset = offsetStart(symbol, bracket - 1);
      if (offset !== 0) {
        aLength = offset - symbol;
        bStart = bracket - 1;
      }
    }
  } else if (!endsLikeSymbol(load<u8>(stop - 1))) return STRANGE;
  let label = findAnswer(aStart, aLength, bStart, stop - bStart, FRAME);
  if (label < 0) {
    label = resolveFrame(at, stop);
    if (label < 0) return STRANGE;
    keepAnswer(aStart, aLength, bStart, stop - bStart, label);
  }
  hasFrame = true;
  if (label > 0) {
    store<u32>(LABELS + ((labels as usize) << 2), label);
    labels++;
  }
  advance(stop + 1);
  return NEXT;
}

/** Where `+0x44` before `end` begins, or 0. */
function offsetStart(floor: usize, end: usize): usize {
  const digits = hexLengthBefore(end);
  const start = end - digits - 3;
  if (digits === 0 || digits > 15 || start < floor) return 0;
  return load<u8>(start) === 43 && load<u8>(start + 1) === 48 && load<u8>(start + 2) === 120 ? start : 0;
}

/** A colon or a blank at the end may mean another kind of line; letters, digits and > do not. */
function endsLikeSymbol(code: u8): bool {
  return (
    (code >= 48 && code <= 57) ||
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    code === 62 ||
    code === 95
  );
}

function strangeUnless(stop: usize, end: usize): i32 {
  return stop >= end ? MORE : STRANGE;
}

/**
 * From the right: event, period, time. What is left of the time names the task and the CPU.
 *   V8 WorkerThread 24636/25607 [000] 4794564.109216:     104345 cycles:ppp:
 */
function readHeader(at: usize, end: usize): i32 {
  const stop = lineEnd(at);
  if (stop >= end) return MORE;
  if (stop - at > 400 || load<u8>(at) < 32 || (open && strict)) return STRANGE;
  const eventEnd = spacesStart(stop);
  if (eventEnd <= at + 12 || load<u8>(eventEnd - 1) !== 58) return STRANGE;
  let eventStart = eventEnd - 1;
  while (eventStart > at && load<u8>(eventStart - 1) > 32) eventStart--;
  if (eventStart <= at || eventStart >= eventEnd - 1 || load<u8>(eventStart - 1) !== 32) return STRANGE;
  const periodEnd = spacesStart(eventStart);
  const periodStart = digitsStart(periodEnd);
  const digits = periodEnd - periodStart;
  if (digits > 10 || (digits > 1 && load<u8>(periodStart) === 48)) return STRANGE;
  if (digits > 0 && load<u8>(periodStart - 1) !== 32) return STRANGE;
  const timeEnd = spacesStart(periodStart);
  if (timeEnd <= at + 8 || load<u8>(timeEnd - 1) !== 58) return STRANGE;
  const fraction = digitsStart(timeEnd - 1);
  const fractionDigits = timeEnd - 1 - fraction;
  if (fractionDigits < 6 || fractionDigits > 9 || load<u8>(fraction - 1) !== 46) return STRANGE;
  const timeStart = digitsStart(fraction - 1);
  if (timeStart === fraction - 1 || fraction - timeStart > 13) return STRANGE;
  if (timeStart < at + 3 || load<u8>(timeStart - 1) !== 32) return STRANGE;
  let meaning = findAnswer(at, timeStart - at, eventStart, eventEnd - eventStart, HEADER);
  if (meaning < 0) {
    meaning = resolveHeader(at, stop, timeStart, periodStart, periodEnd, eventStart, eventEnd);
    if (meaning < 0) return STRANGE;
    keepAnswer(at, timeStart - at, eventStart, eventEnd - eventStart, meaning);
  }
  if (open) {
    // Without an empty line between them: the next record ends the one before.
    endRecord();
    recordStart = at;
    recordLines = lines;
  }
  open = true;
  process = meaning >> 1;
  keep = (meaning & 1) !== 0;
  weight = countSamples ? 1 : periodOf(periodStart, periodEnd);
  advance(stop + 1);
  return NEXT;
}

/** No period, and a period of 0, count 1. */
function periodOf(at: usize, end: usize): u64 {
  let value: u64 = 0;
  for (; at < end; at++) value = value * 10 + ((load<u8>(at) - 48) as u64);
  return value === 0 ? 1 : value;
}
