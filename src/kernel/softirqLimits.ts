import type { Nanoseconds } from '../core';
import {
  BACKLOG_WEIGHT,
  MAX_SOFTIRQ_RESTART,
  MAX_SOFTIRQ_TIME_MS,
  NAPI_POLL_WEIGHT,
  NETDEV_BUDGET,
  NETDEV_BUDGET_JIFFIES,
} from './constants';
import { LOAD_SAMPLE_JIFFIES } from './loadAverage';

/** How long softirq processing may go on, for one tick rate. */
export interface SoftirqLimits {
  readonly jiffy_ns: Nanoseconds;
  /** Packets of one net_rx_action run. */
  readonly budget_packets: number;
  /** Time of one net_rx_action run: it ends once jiffies have reached start + this. */
  readonly budgetTime_ns: Nanoseconds;
  /** Packets of one poll. */
  readonly pollWeight_packets: number;
  /** Packets of one poll of the backlog. */
  readonly backlogWeight_packets: number;
  /** Passes of __do_softirq. */
  readonly maxRestart: number;
  /** Time of __do_softirq: no further pass once jiffies have reached start + this. */
  readonly softirqTime_ns: Nanoseconds;
  /** Time between two samples of Falcon's CPU loads. */
  readonly loadSample_ns: Nanoseconds;
}

/**
 * The limits for a tick rate. The kernel compares jiffies, so a time limit is met at the first tick at
 * or after it: a limit of one jiffy lasts anything up to one jiffy. Sources: `constants.ts`.
 * @param hz CONFIG_HZ; 250 on Ubuntu, 1000 on many others
 */
export function softirqLimits(hz: number): SoftirqLimits {
  const jiffy_ns = 1e9 / hz;
  return {
    jiffy_ns,
    budget_packets: NETDEV_BUDGET,
    budgetTime_ns: NETDEV_BUDGET_JIFFIES * jiffy_ns,
    pollWeight_packets: NAPI_POLL_WEIGHT,
    backlogWeight_packets: BACKLOG_WEIGHT,
    maxRestart: MAX_SOFTIRQ_RESTART,
    softirqTime_ns: msecsToJiffies(MAX_SOFTIRQ_TIME_MS, hz) * jiffy_ns,
    loadSample_ns: LOAD_SAMPLE_JIFFIES * jiffy_ns,
  };
}

/** Milliseconds in jiffies, rounded up. Source: msecs_to_jiffies() of include/linux/jiffies.h, 5.4.63. */
export function msecsToJiffies(time_ms: number, hz: number): number {
  return Math.ceil((time_ms * hz) / 1000);
}
