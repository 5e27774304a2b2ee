import { InputError } from '../core';
import type { Experiment, ExperimentInput, Profile, UdpTraffic } from '../experiment';
import {
  constantOf,
  datagramCosts,
  FlowHasher,
  placeSegments,
  profileOf,
  resolveExperiment,
  softirqSegments,
} from '../experiment';
import { fragmentSizes, UDP_HEADER_BYTES } from '../kernel';
import { batchOverheads } from './batchOverheads';
import type { PlacedFlow, PlacedWork } from './batchOverheads';
import { segmentCosts } from './packetCosts';

/** What one core has to do. */
export interface CoreLoad {
  readonly cpu: number;
  /** Busy share of the core's time; above 1 it cannot keep up. */
  readonly utilisation: number;
  /** Part of it that each packet costs, whatever the batches: the floor under the utilisation. */
  readonly packetShare: number;
  /** Share of time by stage, `application` among them, without what batches share. */
  readonly stages: readonly { readonly stage: string; readonly share: number }[];
}

export interface AnalyticModel {
  /** Cores that have something to do, by number. */
  readonly cores: readonly CoreLoad[];
  /** The busiest core, and its heaviest stage. */
  readonly bottleneck: { readonly cpu: number; readonly stage: string; readonly utilisation: number };
  /** Messages per second that are offered, over all flows. */
  readonly offered_pps: number;
  /**
   * Upper bound of the messages per second that can be delivered with this placement and mix of flows: the rate at which
   * the work for packets alone fills the busiest core.
   */
  readonly bound_pps: number;
}

/**
 * The bottleneck and utilisation laws for an experiment's placement (Denning and Buzen, 1978): each core's utilisation
 * is the sum over flows of rate times demand, and no rate can exceed what fills a core. Costs that a batch shares
 * (interrupts, softirq entries, IPIs, wake-ups) are spread over the batches that interrupt moderation makes.
 *
 * Without overflowing queues it is within 5 % of the simulator's utilisation for single flows, mostly within 1 %; where
 * stages of many flows meet on one core their batches merge, and it overestimates that core by up to 10 %.
 *
 * For open UDP traffic. Every flow is where the first choice of its steering puts it on idle cores; a Falcon that
 * re-balances under load is beyond a law of averages, and is for the simulator.
 * @throws InputError on other traffic
 */
export function analyticModel(input: ExperimentInput): AnalyticModel {
  const experiment = resolveExperiment(input);
  const profile = profileOf(experiment);
  const flows = placeFlows(experiment, profile);
  const offered_pps = flows.reduce((sum, flow) => sum + flow.message_pps, 0);
  const overheads = batchOverheads(experiment, profile, flows);
  const cores = coreLoads(flows, overheads);
  const busiest = cores.reduce((most, core) => (core.utilisation > most.utilisation ? core : most));
  const heaviest = busiest.stages.reduce((most, stage) => (stage.share > most.share ? stage : most));
  const fullest = Math.max(...cores.map((core) => core.packetShare));
  return {
    cores,
    bottleneck: { cpu: busiest.cpu, stage: heaviest.stage, utilisation: busiest.utilisation },
    offered_pps,
    bound_pps: offered_pps / fullest,
  };
}

function placeFlows(experiment: Experiment, profile: Profile): PlacedFlow[] {
  const hasher = new FlowHasher(experiment);
  const flows: PlacedFlow[] = [];
  for (const traffic of experiment.traffic) {
    if (traffic.kind !== 'udp') {
      throw new InputError({ file: 'experiment' }, `the analytic model is for udp traffic, not for ${traffic.kind}`);
    }
    const rate_pps = flowRate(traffic, profile, experiment.topology);
    for (let f = 0; f < traffic.flows; f++) {
      const hash = hasher.of(flows.length, 'udp', f % experiment.containers);
      const appCpu = traffic.appCpus[f % traffic.appCpus.length];
      flows.push(placeFlow(experiment, profile, traffic, rate_pps, hash, f % experiment.containers, appCpu));
    }
  }
  return flows;
}

