import { mkdtemp, open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteSource } from '../source';

/**
 * The whole of a perf.data file, at any offset: its event names and tracepoint formats stand at its end,
 * and reading needs them first.
 */
export interface Storage {
  readonly size: number;
  /** The bytes from `offset` on; fewer than `length` only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** What comes by a pipe or out of gzip is kept in memory up to here, and in a temporary file beyond. */
const IN_MEMORY_BYTES = 64 * 2 ** 20;

export async function openStorage(source: ByteSource): Promise<Storage> {
  if (source.path !== undefined) {
    await source[Symbol.asyncIterator]().return?.();
    return fileStorage(await open(source.path, 'r'));
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  const iterator = source[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await iterator.next();
    if (done === true) return memoryStorage(Buffer.concat(chunks));
    chunks.push(value);
    size += value.length;
    if (size > IN_MEMORY_BYTES) return spool(chunks, iterator);
  }
}

export function memoryStorage(bytes: Uint8Array): Storage {
  return {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
    close: () => Promise.resolve(),
  };
}

async function fileStorage(handle: FileHandle, folder?: string): Promise<Storage> {
  const { size } = await handle.stat();
  return {
    size,
    async read(offset, length) {
      const wanted = Math.max(0, Math.min(length, size - offset));
      const buffer = Buffer.allocUnsafe(wanted);
      let got = 0;
      while (got < wanted) {
        const { bytesRead } = await handle.read(buffer, got, wanted - got, offset + got);
        if (bytesRead === 0) break;
        got += bytesRead;
      }
      return buffer.subarray(0, got);
    },
    async close() {
      await handle.close();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function spool(chunks: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): Promise<Storage> {
  const folder = await mkdtemp(join(tmpdir(), 'falcon-lab-'));
  try {
    const handle = await open(join(folder, 'perf.data'), 'w+');
    for (const chunk of chunks) await handle.write(chunk);
    for (;;) {
      const { done, value } = await rest.next();
      if (done === true) break;
      await handle.write(value);
    }
    return await fileStorage(handle, folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
