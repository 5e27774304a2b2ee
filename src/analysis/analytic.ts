import type { Experiment, ExperimentInput, Profile } from '../experiment';
import { constantOf, profileOf, resolveExperiment } from '../experiment';
import { arrivalTimes } from './arrivalTimes';
import type { Arrival } from './arrivalTimes';
import { BatchWalk } from './batchWalk';
import type { Walk } from './batchWalk';
import { ackCost, placeFlows } from './placedFlows';
import type { PlacedFlow } from './placedFlows';
import { steadyModeration } from './steadyModeration';
import type { SteadyModeration } from './steadyModeration';

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
  /** Messages per second that are offered, over all flows; of TCP in bulk, what its senders and the link allow. */
  readonly offered_pps: number;
  /**
   * Upper bound of the messages per second that can be delivered with this placement and mix of flows: the rate at which
   * the work for packets alone fills the busiest core. TCP segments count as merged as far as GRO ever merges.
   */
  readonly bound_pps: number;
  /** Messages per second at which the busiest core is full with all that it does, or what is offered if that is less. */
  readonly throughput_pps: number;
}

/** A walk follows so many packets, but no more interrupts than WALK_MOST_S hold. */
const WALK_PACKETS = 8000;
const WALK_MOST_S = 0.4;
/** Merging depends on the rate and the rate, where senders follow it, on merging; it settles at once. */
const ROUNDS = 4;
/** A window keeps packets waiting before the bottleneck: it is looked at with a little more than it can take. */
const PRESSURE = 1.2;

/**
 * The bottleneck and utilisation laws for an experiment's placement (Denning and Buzen, 1978): each core's utilisation
 * is the sum over flows of rate times demand, and no rate can exceed what fills a core. Costs that a batch shares
 * (interrupts, softirq entries, IPIs, wake-ups) and how many segments GRO merges come from `BatchWalk`.
 *
 * Without overflowing queues it is within 5 % of the simulator's utilisation (test/analysis/analytic.test.ts has the
 * grid), of TCP in bulk its throughput. Where evenly paced senders keep their phases for ever, some meetings hang on
 * nanoseconds: a core's wake-ups may then be a tenth off for one seed and right for the next. Every flow is where the first
 * choice of its steering puts it on idle cores; a Falcon that re-balances under load is beyond a law of averages, and is for
 * the simulator.
 *
 * TCP in bulk takes what the bottleneck leaves: its cores are shown at `throughput_pps`, those beside the bottleneck
 * less exactly, since acknowledgements make its packets come in bursts.
 * @throws InputError for closed loops of requests and answers, and for senders on the receiving machine
 */
export function analyticModel(input: ExperimentInput): AnalyticModel {
  const experiment = resolveExperiment(input);
  const profile = profileOf(experiment);
  const flows = placeFlows(experiment, profile);
  const offered = offeredRates(flows);
  const offered_pps = sum(offered);
  const follows = flows.some(followsReceiver);
  let rates = offered;
  let cores = coresAt(experiment, profile, flows, rates, 1);
  for (let round = 1; follows && round < ROUNDS; round++) {
    const fullest = Math.max(...cores.map((core) => core.utilisation));
    rates = rates.map((rate, f) => (followsReceiver(flows[f]) ? Math.min(offered[f], rate / fullest) : rate));
    cores = coresAt(experiment, profile, flows, rates, fullest < 1 ? 1 : PRESSURE);
  }
  const busiest = cores.reduce((most, core) => (core.utilisation > most.utilisation ? core : most));
  const heaviest = busiest.stages.reduce((most, stage) => (stage.share > most.share ? stage : most));
  return {
    cores,
    bottleneck: { cpu: busiest.cpu, stage: heaviest.stage, utilisation: busiest.utilisation },
    offered_pps,
    bound_pps: leastPacketWork(flows).bound_pps,
    throughput_pps: sum(rates) / Math.max(1, busiest.utilisation),
  };
}

