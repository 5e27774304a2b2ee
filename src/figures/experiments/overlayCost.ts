import { paperExperiment, tcpAt, udpAt, type PaperExperiment, type PaperLink, type PaperMode } from '../../experiment';
import type { Case } from '../cases';
import { boundOf_pps } from './ramp';
import { FIVE_SHARED_CORES } from './roles';

/** Figure 2: what the overlay costs without Falcon. */

export const MODES = ['host', 'overlay'] as const;
export const LINKS = ['10G', '100G'] as const;
const SEEDS = 3;

export const TCP_64K = 65536;

/**
 * Figure 2a, TCP, and TCP by message size (section 2.2: the same trend, not plotted). The paper speaks of packet sizes, so
 * messages that fit a segment are sent at once (TCP_NODELAY) and are packets of their own.
 */
export const TCP_SIZES = [16, 256, 1024, 4096, TCP_64K] as const;

/** What a segment holds in the tunnel. */
const SEGMENT_BYTES = 1398;

export function tcpBulkKey(mode: PaperMode, link: PaperLink, size: number): string {
  return `tcp-bulk/${mode}-${link}-${size}`;
}

export function tcpBulkCase(mode: PaperMode, link: PaperLink, size: number): Case {
  return {
    key: tcpBulkKey(mode, link, size),
    experiment: paperExperiment({
      mode,
      link,
      traffic: tcpAt('bulk', size, { nodelay: size <= SEGMENT_BYTES }),
      also: { duration_s: 0.05, warmup_s: 0.03, emit: { interval_s: 0.025 } },
    }),
    seeds: SEEDS,
  };
}

/**
 * Figure 2c: flows for each of the cores, on which all of their work is done. TCP as in the text's example; the paper
 * does not state protocol and link.
 */
export const FLOWS_PER_CORE = [1, 4] as const;
export const MULTI_SEEDS = 8;

export function flowsKey(mode: PaperMode, flowsPerCore: number): string {
  return `flows-per-core/${mode}-${flowsPerCore}`;
}

function flowsExperiment(mode: PaperMode, flowsPerCore: number): PaperExperiment {
  const flows = flowsPerCore * FIVE_SHARED_CORES.rps.length;
  return paperExperiment({
    mode,
    roles: FIVE_SHARED_CORES,
    traffic: tcpAt('bulk', 4096, { flows, appCpus: FIVE_SHARED_CORES.app }),
    also: { duration_s: 0.03, warmup_s: 0.02, emit: { interval_s: 0.015 } },
  });
}

/**
 * Figure 2d: latency of host and overlay at the same offered rates. The paper states neither load nor
 * percentile; the rates are shares of what fills the overlay's busiest core, the highest just before it overflows.
 */
const LATENCY_LOADS = [0.2, 0.5, 0.947] as const;
const ratesOf = (protocol: 'udp' | 'tcp'): readonly number[] => {
  const bound_pps = boundOf_pps((rate) => paperExperiment({ mode: 'overlay', traffic: pacedTraffic(protocol, rate) }));
  return LATENCY_LOADS.map((load) => Math.round((load * bound_pps) / 1000) * 1000);
};
const pacedTraffic = (protocol: 'udp' | 'tcp', rate: number) =>
  protocol === 'udp' ? udpAt(rate, 16) : tcpAt(rate, 4096);
const LATENCY_SEEDS = 8;
export const LATENCY_RATES = { udp: ratesOf('udp'), tcp: ratesOf('tcp') };

export function latencyKey(protocol: 'udp' | 'tcp', mode: PaperMode, rate: number): string {
  return `latency/${protocol}-${mode}-${rate}`;
}

export function latencyCase(protocol: 'udp' | 'tcp', mode: PaperMode, rate: number): Case {
  const traffic = pacedTraffic(protocol, rate);
  return {
    key: latencyKey(protocol, mode, rate),
    experiment: paperExperiment({ mode, traffic, also: { warmup_s: 0.12 } }),
    seeds: LATENCY_SEEDS,
  };
}

export function flowsCase(mode: PaperMode, flowsPerCore: number): Case {
  return { key: flowsKey(mode, flowsPerCore), experiment: flowsExperiment(mode, flowsPerCore), seeds: MULTI_SEEDS };
}
