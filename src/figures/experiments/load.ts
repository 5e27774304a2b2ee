import { paperExperiment, udpAt, udpStress, tcpAt, type PaperMode } from '../../experiment';
import type { Case } from '../cases';
import { MULTI_FLOW_ROLES } from './roles';

/** Figures 5, 9a and 19: what the cores do at a given load; and figure 4's interrupts. */

const SEEDS = 3;

/** Figure 4: heavier than figure 19's 400 kpps (footnote 5), yet below what the overlay can carry. */
export const INTERRUPT_RATE_PPS = 480_000;
export const FOOTNOTE_RATE_PPS = 400_000;
export const FIXED_RATES_PPS = [50_000, 100_000, 200_000, 400_000, 480_000] as const;

export function fixedKey(mode: PaperMode, rate_pps: number): string {
  return `udp-fixed/${mode}-${rate_pps}`;
}

/** One UDP flow of 16 B messages at a fixed rate. */
export function fixedCase(mode: PaperMode, rate_pps: number): Case {
  return {
    key: fixedKey(mode, rate_pps),
    experiment: paperExperiment({ mode, traffic: udpAt(rate_pps, 16), also: { warmup_s: 0.12 } }),
    seeds: SEEDS,
  };
}

/** Figure 5: busy, yet no core overloaded. */
export const SINGLE_RATE_PPS = 400_000;
export const FIVE_FLOWS = 5;
const FIVE_FLOWS_RATE_PPS = 200_000;

export function fiveFlowsKey(mode: PaperMode): string {
  return `five-flows/${mode}`;
}

export function fiveFlowsCase(mode: PaperMode): Case {
  return {
    key: fiveFlowsKey(mode),
    experiment: paperExperiment({
      mode,
      roles: MULTI_FLOW_ROLES,
      also: { duration_s: 0.06, warmup_s: 0.02, emit: { interval_s: 0.03 } },
      traffic: udpAt(FIVE_FLOWS_RATE_PPS, 16, { flows: FIVE_FLOWS, appCpus: MULTI_FLOW_ROLES.app }),
    }),
    seeds: 6,
  };
}

/** Figure 9a: pipelining without splitting; TCP by message size, and UDP. */
export type FirstStageLoad = 'tcp-4096' | 'tcp-1024' | 'udp-16' | 'udp-1024';

export function firstStageKey(load: FirstStageLoad, split: boolean): string {
  return `first-stage/${load}-${split ? 'split' : 'whole'}`;
}

export function firstStageCase(load: FirstStageLoad, split: boolean): Case {
  const size = Number(load.slice(4));
  return {
    key: firstStageKey(load, split),
    experiment: paperExperiment({
      mode: 'falcon',
      split,
      traffic: load.startsWith('tcp') ? tcpAt('bulk', size) : udpStress(size),
      also: { duration_s: 0.06, warmup_s: 0.03, emit: { interval_s: 0.03, samples_hz: split ? 0 : 20_000 } },
    }),
    // Shares of stack samples scatter.
    seeds: 8,
  };
}
