import type { DeviceSpec, Experiment, Profile, StageSpec, Topology, WorkSpec } from '../experiment';
import { constantOf, expandFrames, profileOf } from '../experiment';
import { isTcp, PACKET_CLASSES, PACKET_FRAGMENT, PACKET_TCP, PACKET_TCP_QUIET, PACKET_UDP } from './packets';

/** How a packet gets to a leg. */
export const ENTRY_RING = 0;
/** netif_receive_skb of a device that has RPS: the backlog of the chosen CPU. */
export const ENTRY_RPS = 1;
export const ENTRY_GRO_CELLS = 2;
/** netif_rx: a backlog. */
export const ENTRY_NETIF_RX = 3;
/** The cut before GRO: a backlog of a split CPU. */
export const ENTRY_SPLIT = 4;

/** Cost by packet class: `packet + segment × segments + byte × bytes`. */
export class CostVector {
  readonly packet_ns = new Float64Array(PACKET_CLASSES);
  readonly segment_ns = new Float64Array(PACKET_CLASSES);
  readonly byte_ns = new Float64Array(PACKET_CLASSES);

  add(kind: number, packet_ns: number, segment_ns: number, byte_ns: number): void {
    this.packet_ns[kind] += packet_ns;
    this.segment_ns[kind] += segment_ns;
    this.byte_ns[kind] += byte_ns;
  }

  of(kind: number, segments: number, bytes: number): number {
    return this.packet_ns[kind] + this.segment_ns[kind] * segments + this.byte_ns[kind] * bytes;
  }
}

/** One function of a leg, for stack samples and shares. */
export interface LegWork {
  /** From the poll function inwards. */
  readonly frames: readonly string[];
  /** Runs before GRO decided. */
  readonly beforeGro: boolean;
  readonly packet_ns: readonly number[];
  readonly segment_ns: readonly number[];
  readonly byte_ns: readonly number[];
}

/**
 * What happens to a packet between two queues, on one core and in one go. Stages that follow each other by
 * function calls are one leg; the experiment's steering decides where a path is cut.
 */
export interface Leg {
  readonly index: number;
  /** Ids of its stages, joined by +. */
  readonly id: string;
  readonly device: number;
  readonly entry: number;
  /** CPUs of RPS at its entry; null if the device has none. */
  readonly rpsCpus: Int32Array | null;
  /** Up to and including GRO; nothing where the leg has no GRO. */
  readonly before: CostVector;
  /** After GRO, or the whole leg. */
  readonly after: CostVector;
  readonly hasGro: boolean;
  /** Taken after the last fragment arrived: the rest of the stack for the whole datagram. */
  readonly completion_ns: number;
  readonly reassembles: boolean;
  /** Leg that follows; -1: the socket. */
  readonly next: number;
  readonly works: readonly LegWork[];
}

export interface Plan {
  readonly experiment: Experiment;
  readonly profile: Profile;
  readonly legs: readonly Leg[];
  readonly devices: readonly DeviceSpec[];
  /** Leg on the split CPUs, -1 if GRO is not split. */
  readonly splitLeg: number;
  /** The NIC's leg without a cut, for packets that are not cut though they may be; -1 if GRO is not split. */
  readonly wholeLeg: number;
  /** Whether packets of a class are split. */
  readonly splits: readonly boolean[];
  /** Value of a constant of the profile. */
  constant(name: string): number;
  /** Function names behind `@name`. */
  frames(name: string): string[];
}

/** Cuts the experiment's path into legs and adds up their costs. */
export function compilePlan(experiment: Experiment): Plan {
  const profile = profileOf(experiment);
  const compiler = new Compiler(experiment, profile);
  const legs = compiler.legs();
  const split = experiment.steering.groSplit !== null;
  if (split) legs.push(wholeNicLeg(experiment, profile, legs.length));
  return {
    experiment,
    profile,
    legs,
    devices: experiment.topology.devices,
    splitLeg: split ? 1 : -1,
    wholeLeg: split ? legs.length - 1 : -1,
    splits: compiler.splits,
    constant: (name) => constantOf(profile, name),
    frames: (name) => expandFrames(profile, [name]),
  };
}

/** The first leg as it is without a cut, to be appended to the legs of a path with one. */
function wholeNicLeg(experiment: Experiment, profile: Profile, index: number): Leg {
  const uncut = { ...experiment, steering: { ...experiment.steering, groSplit: null } };
  const [whole] = new Compiler(uncut, profile).legs();
  return { ...whole, index, id: `${whole.id}-whole`, next: whole.next < 0 ? -1 : whole.next + 1 };
}

/** Works of the NIC stage that belong to GRO; the split cuts before them. */
const GRO_WORK = new Set(['groReceive', 'groTunnel']);

