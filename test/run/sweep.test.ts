import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExperimentInput } from '../../src/experiment';
import { resolveExperiment } from '../../src/experiment';
import type { SweepProgress } from '../../src/run';
import { packRun, runKey, simulateRun, sweep, unpackRun } from '../../src/run';

/** Short runs of rising rate. */
const EXPERIMENTS: ExperimentInput[] = [100_000, 200_000, 300_000, 400_000].map((rate_pps) => ({
  name: `at ${rate_pps}`,
  duration_s: 0.02,
  warmup_s: 0.01,
  traffic: { kind: 'udp', rate_pps },
}));

const folder = mkdtempSync(join(tmpdir(), 'falcon-lab-sweep-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  // Workers run compiled code; `npm test` compiles first.
  expect(existsSync('dist/run/sweepWorker.js'), 'dist is missing: npm run build').toBe(true);
});

const bytesOf = (runs: readonly Parameters<typeof packRun>[0][]) =>
  runs.map((run) => Buffer.from(packRun(run)).toString('base64'));

describe('sweep', () => {
  it('gives the same bytes with 1 or 2 workers and in this thread, in the order of the experiments', async () => {
    const one = await sweep(EXPERIMENTS, { workers: 1, cacheDir: null });
    const two = await sweep(EXPERIMENTS, { workers: 2, cacheDir: null });
    expect(one.map((run) => run.id)).toEqual(EXPERIMENTS.map((e) => e.name));
    expect(bytesOf(two)).toEqual(bytesOf(one));
    expect(bytesOf(EXPERIMENTS.map((e) => simulateRun(resolveExperiment(e))))).toEqual(bytesOf(one));
    expect(new Set(bytesOf(one)).size).toBe(EXPERIMENTS.length);
  });

  it('takes a repeated sweep from the cache, and simulates anew what cannot be read there', async () => {
    const cacheDir = join(folder, 'repeat');
    const last = async (experiments: ExperimentInput[]) => {
      const seen: SweepProgress[] = [];
      const runs = await sweep(experiments, { workers: 2, cacheDir, onProgress: (p) => seen.push(p) });
      expect(seen.map((p) => p.done)).toEqual(experiments.map((_, i) => i + 1));
      return { runs, end: seen[seen.length - 1] };
    };
    const first = await last(EXPERIMENTS);
    expect(first.end).toMatchObject({ done: 4, total: 4, unit: 'runs', cached: 0, left_s: 0 });
    const second = await last(EXPERIMENTS);
    expect(second.end.cached).toBe(4);
    expect(bytesOf(second.runs)).toEqual(bytesOf(first.runs));
    expect(readdirSync(cacheDir).every((file) => file.endsWith('.run'))).toBe(true);
    truncateSync(join(cacheDir, readdirSync(cacheDir)[0]), 100);
    const third = await last(EXPERIMENTS);
    expect(third.end.cached).toBe(3);
    expect(bytesOf(third.runs)).toEqual(bytesOf(first.runs));
    expect((await last([...EXPERIMENTS.slice(1), { ...EXPERIMENTS[0], seed: 2 }])).end.cached).toBe(3);
  });

  it('simulates equal experiments once', async () => {
    const cacheDir = join(folder, 'equal');
    const runs = await sweep([EXPERIMENTS[0], EXPERIMENTS[1], EXPERIMENTS[0]], { cacheDir, workers: 1 });
    expect(runs.map((run) => run.id)).toEqual(['at 100000', 'at 200000', 'at 100000']);
    expect(readdirSync(cacheDir)).toHaveLength(2);
  });

  it('stops when told to, and resumes from what was finished', async () => {
    const cacheDir = join(folder, 'resume');
    const stop = new AbortController();
    const interrupted = sweep(EXPERIMENTS, {
      workers: 1,
      cacheDir,
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done === 2) stop.abort(new Error('enough'));
      },
    });
    await expect(interrupted).rejects.toThrow('enough');
    let cached = 0;
    const runs = await sweep(EXPERIMENTS, { workers: 1, cacheDir, onProgress: (p) => (cached = p.cached) });
    expect(runs).toHaveLength(4);
    expect(cached).toBeGreaterThanOrEqual(2);
    expect(cached).toBeLessThan(4);
    await expect(sweep(EXPERIMENTS, { cacheDir, signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no');
  });

  it('stops a run that is under way, too', async () => {
    const stop = new AbortController();
    const begun = Date.now();
    // Some twenty seconds of work.
    const long = sweep([{ duration_s: 20, traffic: { kind: 'udp', rate_pps: 800_000 } }], {
      workers: 1,
      cacheDir: null,
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(new Error('enough')), 500);
    await expect(long).rejects.toThrow('enough');
    expect(Date.now() - begun).toBeLessThan(5000);
  });

  it('resumes after the process was killed', async () => {
    const cacheDir = join(folder, 'killed');
    const program = `
      const { sweep } = require(${JSON.stringify(join(process.cwd(), 'dist/run/sweep.js'))});
      const onProgress = ({ done }) => { if (done === 2) process.kill(process.pid, 'SIGKILL'); };
      void sweep(${JSON.stringify(EXPERIMENTS)}, { workers: 1, cacheDir: ${JSON.stringify(cacheDir)}, onProgress });
    `;
    expect(spawnSync(process.execPath, ['-e', program]).signal).toBe('SIGKILL');
    let cached = 0;
    const runs = await sweep(EXPERIMENTS, { workers: 1, cacheDir, onProgress: (p) => (cached = p.cached) });
    expect(cached).toBeGreaterThanOrEqual(2);
    expect(cached).toBeLessThan(4);
    expect(bytesOf(runs)).toEqual(bytesOf(EXPERIMENTS.map((e) => simulateRun(resolveExperiment(e)))));
  });

  it('simulates nothing that another process is at work on', async () => {
    const cacheDir = join(folder, 'shared');
    const many = Array.from({ length: 12 }, (_, i): ExperimentInput => ({
      ...EXPERIMENTS[3],
      name: `${i}`,
      seed: i + 1,
    }));
    const program = `
      const { sweep } = require(${JSON.stringify(join(process.cwd(), 'dist/run/sweep.js'))});
      let cached = 0;
      const options = { workers: 1, cacheDir: ${JSON.stringify(cacheDir)}, onProgress: (p) => (cached = p.cached) };
      void sweep(${JSON.stringify(many)}, options).then((runs) => console.log(runs.length - cached));
    `;
    const processes = await Promise.all([1, 2, 3].map(() => promisify(execFile)(process.execPath, ['-e', program])));
    const simulated = processes.map(({ stdout }) => Number(stdout));
    expect(simulated.reduce((sum, runs) => sum + runs)).toBe(many.length);
    expect(readdirSync(cacheDir).filter((file) => !file.endsWith('.run'))).toEqual([]);
  });

  it('refuses the impossible before it runs anything', async () => {
    const cacheDir = join(folder, 'impossible');
    const wrong = [EXPERIMENTS[0], { ...EXPERIMENTS[1], machine: { cpus: 0 } }];
    await expect(sweep(wrong, { cacheDir })).rejects.toThrow(/experiment 2.*cpus/);
    expect(existsSync(cacheDir)).toBe(false);
    await expect(sweep(EXPERIMENTS, { workers: 0 })).rejects.toThrow('workers: expected 1 or more, saw 0');
    await expect(sweep(EXPERIMENTS, { cacheDir: 'package.json/nowhere' })).rejects.toThrow(
      /package.json: expected a folder, saw a file/,
    );
  });

  it('of nothing is nothing', async () => {
    expect(await sweep([], { cacheDir: null })).toEqual([]);
  });
});

describe('runKey', () => {
  const key = (input: ExperimentInput, fingerprint = 'f') => runKey(resolveExperiment(input), fingerprint);

  it('changes with experiment, profile and code, and not with the order of fields', () => {
    const base: ExperimentInput = { name: 'a', seed: 1 };
    const keys = [
      key(base),
      key({ ...base, seed: 2 }),
      key({ ...base, costs: { 'bridge.packet_ns': 1 } }),
      key({ ...base, profile: 'linux-4.19-mlx5' }),
      key(base, 'g'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(key({ seed: 1, name: 'a' })).toBe(key(base));
  });
});

describe('unpackRun', () => {
  it('refuses bytes that are no run', () => {
    expect(() => unpackRun(Uint8Array.from([1, 2, 3]))).toThrow();
  });
});
