import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError, makeFolder } from '../../src/core';

const root = mkdtempSync(join(tmpdir(), 'falcon-lab-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('makeFolder', () => {
  it('creates all that is missing, and leaves what is there', async () => {
    await makeFolder(join(root, 'a/b/c'));
    await makeFolder(join(root, 'a/b/c'));
    expect(existsSync(join(root, 'a/b/c'))).toBe(true);
  });

  it('refuses a path through a file', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(makeFolder(join(root, 'file/below'))).rejects.toThrow(/expected a folder, saw a file/);
  });

  it.skipIf(!existsSync('/proc/self'))('gives up below /proc, where nothing can be created', async () => {
    await expect(makeFolder('/proc/falcon-lab/below')).rejects.toThrow(InputError);
  });
});