interface OpenLeg {
  stages: string[];
  device: number;
  entry: number;
  rpsCpus: Int32Array | null;
  works: LegWork[];
  prefix: string[];
  completed: boolean;
  completion_ns: number;
  hasGro: boolean;
}

class Compiler {
  readonly splits: boolean[];
  private readonly topology: Topology;
  private readonly open: OpenLeg[] = [];

  constructor(
    private readonly experiment: Experiment,
    private readonly profile: Profile,
  ) {
    this.topology = experiment.topology;
    const protocols = experiment.steering.groSplit?.protocols ?? [];
    const [udp, tcp] = [protocols.includes('udp'), protocols.includes('tcp')];
    this.splits = Array.from({ length: PACKET_CLASSES }, (_, kind) => (isTcp(kind) ? tcp : udp));
  }

  legs(): Leg[] {
    for (const stage of this.topology.stages) this.addStage(stage);
    return this.open.map((leg, index) => this.close(leg, index));
  }

  private addStage(stage: StageSpec): void {
    const device = this.topology.devices.findIndex((d) => d.name === stage.device);
    const rule = this.experiment.steering.rps.find((r) => r.device === stage.device);
    const rpsCpus = rule === undefined ? null : Int32Array.from(rule.cpus);
    switch (stage.entry) {
      case 'ring':
        this.openLeg(stage, device, ENTRY_RING, null, ['@nicNapi']);
        break;
      case 'gro-cells':
        this.openLeg(stage, device, ENTRY_GRO_CELLS, null, ['gro_cell_poll']);
        break;
      case 'backlog':
        this.openLeg(stage, device, ENTRY_NETIF_RX, rpsCpus, ['@backlog']);
        break;
      case 'receive':
        if (rpsCpus !== null) this.openLeg(stage, device, ENTRY_RPS, rpsCpus, ['@backlog']);
        else this.last.stages.push(stage.id);
        break;
      case 'call':
        this.last.stages.push(stage.id);
        break;
    }
    for (const work of stage.work) this.addWork(stage, work);
    if (stage.entry === 'ring' || stage.entry === 'gro-cells') {
      // Whatever follows by calls runs below GRO's hand-over to the stack.
      this.forEachGroLeg((leg) => {
        const driver = leg.entry === ENTRY_RING ? ['@nicClean'] : [];
        leg.prefix = [...leg.prefix, ...this.expand([...driver, 'napi_gro_receive', '@receive'])];
      });
    }
  }

  /** The leg being built; with a split, NIC and split leg grow in parallel. */
  private get last(): OpenLeg {
    return this.open[this.open.length - 1];
  }

  private forEachGroLeg(change: (leg: OpenLeg) => void): void {
    change(this.last);
    if (this.open.length === 2 && this.experiment.steering.groSplit !== null) change(this.open[0]);
  }

  private openLeg(stage: StageSpec, device: number, entry: number, rpsCpus: Int32Array | null, poll: string[]): void {
    const make = (id: string, at: number, prefix: string[]): OpenLeg => ({
      stages: [id],
      device,
      entry: at,
      rpsCpus,
      works: [],
      prefix: this.expand(prefix),
      completed: false,
      completion_ns: 0,
      hasGro: at === ENTRY_RING || at === ENTRY_GRO_CELLS || at === ENTRY_SPLIT,
    });
    this.open.push(make(stage.id, entry, poll));
    if (entry === ENTRY_RING && this.experiment.steering.groSplit !== null) {
      this.open.push(make(`${stage.id}-split`, ENTRY_SPLIT, ['process_backlog']));
    }
  }

  private addWork(stage: StageSpec, work: WorkSpec): void {
    const split = this.experiment.steering.groSplit !== null && this.open.length === 2;
    if (!split) {
      this.place(this.last, stage, work, () => true);
      return;
    }
    const [nic, second] = this.open;
    const belongsToSplit = stage.entry !== 'ring' || GRO_WORK.has(String(work.cost));
    if (!belongsToSplit) {
      this.place(nic, stage, work, () => true);
      return;
    }
    this.place(nic, stage, work, (kind) => !this.splits[kind]);
    // What was cut off runs below process_backlog, no longer below the driver.
    const outside = { ...work, frames: work.frames.filter((frame) => frame !== '@nicClean') };
    this.place(second, stage, outside, (kind) => this.splits[kind]);
  }

