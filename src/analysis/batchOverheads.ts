import type { Experiment, Profile } from '../experiment';
import { constantOf } from '../experiment';
import { NAPI_POLL_WEIGHT } from '../kernel';
import { moderatedPackets } from './moderatedPackets';

/** A softirq of a flow on its core. */
export interface PlacedWork {
  readonly stage: string;
  readonly cpu: number;
  readonly queue: 'ring' | 'gro-cells' | 'backlog';
  /** For each packet. */
  readonly packet_ns: number;
}

/** A flow with everything placed. */
export interface PlacedFlow {
  readonly message_pps: number;
  readonly packetsPerMessage: number;
  /** Receive queue of the NIC. */
  readonly queue: number;
  /** Senders that pace themselves apart from each other; infinitely many are a Poisson process. */
  readonly senders: number;
  /** In the order of the path. */
  readonly work: readonly PlacedWork[];
  readonly application: { readonly cpu: number; readonly message_ns: number };
}

/** One receive queue: how often it interrupts, and how many packets each time. */
interface Cycle {
  readonly rate_hz: number;
  readonly packets: number;
}

/**
 * What batches cost by core, as a share of its time: interrupts, softirq entries, runs of net_rx_action and polls,
 * IPIs, wake-ups. A receive queue works in cycles: an interrupt, then polls until the ring is empty. Every cycle
 * wakes each core down the path once, since their queues run empty between cycles as long as nothing is overloaded.
 */
export function batchOverheads(
  experiment: Experiment,
  profile: Profile,
  flows: readonly PlacedFlow[],
): ReadonlyMap<number, number> {
  const shares = new Map<number, number>();
  const add = (cpu: number, ns_per_s: number): void => {
    shares.set(cpu, (shares.get(cpu) ?? 0) + ns_per_s / 1e9);
  };
  const value = (name: string): number => constantOf(profile, name);
  const run_ns = value('cpu.netRxAction_ns') + value('cpu.napiPoll_ns');
  for (const [queue, members] of groupByQueue(flows)) {
    const cycle = cycleOf(experiment, profile, queue, members);
    const irqCpu = members[0].work[0].cpu;
    add(irqCpu, cycle.rate_hz * (value('cpu.hardirq_ns') + value('cpu.softirqEntry_ns')));
    for (const { cpu, polls } of visitsOf(members, cycle)) add(cpu, polls * run_ns);
    for (const { from, to, rate_hz } of handovers(members, cycle)) {
      // The sender raises NET_RX for itself too, which gives an empty run; the receiver is interrupted.
      add(from, rate_hz * (value('cpu.ipiSend_ns') + value('cpu.netRxAction_ns')));
      add(to, rate_hz * (value('cpu.ipiReceive_ns') + value('cpu.softirqEntry_ns')));
    }
    for (const flow of members) addWakeups(profile, flow, cycle, members, add);
  }
  const jiffyTick_ns = value('kernel.hz') * value('cpu.tick_ns');
  for (const cpu of new Set(flows.flatMap((f) => [...f.work.map((w) => w.cpu), f.application.cpu]))) {
    add(cpu, jiffyTick_ns * Math.min(1, busyShare(flows, cpu)));
  }
  return shares;
}

function groupByQueue(flows: readonly PlacedFlow[]): Map<number, PlacedFlow[]> {
  const groups = new Map<number, PlacedFlow[]>();
  for (const flow of flows) {
    const group = groups.get(flow.queue);
    if (group === undefined) groups.set(flow.queue, [flow]);
    else group.push(flow);
  }
  return groups;
}

function packetRate(flow: PlacedFlow): number {
  return flow.message_pps * flow.packetsPerMessage;
}

/** Share of time for packets alone. */
function busyShare(flows: readonly PlacedFlow[], cpu: number): number {
  let share = 0;
  for (const flow of flows) {
    for (const work of flow.work) if (work.cpu === cpu) share += (packetRate(flow) * work.packet_ns) / 1e9;
    if (flow.application.cpu === cpu) share += (flow.message_pps * flow.application.message_ns) / 1e9;
  }
  return share;
}

/**
 * Packets of a cycle: what moderation lets gather, or, if that is more, what arrives while the core wakes up and polls.
 * One paced sender sends nothing more until its time has come; of many senders the others do, at worst as in
 * a busy period of M/G/1 with set-up time (Kleinrock, section 5.8).
 */
function cycleOf(experiment: Experiment, profile: Profile, queue: number, members: readonly PlacedFlow[]): Cycle {
  const { irqCpus } = experiment.nic;
  const value = (name: string): number => constantOf(profile, name);
  const irqCpu = irqCpus[queue % irqCpus.length];
  const rate = members.reduce((sum, flow) => sum + packetRate(flow), 0);
  const busy = Math.min(0.999, busyShare(members, irqCpu));
  const setup_ns =
    value('cpu.idleExit_ns') +
    value('cpu.hardirq_ns') +
    value('cpu.softirqEntry_ns') +
    value('cpu.netRxAction_ns') +
    value('cpu.napiPoll_ns');
  const duringSetup = (rate * setup_ns) / 1e9;
  const senders = members.reduce((sum, flow) => sum + flow.senders, 0);
  const others = 1 - 1 / senders;
  const paced = duringSetup / (1 - busy);
  const random = (1 + others * duringSetup) / (1 - others * busy);
  const packets = Math.max(paced, random, moderatedPackets(experiment.nic.moderation, profile, rate, senders));
  return { rate_hz: rate / packets, packets };
}

