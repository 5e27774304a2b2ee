import { packetWorkOf } from '../../analysis';
import { paperExperiment, tcpAt, udpAt } from '../../experiment';
import type { FalconPolicy, PaperExperiment, PaperMode, TrafficInput } from '../../experiment';
import type { Case } from '../cases';
import { RECEIVING_CPUS, SIX_CORES } from './roles';

/**
 * Figures 14 to 16: many containers with one flow each on six receiving cores. Every run starts with the load averages
 * of a system that has been as busy for long, so that it tells soon whether Falcon is on.
 */

export const CONTAINERS = [6, 10, 20, 40] as const;
/** Section 6.1: six containers keep the receiving cores around 70% busy. */
const FIRST_LOAD = 0.7;
/**
 * Where flows meet decides with few of them, and is drawn anew for each seed: many short runs tell more than few long
 * ones. With many flows it matters less.
 */
const SEEDS: Readonly<Record<number, number>> = { 6: 20, 10: 16, 20: 5, 40: 3 };
/** The loads are sampled every 40 ms: the measured time takes in three states of Falcon's switch. */
export const SETTLED = { duration_s: 0.1, warmup_s: 0.06, emit: { interval_s: 0.05 } } as const;
type Protocol = 'udp' | 'tcp';

/**
 * Messages a second of each flow, whatever their number: the rate at which the work for the packets of six vanilla flows,
 * were it spread evenly and nothing lost, would take 70% of the six cores. What batches share (interrupts, softirq entries,
 * wake-ups) comes on top, some percent. It follows from the profile's costs.
 */
export const BUSY_PPS: Readonly<Record<Protocol, number>> = { udp: evenRate_pps('udp'), tcp: evenRate_pps('tcp') };

function evenRate_pps(protocol: Protocol): number {
  const probe_pps = 50_000;
  const [six] = CONTAINERS;
  const { shares } = packetWorkOf({ ...containersExperiment('overlay', six, trafficOf(protocol, probe_pps, six)) });
  const busy = RECEIVING_CPUS.reduce((sum, cpu) => sum + (shares.get(cpu) ?? 0), 0) / RECEIVING_CPUS.length;
  return Math.round((probe_pps * FIRST_LOAD) / busy / 1000) * 1000;
}

/** UDP from three clients for each flow, so that the rate is what it says and not what one client can send. */
function trafficOf(protocol: Protocol, rate_pps: number, flows: number): TrafficInput {
  const also = { flows, appCpus: SIX_CORES.app };
  return protocol === 'udp' ? udpAt(rate_pps, 16, also) : tcpAt(rate_pps, 4096, also);
}

/**
 * Falcon without GRO splitting: it splits only a device that overloads a core by itself (section 4.2), which no NIC queue
 * does here; section 6.1 names splitting for the other TCP tests, not for these.
 */
function containersExperiment(
  mode: PaperMode,
  containers: number,
  traffic: TrafficInput,
  falcon?: Partial<FalconPolicy>,
): PaperExperiment {
  return paperExperiment({
    mode,
    split: false,
    roles: SIX_CORES,
    falcon,
    steadyLoads: true,
    traffic,
    also: { ...SETTLED, containers },
  });
}

export function containersKey(protocol: Protocol, variant: string, containers: number): string {
  return `containers/${protocol}-${variant}-${containers}`;
}

function containersCase(
  protocol: Protocol,
  variant: string,
  mode: PaperMode,
  containers: number,
  falcon?: Partial<FalconPolicy>,
): Case {
  const traffic = trafficOf(protocol, BUSY_PPS[protocol], containers);
  return {
    key: containersKey(protocol, variant, containers),
    experiment: containersExperiment(mode, containers, traffic, falcon),
    seeds: SEEDS[containers],
  };
}

export function busyCase(protocol: Protocol, mode: 'overlay' | 'falcon', containers: number): Case {
  return containersCase(protocol, mode, mode, containers);
}

/** Figure 15: thresholds of the average load, in percent; and none. */
export const THRESHOLDS = [50, 60, 70, 80, 90] as const;
/** With idle cycles left, and the fullest (section 6.1). */
export const THRESHOLD_CONTAINERS = [6, 10, 40] as const;
/** As released, and in all other figures. */
const DEFAULT_THRESHOLD = 80;

/** In percent, or none. */
export type Threshold = number | 'always-on';

/** Thresholds are compared seed by seed, with the same places for the flows: fewer seeds tell as much. */
export const THRESHOLD_SEEDS = 12;

export function thresholdCase(threshold: Threshold, containers: number): Case {
  if (threshold === DEFAULT_THRESHOLD) return busyCase('udp', 'falcon', containers);
  if (threshold === 'always-on') return containersCase('udp', threshold, 'falcon', containers, { alwaysOn: true });
  const falcon = { loadThreshold_percent: threshold };
  const made = containersCase('udp', `threshold-${threshold}`, 'falcon', containers, falcon);
  return { ...made, seeds: Math.min(made.seeds, THRESHOLD_SEEDS) };
}
