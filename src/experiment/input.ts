import type { Emit, FalconPolicy, GroSplit, Machine, Nic, RpsRule, StagePolicy } from './experiment';
import type { ExtraStage, Topology } from './topology';
import type { MemcachedTraffic, TcpTraffic, UdpTraffic, WebTraffic } from './traffic';

type Fields<T, Required extends keyof T> = Pick<T, Required> & Partial<Omit<T, Required>>;

/**
 * What a user writes: only what differs from the defaults (`EXPERIMENT_DEFAULTS`, and the profile's NIC).
 * Made whole and checked by `resolveExperiment`.
 */
export interface ExperimentInput {
  readonly name?: string;
  readonly seed?: number;
  readonly duration_s?: number;
  readonly warmup_s?: number;
  readonly profile?: string;
  readonly costs?: Readonly<Record<string, number>>;
  readonly machine?: Partial<Machine>;
  readonly nic?: Partial<Nic>;
  readonly topology?: TopologyInput;
  readonly containers?: number;
  readonly steering?: SteeringInput;
  readonly traffic?: TrafficInput | readonly TrafficInput[];
  readonly emit?: Partial<Emit>;
}

/** A preset's name, a preset with extra stages, or a whole path. */
export type TopologyInput = string | { readonly base: string; readonly extra: readonly ExtraStage[] } | Topology;

export interface SteeringInput {
  readonly rps?: readonly RpsRule[];
  readonly stages?: Exclude<StagePolicy, FalconPolicy> | Fields<FalconPolicy, 'policy' | 'cpus'>;
  readonly groSplit?: Fields<GroSplit, 'cpus'> | null;
  readonly steadyLoads?: boolean;
}

export type TrafficInput =
  | Fields<UdpTraffic, 'kind'>
  | Fields<TcpTraffic, 'kind'>
  | Fields<MemcachedTraffic, 'kind'>
  | Fields<WebTraffic, 'kind'>;
