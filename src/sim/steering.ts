import type { FalconOptions } from '../kernel';
// Functions that run for each packet come from their own files: through a room's index, a getter runs at each call.
import { getFalconCpu, getGroSplitCpu, isFalconOn } from '../kernel/falcon';
import { averageLoad, busyPercent, nextLoad, settledLoad } from '../kernel/loadAverage';
import { leastLoadedCpu, sprayedCpu } from '../kernel/steering';
import { IDLE } from './core';
import type { Machine } from './machine';

/** Who chooses the CPU at stage transitions, and the load averages that the choice rests on. */
export class StageSteering {
  /** EWMA of each CPU's load in percent. */
  readonly loads: Int32Array;
  /** Average that Falcon compares with its threshold. */
  average = 0;
  /** Packets that were moved, and that took the original path since the average was too high. */
  steered = 0;
  refused = 0;
  private readonly idleAtSample: Float64Array;
  private sampledAt_ns = 0;
  private sprayed = 0;
  private readonly options: FalconOptions;
  private readonly cpus: Int32Array;
  private readonly splitCpus: Int32Array;
  private readonly policy: 'none' | 'falcon' | 'least-loaded' | 'spray';
  private readonly loadCpus: readonly number[];
  private readonly alwaysOn: boolean;
  private readonly steadyLoads: boolean;
  /** Whether GRO splitting is one of Falcon's stage transitions (section 5), or the released kernel's of its own. */
  private readonly splitsByChoice: boolean;
  readonly choose_ns: number;

  constructor(private readonly machine: Machine) {
    const { experiment } = machine.plan;
    const { stages, groSplit, steadyLoads } = experiment.steering;
    const cpus = experiment.machine.cpus;
    this.steadyLoads = steadyLoads;
    this.loads = new Int32Array(cpus);
    this.idleAtSample = new Float64Array(cpus);
    this.policy = stages.policy;
    this.cpus = Int32Array.from(stages.policy === 'none' ? [] : stages.cpus);
    this.splitCpus = Int32Array.from(groSplit?.cpus ?? []);
    const falcon = stages.policy === 'falcon' ? stages : null;
    this.options = {
      variant: falcon?.variant ?? 'kernel',
      loadThreshold_percent: falcon?.loadThreshold_percent ?? 100,
      balancing: falcon?.balancing === 'static' ? 'static' : 'dynamic',
    };
    this.loadCpus = falcon?.loadCpus ?? [];
    this.alwaysOn = falcon?.alwaysOn ?? false;
    this.splitsByChoice = falcon?.variant === 'paper';
    this.choose_ns = machine.plan.constant('falcon.choose_ns');
  }

  get isActive(): boolean {
    return this.policy !== 'none';
  }

  /** CPU for the next stage, or -1: the original path. */
  choose(hash: number, ifindex: number): number {
    switch (this.policy) {
      case 'none':
        return -1;
      case 'falcon':
        if (!this.isOn) {
          this.refused++;
          return -1;
        }
        this.steered++;
        return getFalconCpu(hash, ifindex, this.cpus, this.loads, this.options);
      case 'least-loaded':
        this.steered++;
        return leastLoadedCpu(this.cpus, this.loads);
      case 'spray':
        this.steered++;
        return sprayedCpu(this.sprayed++, this.cpus);
    }
  }

  /** CPU for what was cut off the NIC's poll; `ifindex` is the NIC's. */
  chooseSplit(hash: number, ifindex: number): number {
    if (!this.splitsByChoice) return getGroSplitCpu(hash, this.splitCpus);
    this.steered++;
    return getFalconCpu(hash, ifindex, this.splitCpus, this.loads, this.options);
  }

  /** Whether the NIC's poll may be cut: section 4.3 switches splitting on and off together with pipelining. */
  get maySplit(): boolean {
    return !this.splitsByChoice || this.isOn;
  }

  private get isOn(): boolean {
    return this.alwaysOn || isFalconOn(this.average, this.options.loadThreshold_percent);
  }

  startMeasuring(): void {
    this.steered = 0;
    this.refused = 0;
  }

  /** Every 10 jiffies, as the patch's timer code does. */
  sampleLoads(): void {
    const { now, cores } = this.machine;
    const interval_ns = now - this.sampledAt_ns;
    if (interval_ns <= 0) return;
    const settles = this.steadyLoads && this.sampledAt_ns === 0;
    this.sampledAt_ns = now;
    for (const core of cores) {
      core.account(now);
      const idle = core.time_ns[IDLE];
      const busy = Math.min(100, Math.max(0, busyPercent(idle - this.idleAtSample[core.id], interval_ns)));
      this.loads[core.id] = settles ? settledLoad(busy) : nextLoad(this.loads[core.id], busy);
      this.idleAtSample[core.id] = idle;
    }
    this.average = averageLoad(this.loads, this.loadCpus);
  }
}
