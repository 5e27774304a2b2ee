import { describe, expect, it } from 'vitest';
import type { ExperimentInput } from '../../src/experiment';
import type { SimulationResult } from '../../src/sim';
import { drops, run } from './support';

/**
 * The scenario of the commit that brought the flow limit (99bbc7074190): interrupts on one CPU, RPS to one, a server
 * with 20,000 packets a second, and a storm of 400 kpps from one flow, which that CPU cannot process.
 */
function storm(flowLimitCpus: number[]): SimulationResult {
  const input: ExperimentInput = {
    topology: 'host',
    machine: { cpus: 4, flowLimitCpus },
    // Receive processing at about 240 kpps, as of a CPU of that time.
    costs: { 'ipReceive.packet_ns': 3800 },
    steering: { rps: [{ device: 'eth0', cpus: [1] }] },
    traffic: [
      { kind: 'udp', rate_pps: 20_000, appCpus: [3] },
      { kind: 'udp', rate_pps: 400_000, clients: 2, appCpus: [2] },
    ],
    duration_s: 0.1,
  };
  return run(input);
}

/** Packets that the server read. */
function served(result: SimulationResult): number {
  return [...(result.tables.messageRates?.rows() ?? [])][0].received_pps ?? NaN;
}

/** The flow_limit_count column at the end, by CPU. */
function flowLimitCounts(result: SimulationResult): (number | null)[] {
  return [...(result.tables.softnet?.rows() ?? [])].slice(-4).map((row) => row.flow_limit_count);
}

describe('the flow limit', () => {
  it('is off by default: the storm takes half of the small flow with it', () => {
    const result = storm([]);
    expect(served(result) / 20_000).toBeLessThan(0.65);
    expect(drops(result).get('flow-limit')).toBeUndefined();
    expect(drops(result).get('backlog')).toBeGreaterThan(10_000);
    expect(flowLimitCounts(result)).toEqual([0, 0, 0, 0]);
  });

  it('drops the storm alone if it is on at the CPU that steers', () => {
    const result = storm([0]);
    expect(served(result) / 20_000).toBeGreaterThan(0.99);
    const refused = drops(result).get('flow-limit') ?? 0;
    expect(refused).toBeGreaterThan(10_000);
    expect(drops(result).get('backlog')).toBeUndefined();
    // Counted on the CPU that refused, and among the drops of the one whose backlog it was.
    expect(flowLimitCounts(result)).toEqual([refused, 0, 0, 0]);
    const lost = [...(result.tables.softnet?.rows() ?? [])].slice(-4).map((row) => row.dropped);
    expect(lost).toEqual([0, refused, 0, 0]);
  });

  it('does nothing at the CPU whose backlog it is', () => {
    const result = storm([1]);
    expect(served(result) / 20_000).toBeLessThan(0.65);
    expect(drops(result).get('flow-limit')).toBeUndefined();
  });
});
