import { describe, expect, it } from 'vitest';
import {
  paperExperiment,
  resolveExperiment,
  tcpAt,
  udpAt,
  type GroSplit,
  type PaperMode,
  type TrafficInput,
} from '../../src/experiment';
import { simulate } from '../../src/sim';
import { runMachine } from './support';

function run(traffic: TrafficInput, when: GroSplit['when'] | null, threshold_percent = 80, warmup_s = 0.02) {
  const base = paperExperiment({
    mode: 'falcon',
    traffic,
    also: { duration_s: 0.02, warmup_s, emit: { interval_s: 0.02 } },
  });
  const groSplit =
    when === null ? null : { cpus: [7], protocols: ['tcp' as const, 'udp' as const], when, threshold_percent };
  const { tables } = simulate(
    resolveExperiment({ ...base, name: 'split', seed: 1, steering: { ...base.steering, groSplit } }),
  );
  const counters = new Map([...tables.counters!.rows()].map((row) => [row.name, row.value]));
  const rates = [...tables.messageRates!.rows()].reduce((sum, row) => sum + (row.received_pps ?? 0), 0);
  const cpus = new Set([...tables.stages!.rows()].filter((row) => row.packets > 0).map((row) => row.cpu));
  return { rates, cpus, of: (name: string) => counters.get(name) };
}

const UDP = udpAt(200_000, 16);

/** Segments of an skb when the application reads it, on average. */
function mergedSegments(mode: PaperMode, split: boolean, maxSegments: number): number {
  const base = paperExperiment({ mode, split, traffic: tcpAt('bulk', 65536) });
  const simulator = runMachine({ ...base, costs: { 'gro.tunnelMaxSegments': maxSegments } });
  const { ledger, stages } = simulator.machine.monitors;
  const skbs = stages[stages.length - 1].reduce((sum, core) => sum + (core?.packets ?? 0), 0);
  return ledger.delivered / skbs;
}

describe('the limit of GRO on tunnelled segments', () => {
  it('holds wherever GRO runs: in the NIC poll and its gro_cell, and in the backlog of a split core', () => {
    for (const limit of [2, 4]) {
      for (const split of [false, true]) {
        for (const mode of ['overlay', 'falcon'] as const) {
          const merged = mergedSegments(mode, split, limit);
          expect(merged).toBeLessThanOrEqual(limit);
          expect(merged).toBeGreaterThan(0.8 * limit);
        }
      }
    }
  });

  it('does not concern what came without a tunnel', () => {
    expect(mergedSegments('host', false, 2)).toBeGreaterThan(4);
    expect(mergedSegments('host+', true, 2)).toBeGreaterThan(4);
  });
});

describe('splitting GRO', () => {
  it('moves packets to the split core always, never, or as the load asks for', () => {
    const always = run(UDP, 'always');
    expect(always.of('kept at GRO')).toBe(0);
    expect(always.of('cut before GRO')).toBeGreaterThan(3000);
    expect(always.cpus).toContain(7);
    const idle = run(UDP, 'saturated');
    expect(idle.of('cut before GRO')).toBe(0);
    expect(idle.of('kept at GRO')).toBeGreaterThan(3000);
    expect(idle.cpus).not.toContain(7);
    const never = run(UDP, null);
    expect(never.of('cut before GRO')).toBe(0);
    expect(never.of('kept at GRO')).toBe(0);
  });

  it('that does not take place costs the same and gives the same as no splitting', () => {
    expect(run(UDP, 'saturated').rates).toBe(run(UDP, null).rates);
    const tcp = tcpAt('bulk', 4096);
    expect(run(tcp, 'saturated').rates).toBe(run(tcp, null).rates);
  });

  it('begins once the core is found saturated, stays without going back and forth, and keeps the order', () => {
    // A load of 80% needs half a second to show in Falcon's average; a lower threshold is reached in a few samples.
    const tcp = run(tcpAt('bulk', 4096), 'saturated', 30, 0.2);
    expect(tcp.of('changes of splitting')).toBe(1);
    expect(tcp.of('cut before GRO')).toBeGreaterThan(0);
    expect(tcp.of('out of order')).toBe(0);
    expect(tcp.cpus).toContain(7);
  });

  it('ends when the load has gone, after the split queue has run empty', () => {
    // For 0.2 s as much as three clients can send: Falcon's average of the NIC's core gets to about 30%.
    const burst = udpAt(10_000, 16, { hotspots: [{ flow: 0, from_s: 0, to_s: 0.2, factor: 90 }] });
    const base = paperExperiment({
      mode: 'falcon',
      traffic: burst,
      also: { duration_s: 0.6, warmup_s: 0, emit: { interval_s: 0.1 } },
    });
    const groSplit = { cpus: [7], protocols: ['udp' as const], when: 'saturated' as const, threshold_percent: 25 };
    const { tables } = simulate(
      resolveExperiment({ ...base, name: 'burst', seed: 1, steering: { ...base.steering, groSplit } }),
    );
    const counters = new Map([...tables.counters!.rows()].map((row) => [row.name, row.value]));
    expect(counters.get('changes of splitting')).toBe(2);
    expect(counters.get('out of order')).toBe(0);
    expect(counters.get('kept at GRO')).toBeGreaterThan(0);
    expect(counters.get('cut before GRO')).toBeGreaterThan(0);
  });
});
