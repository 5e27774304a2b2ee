import type { ExperimentInput } from '../experiment';
import { resolveExperiment } from '../experiment';
import { simulate } from '../sim';
import type { Check } from './check';
import { compareExactly } from './check';
import { counterOf } from './counters';
import { RPS } from './paths';

/** Runs that lose packets at every place where the model can lose one, and some that lose none. */
const EXPERIMENTS: readonly ExperimentInput[] = [
  { name: 'host, underloaded', topology: 'host', traffic: { kind: 'udp', rate_pps: 200_000 } },
  {
    name: 'overlay, NIC ring full, no flow control',
    costs: { 'nic.flowControl': 0 },
    traffic: { kind: 'udp', rate_pps: 3_000_000, clients: 16 },
  },
  {
    name: 'overlay, backlog full',
    steering: { rps: RPS },
    traffic: { kind: 'udp', rate_pps: 1_000_000, clients: 4 },
  },
  {
    name: 'overlay, socket full',
    steering: { rps: RPS },
    costs: { 'application.packet_ns': 5000 },
    traffic: { kind: 'udp', rate_pps: 300_000 },
  },
  {
    name: 'overlay with Falcon, overloaded',
    steering: { rps: RPS, stages: { policy: 'falcon', cpus: [3, 4, 5, 6, 7] } },
    traffic: { kind: 'udp', rate_pps: 1_500_000, clients: 6 },
  },
  {
    name: 'overlay, 64 kB datagrams in fragments',
    traffic: { kind: 'udp', message_bytes: 65507, rate_pps: 20_000, clients: 4 },
  },
  { name: 'overlay, bulk TCP', steering: { rps: RPS }, traffic: { kind: 'tcp' } },
];

/** Every packet is somewhere: offered + in flight at the start = delivered + dropped + in flight at the end. */
export const conservationCheck: Check = {
  title: 'conservation of packets',
  *run({ seed }) {
    for (const input of EXPERIMENTS) {
      const experiment = resolveExperiment({ ...input, seed, duration_s: 0.2, warmup_s: 0.05 });
      const { tables } = simulate(experiment);
      const count = (name: string): number => counterOf(tables, name);
      const came = count('offered') + count('in flight at start');
      const went = count('delivered') + count('dropped') + count('in flight at end');
      const check = `conservation: ${experiment.name}`;
      yield compareExactly(check, 'offered + in flight = delivered + dropped + in flight', `${came}`, `${went}`);
      const byPlace = new Map<string, number>();
      for (const { place, packets } of tables.drops?.rows() ?? []) {
        byPlace.set(place, (byPlace.get(place) ?? 0) + packets);
      }
      const places = [...byPlace].map(([place, packets]) => `${place} ${packets}`).join(' + ') || 'none';
      const sum = [...byPlace.values()].reduce((total, packets) => total + packets, 0);
      yield compareExactly(check, `dropped, by place: ${places}`, `${count('dropped')}`, `${sum}`);
    }
  },
};
