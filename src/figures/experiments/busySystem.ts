import { paperExperiment, tcpAt, udpStress, type FalconPolicy, type PaperMode } from '../../experiment';
import type { Case } from '../cases';
import { SIX_CORES } from './roles';

/**
 * Figures 14 to 16: many containers with one flow each on six receiving cores. The warm-up lets the kernel's
 * load average settle (a sample every 40 ms, section "load" of the kernel facts).
 */

export const CONTAINERS = [6, 10, 20, 40] as const;
/** Fewer where all is full: those runs are long, and alike. */
const seedsAt = (containers: number): number => (containers >= 20 ? 2 : 4);
const SETTLE = { duration_s: 0.08, warmup_s: 0.36, emit: { interval_s: 0.04 } } as const;

export function containersKey(protocol: 'udp' | 'tcp', variant: string, containers: number): string {
  return `containers/${protocol}-${variant}-${containers}`;
}

function containersCase(
  protocol: 'udp' | 'tcp',
  variant: string,
  mode: PaperMode,
  containers: number,
  falcon?: Partial<FalconPolicy>,
): Case {
  const also = { flows: containers, appCpus: SIX_CORES.app };
  return {
    key: containersKey(protocol, variant, containers),
    experiment: paperExperiment({
      mode,
      roles: SIX_CORES,
      falcon,
      traffic: protocol === 'udp' ? udpStress(16, { ...also, clients: 1 }) : tcpAt('bulk', 4096, also),
      also: { ...SETTLE, containers },
    }),
    seeds: seedsAt(containers),
  };
}

export function busyCase(protocol: 'udp' | 'tcp', mode: 'overlay' | 'falcon', containers: number): Case {
  return containersCase(protocol, mode, mode, containers);
}

/** Figure 15: thresholds of the average load, in percent; and none. */
export const THRESHOLDS = [50, 60, 70, 80, 90] as const;
export const THRESHOLD_CONTAINERS = [6, 20] as const;

/** In percent, or none. */
export type Threshold = number | 'always-on';

function thresholdVariant(threshold: Threshold): string {
  return threshold === 'always-on' ? 'always-on' : `threshold-${threshold}`;
}

export function thresholdCase(threshold: Threshold, containers: number): Case {
  const falcon = threshold === 'always-on' ? { alwaysOn: true } : { loadThreshold_percent: threshold };
  return containersCase('udp', thresholdVariant(threshold), 'falcon', containers, falcon);
}
