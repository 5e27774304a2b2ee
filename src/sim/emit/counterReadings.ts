import { CONTEXTS } from '../core';
import type { Core } from '../core';
import type { Machine } from '../machine';
import type { GaugeReading } from '../queueGauge';

/** What one reading of one core's counters holds, in this order. */
export const COUNTERS = [
  'netRx',
  'timer',
  'sched',
  'res',
  'cal',
  'loc',
  'nicIrq',
  'processed',
  'backlogDropped',
  'timeSqueeze',
  'receivedRps',
  'flowLimit',
] as const;

export interface Reading {
  readonly time_ns: number;
  /** By core: time of each context in ns. */
  readonly contexts: readonly Float64Array[];
  /** By core: the counters in the order of `COUNTERS`. */
  readonly counters: readonly number[][];
  /** Interrupts of each NIC queue. */
  readonly queueInterrupts: readonly number[];
  /** Of each gauge, in the order of the monitors'. */
  readonly gauges: readonly GaugeReading[];
  /** Average load as Falcon sees it, and each core's. */
  readonly averageLoad: number;
}

/** Readings of all counters at intervals, as a recorder that dumps /proc would take them. */
export class CounterReadings {
  readonly all: Reading[] = [];

  constructor(private readonly machine: Machine) {}

  start(): void {
    this.all.length = 0;
    this.read();
  }

  read(): void {
    const { machine } = this;
    const contexts = machine.cores.map((core) => {
      core.account(machine.now);
      return Float64Array.from({ length: CONTEXTS }, (_, c) => core.time_ns[c]);
    });
    this.all.push({
      time_ns: machine.now,
      contexts,
      counters: machine.cores.map(countersOf),
      queueInterrupts: (machine.nic?.queues ?? []).map((queue) => queue.interrupts),
      gauges: machine.monitors.gauges.map((gauge) => gauge.read(machine.now)),
      averageLoad: machine.steering.average,
    });
  }
}

function countersOf(core: Core): number[] {
  return [
    core.netRxCount,
    core.timerCount,
    core.schedCount,
    core.resCount,
    core.calCount,
    core.locCount,
    core.nicIrqCount,
    core.processed,
    core.backlogDropped,
    core.timeSqueeze,
    core.receivedRps,
    core.flowLimit?.refused ?? 0,
  ];
}
