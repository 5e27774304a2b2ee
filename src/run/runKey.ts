import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Experiment, Profile } from '../experiment';
import { profileOf } from '../experiment';
import { PACKED_RUN_VERSION } from './packedRun';

/** Rooms whose code decides what a simulation gives, and the files of this room that do. */
const DECIDING_ROOMS = ['core', 'table', 'kernel', 'experiment', 'sim'];
const DECIDING_FILES = ['run/packedRun.js', 'run/simulated.js', 'run/sweepWorker.js'];

/**
 * A line that changes with every change of the compiled code that a simulation runs: a hash of its files
 * as they are now, not of a version that somebody must remember to raise. The JavaScript engine is part of
 * it, since its floating-point functions are.
 * @param dist folder of the compiled code
 */
export function codeFingerprint(dist: string): string {
  const hash = createHash('sha256').update(`${process.versions.v8} ${PACKED_RUN_VERSION}\n`);
  const files = DECIDING_ROOMS.flatMap((room) =>
    readdirSync(join(dist, room), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.js'))
      .sort()
      .map((file) => `${room}/${file}`),
  );
  for (const file of [...files, ...DECIDING_FILES]) hash.update(`${file}\0`).update(readFileSync(join(dist, file)));
  return hash.digest('hex');
}

/** Key of a run: content of the experiment, of its profile, and of the code. */
export function runKey(experiment: Experiment, fingerprint: string): string {
  const profile = profileText(profileOf(experiment));
  const content = `{"experiment":${canonicalJson(experiment)},"fingerprint":${JSON.stringify(fingerprint)},"profile":${profile}}`;
  return createHash('sha256').update(content).digest('hex');
}

/** A profile is the larger part of a key's content, and the same object for all experiments without costs of their own. */
const profileTexts = new WeakMap<Profile, string>();

function profileText(profile: Profile): string {
  let text = profileTexts.get(profile);
  if (text === undefined) profileTexts.set(profile, (text = canonicalJson(profile)));
  return text;
}

/** JSON with the keys of objects in order, so that equal content gives equal text. */
function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  fields.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`;
}
