import type { Core } from './core';
import type { Machine } from './machine';

/** How far below the threshold the joint load must be: without it, cutting would undo its own cause. */
const HYSTERESIS_PERCENT = 10;

/**
 * Whether the NIC's poll is cut before GRO. Falcon cuts it while it is on at all; section 6.4 leaves open how to do it
 * only while it pays. Here: cut while the core of the poll is saturated, and join again once the work of both would
 * fit one core with room to spare. The loads are those that Falcon samples, so a change takes some tenths of a second.
 */
export class Splitting {
  /** Packets cut off, and packets that could have been and stayed. */
  cut = 0;
  kept = 0;
  /** Times that a core began or ceased to cut, since the machine started. */
  changes = 0;
  private readonly dynamic: boolean;
  private readonly threshold_percent: number;
  private readonly splitCpus: readonly number[];
  /** By core. */
  private readonly on: boolean[];

  constructor(private readonly machine: Machine) {
    const { groSplit } = machine.plan.experiment.steering;
    this.dynamic = groSplit?.when === 'saturated';
    this.threshold_percent = groSplit?.threshold_percent ?? 0;
    this.splitCpus = groSplit?.cpus ?? [];
    this.on = machine.cores.map(() => groSplit !== null && !this.dynamic);
  }

  /** Leg that the NIC's poll serves a packet by: 0, which may be cut, or the whole one. */
  legFor(core: Core, kind: number): number {
    const { plan } = this.machine;
    if (!plan.splits[kind]) return 0;
    if (this.on[core.id] && this.dynamic && this.fitsOneCore(core.id) && this.isDrained()) this.change(core.id, false);
    if (this.on[core.id] && this.machine.steering.maySplit) {
      this.cut++;
      return 0;
    }
    this.kept++;
    return plan.wholeLeg;
  }

  /** To be called when the loads have been sampled. */
  onLoadsSampled(): void {
    if (!this.dynamic) return;
    for (const cpu of new Set(this.machine.plan.experiment.nic.irqCpus)) {
      if (!this.on[cpu] && this.machine.steering.loads[cpu] >= this.threshold_percent) this.change(cpu, true);
    }
  }

  startMeasuring(): void {
    this.cut = 0;
    this.kept = 0;
  }

  private change(core: number, on: boolean): void {
    this.on[core] = on;
    this.changes++;
  }

  /** Whether the work of the core and the split cores would leave one core well below the threshold. */
  private fitsOneCore(core: number): boolean {
    const { loads } = this.machine.steering;
    const together = this.splitCpus.reduce((sum, cpu) => sum + loads[cpu], loads[core]);
    return together < this.threshold_percent - HYSTERESIS_PERCENT;
  }

  /** Only then does a packet that stays not overtake one that was cut off. */
  private isDrained(): boolean {
    return this.splitCpus.every((cpu) => !this.machine.backlogs[cpu].scheduled);
  }
}
