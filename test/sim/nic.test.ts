import { describe, expect, it } from 'vitest';
import { resolveExperiment } from '../../src/experiment';
import type { ExperimentInput } from '../../src/experiment';
import { compilePlan } from '../../src/sim/plan';
import { Simulator } from '../../src/sim/simulator';

const EQE = { 'nic.adaptiveScheme': 0 };
const CQE = { 'nic.adaptiveScheme': 1 };
const ITR = { 'nic.adaptiveScheme': 2 };

/** One paced flow through the host's stack, on a machine that is fast enough. */
function simulator(input: ExperimentInput, rate_pps: number, arrivals: 'constant' | 'poisson' = 'constant'): Simulator {
  const traffic = { kind: 'udp' as const, rate_pps, arrivals };
  const experiment = { topology: 'host' as const, warmup_s: 0, duration_s: 0.05, traffic, ...input };
  return new Simulator(compilePlan(resolveExperiment(experiment)));
}

function interruptRate(input: ExperimentInput, rate_pps: number): number {
  const run = simulator(input, rate_pps);
  run.run();
  return (run.machine.nic?.queues[0].interrupts ?? 0) / 0.05;
}

describe('interrupt moderation', () => {
  it('counts the time from the interrupt before: one in each period', () => {
    const nic = { moderation: { mode: 'fixed' as const, usecs: 100, frames: 256 } };
    expect(interruptRate({ nic }, 100_000)).toBeCloseTo(10_000, -2);
  });

  it('or interrupts at the number of packets', () => {
    const nic = { moderation: { mode: 'fixed' as const, usecs: 1000, frames: 10 } };
    // Counted from the end of the polls, during which one more packet or two come.
    const rate = interruptRate({ nic }, 100_000);
    expect(rate).toBeLessThan(10_000);
    expect(rate).toBeGreaterThan(8000);
  });

  it('of mlx5 lets DIM raise the time from the interrupt (EQE) to 256 us', () => {
    const run = simulator({ costs: EQE, warmup_s: 0.1 }, 300_000);
    run.run();
    expect(run.machine.nic?.queues[0].moderator.time_ns).toBe(256_000);
  });

  it('of mlx5 counts the time from the last packet (CQE): a gap brings the interrupt, else the number does', () => {
    // 40 us apart: DIM finds that 2, 8 and 16 us all give an interrupt a packet.
    expect(interruptRate({ costs: CQE }, 25_000)).toBeCloseTo(25_000, -2);
    // 2.5 us apart: with 8 us from the last packet, only the number of 128 packets does.
    const run = simulator({ costs: CQE }, 300_000);
    run.run();
    const queue = run.machine.nic?.queues[0];
    expect(queue?.moderator).toMatchObject({ time_ns: 8000, frames: 128, fromPacket: true });
    expect(queue?.interrupts).toBeLessThan((0.05 * 300_000) / 64);
  });

  it('of ixgbe throttles towards 48 packets an interrupt', () => {
    expect(interruptRate({ costs: ITR, profile: 'linux-5.4-ixgbe' }, 300_000)).toBeLessThan(300_000 / 30);
  });
});

describe('looking ahead', () => {
  /** All that a run measured. */
  function tables(input: ExperimentInput, rate_pps: number, eventByEvent: boolean): string {
    const run = simulator({ warmup_s: 0.02, ...input }, rate_pps, 'poisson');
    if (eventByEvent) run.machine.link.isOpenLoop = false;
    run.run();
    const { monitors, cores, nic } = run.machine;
    return JSON.stringify([
      monitors.ledger,
      monitors.receivedMessages,
      monitors.latency.map((h) => h?.toJSON()),
      cores.map((core) => [core.nicIrqCount, core.netRxCount, [...core.time_ns]]),
      nic?.queues[0].interrupts,
    ]);
  }

  it.each([
    ['CQE', 20_000, CQE],
    ['CQE', 400_000, CQE],
    ['EQE', 100_000, EQE],
    ['ITR', 200_000, ITR],
  ])('changes nothing: %s at %i pps', (_, rate, costs) => {
    expect(tables({ costs }, rate, false)).toBe(tables({ costs }, rate, true));
  });

  it('changes nothing where a full ring pauses the link or drops', () => {
    for (const flowControl of [0, 1]) {
      const input = { costs: { ...CQE, 'nic.flowControl': flowControl }, nic: { ring: 32 } };
      expect(tables(input, 900_000, false)).toBe(tables(input, 900_000, true));
    }
  });
});
