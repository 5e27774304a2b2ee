import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { InputError } from './errors';

/**
 * Creates a folder with its parents, one by one: node 20's recursive `mkdir` never returns where the
 * system refuses with ENOENT, as below /proc.
 * @throws InputError if a part of the path is a file, or may not be created
 */
export async function makeFolder(path: string): Promise<void> {
  const missing: string[] = [];
  let existing = resolve(path);
  for (;;) {
    const found = await stat(existing).catch(() => undefined);
    if (found?.isDirectory() === true) break;
    if (found !== undefined) throw InputError.expected({ file: existing }, 'a folder', 'a file');
    missing.unshift(existing);
    existing = dirname(existing);
  }
  for (const folder of missing) {
    await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw new InputError({ file: path }, `cannot create this folder: ${error.message}`);
    });
  }
}
