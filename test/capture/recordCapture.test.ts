import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../src/core';
import { TestBed, checkRequirements, recordCapture } from '../../src/capture';
import { loadCapture } from '../../src/run';

const namespaces = (): string => spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' }).stdout;
const ours = (): string[] =>
  namespaces()
    .split('\n')
    .filter((name) => name.includes(`falcon-lab-${process.pid}-`));

/** Why this machine cannot record, or undefined. */
async function obstacle(): Promise<string | undefined> {
  try {
    checkRequirements(['ip', 'taskset', 'sockperf']);
    const bed = await TestBed.create();
    bed.remove();
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

const reason = await obstacle();
if (reason !== undefined) process.stderr.write(`tests of recording are skipped: ${reason}\n`);

describe('recordCapture', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'falcon-lab-capture-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const failure = async (promise: Promise<void>): Promise<string> => {
    const error = await promise.then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  };

  it('refuses options that make no sense, before it makes anything', async () => {
    expect(await failure(recordCapture({ folder, duration_s: 0 }))).toBe(
      'capture: expected duration from 1 to 600, saw 0',
    );
    expect(await failure(recordCapture({ folder, messageBytes: NaN }))).toContain('message size from 14');
    expect(await failure(recordCapture({ folder, senderCpu: 4096 }))).toContain('sender CPU');
    expect(await failure(recordCapture({ folder, rps: new Map([['eth0', '2; reboot']]) }))).toContain('hexadecimal');
  });

  it('names a program that is missing, and its package', () => {
    if (process.getuid?.() !== 0) return expect(() => checkRequirements(['sh'])).toThrow('expected root');
    expect(() => checkRequirements(['sh', 'no-such-program'])).toThrow('capture: no-such-program is not installed');
  });

  it.skipIf(reason !== undefined)('does not touch a folder with files in it', async () => {
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    expect(await failure(recordCapture({ folder }))).toContain('expected a new or empty folder, saw files in it');
    expect(readdirSync(folder)).toEqual(['notes.txt']);
  });

  it.skipIf(reason !== undefined)('records an overlay that loadCapture reads, and leaves nothing behind', async () => {
    const steps: string[] = [];
    await recordCapture({
      folder,
      duration_s: 1,
      repeats: 1,
      perf: false,
      rate_pps: 2000,
      rps: new Map([['vxlan0', '1']]),
      onStep: (step) => steps.push(step),
    });
    expect(ours()).toEqual([]);
    expect(steps).toEqual(['throughput with counters', 'latency']);
    const run = await loadCapture(folder);
    expect(run.diagnostics).toEqual([]);
    const { messageRates, latency, softirqs, netDev, netSnmp } = run.tables;
    expect([...messageRates!.rows()].map((row) => row.flow)).toEqual(['']);
    expect(latency!.numRows).toBeGreaterThan(10);
    expect(softirqs!.numRows).toBeGreaterThan(0);
    expect(new Set(netSnmp!.column('namespace'))).toEqual(new Set(['hostB', 'ctrB']));
    // Messages came through the tunnel.
    const tunnel = [...netDev!.rows()].filter((row) => row.device === 'vxlan0' && row.counter === 'rx_packets');
    expect(tunnel.at(-1)!.value).toBeGreaterThan(1000);
    expect(run.provenance.summary).toContain('overlay, UDP 16 B, RPS hostB/vxlan0 → CPU mask 1');
  });

  it.skipIf(reason !== undefined)('cleans up when it is interrupted', async () => {
    const interrupted = new AbortController();
    const recording = recordCapture({
      folder,
      duration_s: 30,
      perf: false,
      signal: interrupted.signal,
      onStep: () => setTimeout(() => interrupted.abort(new InputError({ file: 'capture' }, 'interrupted')), 300),
    });
    expect(await failure(recording)).toContain('interrupted');
    expect(ours()).toEqual([]);
  });
});
