import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, makeFolder } from '../core';
import { unpackRun } from './packedRun';
import type { Run } from './run';

/** Bytes that the runs on disk may take unless something else is said: some thousand runs. */
export const DEFAULT_CACHE_LIMIT_BYTES = 2e9;
/** Environment variable with another limit, in MB (10^6 bytes). */
export const CACHE_LIMIT_VARIABLE = 'FALCON_CACHE_MB';

/** An eviction leaves room, so that not every write after it evicts again. */
const KEPT_SHARE = 0.9;
/** A file half written or a claim as old as this was left by a process that died. */
const ABANDONED_MS = 3_600_000;
const RUN_FILE = /^[0-9a-f]{64}\.run$/;
const PART_FILE = /^[0-9a-f]{64}\.[0-9a-f-]+\.part$/;
const CLAIM_FILE = /^[0-9a-f]{64}\.claim$/;

/**
 * The limit of the cache: the environment's, or the default.
 * @throws InputError if the variable holds no number of MB
 */
export function cacheLimit_bytes(environment: NodeJS.ProcessEnv = process.env): number {
  const text = environment[CACHE_LIMIT_VARIABLE];
  if (text === undefined || text === '') return DEFAULT_CACHE_LIMIT_BYTES;
  const megabytes = Number(text);
  if (Number.isFinite(megabytes) && megabytes >= 0) return megabytes * 1e6;
  throw InputError.expected({ file: CACHE_LIMIT_VARIABLE }, 'a number of MB from 0', text);
}

/**
 * Packed runs on disk, one file each, named by their keys. When they take more than the limit, those that were
 * not used for longest are deleted; a file's modification time says when it was last used.
 *
 * Several processes may share the folder: files appear whole by renaming, a file that another process has deleted
 * is a run to be simulated again, and who evicts looks at the folder anew. Who is about to simulate a run claims it
 * first, so that no two processes are at work on the same one.
 */
export class RunCache {
  /** What the folder held when it was last looked at, and what was written since; undefined before the first write. */
  private size_bytes: number | undefined;
  /** The look at the folder that is under way: writes that finish meanwhile rely on it. */
  private eviction: Promise<void> | undefined;

  private constructor(
    private readonly folder: string,
    private readonly limit_bytes: number,
  ) {}

  /** @throws InputError if the folder cannot be made or written */
  static async open(folder: string, limit_bytes = cacheLimit_bytes()): Promise<RunCache> {
    await makeFolder(folder);
    try {
      await access(folder, constants.W_OK);
    } catch (error) {
      throw new InputError({ file: folder }, `cannot be used as a cache: ${(error as Error).message}`);
    }
    return new RunCache(folder, limit_bytes);
  }

  /** The run, or undefined if it is not there or cannot be read: then it is simulated again. */
  async read(key: string): Promise<Run | undefined> {
    const path = this.path(key);
    try {
      const run = unpackRun(await readFile(path));
      const now = new Date();
      await utimes(path, now, now).catch(() => undefined);
      return run;
    } catch {
      return undefined;
    }
  }

  /** Writes beside and renames, so that a reader or an interruption never meets half a file. */
  async write(key: string, packed: Uint8Array): Promise<void> {
    if (packed.byteLength > this.limit_bytes) return;
    const beside = join(this.folder, `${key}.${randomUUID()}.part`);
    try {
      await writeFile(beside, packed);
      await rename(beside, this.path(key));
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
    if (this.size_bytes !== undefined) this.size_bytes += packed.byteLength;
    if (this.size_bytes !== undefined && this.size_bytes <= this.limit_bytes) return;
    // One at a time: it looks at every file, and runs may finish faster than it does.
    this.eviction ??= this.evict().finally(() => (this.eviction = undefined));
    await this.eviction;
  }

  /**
   * Claims a run for the caller to simulate, by a file with the number of this process.
   * @returns what ends the claim; undefined if somebody is at work on the run
   *
   * The claim of a process that is gone does not count. Two that find such a claim at once may both end up with the
   * run: then it is simulated twice and written twice, as the same bytes.
   */
  async claim(key: string): Promise<(() => Promise<void>) | undefined> {
    const path = join(this.folder, `${key}.claim`);
    const make = async (): Promise<boolean> =>
      writeFile(path, `${process.pid}\n`, { flag: 'wx' }).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') return false;
          throw error;
        },
      );
    const release = (): Promise<void> => rm(path, { force: true });
    if (await make()) return release;
    if (await isHeld(path)) return undefined;
    await release();
    return (await make()) ? release : undefined;
  }

  /** Looks at what is there, and deletes the runs that were not used for longest if it is too much. */
  private async evict(): Promise<void> {
    const files = await this.files();
    let size_bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    if (size_bytes > this.limit_bytes) {
      files.sort((a, b) => a.used_ms - b.used_ms || (a.path < b.path ? -1 : 1));
      for (const { path, bytes } of files) {
        if (size_bytes <= KEPT_SHARE * this.limit_bytes) break;
        await rm(path, { force: true });
        size_bytes -= bytes;
      }
    }
    this.size_bytes = size_bytes;
  }

  /** The runs in the folder; what writers left half done is deleted, and nothing else is touched. */
  private async files(): Promise<{ path: string; bytes: number; used_ms: number }[]> {
    const files: { path: string; bytes: number; used_ms: number }[] = [];
    for (const name of await readdir(this.folder)) {
      const isPart = PART_FILE.test(name) || CLAIM_FILE.test(name);
      if (!isPart && !RUN_FILE.test(name)) continue;
      const path = join(this.folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found === undefined) continue;
      if (!isPart) files.push({ path, bytes: found.size, used_ms: found.mtimeMs });
      else if (Date.now() - found.mtimeMs > ABANDONED_MS) await rm(path, { force: true });
    }
    return files;
  }

  private path(key: string): string {
    return join(this.folder, `${key}.run`);
  }
}

/** Whether the process that made a claim is there and may still be at work. */
async function isHeld(claim: string): Promise<boolean> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(claim, 'utf8'), stat(claim)]);
    if (Date.now() - mtimeMs > ABANDONED_MS) return false;
    // Empty in the moment between the file's appearance and its first byte.
    if (text !== '') process.kill(Number(text), 0);
    return true;
  } catch (error) {
    // The process belongs to somebody else; for anything else, the process or the claim is gone.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