/** Times a second that something of a cycle reaches flows of the given share of its packets. */
function reached(cycle: Cycle, packetRate_pps: number): number {
  return Math.min(cycle.rate_hz, packetRate_pps);
}

interface Visit {
  readonly cpu: number;
  /** A second: one for each time that the queue fills, more if that exceeds a poll's weight. */
  readonly polls: number;
}

/** Polls by core and stage. Stages that follow each other on one core through its backlog share the polls of it. */
function visitsOf(members: readonly PlacedFlow[], cycle: Cycle): Visit[] {
  const visits = new Map<string, { cpu: number; packets: number; entering: number }>();
  for (const flow of members) {
    let key = '';
    flow.work.forEach(({ cpu, queue, stage }, s) => {
      const before = flow.work[s - 1];
      const shared = before !== undefined && before.cpu === cpu && before.queue === 'backlog' && queue === 'backlog';
      if (!shared) key = `${cpu} ${stage}`;
      const visit = visits.get(key) ?? { cpu, packets: 0, entering: 0 };
      visit.packets += packetRate(flow);
      if (!shared) visit.entering += packetRate(flow);
      visits.set(key, visit);
    });
  }
  return [...visits.values()].map(({ cpu, packets, entering }) => {
    const activations = reached(cycle, entering);
    return { cpu, polls: Math.max(activations, packets / NAPI_POLL_WEIGHT) };
  });
}

/** IPIs: from core to core, once a cycle for each pair. */
function handovers(members: readonly PlacedFlow[], cycle: Cycle): { from: number; to: number; rate_hz: number }[] {
  const pairs = new Map<string, { from: number; to: number; packets: number }>();
  for (const flow of members) {
    for (let s = 1; s < flow.work.length; s++) {
      const [from, to] = [flow.work[s - 1].cpu, flow.work[s].cpu];
      if (from === to) continue;
      const key = `${from} ${to}`;
      const pair = pairs.get(key) ?? { from, to, packets: 0 };
      pair.packets += packetRate(flow);
      pairs.set(key, pair);
    }
  }
  return [...pairs.values()].map(({ from, to, packets }) => ({ from, to, rate_hz: reached(cycle, packets) }));
}

/**
 * Wake-ups of the readers. One reader on a core that is slower than the packets come wakes once a cycle; a faster one
 * runs dry and sleeps again and again within it: after each wake-up it reads until it has caught up with what came
 * since. Readers that share a core wait for each other, so that each finds all of its cycle's messages; only the
 * first of them needs an IPI.
 */
function addWakeups(
  profile: Profile,
  flow: PlacedFlow,
  cycle: Cycle,
  members: readonly PlacedFlow[],
  add: (cpu: number, ns_per_s: number) => void,
): void {
  const value = (name: string): number => constantOf(profile, name);
  const { application } = flow;
  const last = lastOf(flow);
  const local = application.cpu === last.cpu;
  const readers = members.filter((other) => other.application.cpu === application.cpu).length;
  const messagesOfCycle = Math.max(1, flow.message_pps / cycle.rate_hz);
  const perWake = local || readers > 1 ? messagesOfCycle : Math.min(messagesOfCycle, caughtUp(profile, flow, members));
  const wakes_hz = flow.message_pps / perWake;
  const ipis_hz = local ? 0 : Math.min(wakes_hz, (cycle.rate_hz * messagesOfCycle) / perWake / readers);
  const switch_ns = readers > 1 ? value('cpu.contextSwitch_ns') : 0;
  add(last.cpu, wakes_hz * value('cpu.wakeup_ns') + ipis_hz * value('cpu.ipiSend_ns'));
  add(application.cpu, wakes_hz * (value('cpu.blocking_ns') + switch_ns) + ipis_hz * value('cpu.ipiReceive_ns'));
}

function lastOf(flow: PlacedFlow): PlacedWork {
  return flow.work[flow.work.length - 1];
}

/** Messages that a reader takes from one wake-up to running dry; infinite if it is the slower side. */
function caughtUp(profile: Profile, flow: PlacedFlow, members: readonly PlacedFlow[]): number {
  const value = (name: string): number => constantOf(profile, name);
  const last = lastOf(flow);
  // Packets of the flows that share the last core come interleaved.
  const together = members.filter((other) => lastOf(other).cpu === last.cpu);
  const share = packetRate(flow) / together.reduce((sum, other) => sum + packetRate(other), 0);
  const between_ns = (last.packet_ns * flow.packetsPerMessage) / share;
  if (flow.application.message_ns >= between_ns) return Infinity;
  const awake_ns =
    value('cpu.ipiLatency_ns') + value('cpu.ipiReceive_ns') + value('cpu.idleExit_ns') + value('cpu.blocking_ns');
  return Math.max(1, Math.ceil(awake_ns / (between_ns - flow.application.message_ns)));
}
