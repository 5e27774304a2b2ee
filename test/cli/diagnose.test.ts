import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { join } from 'node:path';
import { main } from '../../src/cli/main';
import { bundledCapture } from '../../src/run/loadCapture';

describe('falcon-lab diagnose', () => {
  let stdout = '';
  let stderr = '';
  beforeEach(() => {
    stdout = stderr = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => ((stdout += String(chunk)), true));
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => ((stderr += String(chunk)), true));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });

  it('says where the time of the cores goes, with the counters of the capture', async () => {
    expect(await main(['diagnose', bundledCapture('overlay-udp-16-rps-eth0')])).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^CPU 0: [\d,]+ samples, [\d.]+ % busy while the load ran$/m);
    expect(stdout).toMatch(/^CPU 1: \d+ NET_RX softirqs\/s$/m);
    expect(stdout).toContain('43435 packets dropped at socket');
    expect(stdout).toContain('delivered share: 89.6 %');
  });

  it('takes a single file, and prints JSON with shares that sum to one', async () => {
    expect(await main(['diagnose', '--json', join(bundledCapture('overlay-udp-16'), 'perf-cpu.txt.gz')])).toBe(0);
    const { cores, forecast } = JSON.parse(stdout) as {
      cores: { cpu: number; shares: Record<string, number> }[];
      forecast: { atMost: number };
    };
    expect(cores.map(({ cpu }) => cpu)).toEqual([0, 1]);
    for (const { shares } of cores) {
      expect(Object.values(shares).reduce((sum, share) => sum + share)).toBeCloseTo(1, 9);
    }
    expect(forecast.atMost).toBeGreaterThan(1);
  });

  it('refuses in one line what has no stacks', async () => {
    expect(await main(['diagnose', join(bundledCapture('overlay-udp-16'), 'proc-stat.txt')])).toBe(1);
    expect(stderr).toMatch(/proc-stat\.txt: expected stack samples \(perf record -a -g\), saw cpuTime\n$/);
  });
});
