import { paperExperiment, tcpAt, udpAt, type PaperMode } from '../../experiment';
import type { Case } from '../cases';
import { geometricRates, ramp, type Ramp } from './ramp';

/** Figure 12: latency of one flow, underloaded at a fixed rate and at each mode's highest rate without drops. */

export const SYSTEMS_3 = ['host', 'overlay', 'falcon'] as const;
const SEEDS = 5;

/** Section 6.1: a rate that overloads no core in any of the three cases; the number is assumed. */
export const UNDERLOAD_UDP_PPS = 200_000;
export const UNDERLOAD_TCP_PPS = 60_000;

export type Underload = 'udp-16' | 'tcp-4096' | 'tcp-1024';

export function underKey(load: Underload, mode: PaperMode): string {
  return `under/${load}-${mode}`;
}

export function underCase(load: Underload, mode: PaperMode, split?: boolean): Case {
  const traffic =
    load === 'udp-16' ? udpAt(UNDERLOAD_UDP_PPS, 16) : tcpAt(UNDERLOAD_TCP_PPS, load === 'tcp-4096' ? 4096 : 1024);
  return {
    key: underKey(load, mode),
    experiment: paperExperiment({ mode, traffic, split, also: { duration_s: 0.2 } }),
    seeds: SEEDS,
  };
}

/** Offered rates, up to where the mode drops. */
export function overloadRamp(protocol: 'udp' | 'tcp', mode: PaperMode): Ramp {
  const rates =
    protocol === 'udp' ? geometricRates(300_000, 1_500_000, 1.08) : geometricRates(150_000, 3_000_000, 1.15);
  return ramp(`overload/${protocol}-16-${mode}`, rates, 3, (rate) =>
    paperExperiment({ mode, traffic: protocol === 'udp' ? udpAt(rate, 16) : tcpAt(rate, 16) }),
  );
}
