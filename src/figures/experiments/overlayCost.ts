import { paperExperiment, tcpAt, udpAt, type PaperExperiment, type PaperLink, type PaperMode } from '../../experiment';
import type { Case } from '../cases';
import { MULTI_FLOW_ROLES } from './roles';

/** Figure 2: what the overlay costs without Falcon. */

export const MODES = ['host', 'overlay'] as const;
export const LINKS = ['10G', '100G'] as const;
const SEEDS = 3;

export const TCP_64K = 65536;

/** Figure 2a, TCP, and TCP by message size (section 2.2: the same trend, not plotted). */
export const TCP_SIZES = [16, 256, 1024, 4096, TCP_64K] as const;

export function tcpBulkKey(mode: PaperMode, link: PaperLink, size: number): string {
  return `tcp-bulk/${mode}-${link}-${size}`;
}

export function tcpBulkCase(mode: PaperMode, link: PaperLink, size: number): Case {
  return {
    key: tcpBulkKey(mode, link, size),
    experiment: paperExperiment({
      mode,
      link,
      traffic: tcpAt('bulk', size),
      also: { duration_s: 0.05, warmup_s: 0.03, emit: { interval_s: 0.025 } },
    }),
    seeds: SEEDS,
  };
}

/** Figure 2c: flows for each RPS core. TCP as in the text's example; the paper does not state protocol and link. */
export const FLOWS_PER_CORE = [1, 4] as const;
export const MULTI_SEEDS = 8;

export function flowsKey(mode: PaperMode, flowsPerCore: number): string {
  return `flows-per-core/${mode}-${flowsPerCore}`;
}

function flowsExperiment(mode: PaperMode, flowsPerCore: number): PaperExperiment {
  const flows = flowsPerCore * MULTI_FLOW_ROLES.rps.length;
  return paperExperiment({
    mode,
    roles: MULTI_FLOW_ROLES,
    traffic: tcpAt('bulk', 4096, { flows, appCpus: MULTI_FLOW_ROLES.app }),
    also: { duration_s: 0.03, warmup_s: 0.02, emit: { interval_s: 0.015 } },
  });
}

/**
 * Figure 2d: latency of host and overlay at the same offered rates. The paper states neither load nor
 * percentile; the highest rate is 97% of what the overlay carries at a fixed rate.
 */
export const LATENCY_RATES = {
  udp: [100_000, 300_000, 600_000],
  tcp: [50_000, 100_000, 140_000],
} as const;

export function latencyKey(protocol: 'udp' | 'tcp', mode: PaperMode, rate: number): string {
  return `latency/${protocol}-${mode}-${rate}`;
}

export function latencyCase(protocol: 'udp' | 'tcp', mode: PaperMode, rate: number): Case {
  const traffic = protocol === 'udp' ? udpAt(rate, 16) : tcpAt(rate, 4096);
  return {
    key: latencyKey(protocol, mode, rate),
    experiment: paperExperiment({ mode, traffic, also: { warmup_s: 0.12 } }),
    seeds: SEEDS,
  };
}

export function flowsCase(mode: PaperMode, flowsPerCore: number): Case {
  return { key: flowsKey(mode, flowsPerCore), experiment: flowsExperiment(mode, flowsPerCore), seeds: MULTI_SEEDS };
}
