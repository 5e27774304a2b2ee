import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, makeFolder } from '../core';
import type { Experiment } from '../experiment';
import { profileOf } from '../experiment';
import { PACKED_RUN_VERSION, unpackRun } from './packedRun';
import type { Run } from './run';

/** Rooms whose code decides what a simulation gives. */
const ROOMS = ['core', 'table', 'kernel', 'experiment', 'sim', 'run'];

/**
 * A line that changes with every change of the compiled code that a simulation runs: a hash of its files
 * as they are now, not of a version that somebody must remember to raise. The JavaScript engine is part of
 * it, since its floating-point functions are.
 * @param dist folder of the compiled code
 */
export function codeFingerprint(dist: string): string {
  const hash = createHash('sha256').update(`${process.versions.v8} ${PACKED_RUN_VERSION}\n`);
  for (const room of ROOMS) {
    const files = readdirSync(join(dist, room), { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((f) => f.endsWith('.js')).sort()) {
      hash.update(`${room}/${file}\0`).update(readFileSync(join(dist, room, file)));
    }
  }
  return hash.digest('hex');
}

/** Key of a run: content of the experiment, of its profile, and of the code. */
export function runKey(experiment: Experiment, fingerprint: string): string {
  const content = canonicalJson({ experiment, profile: profileOf(experiment), fingerprint });
  return createHash('sha256').update(content).digest('hex');
}

/** JSON with the keys of objects in order, so that equal content gives equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, v: unknown) =>
    v !== null && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : v,
  );
}

/** Packed runs on disk, one file each, named by their keys. Nothing is ever deleted: remove the folder to clear it. */
export class RunCache {
  private constructor(private readonly folder: string) {}

  /** @throws InputError if the folder cannot be made or written */
  static async open(folder: string): Promise<RunCache> {
    await makeFolder(folder);
    try {
      await access(folder, constants.W_OK);
    } catch (error) {
      throw new InputError({ file: folder }, `cannot be used as a cache: ${(error as Error).message}`);
    }
    return new RunCache(folder);
  }

  /** The run, or undefined if it is not there or cannot be read: then it is simulated again. */
  async read(key: string): Promise<Run | undefined> {
    try {
      return unpackRun(await readFile(this.path(key)));
    } catch {
      return undefined;
    }
  }

  /** Writes beside and renames, so that a reader or an interruption never meets half a file. */
  async write(key: string, packed: Uint8Array): Promise<void> {
    const beside = `${this.path(key)}.${process.pid}.part`;
    try {
      await writeFile(beside, packed);
      await rename(beside, this.path(key));
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
  }

  private path(key: string): string {
    return join(this.folder, `${key}.run`);
  }
}
