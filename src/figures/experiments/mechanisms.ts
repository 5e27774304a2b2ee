import { paperExperiment, tcpAt, udpAt, udpStress, type PaperMode } from '../../experiment';
import type { Case } from '../cases';
import { MULTI_FLOW_ROLES, SIX_CORES } from './roles';

/** Runs that show how packets move, for the claims that no figure shows. */

const JOURNEY_RATE_PPS = 350_000;

/** Every packet of one flow, followed over its stages. */
export function journeyKey(mode: PaperMode): string {
  return `journeys/${mode}`;
}

export function journeyCase(mode: PaperMode): Case {
  return {
    key: journeyKey(mode),
    experiment: paperExperiment({
      mode,
      traffic: udpAt(JOURNEY_RATE_PPS, 16),
      also: { duration_s: 0.02, warmup_s: 0.02, emit: { interval_s: 0.01, journeys: 1 } },
    }),
    seeds: 3,
  };
}

/** Many flows at low rate under first choices only: where do they go? */
export const CHOICE_FLOWS = 400;
export const CHOICES: Case = {
  key: 'first-choices',
  experiment: paperExperiment({
    mode: 'falcon',
    roles: MULTI_FLOW_ROLES,
    falcon: { balancing: 'static' },
    traffic: udpAt(500, 16, { flows: CHOICE_FLOWS, appCpus: MULTI_FLOW_ROLES.app }),
    also: { duration_s: 0.04, warmup_s: 0.01, emit: { interval_s: 0.02, journeys: 1 } },
  }),
  seeds: 3,
};

/** One flow over several cores, packet by packet. */
export const SPRAY: Case = {
  key: 'spray',
  experiment: {
    ...paperExperiment({ mode: 'overlay', traffic: udpAt(JOURNEY_RATE_PPS, 16) }),
    steering: { rps: [{ device: 'eth0', cpus: [1] }], stages: { policy: 'spray', cpus: [3, 4, 5, 6] } },
  },
  seeds: 3,
};

/** One overlay TCP connection with the receive path on the interrupt's core. */
export function steeringKey(steered: boolean): string {
  return `tcp-steering/${steered ? 'rps' : 'none'}`;
}

export function steeringCase(steered: boolean): Case {
  const base = paperExperiment({ mode: 'overlay', traffic: tcpAt('bulk', 65536, steered ? {} : { appCpus: [0] }) });
  return {
    key: steeringKey(steered),
    experiment: steered ? base : { ...base, steering: { rps: [] } },
    seeds: 3,
  };
}

/** UDP through Falcon with GRO of both protocols moved, as the released kernel does, or not. */
export function udpSplitKey(split: boolean): string {
  return `udp-gro-split/${split ? 'split' : 'whole'}`;
}

export function udpSplitCase(split: boolean): Case {
  const base = paperExperiment({ mode: 'falcon', traffic: udpAt(200_000, 16) });
  const groSplit = split ? { cpus: [7], protocols: ['tcp', 'udp'] as const } : null;
  return { key: udpSplitKey(split), experiment: { ...base, steering: { ...base.steering, groSplit } }, seeds: 3 };
}

/** TCP with GRO split onto the core where it was. */
export const SPLIT_SAME_CORE: Case = {
  key: 'gro-split-same-core',
  experiment: paperExperiment({ mode: 'falcon', roles: { ...onOneSplitCore() }, traffic: tcpAt('bulk', 4096) }),
  seeds: 3,
};

function onOneSplitCore(): typeof SIX_CORES {
  return { cpus: 8, irq: [0], rps: [1], app: [2], falcon: [3, 4, 5, 6], groSplit: [0] };
}

/** Slim and the host: one TCP connection. */
export const SLIM: Case = {
  key: 'slim',
  experiment: { ...paperExperiment({ mode: 'host', traffic: tcpAt('bulk', 65536) }), topology: 'slim' },
  seeds: 3,
};

/** More flows than cores, unevenly loaded: every fourth flow sends four times as much. */
export function unevenKey(mode: PaperMode): string {
  return `uneven/${mode}`;
}

export function unevenCase(mode: PaperMode): Case {
  const appCpus = SIX_CORES.app;
  return {
    key: unevenKey(mode),
    experiment: paperExperiment({
      mode,
      roles: SIX_CORES,
      steadyLoads: true,
      traffic: [udpAt(20_000, 16, { flows: 9, appCpus }), udpAt(160_000, 16, { flows: 3, appCpus })],
      also: { duration_s: 0.08, warmup_s: 0.06 },
    }),
    seeds: 16,
  };
}

/** A busy test that is always true: every stage takes its second choice. */
export const SECOND_CHOICES: Case = {
  key: 'second-choices',
  experiment: paperExperiment({
    mode: 'falcon',
    falcon: { loadThreshold_percent: 1, alwaysOn: true },
    traffic: udpStress(16),
    also: { duration_s: 0.1, warmup_s: 0.2 },
  }),
  seeds: 3,
};

/** A threshold that the system's average load always reaches: Falcon must stay off. */
export const ABOVE_THRESHOLD: Case = {
  key: 'above-threshold',
  experiment: paperExperiment({
    mode: 'falcon',
    falcon: { loadThreshold_percent: 1, loadCpus: [0, 1, 2] },
    traffic: udpStress(16),
    also: { duration_s: 0.1, warmup_s: 0.2 },
  }),
  seeds: 3,
};

/** One flow at a low rate without RPS, with tracepoints: every packet's polls. */
export function pollsCase(mode: PaperMode): Case {
  const base = paperExperiment({
    mode,
    traffic: udpAt(20_000, 16),
    also: { duration_s: 0.05, warmup_s: 0.01, emit: { interval_s: 0.025, events: 60_000, journeys: 1 } },
  });
  return { key: `polls/${mode}`, experiment: { ...base, steering: { rps: [] } }, seeds: 3 };
}

/** RPS on every device of the overlay with the same CPUs. */
export const RPS_EVERYWHERE: Case = {
  key: 'rps-everywhere',
  experiment: {
    ...paperExperiment({
      mode: 'overlay',
      traffic: udpAt(5_000, 16, { flows: 20 }),
      also: { duration_s: 0.04, warmup_s: 0.01, emit: { interval_s: 0.02, journeys: 1 } },
    }),
    steering: { rps: ['eth0', 'vxlan0', 'veth0'].map((device) => ({ device, cpus: [1, 3, 4, 5] })) },
  },
  seeds: 3,
};

/** Many flows at low rate under RSS and RPS. */
export function manyFlowsCase(mode: 'host' | 'overlay'): Case {
  return {
    key: `many-flows/${mode}`,
    experiment: paperExperiment({
      mode,
      roles: MULTI_FLOW_ROLES,
      traffic: udpAt(2_000, 16, { flows: 100, appCpus: MULTI_FLOW_ROLES.app }),
      also: { duration_s: 0.04, warmup_s: 0.01, emit: { interval_s: 0.02, journeys: 1 } },
    }),
    seeds: 3,
  };
}
