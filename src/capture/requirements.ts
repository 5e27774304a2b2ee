import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../core';
import { PLACE } from './processes';

/** Debian's package of each program that a capture needs. */
const PACKAGES: ReadonlyMap<string, string> = new Map([
  ['ip', 'iproute2'],
  ['taskset', 'util-linux'],
  ['sockperf', 'sockperf'],
  ['perf', 'linux-perf'],
]);

/**
 * Says in one line what keeps this machine from recording a capture.
 * @throws InputError if it is not Linux, the user is not root, or a program is missing
 */
export function checkRequirements(programs: readonly string[]): void {
  if (process.platform !== 'linux') throw InputError.expected(PLACE, 'Linux', process.platform);
  const user = process.getuid?.();
  if (user !== 0) throw InputError.expected(PLACE, 'root, to make network namespaces', `user id ${user}`);
  for (const program of programs) {
    if (findProgram(program) !== undefined) continue;
    const source = PACKAGES.get(program);
    throw new InputError(
      PLACE,
      `${program} is not installed${source === undefined ? '' : ` (Debian: apt-get install ${source})`}`,
    );
  }
}

/** Path of a program, or undefined. */
export function findProgram(name: string): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return undefined;
}
