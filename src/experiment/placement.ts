import {
  averageLoad,
  getFalconCpu,
  getGroSplitCpu,
  isFalconOn,
  leastLoadedCpu,
  rpsCpu,
  sprayedCpu,
  type FalconOptions,
} from '../kernel';
import type { Experiment, FalconPolicy } from './experiment';
import type { SoftirqSegment } from './softirqs';

/** CPU numbers are below this. */
const MAX_CPUS = 1024;

/** The packet that is to be placed. */
export interface PlacedPacket {
  /** Flow hash, 32 bits. */
  readonly hash: number;
  /** Load average of each CPU in percent, by CPU number; CPUs beyond its end are idle. Default: all idle. */
  readonly loads?: ArrayLike<number>;
  /** Number of the packet, for policies that take CPUs in turn. Default 0. */
  readonly packet?: number;
  /** Receive queue that RSS chose. Default 0. */
  readonly queue?: number;
}

/** The CPU of each softirq of a path, as the kernel's functions choose it. */
export function placeSegments(
  experiment: Pick<Experiment, 'nic' | 'steering' | 'topology'>,
  segments: readonly SoftirqSegment[],
  packet: PlacedPacket,
): number[] {
  const cpus: number[] = [];
  for (const segment of segments) cpus.push(cpuOf(experiment, segment, packet, cpus[cpus.length - 1]));
  return cpus;
}

function cpuOf(
  { nic, steering, topology }: Pick<Experiment, 'nic' | 'steering' | 'topology'>,
  segment: SoftirqSegment,
  { hash, loads: knownLoads = [], packet = 0, queue = 0 }: PlacedPacket,
  current: number | undefined,
): number {
  const irqCpu = nic.irqCpus[queue % nic.irqCpus.length];
  const ifindex = topology.devices.find((d) => d.name === segment.device)?.ifindex ?? 0;
  switch (segment.chooser) {
    case 'irq':
      return irqCpu;
    case 'stay':
      return current ?? irqCpu;
    case 'rps':
      return rpsCpu(hash, steering.rps.find((rule) => rule.device === segment.device)?.cpus ?? [current ?? irqCpu]);
    case 'gro-split': {
      const { stages } = steering;
      const cpus = steering.groSplit?.cpus ?? [current ?? irqCpu];
      if (stages.policy !== 'falcon' || stages.variant === 'kernel') return getGroSplitCpu(hash, cpus);
      return getFalconCpu(hash, ifindex, cpus, allLoads(knownLoads), falconOptions(stages));
    }
    case 'policy': {
      const { stages } = steering;
      const loads = allLoads(knownLoads);
      if (stages.policy === 'spray') return sprayedCpu(packet, stages.cpus);
      if (stages.policy === 'least-loaded') return leastLoadedCpu(stages.cpus, loads);
      if (stages.policy !== 'falcon') return current ?? irqCpu;
      const on = stages.alwaysOn || isFalconOn(averageLoad(loads, stages.loadCpus), stages.loadThreshold_percent);
      return on ? getFalconCpu(hash, ifindex, stages.cpus, loads, falconOptions(stages)) : (current ?? irqCpu);
    }
  }
}

/** Loads of all possible CPUs; those that are not known are idle. */
function allLoads(known: ArrayLike<number>): number[] {
  return Array.from({ length: MAX_CPUS }, (_, cpu) => known[cpu] ?? 0);
}

/** A policy of an experiment in the words of the kernel room. */
export function falconOptions(policy: FalconPolicy): FalconOptions {
  return {
    variant: policy.variant,
    balancing: policy.balancing === 'static' ? 'static' : 'dynamic',
    loadThreshold_percent: policy.loadThreshold_percent,
  };
}
