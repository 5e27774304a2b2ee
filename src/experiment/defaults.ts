import type { Emit, FalconPolicy, GroSplit, Machine } from './experiment';
import type { MemcachedTraffic, TcpTraffic, UdpTraffic, WebTraffic } from './traffic';
import { WEB_OPERATIONS } from './webOperations';

/** Defaults of every field that a user may leave out. Those of `nic` are the profile's. */
export const EXPERIMENT_DEFAULTS = {
  name: 'experiment',
  seed: 1,
  duration_s: 1,
  warmup_s: 0.1,
  profile: 'linux-5.4-mlx5',
  topology: 'overlay',
  containers: 1,
} as const;

/** One socket of the paper's servers. */
export const MACHINE_DEFAULTS: Machine = { cpus: 10, flowLimitCpus: [] };

export const NIC_QUEUE_DEFAULTS = { queues: 1, irqCpus: [0] } as const;

/** Released kernel: threshold 80, two choices. `loadCpus` defaults to all CPUs of the machine. */
export const FALCON_POLICY_DEFAULTS: Omit<FalconPolicy, 'policy' | 'cpus' | 'loadCpus'> = {
  variant: 'kernel',
  balancing: 'two-choice',
  loadThreshold_percent: 80,
  alwaysOn: false,
};

export const GRO_SPLIT_DEFAULTS: Omit<GroSplit, 'cpus'> = {
  protocols: ['tcp'],
  when: 'always',
  threshold_percent: 80,
};

/** Figure 11's placement: interrupts on CPU 0, RPS on CPU 1, the application on CPU 2. */
const APP_CPUS = [2];

export const UDP_DEFAULTS: UdpTraffic = {
  kind: 'udp',
  flows: 1,
  message_bytes: 16,
  rate_pps: 'stress',
  clients: 1,
  arrivals: 'constant',
  appCpus: APP_CPUS,
  senderCpus: [0],
  hotspots: [],
};

export const TCP_DEFAULTS: TcpTraffic = {
  kind: 'tcp',
  flows: 1,
  message_bytes: 4096,
  rate_pps: 'bulk',
  arrivals: 'constant',
  window_bytes: 3145728,
  nodelay: false,
  appCpus: APP_CPUS,
  senderCpus: [0],
  hotspots: [],
};

/**
 * Section 6.2: 4 threads, 550 B objects, 100 connections. Assumed: keys of some 30 B, four reads for a write, and a load
 * generator that asks again at once, so that its own time for a request paces it.
 */
export const MEMCACHED_DEFAULTS: MemcachedTraffic = {
  kind: 'memcached',
  clients: 1,
  connections: 100,
  pipeline: 1,
  serverThreads: 4,
  object_bytes: 550,
  request_bytes: 64,
  getRatio: 0.8,
  think_us: 0,
  udpRatio: 0,
  appCpus: [2, 3, 4, 5],
  senderCpus: [0],
};

/** Section 6.2: 200 users, pm.max_children = 100, cache and database on two separate cores. The rest is assumed. */
export const WEB_DEFAULTS: WebTraffic = {
  kind: 'web',
  users: 200,
  workers: 100,
  think_s: 0.2,
  operations: WEB_OPERATIONS,
  request_bytes: 600,
  query_bytes: 120,
  answer_bytes: 900,
  appCpus: [2, 3, 4, 5],
  tiers: 'local',
  cacheCpu: 6,
  databaseCpu: 7,
  senderCpus: [0],
};

export const EMIT_DEFAULTS: Emit = { interval_s: 0.1, samples_hz: 0, events: 0, journeys: 0 };
