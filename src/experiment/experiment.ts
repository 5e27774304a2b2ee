import type { Topology } from './topology';
import type { Traffic } from './traffic';

/**
 * One experiment as plain JSON: machine, network card, path, steering, traffic, what to record.
 * This is the resolved form, every field filled in; `resolveExperiment` makes it from a partial one.
 * Units are in the names.
 */
export interface Experiment {
  /** Goes into the `run` column. */
  readonly name: string;
  /** Same seed and experiment: the same bytes out. */
  readonly seed: number;
  /** Measured interval, after the warm-up. */
  readonly duration_s: number;
  /** Simulated before measuring starts; what happens in it is not reported. */
  readonly warmup_s: number;
  /** Id of a cost profile: kernel and network card, e.g. `linux-5.4-mlx5`. */
  readonly profile: string;
  /** Constants of the profile to replace, by name, e.g. `{"vxlanReceive.packet_ns": 300}`. */
  readonly costs: Readonly<Record<string, number>>;
  readonly machine: Machine;
  readonly nic: Nic;
  readonly topology: Topology;
  /** Containers behind the path, each with its own devices where the topology says so. */
  readonly containers: number;
  readonly steering: Steering;
  readonly traffic: readonly Traffic[];
  readonly emit: Emit;
}

export interface Machine {
  /** Number of CPUs of the receiving machine, numbered from 0. */
  readonly cpus: number;
  /**
   * CPUs that apply the flow limit to the backlogs they fill (net.core.flow_limit_cpu_bitmap): those that take the
   * interrupts and steer by RPS, not those that packets are steered to. Empty by default, as in Linux.
   */
  readonly flowLimitCpus: readonly number[];
}

export interface Nic {
  /** Receive queues; RSS spreads flows over them. */
  readonly queues: number;
  /** CPU that takes the interrupt of each queue; queue q uses entry q modulo the length. */
  readonly irqCpus: readonly number[];
  /** Receive descriptors of each queue. */
  readonly ring: number;
  /** Largest IP packet on the wire. */
  readonly mtu_bytes: number;
  readonly moderation: Moderation;
}

/** When a receive queue raises its interrupt. */
export type Moderation =
  | { readonly mode: 'none' }
  | { readonly mode: 'fixed'; readonly usecs: number; readonly frames: number }
  /** The kernel's dynamic interrupt moderation (DIM): steps through profiles by packet rate. */
  | { readonly mode: 'adaptive' };

export interface Steering {
  /** Receive packet steering: which CPUs a device's packets are spread over, by flow hash. */
  readonly rps: readonly RpsRule[];
  /** Who chooses the CPU at stage transitions. */
  readonly stages: StagePolicy;
  /** Moves GRO to other CPUs than the one that allocates the skb; null: GRO stays in the NIC's poll. */
  readonly groSplit: GroSplit | null;
  /**
   * Whether the machine counts as having been as busy as up to the first sample of the load averages for long: they
   * start where they would settle (each takes a third of a second to get there from rest). Default false.
   */
  readonly steadyLoads: boolean;
}

export interface RpsRule {
  readonly device: string;
  readonly cpus: readonly number[];
}

export type StagePolicy =
  /** Vanilla kernel: the current CPU, or that of RPS. */
  | { readonly policy: 'none' }
  | FalconPolicy
  /** The CPU with the lowest sampled load, for each packet. */
  | { readonly policy: 'least-loaded'; readonly cpus: readonly number[] }
  /** Packet by packet in turn over the CPUs; reorders. */
  | { readonly policy: 'spray'; readonly cpus: readonly number[] };

export interface FalconPolicy {
  readonly policy: 'falcon';
  /** FALCON_CPUS. */
  readonly cpus: readonly number[];
  /** `paper`: Algorithm 1 (section 4.3). `kernel`: the released code. Differences: src/kernel/falcon.ts. */
  readonly variant: 'paper' | 'kernel';
  /** `static`: first choice only. */
  readonly balancing: 'static' | 'two-choice';
  /** FALCON_LOAD_THRESHOLD: above this average load the original path is used. */
  readonly loadThreshold_percent: number;
  /** Ignore the average load. */
  readonly alwaysOn: boolean;
  /** CPUs over which the average load is taken. */
  readonly loadCpus: readonly number[];
}

export interface GroSplit {
  readonly cpus: readonly number[];
  /** Whose packets are moved. The released kernel moves both (`process_backlog` runs GRO on all). */
  readonly protocols: readonly ('tcp' | 'udp')[];
  /** `always`: static, as Falcon does. `saturated`: only while the core of the NIC's poll is (section 6.4 asks for it). */
  readonly when: 'always' | 'saturated';
  /** Sampled load at which a core counts as saturated; it settles at 96 at most. */
  readonly threshold_percent: number;
}

/** What is recorded beside the tables that are always there. */
export interface Emit {
  /** How often counters and CPU time are read. */
  readonly interval_s: number;
  /** Stack samples for each CPU and second; 0 for none. */
  readonly samples_hz: number;
  /** Tracepoint events: at most so many; 0 for none. */
  readonly events: number;
  /** Follow every n-th packet over its stages; 0 for none. */
  readonly journeys: number;
}