/** What the work for packets alone asks of the cores: the model without its batches, at little cost. */
export interface PacketWork {
  /** Messages per second that are offered, over all flows. */
  readonly offered_pps: number;
  /** Share of each core's time, by CPU; above 1 it cannot keep up. */
  readonly shares: ReadonlyMap<number, number>;
  /** As in `AnalyticModel`. */
  readonly bound_pps: number;
}

/** @throws InputError as `analyticModel` does */
export function packetWorkOf(input: ExperimentInput): PacketWork {
  const experiment = resolveExperiment(input);
  return leastPacketWork(placeFlows(experiment, profileOf(experiment)));
}

function leastPacketWork(flows: readonly PlacedFlow[]): PacketWork {
  const offered = offeredRates(flows);
  const shares = leastWork(flows, offered);
  return { offered_pps: sum(offered), shares, bound_pps: sum(offered) / Math.max(...shares.values()) };
}

/** TCP in bulk, whose window lets it send no more than the receiver takes. */
function followsReceiver({ kind, wanted_pps }: PlacedFlow): boolean {
  return kind === 'tcp' && wanted_pps === Infinity;
}

/** What is asked for, no more than the senders can, and together no more than the link carries. */
function offeredRates(flows: readonly PlacedFlow[]): number[] {
  const rates = flows.map((flow) => Math.min(flow.wanted_pps, flow.senders.most_pps));
  const wireShare = sum(flows.map((flow, f) => (rates[f] * flow.packetsPerMessage * flow.wire_ns) / 1e9));
  return rates.map((rate) => rate / Math.max(1, wireShare));
}

/** @param pressure factor by which more arrives than what is asked about; costs are taken for each packet */
function coresAt(
  experiment: Experiment,
  profile: Profile,
  flows: readonly PlacedFlow[],
  rates_pps: readonly number[],
  pressure: number,
): CoreLoad[] {
  const pressed_pps = rates_pps.map((rate) => rate * pressure);
  const packet_pps = sum(flows.map((flow, f) => pressed_pps[f] * flow.packetsPerMessage));
  const span_ns = 1e9 * Math.min(WALK_MOST_S, WALK_PACKETS / packet_pps);
  const jitter_ns = constantOf(profile, 'wire.jitter_ns');
  const arrivals = arrivalTimes(flows, pressed_pps, { seed: experiment.seed, span_ns, jitter_ns });
  const walk = new BatchWalk(profile, flows, moderationOf(experiment, profile, flows, arrivals), experiment.seed).run(
    arrivals,
    span_ns,
  );
  const work = packetWork(flows, rates_pps, walk);
  const tick_share = (constantOf(profile, 'kernel.hz') * constantOf(profile, 'cpu.tick_ns')) / 1e9;
  const cores = [...work].map(([cpu, shares]): CoreLoad => {
    const stages = [...shares].map(([stage, share]) => ({ stage, share }));
    const packetShare = sum(stages.map((stage) => stage.share));
    const busy = packetShare + (walk.overhead_ns.get(cpu) ?? 0) / walk.span_ns / pressure;
    return { cpu, utilisation: busy + tick_share * Math.min(1, busy), packetShare, stages };
  });
  return cores.sort((a, b) => a.cpu - b.cpu);
}

/** By receive queue. */
function moderationOf(
  experiment: Experiment,
  profile: Profile,
  flows: readonly PlacedFlow[],
  arrivals: readonly Arrival[],
): Map<number, SteadyModeration> {
  const byQueue = new Map<number, { times_ns: number[]; bytes: number }>();
  for (const { at_ns, flow } of arrivals) {
    const { queue, frame_bytes } = flows[flow];
    const of = byQueue.get(queue) ?? { times_ns: [], bytes: 0 };
    of.times_ns.push(at_ns);
    of.bytes += frame_bytes;
    byQueue.set(queue, of);
  }
  const { moderation } = experiment.nic;
  return new Map(
    [...byQueue].map(([queue, { times_ns, bytes }]) => [
      queue,
      steadyModeration(moderation, profile, times_ns, bytes / times_ns.length),
    ]),
  );
}

