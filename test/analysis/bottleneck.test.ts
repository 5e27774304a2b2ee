import { describe, expect, it } from 'vitest';
import { findBottleneck } from '../../src/analysis/bottleneck';
import { resolveExperiment } from '../../src/experiment';
import { simulate } from '../../src/sim';
import { softnetSchema, tableFromRows } from '../../src/table';

describe('findBottleneck', () => {
  it('names the core that an overloaded overlay is stuck on, its drops, and what pipelining would bring', () => {
    const { tables } = simulate(
      resolveExperiment({
        duration_s: 0.2,
        steering: { rps: [{ device: 'eth0', cpus: [1] }] },
        traffic: { kind: 'udp', rate_pps: 1_000_000, clients: 4 },
      }),
    );
    const { busiest, drops, pipelining, sentences } = findBottleneck(tables);
    expect(busiest?.cpu).toBe(1);
    expect(busiest?.busy).toBeGreaterThan(0.99);
    expect(busiest?.softirq).toBeGreaterThan(0.95);
    expect(drops[0].place).toBe('backlog');
    expect(pipelining?.cpu).toBe(1);
    expect(pipelining?.gain).toBeGreaterThan(1.5);
    expect(pipelining?.gain).toBeLessThan(3.5);
    expect(sentences[0]).toMatch(/^CPU 1 is the bottleneck: it was busy 100 % of the time/);
    expect(sentences.join(' ')).toContain('times the rate');
  });

  it('says so when nothing is wrong', () => {
    const { tables } = simulate(
      resolveExperiment({ duration_s: 0.1, topology: 'host', traffic: { kind: 'udp', rate_pps: 50_000 } }),
    );
    const { busiest, drops, sentences } = findBottleneck(tables);
    expect(busiest?.busy).toBeLessThan(0.5);
    expect(drops).toEqual([]);
    expect(sentences[0]).toContain('not a full one');
    expect(sentences).toContain('No packet was dropped.');
  });

  it('takes a kernel’s counters where there is no table of drops', () => {
    const origin = { source: 'captured', run: 'r', cpu: 0, processed: 0, received_rps: 0, flow_limit_count: 0 };
    const softnet = tableFromRows(softnetSchema, [
      { ...origin, time_s: 0, dropped: 5, time_squeeze: 1 },
      { ...origin, time_s: 1, dropped: 12, time_squeeze: 4 },
    ]);
    const diagnosis = findBottleneck({ softnet });
    expect(diagnosis.drops).toEqual([{ place: 'backlog', packets: 7 }]);
    expect(diagnosis.squeezes).toBe(3);
    expect(diagnosis.busiest).toBeUndefined();
    expect(diagnosis.sentences).toEqual([
      'Packets were dropped: 7 at backlog.',
      'net_rx_action ended 3 times with work left (time_squeeze).',
    ]);
  });
});
