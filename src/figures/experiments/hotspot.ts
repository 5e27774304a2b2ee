import { paperExperiment, tcpAt, udpAt, type FalconPolicy, type PaperExperiment } from '../../experiment';
import type { Case } from '../cases';
import { BUSY_PPS, SETTLED } from './busySystem';
import { SIX_CORES } from './roles';

/**
 * Figure 16: six containers with moderate flows, of which one, drawn from the seed, sends many times as much (section
 * 6.1: one flow's intensity raised at random, so that one core is overloaded). A moderate flow has half the rate of the
 * busy system's first point, so that Falcon stays on; the hot one sends what its clients, or its window, can.
 */

const FLOWS = 6;
const MODERATE_PPS = { udp: BUSY_PPS.udp / 2, tcp: BUSY_PPS.tcp / 2 } as const;
const HOTSPOT_FACTOR = 8;
/** Which core is overloaded, and by what, is drawn for each seed. */
const SEEDS = { udp: 32, tcp: 16 } as const;
/** How often the least loaded core changes is seen in few runs. */
const LEAST_LOADED_SEEDS = 12;
/** The hot connection's slow start, and what it loses in it, has to be over. */
const TCP_WARMUP_S = 0.2;

export type Balancing = FalconPolicy['balancing'] | 'least-loaded';

export function hotspotKey(protocol: 'udp' | 'tcp', balancing: Balancing): string {
  return `hotspot/${protocol}-${balancing}`;
}

/** A hotspot that has lasted for long. */
export function hotspotCase(protocol: 'udp' | 'tcp', balancing: Balancing): Case {
  const times = protocol === 'tcp' ? { ...SETTLED, warmup_s: TCP_WARMUP_S } : SETTLED;
  return {
    key: hotspotKey(protocol, balancing),
    experiment: hotspotExperiment(protocol, balancing, -times.warmup_s, {
      ...times,
      duration_s: 0.2,
      emit: { interval_s: 0.04 },
    }),
    seeds: balancing === 'least-loaded' ? LEAST_LOADED_SEEDS : SEEDS[protocol],
  };
}

/** The load averages take eight samples of 40 ms to tell of a core that is suddenly full. */
export const ONSET_S = 0.6;

/** A hotspot from its onset. */
export function onsetCase(balancing: FalconPolicy['balancing']): Case {
  return {
    key: `hotspot-onset/udp-${balancing}`,
    experiment: hotspotExperiment('udp', balancing, 0, {
      ...SETTLED,
      duration_s: ONSET_S,
      emit: { interval_s: 0.04 },
    }),
    seeds: 3,
  };
}

function hotspotExperiment(
  protocol: 'udp' | 'tcp',
  balancing: Balancing,
  from_s: number,
  also: PaperExperiment & { readonly duration_s: number },
): PaperExperiment {
  const flows = {
    flows: FLOWS,
    appCpus: SIX_CORES.app,
    hotspots: [{ flow: 'random', from_s, to_s: also.duration_s, factor: HOTSPOT_FACTOR }],
  } as const;
  const experiment = paperExperiment({
    mode: 'falcon',
    split: false,
    roles: SIX_CORES,
    falcon: balancing === 'least-loaded' ? {} : { balancing },
    steadyLoads: true,
    traffic: protocol === 'udp' ? udpAt(MODERATE_PPS.udp, 16, flows) : tcpAt(MODERATE_PPS.tcp, 4096, flows),
    also: { ...also, containers: FLOWS },
  });
  if (balancing !== 'least-loaded') return experiment;
  const stages = { policy: 'least-loaded', cpus: SIX_CORES.falcon } as const;
  return { ...experiment, steering: { ...experiment.steering, stages } };
}