  private place(leg: OpenLeg, stage: StageSpec, work: WorkSpec, serves: (kind: number) => boolean): void {
    const beforeGro = stage.entry === 'ring' || stage.entry === 'gro-cells';
    const cost = this.costOf(work);
    const isGro = GRO_WORK.has(String(work.cost));
    const packet = new Array<number>(PACKET_CLASSES).fill(0);
    const segment = packet.slice();
    const byte = packet.slice();
    for (let kind = 0; kind < PACKET_CLASSES; kind++) {
      if (!serves(kind) || !concerns(work, kind)) continue;
      if (kind === PACKET_FRAGMENT && leg.completed) continue;
      // GRO examines what it may merge at another price than what it passes on.
      if (!isGro || kind !== PACKET_TCP) packet[kind] = cost.packet_ns;
      if (!isGro || kind === PACKET_TCP) segment[kind] = cost.segment_ns;
      byte[kind] = cost.byte_ns;
    }
    const frames = [...leg.prefix, ...this.expand(work.frames)];
    if (leg.completed && concerns(work, PACKET_UDP)) leg.completion_ns += cost.packet_ns;
    leg.works.push({ frames, beforeGro, packet_ns: packet, segment_ns: segment, byte_ns: byte });
    if (work.encloses === true) leg.prefix = frames;
    if (work.only === 'fragment') leg.completed = true;
  }

  private costOf(work: WorkSpec): { packet_ns: number; segment_ns: number; byte_ns: number } {
    if (typeof work.cost !== 'string') {
      return { packet_ns: work.cost.packet_ns, segment_ns: work.cost.segment_ns ?? 0, byte_ns: work.cost.byte_ns ?? 0 };
    }
    const part = (name: string): number => constantOf(this.profile, `${work.cost as string}.${name}`);
    return { packet_ns: part('packet_ns'), segment_ns: part('segment_ns'), byte_ns: part('byte_ns') };
  }

  private close(leg: OpenLeg, index: number): Leg {
    const splitIndex = this.experiment.steering.groSplit === null ? -1 : 1;
    const following = index === 0 && splitIndex === 1 ? 2 : index + 1;
    const next = following < this.open.length ? following : -1;
    this.addQueueWork(leg, next);
    const before = new CostVector();
    const after = new CostVector();
    for (const work of leg.works) {
      const vector = work.beforeGro ? before : after;
      for (let kind = 0; kind < PACKET_CLASSES; kind++) {
        vector.add(kind, work.packet_ns[kind], work.segment_ns[kind], work.byte_ns[kind]);
      }
    }
    return {
      index,
      id: leg.stages.join('+'),
      device: leg.device,
      entry: leg.entry,
      rpsCpus: leg.rpsCpus,
      before,
      after,
      hasGro: leg.hasGro,
      completion_ns: leg.completion_ns,
      reassembles: leg.completed,
      next,
      works: leg.works,
    };
  }

  /** What taking from and putting to a backlog costs. */
  private addQueueWork(leg: OpenLeg, next: number): void {
    const all = (key: string): number[] =>
      new Array<number>(PACKET_CLASSES).fill(constantOf(this.profile, `${key}.packet_ns`));
    const none = new Array<number>(PACKET_CLASSES).fill(0);
    if (leg.entry === ENTRY_RPS || leg.entry === ENTRY_NETIF_RX || leg.entry === ENTRY_SPLIT) {
      const beforeGro = leg.entry === ENTRY_SPLIT;
      leg.works.unshift({
        frames: ['process_backlog'],
        beforeGro,
        packet_ns: all('backlogDequeue'),
        segment_ns: none,
        byte_ns: none,
      });
    }
    if (next < 0) return;
    // gro_cells need no lock; what Falcon's backlog in their place costs is added when it is chosen.
    const direct = this.open[next].entry === ENTRY_GRO_CELLS;
    const cut = leg.entry === ENTRY_RING ? this.splits : [];
    const packet_ns = all('backlogEnqueue').map((cost, kind) => (direct && cut[kind] !== true ? 0 : cost));
    const through = this.open[next].entry === ENTRY_RPS ? [] : ['netif_rx', 'netif_rx_internal'];
    const frames = [...leg.prefix, ...through, 'enqueue_to_backlog'];
    leg.works.push({ frames, beforeGro: false, packet_ns, segment_ns: none, byte_ns: none });
  }

  private expand(frames: readonly string[]): string[] {
    return expandFrames(this.profile, frames);
  }
}

function concerns(work: WorkSpec, kind: number): boolean {
  switch (work.only) {
    case 'udp':
      return kind === PACKET_UDP;
    case 'tcp':
      // A quiet packet calls for no acknowledgement: it is one.
      if (work.acknowledges === true) return kind === PACKET_TCP;
      return work.acknowledged === true ? kind === PACKET_TCP_QUIET : isTcp(kind);
    case 'fragment':
      return kind === PACKET_FRAGMENT;
    default:
      return true;
  }
}
