import { paperExperiment, tcpAt, udpAt, type PaperExperiment, type PaperMode } from '../../experiment';
import type { Case } from '../cases';
import { boundOf_pps, ramp, ratesAroundKnee, type Ramp } from './ramp';

/** Figure 12: latency of one flow, underloaded at a fixed rate and at each mode's highest rate without drops. */

export const SYSTEMS_3 = ['host', 'overlay', 'falcon'] as const;
const SEEDS = 12;

/**
 * Section 6.1: a rate that overloads no core in any of the three cases. How far below the overlay's bound is not told. UDP:
 * assumed. TCP: chosen by looking at two of the paper's claims, that Falcon is faster for TCP, too (data/paper/fit.json); of
 * the overlay that is so only close to its bound, where queues last from one batch to the next.
 */
const UNDERLOAD = { udp: 0.7, tcp: 0.93 } as const;
const underload_pps = (
  protocol: keyof typeof UNDERLOAD,
  trafficAt: (rate: number) => PaperExperiment['traffic'],
): number => {
  const bound_pps = boundOf_pps((rate) => paperExperiment({ mode: 'overlay', traffic: trafficAt(rate) as never }));
  return Math.round((UNDERLOAD[protocol] * bound_pps) / 1000) * 1000;
};
export const UNDERLOAD_UDP_PPS = underload_pps('udp', (rate) => udpAt(rate, 16));
export const UNDERLOAD_TCP_PPS = underload_pps('tcp', (rate) => tcpAt(rate, 4096));

export type Underload = 'udp-16' | 'tcp-4096' | 'tcp-1024';

/** @param split false for Falcon with GRO left whole */
export function underCase(load: Underload, mode: PaperMode, split?: boolean): Case {
  const traffic =
    load === 'udp-16' ? udpAt(UNDERLOAD_UDP_PPS, 16) : tcpAt(UNDERLOAD_TCP_PPS, load === 'tcp-4096' ? 4096 : 1024);
  return {
    key: `under/${load}-${mode}${split === false ? '-whole' : ''}`,
    experiment: paperExperiment({ mode, traffic, split, also: { warmup_s: 0.12 } }),
    seeds: SEEDS,
  };
}

/** The last rate without drops lies within these shares of the bound. */
const AROUND = [0.86, 1.06] as const;
const STEP = 1.03;
const OVERLOAD_SEEDS = 12;
const SHORT = { duration_s: 0.05, warmup_s: 0.03, emit: { interval_s: 0.025 } } as const;

/** UDP 16 B at rising rates, up to where the mode drops. */
export function overloadRamp(mode: (typeof SYSTEMS_3)[number]): Ramp {
  const experimentAt = (rate: number): PaperExperiment =>
    paperExperiment({ mode, traffic: udpAt(rate, 16), also: SHORT });
  return ramp(
    `overload/udp-16-${mode}`,
    ratesAroundKnee(experimentAt, STEP, { around: AROUND }),
    OVERLOAD_SEEDS,
    experimentAt,
  );
}

/** TCP has no drops: its window holds the sender back at the highest rate. A thousand messages in flight is assumed. */
const OVERLOAD_WINDOW_BYTES = 16_384;

export function overloadTcpCase(mode: (typeof SYSTEMS_3)[number]): Case {
  const traffic = tcpAt('bulk', 16, { window_bytes: OVERLOAD_WINDOW_BYTES, nodelay: true });
  return {
    key: `overload/tcp-16-${mode}`,
    experiment: paperExperiment({ mode, traffic, also: SHORT }),
    seeds: OVERLOAD_SEEDS,
  };
}
