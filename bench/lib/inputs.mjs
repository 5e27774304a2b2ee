// Inputs for the benchmarks, made from the captures of this project by repetition. Nothing is committed.
import { closeSync, existsSync, openSync, readFileSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const CAPTURES = 'data/captures';

/** The text of a file of every capture, one after the other, without header lines; latin-1. */
export function captureText(name) {
  return readdirSync(CAPTURES)
    .sort()
    .map((capture) => join(CAPTURES, capture, name))
    .filter((file) => existsSync(file))
    .map((file) =>
      gunzipSync(readFileSync(file))
        .toString('latin1')
        .replace(/^#.*\n/gm, ''),
    )
    .join('');
}

/** Writes `one` again and again, until there are `bytes` of it, or as many whole lines as asked for. */
export function writeRepeated(file, one, { bytes, lines, linesInOne }) {
  const descriptor = openSync(file, 'w');
  let written = 0;
  if (bytes !== undefined) while (written < bytes) written += writeSync(descriptor, one);
  for (let left = lines ?? 0; left > 0; left -= linesInOne) {
    writeSync(descriptor, left >= linesInOne ? one : firstLines(one, left));
  }
  closeSync(descriptor);
}

function firstLines(bytes, count) {
  let at = 0;
  for (let i = 0; i < count; i++) at = bytes.indexOf(10, at) + 1;
  return bytes.subarray(0, at);
}

/**
 * Writes the records again and again with other addresses: address and offset of a frame move by the same
 * random number, so that folded stacks stay what they are while lines hardly repeat.
 */
export function writeVaried(file, one, bytes) {
  const descriptor = openSync(file, 'w');
  let state = 12345;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 20;
  for (let written = 0; written < bytes;) {
    const text = one.replace(/^(\t *)([0-9a-f]+) (.*?)\+0x([0-9a-f]+) \(/gm, (_all, lead, address, symbol, offset) => {
      const by = next();
      const moved = (BigInt(`0x${address}`) + BigInt(by)).toString(16);
      return `${lead}${moved} ${symbol}+0x${(Number.parseInt(offset, 16) + by).toString(16)} (`;
    });
    written += writeSync(descriptor, Buffer.from(text, 'latin1'));
  }
  closeSync(descriptor);
}
