import { paperExperiment, tcpAt, udpAt, type PaperMode } from '../../experiment';
import type { Case } from '../cases';
import { geometricRates, ramp, type Ramp } from './ramp';

/** Figure 12: latency of one flow, underloaded at a fixed rate and at each mode's highest rate without drops. */

export const SYSTEMS_3 = ['host', 'overlay', 'falcon'] as const;
const SEEDS = 3;

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
    experiment: paperExperiment({ mode, traffic, split, also: { warmup_s: 0.03 } }),
    seeds: SEEDS,
  };
}

/** Where each mode's highest rate is looked for, messages a second. */
const KNEES: Readonly<Record<'udp' | 'tcp', Readonly<Record<(typeof SYSTEMS_3)[number], readonly [number, number]>>>> =
  {
    udp: { host: [700_000, 1_150_000], overlay: [350_000, 620_000], falcon: [500_000, 950_000] },
    tcp: { host: [500_000, 1_200_000], overlay: [200_000, 600_000], falcon: [300_000, 1_100_000] },
  };
const STEP = 1.08;
const RAMP_SEEDS = 2;

/** Offered rates, up to where the mode drops. */
export function overloadRamp(protocol: 'udp' | 'tcp', mode: (typeof SYSTEMS_3)[number]): Ramp {
  const [from, to] = KNEES[protocol][mode];
  return ramp(`overload/${protocol}-16-${mode}`, geometricRates(from, to, STEP), RAMP_SEEDS, (rate) =>
    paperExperiment({
      mode,
      traffic: protocol === 'udp' ? udpAt(rate, 16) : tcpAt(rate, 16),
      also: { duration_s: 0.05, warmup_s: 0.03, emit: { interval_s: 0.025 } },
    }),
  );
}
