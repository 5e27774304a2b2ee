import type { FalconPolicy, RpsRule } from './experiment';
import type { ExperimentInput, SteeringInput, TrafficInput } from './input';

/**
 * The set-ups of the paper's evaluation (section 6) as experiments without seed: shared by its figures,
 * its claims and the calibration. What the paper does not state is assumed here, once, and says so.
 */

/** `host+` is the host with GRO splitting, `overlay` the paper's Con. */
export type PaperMode = 'host' | 'host+' | 'overlay' | 'falcon';
export type PaperLink = '10G' | '100G';
export type PaperKernel = '4.19' | '5.4';

export type PaperExperiment = Omit<ExperimentInput, 'seed' | 'name'>;

export function paperProfile(link: PaperLink, kernel: PaperKernel): string {
  return `linux-${kernel}-${link === '10G' ? 'ixgbe' : 'mlx5'}`;
}

/** Which CPUs do what. */
export interface Roles {
  readonly cpus: number;
  /** Interrupts, one receive queue each. */
  readonly irq: readonly number[];
  readonly rps: readonly number[];
  readonly app: readonly number[];
  /** FALCON_CPUS. */
  readonly falcon: readonly number[];
  /** Where GRO is moved to. */
  readonly groSplit: readonly number[];
}

/** Figure 11: interrupts on core 0, RPS to core 1, the application on core 2. That Falcon has four more is assumed. */
export const SINGLE_FLOW_ROLES: Roles = {
  cpus: 8,
  irq: [0],
  rps: [1],
  app: [2],
  falcon: [3, 4, 5, 6],
  groSplit: [7],
};

/** What a mode changes in the paper's set-up, beside the topology. */
export function paperSteering(mode: PaperMode, roles: Roles, options: SteeringOptions = {}): SteeringInput {
  const { split = mode === 'falcon' || mode === 'host+', falcon, steadyLoads } = options;
  const rps: RpsRule[] = [{ device: 'eth0', cpus: roles.rps }];
  return {
    rps,
    ...(mode === 'falcon' ? { stages: { ...falconDefaults(roles), ...falcon } } : {}),
    groSplit: split ? { cpus: roles.groSplit, protocols: ['tcp'] } : null,
    ...(steadyLoads === true ? { steadyLoads } : {}),
  };
}

export interface SteeringOptions {
  /** GRO splitting; by default under Falcon and Host+. Moves TCP only, as section 6.1 has it. */
  readonly split?: boolean;
  readonly falcon?: Partial<FalconPolicy>;
  /** Load averages as after a long time. */
  readonly steadyLoads?: boolean;
}

/** Algorithm 1 as printed: every device of every protocol chooses, threshold 80% (the released default). */
function falconDefaults(roles: Roles): Pick<FalconPolicy, 'policy' | 'cpus' | 'variant' | 'loadCpus'> {
  return { policy: 'falcon', cpus: roles.falcon, variant: 'paper', loadCpus: roles.falcon };
}

export interface PaperSetup extends SteeringOptions {
  readonly mode: PaperMode;
  readonly traffic: TrafficInput | readonly TrafficInput[];
  /** Default 100G. */
  readonly link?: PaperLink;
  /** Default 5.4. */
  readonly kernel?: PaperKernel;
  /** Default `SINGLE_FLOW_ROLES`. */
  readonly roles?: Roles;
  /** Anything else of the experiment. */
  readonly also?: PaperExperiment;
}

/** An experiment of the paper. Long enough for 1% at the usual rates; figures may ask for more. */
export function paperExperiment(setup: PaperSetup): PaperExperiment {
  const { mode, traffic, link = '100G', kernel = '5.4', roles = SINGLE_FLOW_ROLES, also } = setup;
  const tunnelled = mode === 'overlay' || mode === 'falcon';
  return {
    duration_s: 0.1,
    warmup_s: 0.05,
    profile: paperProfile(link, kernel),
    machine: { cpus: roles.cpus },
    nic: { queues: roles.irq.length, irqCpus: roles.irq },
    topology: tunnelled ? 'overlay' : 'host',
    steering: paperSteering(mode, roles, setup),
    traffic,
    ...also,
    emit: { interval_s: 0.05, ...also?.emit },
  };
}

type UdpInput = Extract<TrafficInput, { kind: 'udp' }>;
type TcpInput = Extract<TrafficInput, { kind: 'tcp' }>;

/** A UDP stress test (section 6.1): unless said, one flow and three sockperf clients on its socket. */
export function udpStress(message_bytes: number, also: Partial<UdpInput> = {}): UdpInput {
  return { kind: 'udp', message_bytes, rate_pps: 'stress', clients: 3, ...also };
}

/** UDP at a fixed rate of each flow, from three clients as in the stress test, so that sending is not what bounds it. */
export function udpAt(rate_pps: number, message_bytes: number, also: Partial<UdpInput> = {}): UdpInput {
  return { kind: 'udp', message_bytes, rate_pps, clients: 3, arrivals: 'poisson', ...also };
}

/** TCP as fast as it goes, or at a fixed message rate of each flow. */
export function tcpAt(rate_pps: number | 'bulk', message_bytes: number, also: Partial<TcpInput> = {}): TcpInput {
  return { kind: 'tcp', message_bytes, rate_pps, ...(rate_pps === 'bulk' ? {} : { arrivals: 'poisson' }), ...also };
}
