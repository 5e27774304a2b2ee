import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { resolveExperiment } from '../../src/experiment';
import { cacheLimit_bytes, DEFAULT_CACHE_LIMIT_BYTES, packRun, RunCache, simulateRun, sweep } from '../../src/run';

const root = mkdtempSync(join(tmpdir(), 'falcon-lab-cache-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const RUN = packRun(simulateRun(resolveExperiment({ duration_s: 0.005, warmup_s: 0 })));
const keyOf = (i: number) => i.toString(16).padStart(64, '0');
const pathOf = (folder: string, i: number) => join(folder, `${keyOf(i)}.run`);
const keysIn = (folder: string) =>
  readdirSync(folder)
    .map((name) => parseInt(name, 16))
    .sort((a, b) => a - b);
const bytesIn = (folder: string) =>
  readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

/** Room for so many runs. */
const open = (folder: string, runs: number) => RunCache.open(folder, runs * RUN.byteLength);

/** Writes runs that were last used an hour ago, each a minute after the one before. */
async function fill(folder: string, cache: RunCache, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await cache.write(keyOf(i), RUN);
    const used_s = Date.now() / 1000 - 3600 + 60 * i;
    utimesSync(pathOf(folder, i), used_s, used_s);
  }
}

describe('RunCache', () => {
  it('deletes the runs that were not used for longest, down to nine tenths of the limit', async () => {
    const folder = join(root, 'lru');
    const cache = await open(folder, 10);
    await fill(folder, cache, 10);
    expect(keysIn(folder)).toHaveLength(10);
    expect(await cache.read(keyOf(0))).toBeDefined();
    await cache.write(keyOf(10), RUN);
    // 11 runs are too many and 9 are nine tenths of 10: the oldest two go, but not run 0, which was read.
    expect(keysIn(folder)).toEqual([0, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await cache.read(keyOf(1))).toBeUndefined();
  });

  it('counts what was there before, and what other processes wrote', async () => {
    const folder = join(root, 'before');
    await fill(folder, await open(folder, 100), 8);
    const [a, b] = [await open(folder, 10), await open(folder, 10)];
    await a.write(keyOf(8), RUN);
    await b.write(keyOf(9), RUN);
    await b.write(keyOf(10), RUN);
    expect(keysIn(folder)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('looks at a large folder once, however many runs finish meanwhile', async () => {
    const folder = join(root, 'many');
    const cache = await open(folder, 100);
    // A look at 15,000 files takes a second: one for each run that finished meanwhile once filled the memory.
    const looks = vi.spyOn(cache as unknown as { files(): Promise<unknown> }, 'files');
    await Promise.all(Array.from({ length: 50 }, (_, i) => cache.write(keyOf(i), RUN)));
    expect(looks).toHaveBeenCalledTimes(1);
  });

  it('keeps no run that is larger than the limit, and touches no file that is not its own', async () => {
    const folder = join(root, 'foreign');
    const cache = await open(folder, 2);
    for (const name of ['notes.txt', 'mine.run']) writeFileSync(join(folder, name), 'x'.repeat(5 * RUN.byteLength));
    const abandoned = `${keyOf(7)}.0a-1.part`;
    const recent = `${keyOf(8)}.0a-2.part`;
    for (const name of [abandoned, recent]) writeFileSync(join(folder, name), 'x');
    utimesSync(join(folder, abandoned), 1, 1);
    for (let i = 0; i < 5; i++) await cache.write(keyOf(i), RUN);
    const left = readdirSync(folder);
    expect(left).toEqual(expect.arrayContaining(['notes.txt', 'mine.run', recent, `${keyOf(4)}.run`]));
    expect(left).toHaveLength(4);
    await (await RunCache.open(join(root, 'none'), RUN.byteLength - 1)).write(keyOf(0), RUN);
    expect(readdirSync(join(root, 'none'))).toEqual([]);
  });

  it('takes its limit from the environment, and refuses nonsense there', () => {
    expect(cacheLimit_bytes({})).toBe(DEFAULT_CACHE_LIMIT_BYTES);
    expect(cacheLimit_bytes({ FALCON_CACHE_MB: '1.5' })).toBe(1.5e6);
    expect(cacheLimit_bytes({ FALCON_CACHE_MB: '0' })).toBe(0);
    for (const text of ['much', '-1']) {
      expect(() => cacheLimit_bytes({ FALCON_CACHE_MB: text })).toThrow(/FALCON_CACHE_MB: expected a number of MB/);
    }
  });

  it('gives a run to one at a time to simulate, and does not wait for the dead', async () => {
    const folder = join(root, 'claims');
    const [a, b] = [await open(folder, 10), await open(folder, 10)];
    const release = await a.claim(keyOf(0));
    expect(release).toBeDefined();
    expect(await b.claim(keyOf(0))).toBeUndefined();
    expect(await b.claim(keyOf(1))).toBeDefined();
    await release?.();
    expect(await b.claim(keyOf(0))).toBeDefined();

    const claimFile = join(folder, `${keyOf(2)}.claim`);
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    writeFileSync(claimFile, `${gone}\n`);
    expect(await a.claim(keyOf(2))).toBeDefined();
    // A living process with the number of a dead one, hours later.
    writeFileSync(claimFile, `${process.pid}\n`);
    expect(await a.claim(keyOf(2))).toBeUndefined();
    utimesSync(claimFile, 1, 1);
    expect(await a.claim(keyOf(2))).toBeDefined();
    // No run, and none of its size.
    await a.write(keyOf(3), RUN);
    expect(readdirSync(folder).filter((name) => name.endsWith('.claim'))).toHaveLength(3);
  });

  it('serves two processes at once: no read is half a file, no write fails, and the limit holds', async () => {
    expect(existsSync('dist/run/runCache.js'), 'dist is missing: npm run build').toBe(true);
    const folder = join(root, 'two');
    writeFileSync(join(root, 'one.run'), RUN);
    const program = `
      const { readFileSync } = require('node:fs');
      const { RunCache } = require(${JSON.stringify(resolve('dist/run/runCache.js'))});
      const run = readFileSync(${JSON.stringify(join(root, 'one.run'))});
      (async () => {
        const cache = await RunCache.open(${JSON.stringify(folder)}, 5 * run.byteLength);
        let hits = 0;
        for (let i = 0; i < 120; i++) {
          // Both processes write the same keys, and read those that the other may be deleting.
          const [written, wanted] = [i % 12, (i + 11) % 12].map((key) => key.toString(16).padStart(64, '0'));
          const [, found] = await Promise.all([cache.write(written, run), cache.read(wanted)]);
          if (found) hits++;
        }
        console.log(hits);
      })().catch((error) => { console.error(error); process.exit(1); });
    `;
    const run = promisify(execFile);
    const both = await Promise.all([0, 1].map(() => run(process.execPath, ['-e', program])));
    for (const { stdout, stderr } of both) {
      expect(stderr).toBe('');
      expect(Number(stdout)).toBeGreaterThan(0);
    }
    expect(readdirSync(folder).every((name) => name.endsWith('.run'))).toBe(true);
    await (await open(folder, 5)).write(keyOf(0), RUN);
    expect(bytesIn(folder)).toBeLessThanOrEqual(5 * RUN.byteLength);
  });
});

describe('a sweep whose cache is too small', () => {
  it('still returns every run', async () => {
    const cacheDir = join(root, 'small');
    const experiments = [1, 2, 3].map((seed) => ({ seed, duration_s: 0.005, warmup_s: 0 }));
    const runs = await sweep(experiments, { workers: 1, cacheDir, cacheLimit_bytes: 1.5 * RUN.byteLength });
    expect(runs).toHaveLength(3);
    expect(readdirSync(cacheDir)).toHaveLength(1);
  });
});
