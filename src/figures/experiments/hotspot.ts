import { paperExperiment, tcpAt, udpAt, type FalconPolicy } from '../../experiment';
import type { Case } from '../cases';
import { SIX_CORES } from './roles';

/**
 * Figure 16: eight moderate flows, of which one, drawn from the seed, suddenly sends many times as much
 * (section 6.1: one flow's intensity raised at random, so that one core is overloaded). Rates are assumed.
 */

const SEEDS = 6;
const FLOWS = 8;
const UDP_PPS = 100_000;
const TCP_PPS = 40_000;
export const HOTSPOT_FROM_S = 0.2;
export const HOTSPOT_FACTOR = 8;
const END_S = 0.7;

export type Balancing = FalconPolicy['balancing'] | 'least-loaded';

export function hotspotKey(protocol: 'udp' | 'tcp', balancing: Balancing): string {
  return `hotspot/${protocol}-${balancing}`;
}

export function hotspotCase(protocol: 'udp' | 'tcp', balancing: Balancing): Case {
  const also = {
    flows: FLOWS,
    appCpus: SIX_CORES.app,
    hotspots: [{ flow: 'random', from_s: 0, to_s: END_S, factor: HOTSPOT_FACTOR }],
  } as const;
  const base = paperExperiment({
    mode: 'falcon',
    roles: SIX_CORES,
    falcon: balancing === 'least-loaded' ? {} : { balancing },
    traffic: protocol === 'udp' ? udpAt(UDP_PPS, 16, also) : tcpAt(TCP_PPS, 4096, also),
    also: {
      containers: FLOWS,
      duration_s: END_S - HOTSPOT_FROM_S,
      warmup_s: HOTSPOT_FROM_S,
      emit: { interval_s: 0.04 },
    },
  });
  return {
    key: hotspotKey(protocol, balancing),
    experiment:
      balancing === 'least-loaded'
        ? { ...base, steering: { ...base.steering, stages: { policy: 'least-loaded', cpus: SIX_CORES.falcon } } }
        : base,
    seeds: SEEDS,
  };
}
