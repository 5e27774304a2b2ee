import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { Readable } from 'node:stream';
import { InputError } from '../core';

export interface SourceOptions {
  /** Refuse to inflate beyond this many bytes: a gzip bomb ends with an error. Default 64 GiB. */
  readonly maxInflatedBytes?: number;
  /** Size of a read from a file. Default 1 MiB. */
  readonly chunkBytes?: number;
}

const DEFAULTS = { maxInflatedBytes: 64 * 2 ** 30, chunkBytes: 2 ** 20 } as const;

/** Bytes as they come, in chunks of any size. */
export interface ByteSource extends AsyncIterable<Uint8Array> {
  /** Name for messages. */
  readonly name: string;
  /** Set where these are the bytes of a regular file as they are, so that a format with an index at its end can seek. */
  readonly path?: string;
  /** Size of the input as stored (before inflation), if known. */
  readonly storedBytes?: number;
  /** Stored bytes consumed so far; for progress. */
  consumedBytes(): number;
}

export type SourceInput = string | Uint8Array | NodeJS.ReadableStream | AsyncIterable<Uint8Array>;

/**
 * Opens a path (`-` is standard input), bytes or a stream. Gzip is recognised by its magic number
 * and inflated on the way; concatenated members are followed.
 * @throws InputError if the file is missing, a directory, unreadable, or empty; while reading, if the gzip data are
 * damaged, cut short, or inflate beyond the limit
 */
export async function openSource(input: SourceInput, name?: string, options: SourceOptions = {}): Promise<ByteSource> {
  const { maxInflatedBytes, chunkBytes } = { ...DEFAULTS, ...options };
  const label = name ?? (typeof input === 'string' ? (input === '-' ? '<stdin>' : input) : '<bytes>');
  const { chunks, storedBytes } = await openChunks(input, label, chunkBytes);
  let consumed = 0;
  const counted = (async function* () {
    for await (const chunk of chunks) {
      consumed += chunk.length;
      if (chunk.length > 0) yield chunk;
    }
  })();
  const first = await nextChunk(counted, label);
  if (first === undefined) throw new InputError({ file: label }, 'the input is empty');
  // Two bytes are needed to know gzip; a first chunk of one byte is joined with the next.
  const head = first.length >= 2 ? first : join(first, (await nextChunk(counted, label)) ?? new Uint8Array(0));
  const all = prepend(head, counted);
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  const inflated = isGzip ? inflate(all, label, maxInflatedBytes) : guarded(all, label);
  return {
    name: label,
    ...(typeof input === 'string' && storedBytes !== undefined && !isGzip ? { path: input } : {}),
    ...(storedBytes === undefined ? {} : { storedBytes }),
    consumedBytes: () => consumed,
    [Symbol.asyncIterator]: () => inflated[Symbol.asyncIterator](),
  };
}

/** Puts a prefix that was read for detection back in front of a source. */
export function withPrefix(
  prefix: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
  source: ByteSource,
): ByteSource {
  let next = 0;
  // Not a generator: returning from one that has not begun would leave the source below it open.
  const chunks: AsyncIterator<Uint8Array> = {
    next: () => (next < prefix.length ? Promise.resolve({ done: false, value: prefix[next++] }) : rest.next()),
    return: async () => {
      next = prefix.length;
      await rest.return?.();
      return { done: true, value: undefined };
    },
  };
  return {
    name: source.name,
    ...(source.path === undefined ? {} : { path: source.path }),
    ...(source.storedBytes === undefined ? {} : { storedBytes: source.storedBytes }),
    consumedBytes: () => source.consumedBytes(),
    [Symbol.asyncIterator]: () => chunks,
  };
}

async function openChunks(
  input: SourceInput,
  label: string,
  chunkBytes: number,
): Promise<{ chunks: AsyncIterable<Uint8Array>; storedBytes?: number }> {
  if (input instanceof Uint8Array) return { chunks: oneChunk(input), storedBytes: input.length };
  if (typeof input !== 'string') return { chunks: input as AsyncIterable<Uint8Array> };
  if (input === '-') return { chunks: process.stdin };
  const info = await stat(input).catch((error: NodeJS.ErrnoException) => {
    throw new InputError({ file: label }, error.code === 'ENOENT' ? 'no such file' : error.message);
  });
  if (info.isDirectory()) throw InputError.expected({ file: label }, 'a file', 'a directory');
  return {
    chunks: createReadStream(input, { highWaterMark: chunkBytes }),
    ...(info.isFile() ? { storedBytes: info.size } : {}),
  };
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* prepend(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  for await (const chunk of rest) yield chunk;
}

async function nextChunk(chunks: AsyncGenerator<Uint8Array>, label: string): Promise<Uint8Array | undefined> {
  try {
    const { done, value } = await chunks.next();
    return done === true ? undefined : value;
  } catch (error) {
    throw asInputError(error, label);
  }
}

async function* guarded(chunks: AsyncIterable<Uint8Array>, label: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of chunks) yield chunk;
  } catch (error) {
    throw asInputError(error, label);
  }
}

async function* inflate(chunks: AsyncIterable<Uint8Array>, label: string, limit: number): AsyncGenerator<Uint8Array> {
  let inflated = 0;
  const stream = Readable.from(chunks, { objectMode: false }).on('error', (error) => gunzip.destroy(error));
  const gunzip = createGunzip({ chunkSize: 2 ** 18 });
  stream.pipe(gunzip);
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      inflated += chunk.length;
      if (inflated > limit) {
        throw new InputError({ file: label }, `gzip data inflate beyond the limit of ${limit} bytes`);
      }
      yield chunk;
    }
  } catch (error) {
    throw asInputError(error, label, inflated);
  } finally {
    stream.destroy();
    gunzip.destroy();
  }
}

function asInputError(error: unknown, label: string, inflated?: number): Error {
  if (error instanceof InputError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR') {
    return new InputError(
      { file: label },
      `gzip data end early, after ${inflated} bytes of text: the file is truncated`,
    );
  }
  if (code?.startsWith('Z_') === true) return new InputError({ file: label }, `gzip data are damaged: ${message}`);
  return code === undefined ? (error as Error) : new InputError({ file: label }, message);
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