/** Messages per second of a flow: what is asked for, or what its clients can send. */
function flowRate(traffic: UdpTraffic, profile: Profile, topology: Experiment['topology']): number {
  const { first_ns } = datagramCosts(profile, topology, traffic.message_bytes);
  const most = (traffic.clients * 1e9) / first_ns;
  return traffic.rate_pps === 'stress' ? most : Math.min(traffic.rate_pps, most);
}

function placeFlow(
  experiment: Experiment,
  profile: Profile,
  traffic: UdpTraffic,
  message_pps: number,
  hashes: ReturnType<FlowHasher['of']>,
  container: number,
  appCpu: number,
): PlacedFlow {
  const mtu_bytes = experiment.nic.mtu_bytes - experiment.topology.encapsulation_bytes;
  const packets = fragmentSizes(traffic.message_bytes + UDP_HEADER_BYTES, mtu_bytes).length;
  const kind = packets > 1 ? 'fragment' : 'udp';
  const queue = kind === 'udp' ? hashes.queue : hashes.fragmentQueue;
  const hash = kind === 'udp' ? hashes.hash : hashes.fragmentHash;
  const own = {
    ...experiment,
    topology: {
      ...experiment.topology,
      devices: experiment.topology.devices.map((device) =>
        device.perContainer === true ? { ...device, ifindex: device.ifindex + 2 * container } : device,
      ),
    },
  };
  const segments = softirqSegments(own.topology, own.steering, 'udp');
  const cpus = placeSegments(own, segments, { hash, queue });
  const costs = segmentCosts(own, profile, segments, kind, traffic.message_bytes / packets);
  const touch = toucher(profile);
  const work: PlacedWork[] = costs.map((cost, s) => ({
    stage: cost.stage,
    cpu: cpus[s],
    queue: segments[s].queue,
    packet_ns: cost.packet_ns + touch(cpus[s]) + cost.message_ns / packets,
  }));
  const remote = appCpu !== cpus[cpus.length - 1];
  const part = (name: string): number => constantOf(profile, name);
  const application_ns =
    part('socketReceive.packet_ns') +
    part('copyToUser.packet_ns') +
    part('application.packet_ns') +
    traffic.message_bytes * (part('copyToUser.byte_ns') + (remote ? part('locality.byte_ns') : 0)) +
    touch(appCpu);
  return {
    message_pps,
    packetsPerMessage: packets,
    queue,
    senders: traffic.arrivals === 'constant' ? traffic.clients : Infinity,
    work,
    application: { cpu: appCpu, message_ns: application_ns },
  };
}

/** Cost of touching a packet on a core, given those that touched it before. */
function toucher(profile: Profile): (cpu: number) => number {
  const miss_ns = constantOf(profile, 'locality.skb_ns');
  const spread_ns = constantOf(profile, 'locality.spread_ns');
  let last = -1;
  let hops = 0;
  return (cpu) => {
    const first = last < 0;
    const moved = cpu !== last;
    last = cpu;
    if (first || !moved) return 0;
    return miss_ns + spread_ns * hops++;
  };
}

function coreLoads(flows: readonly PlacedFlow[], overheads: ReadonlyMap<number, number>): CoreLoad[] {
  const byCore = new Map<number, Map<string, number>>();
  const add = (cpu: number, stage: string, share: number): void => {
    let stages = byCore.get(cpu);
    if (stages === undefined) byCore.set(cpu, (stages = new Map<string, number>()));
    stages.set(stage, (stages.get(stage) ?? 0) + share);
  };
  for (const { message_pps, packetsPerMessage, work, application } of flows) {
    for (const { cpu, stage, packet_ns } of work) add(cpu, stage, (message_pps * packetsPerMessage * packet_ns) / 1e9);
    add(application.cpu, 'application', (message_pps * application.message_ns) / 1e9);
  }
  const cores = [...byCore].map(([cpu, shares]): CoreLoad => {
    const stages = [...shares].map(([stage, share]) => ({ stage, share }));
    const packetShare = stages.reduce((sum, stage) => sum + stage.share, 0);
    return { cpu, utilisation: packetShare + (overheads.get(cpu) ?? 0), packetShare, stages };
  });
  return cores.sort((a, b) => a.cpu - b.cpu);
}
