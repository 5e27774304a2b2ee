import type { ExperimentInput } from '../experiment';
import { resolveExperiment } from '../experiment';
import type { SimulationTables } from '../sim';
import { simulate } from '../sim';
import type { Check, VerifyLine } from './check';
import { compareExactly } from './check';
import { counterOf } from './counters';

const FALCON_CPUS = [3, 4, 5, 6, 7];

/** Eight flows at 500 kpps together: 10^6 packets in 2 s, no core near its limit. */
const FLOWS: ExperimentInput = {
  warmup_s: 0.1,
  traffic: { kind: 'udp', flows: 8, rate_pps: 62_500, arrivals: 'poisson', appCpus: [8, 9] },
  nic: { queues: 2, irqCpus: [0, 1] },
  steering: { rps: [{ device: 'eth0', cpus: [2] }], stages: { policy: 'falcon', cpus: FALCON_CPUS } },
};

/** Packets that began at a stage after a later one of their flow, by following all of them. */
function overtakingsByDevice({ journeys }: SimulationTables): Map<string, number> {
  const byDevice = new Map<string, number>();
  const last = new Map<string, { packet: number; started_s: number }>();
  const rows = [...(journeys?.rows() ?? [])].sort((a, b) => a.packet - b.packet);
  for (const { flow, stage, device, packet, started_s } of rows) {
    const where = `${device} (${stage})`;
    const key = `${flow}\u0000${where}`;
    const before = last.get(key);
    const overtaken = before !== undefined && started_s < before.started_s;
    byDevice.set(where, (byDevice.get(where) ?? 0) + (overtaken ? 1 : 0));
    if (!overtaken) last.set(key, { packet, started_s });
  }
  return byDevice;
}

function* verifyFalcon(seed: number): Generator<VerifyLine, void, undefined> {
  const long = simulate(resolveExperiment({ ...FLOWS, seed, duration_s: 2 })).tables;
  const delivered = counterOf(long, 'delivered');
  const steered = counterOf(long, 'steered');
  yield {
    check: 'Falcon keeps order: size of the sample',
    quantity: 'packets delivered, steered at a stage',
    expected: 'about 1000000, and more steerings than packets',
    observed: `${delivered}, ${steered} steerings`,
    method: 'count',
    passed: delivered > 990_000 && steered > delivered,
  };
  yield compareExactly('Falcon keeps order', 'packets out of order', '0', `${counterOf(long, 'out of order')}`);
  const followed = simulate(resolveExperiment({ ...FLOWS, seed, duration_s: 0.1, emit: { journeys: 1 } })).tables;
  for (const [where, overtakings] of overtakingsByDevice(followed)) {
    yield compareExactly(`Falcon keeps order at ${where}`, 'overtakings within a flow', '0', `${overtakings}`);
  }
}

function* verifySpraying(seed: number): Generator<VerifyLine, void, undefined> {
  const stages = { policy: 'spray', cpus: FALCON_CPUS } as const;
  const { tables } = simulate(
    resolveExperiment({ ...FLOWS, seed, duration_s: 0.2, steering: { ...FLOWS.steering, stages } }),
  );
  const outOfOrder = counterOf(tables, 'out of order');
  yield {
    check: 'spraying reorders',
    quantity: 'packets out of order',
    expected: 'more than 0',
    observed: `${outOfOrder} of ${counterOf(tables, 'delivered')}`,
    method: 'count',
    passed: outOfOrder > 0,
  };
}

/** What section 4.1 of the paper promises, and what section 3.3 warns of. */
export const reorderingCheck: Check = {
  title: 'order of packets',
  *run({ seed }) {
    yield* verifyFalcon(seed);
    yield* verifySpraying(seed);
  },
};
