import { InputError } from '../core';
import type { ParseContext } from './format';
import { prefixText } from './lines';
import type { ByteSource } from './source';

/** Results of a load generator are kilobytes; what is larger is something else, and is not read into memory. */
const MAX_JSON_BYTES = 64 * 2 ** 20;

const MARK = '\u0000integer:';
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Reads a JSON text. Integers that a double cannot hold come as strings that `asNumber` and
 * `exactDigits` understand, so that no digit is lost on the way.
 * @throws InputError if the text is too large or is not JSON
 */
export async function readJson(source: ByteSource, context: ParseContext): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    context.signal?.throwIfAborted();
    size += chunk.length;
    if (size > MAX_JSON_BYTES) {
      throw new InputError({ file: context.file }, `JSON larger than the limit of ${MAX_JSON_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const text = prefixText(bytes);
  try {
    const json: unknown = JSON.parse(text);
    // Only of JSON that is whole: in one that is cut, a string may not end, and looking for its end costs.
    return /\d{16}/.test(text) ? (JSON.parse(text.replace(STRING_OR_NUMBER, marked)) as unknown) : json;
  } catch (error) {
    throw InputError.expected({ file: context.file }, 'JSON', (error as Error).message);
  }
}

function marked(token: string): string {
  const isLost = /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token));
  return isLost ? JSON.stringify(MARK + token) : token;
}

/** A number of the JSON as a double, the nearest there is; undefined if it is no number. */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const digits = exactDigits(value);
  return digits === undefined ? undefined : Number(digits);
}

/** All digits of an integer that a double cannot hold. */
export function exactDigits(value: unknown): string | undefined {
  return typeof value === 'string' && value.startsWith(MARK) ? value.slice(MARK.length) : undefined;
}

/** A member of an object; undefined for anything else, and for what is inherited. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
