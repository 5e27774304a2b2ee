import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../src/core';
import type { Experiment } from '../../src/experiment';
import type { Table } from '../../src/table';
import { bundledCapture, captureExperiment, loadCapture } from '../../src/run';

const CAPTURES = readdirSync(bundledCapture('')).filter((name) => !name.includes('.'));

describe('the bundled captures', () => {
  it('are all there', () => {
    expect(CAPTURES).toHaveLength(6);
  });

  it.each(CAPTURES)('%s loads whole, with nothing odd', async (id) => {
    const run = await loadCapture(bundledCapture(id));
    expect(run.diagnostics).toEqual([]);
    expect(run).toMatchObject({ id, source: 'captured' });
    expect(run.provenance.summary).toContain('Linux 6.18.44');
    const { softirqs, interrupts, cpuTime, softnet, netDev, netSnmp, samples, stacks, events, latency, messageRates } =
      run.tables;
    for (const table of [softirqs, interrupts, cpuTime, softnet, netDev, netSnmp, samples, stacks, events, latency]) {
      expect(table!.numRows).toBeGreaterThan(0);
      expect((table as Table).column('run').at(0)).toBe(id);
    }
    expect(new Set(netDev!.column('namespace'))).toEqual(new Set(['hostB', 'ctrB']));
    expect([...messageRates!.rows()].map((row) => [row.flow, row.repeat])).toEqual([
      ['', 1],
      ['', 2],
      ['', 3],
    ]);
    // The summary of the latency run is in two files, and counts once; its rate is a setting.
    const operations = [...run.tables.operations!.rows()];
    expect(operations.filter((row) => row.metric === 'latency' && row.statistic === 'mean')).toHaveLength(1);
    expect(operations.filter((row) => row.operation === 'latency-test')).toMatchObject([{ metric: 'rate' }]);
  });

  it('say what share of the UDP messages arrived, for the repetition that was counted', async () => {
    const run = await loadCapture(bundledCapture('overlay-udp-16-rps-eth0'), {
      tables: ['messageRates', 'drops', 'counters'],
    });
    const rates = [...run.tables.messageRates!.rows()].filter((row) => row.flow === '');
    // InDatagrams 1976496 → 2348816, InErrors 6930 → 50365 in proc-net-snmp-ctrB.txt
    const share = 372320 / (372320 + 43435);
    expect(rates[0].received_pps).toBeCloseTo(132262 * share, 3);
    expect(rates.slice(1).map((row) => row.received_pps)).toEqual([null, null]);
    expect([...run.tables.drops!.rows()].find((row) => row.place === 'socket')!.packets).toBe(43435);
    expect([...run.tables.counters!.rows()]).toMatchObject([{ name: 'delivered share', value: share }]);
  });

  it('load only what is asked for', async () => {
    const run = await loadCapture(bundledCapture('host-udp-16'), { tables: ['softirqs'] });
    expect(Object.keys(run.tables)).toEqual(['softirqs']);
  });
});

describe('captureExperiment', () => {
  it.each(CAPTURES)('puts a simulation beside %s', async (id) => {
    const { provenance } = await loadCapture(bundledCapture(id), { tables: ['counters'] });
    const experiment = provenance.details.experiment as Experiment;
    expect(experiment).toMatchObject({ name: id, profile: 'linux-6.18-testbed', machine: { cpus: 2 } });
    expect(experiment.topology.name).toBe(id.startsWith('host') ? 'testbed-host' : 'testbed-overlay');
    const device = /rps-(\w+)$/.exec(id)?.[1];
    expect(experiment.steering.rps).toEqual(device === undefined ? [] : [{ device, cpus: [1] }]);
  });

  it('is left out where the manifest does not say enough', () => {
    expect(captureExperiment({ schema: 'falcon-lab/capture/1', id: 'x', files: [] })).toBeUndefined();
  });
});

describe('loadCapture of other folders', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'falcon-lab-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const failure = async (path = folder) => {
    const error = await loadCapture(path).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  };

  it('tells formats from content, not from names', async () => {
    cpSync(join(bundledCapture('host-udp-16'), 'proc-softirqs.txt'), join(folder, 'whatever.bin'));
    const run = await loadCapture(folder);
    expect(Object.keys(run.tables)).toEqual(['softirqs']);
    expect(run.provenance.summary).toContain('no manifest');
  });

  it('counts what it cannot use and loads the rest', async () => {
    cpSync(join(bundledCapture('host-udp-16'), 'proc-softirqs.txt'), join(folder, 'softirqs.txt'));
    writeFileSync(join(folder, 'empty.txt'), '');
    writeFileSync(
      join(folder, 'cut.gz'),
      readFileSync(join(bundledCapture('host-udp-16'), 'perf-cpu.txt.gz')).subarray(0, 5000),
    );
    writeFileSync(
      join(folder, 'manifest.json'),
      '{"schema":"falcon-lab/capture/1","id":"x","files":[{"name":"gone.txt"}]}',
    );
    const run = await loadCapture(folder);
    expect(run.diagnostics.map(({ kind, count }) => [kind, count])).toEqual([
      ['capture/missing-file', 1],
      ['capture/unusable-file', 2],
    ]);
    const files = run.provenance.details.filesRead as { name: string; problem?: string }[];
    expect(files.find((f) => f.name === 'cut.gz')!.problem).toContain('truncated');
    expect(files.find((f) => f.name === 'empty.txt')!.problem).toContain('the input is empty');
  });

  it('refuses in one line', async () => {
    expect(await failure(join(folder, 'none'))).toMatch(/none: no such folder$/);
    expect(await failure()).toMatch(/expected a capture folder with at least one trace, saw none in it$/);
    writeFileSync(join(folder, 'notes.txt'), 'hello\n');
    expect(await failure()).toContain('notes.txt');
    expect(await failure(join(folder, 'notes.txt'))).toMatch(/expected a capture folder, saw a file$/);
    writeFileSync(join(folder, 'manifest.json'), '{"schema":');
    expect(await failure()).toMatch(/manifest.json: expected JSON, saw /);
    writeFileSync(join(folder, 'manifest.json'), '{"schema":"falcon-lab/capture/1","id":"x","cpus":"two"}');
    expect(await failure()).toMatch(/manifest.json: cpus: /);
    writeFileSync(join(folder, 'manifest.json'), '{"schema":"falcon-lab/capture/1","id":"x","rpsCpuMask":{"a":"2;"}}');
    expect(await failure()).toMatch(/manifest.json: rpsCpuMask.a: not a CPU mask/);
    rmSync(join(folder, 'manifest.json'));
    mkdirSync(join(folder, 'manifest.json'));
    expect(await failure()).toMatch(/manifest.json: /);
  });
});