/** Share of time that packets cost, by core and stage. */
function packetWork(flows: readonly PlacedFlow[], rates_pps: readonly number[], walk: Walk) {
  const byCore = new Map<number, Map<string, number>>();
  const add = (cpu: number, stage: string, ns_per_s: number): void => {
    let stages = byCore.get(cpu);
    if (stages === undefined) byCore.set(cpu, (stages = new Map<string, number>()));
    stages.set(stage, (stages.get(stage) ?? 0) + ns_per_s / 1e9);
  };
  flows.forEach((flow, f) => {
    const { segments, skbs, delivered, calls, acks, readerAcks } = walk.flows[f];
    const packet_pps = rates_pps[f] * flow.packetsPerMessage;
    const merged = skbs > 0 ? segments / skbs : 1;
    const callsPerMessage = delivered > 0 ? (calls * flow.packetsPerMessage) / delivered : 1;
    const each = (count: number): number => (delivered > 0 ? count / delivered : 0);
    for (const [cpu, stage, ns] of demandOf(flow, merged, each(acks))) add(cpu, stage, packet_pps * ns);
    add(flow.application.cpu, 'application', packet_pps * each(readerAcks) * ackCost(flow));
    add(flow.application.cpu, 'application', rates_pps[f] * readingOf(flow, merged, callsPerMessage));
  });
  return byCore;
}

/** Work for a packet by core and stage, if so many are merged into one, and so many acknowledged by TCP input. */
function* demandOf(
  flow: PlacedFlow,
  merged: number,
  acks: number,
): Generator<[cpu: number, stage: string, ns: number]> {
  let singles = flow.kind === 'tcp';
  for (const { cpu, stage, merges, groSegment_ns, packet_ns, segment_ns, ack_ns } of flow.work) {
    if (merges) singles = false;
    yield [cpu, stage, groSegment_ns + segment_ns + packet_ns / (singles ? 1 : merged) + ack_ns * acks];
  }
}

/** Work of the reader for a message. */
function readingOf({ kind, application, message_bytes, packetsPerMessage }: PlacedFlow, merged: number, calls: number) {
  const { call_ns, byte_ns, touch_ns } = application;
  const skbs = kind === 'fragment' ? 1 : packetsPerMessage / merged;
  return calls * call_ns + message_bytes * byte_ns + skbs * touch_ns;
}

/** Share of time by core that no batch can lower: with all the merging that GRO does at most. */
function leastWork(flows: readonly PlacedFlow[], rates_pps: readonly number[]): Map<number, number> {
  const byCore = new Map<number, number>();
  const add = (cpu: number, share: number): void => {
    byCore.set(cpu, (byCore.get(cpu) ?? 0) + share);
  };
  flows.forEach((flow, f) => {
    const merged = flow.cuts ? mostInMessage(flow) : flow.mostMerged;
    // A stream has every second full segment acknowledged, or every skb; a message what it has of those by itself.
    const each = Math.max(2, merged);
    const acks = flow.cuts ? Math.floor(flow.packetsPerMessage / each) / flow.packetsPerMessage : 1 / each;
    for (const [cpu, , ns] of demandOf(flow, merged, acks))
      add(cpu, (rates_pps[f] * flow.packetsPerMessage * ns) / 1e9);
    // A recv takes no more than a message, and no more than an skb.
    const calls = flow.kind === 'fragment' ? 1 : Math.max(1, flow.packetsPerMessage / merged);
    add(flow.application.cpu, (rates_pps[f] * readingOf(flow, merged, calls)) / 1e9);
  });
  return byCore;
}

/** Segments of a message by the skbs that they are merged into at best. */
function mostInMessage({ packetsPerMessage, mostMerged }: PlacedFlow): number {
  return packetsPerMessage / Math.ceil(packetsPerMessage / mostMerged);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
