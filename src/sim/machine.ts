import { NS_PER_S, Random } from '../core';
import type { Nanoseconds } from '../core';
import { FlowLimit } from '../kernel/steering';
import { Core, HARDIRQ, IDLE, OP_IRQ_EXIT, SYSTEM, USER } from './core';
import { EventQueue } from './eventQueue';
import { EV_SEGMENT, EV_TIMER, EV_WAKE, PRIORITY_SEGMENT, PRIORITY_TIMER } from './events';
import { Flows } from './flows';
import { Link } from './link';
import { LocalSenders } from './localSenders';
import { Monitors } from './monitors';
import { Napi, NAPI_BACKLOG, NAPI_GRO_CELL, NAPI_NIC } from './napi';
import type { GroLimits } from './napi';
import { Nic } from './nic';
import { NONE, PacketPool } from './packets';
import { Path } from './path';
import type { Plan } from './plan';
import { ENTRY_GRO_CELLS } from './plan';
import { Scheduler } from './scheduler';
import type { Thread } from './scheduler';
import { Sockets } from './sockets';
import { Softirqs } from './softirqs';
import type { Emission, Outlet } from './sources';
import { Splitting } from './splitting';
import { StageSteering } from './steering';
import { Variation } from './variation';
import type { Workload } from './workloads/workload';

/**
 * The simulated machine: its parts, and the two things that all of them do to a core: start a segment of work,
 * and interrupt.
 */
export class Machine {
  readonly queue = new EventQueue();
  readonly pool = new PacketPool();
  readonly cores: Core[] = [];
  readonly napis: Napi[] = [];
  readonly backlogs: Napi[] = [];
  /** gro_cells by leg, then core. */
  readonly groCells: Napi[][] = [];
  readonly flows: Flows;
  readonly sockets: Sockets;
  readonly scheduler: Scheduler;
  readonly softirqs: Softirqs;
  readonly steering: StageSteering;
  readonly splitting: Splitting;
  readonly path: Path;
  readonly link: Link;
  /** Where the workloads' sources send. */
  readonly outlet: Outlet;
  readonly nic: Nic | null;
  readonly monitors: Monitors;
  readonly variation: Variation;
  /** Of the sending machines: their draws come when the NIC looks, which must not change those of the cores. */
  readonly senderVariation: Variation;
  readonly workloads: Workload[] = [];
  /** When measuring begins. */
  readonly start_ns: Nanoseconds;
  private readonly idleExit_ns: number;
  private readonly jiffy_ns: number;

  constructor(readonly plan: Plan) {
    const { experiment } = plan;
    this.start_ns = Math.round(experiment.warmup_s * NS_PER_S);
    this.idleExit_ns = plan.constant('cpu.idleExit_ns');
    this.jiffy_ns = 1e9 / plan.constant('kernel.hz');
    this.variation = new Variation(this.random('service'), plan.constant('cpu.variation'));
    this.senderVariation = new Variation(this.random('senders'), plan.constant('cpu.variation'));
    this.flows = new Flows(plan);
    this.monitors = new Monitors(this);
    this.scheduler = new Scheduler(this);
    for (let id = 0; id < experiment.machine.cpus; id++) {
      const core = new Core(id, this.scheduler.addKsoftirqd(id));
      this.cores.push(core);
      this.backlogs.push(this.addNapi(NAPI_BACKLOG, id, -1, -1));
    }
    for (const cpu of experiment.machine.flowLimitCpus) {
      this.cores[cpu].flowLimit = new FlowLimit(plan.constant('kernel.maxBacklog'));
    }
    for (const leg of plan.legs) {
      if (leg.entry !== ENTRY_GRO_CELLS) continue;
      this.groCells[leg.index] = this.cores.map((core) => this.addNapi(NAPI_GRO_CELL, core.id, leg.index, leg.device));
    }
    this.sockets = new Sockets(this);
    this.softirqs = new Softirqs(this);
    this.steering = new StageSteering(this);
    this.splitting = new Splitting(this);
    this.path = new Path(this);
    this.link = new Link(plan);
    this.nic = experiment.topology.cable === 'nic' ? new Nic(this, this.link) : null;
    this.outlet = this.nic === null ? new LocalSenders(this) : this.link;
  }

  get now(): Nanoseconds {
    return this.queue.time;
  }

  get jiffies(): number {
    return Math.floor(this.queue.time / this.jiffy_ns);
  }

  /** A stream of random numbers of its own for each purpose. */
  random(stream: string): Random {
    return new Random(this.plan.experiment.seed, stream);
  }

  addNicNapi(core: number, queue: number): Napi {
    return this.addNapi(NAPI_NIC, core, queue, this.plan.legs[0].device);
  }

  /** Wakes a workload later: its `onTimer` gets `code`. */
  timer(at_ns: Nanoseconds, workload: number, code: number): void {
    this.queue.push(Math.max(this.now, Math.round(at_ns)), PRIORITY_TIMER, EV_TIMER, workload, code);
  }

  /** Makes a sleeping thread runnable at a time, as a timer of its own would. */
  wakeAt(thread: Thread, at_ns: Nanoseconds): void {
    this.queue.push(Math.max(this.now, Math.ceil(at_ns)), PRIORITY_TIMER, EV_WAKE, thread.id);
  }

  /** Starts the core's next segment of work, with the overhead that has come up before. */
  begin(core: Core, context: number, ns: number, op: number, packet = NONE): void {
    const now = this.queue.time;
    if (core.context !== context) core.enter(context, now);
    core.op = op;
    core.opPacket = packet;
    core.segmentStart = now;
    core.stolen_ns = 0;
    core.segmentEnd = now + Math.round(ns + core.extra_ns);
    core.overhead_ns = core.extra_ns;
    core.overheadIpi_ns = core.extraIpi_ns;
    core.overheadWake_ns = core.extraWake_ns;
    core.extra_ns = 0;
    core.extraIpi_ns = 0;
    core.extraWake_ns = 0;
    core.generation = (core.generation + 1) | 0;
    this.queue.push(core.segmentEnd, PRIORITY_SEGMENT, EV_SEGMENT, core.id, core.generation);
  }

  /**
   * A hardware interrupt or IPI, whose effects the caller has applied. A running thread is suspended only if
   * there is softirq work; otherwise the handler just takes its time out of the running segment.
   */
  interrupt(core: Core, handler_ns: number): void {
    if (core.context === IDLE) {
      // Waking up is idle time in the kernel's books.
      core.enter(HARDIRQ, this.now);
      core.time_ns[HARDIRQ] -= this.idleExit_ns;
      core.time_ns[IDLE] += this.idleExit_ns;
      this.begin(core, HARDIRQ, handler_ns + this.idleExit_ns, OP_IRQ_EXIT);
      core.overhead_ns = this.idleExit_ns;
      return;
    }
    const inThread = core.context === SYSTEM || core.context === USER;
    if (inThread && core.netRxPending && !this.scheduler.ksoftirqdRuns(core)) {
      this.scheduler.suspend(core);
      this.begin(core, HARDIRQ, handler_ns, OP_IRQ_EXIT);
      return;
    }
    core.stolen_ns += handler_ns;
    core.debt_ns += handler_ns;
    core.time_ns[HARDIRQ] += handler_ns;
  }

  /** Fills a slot from what the link delivered. */
  newPacket(out: Emission): number {
    const { pool } = this;
    const packet = pool.allocate();
    pool.flow[packet] = out.flow;
    pool.kind[packet] = out.kind;
    pool.flags[packet] = out.flags;
    pool.bytes[packet] = out.bytes;
    pool.segments[packet] = 1;
    pool.messages[packet] = out.messages;
    pool.message[packet] = out.message;
    pool.position[packet] = out.position;
    pool.sequence[packet] = this.flows.nextSequence(out.flow);
    pool.sent_ns[packet] = out.sent_ns;
    pool.leg[packet] = 0;
    pool.core[packet] = -1;
    pool.hops[packet] = 0;
    pool.chain[packet] = NONE;
    pool.chainTail[packet] = packet;
    pool.journey[packet] = this.monitors.journeyOf();
    return packet;
  }

  /** A packet is gone for good before it reached its socket; its flow may care. */
  lost(flow: number, bytes: number, messages: number, position: number): void {
    this.workloads[this.flows.workload[flow]].onLost(flow, bytes, messages, position);
  }

  /** Counts and frees a packet that found a queue full. */
  drop(packet: number, place: string, cpu: number): void {
    const { pool } = this;
    let slot = packet;
    let count = 0;
    while (slot !== NONE) {
      count++;
      const own = slot === packet ? this.ownBytes(packet) : pool.bytes[slot];
      this.lost(pool.flow[slot], own, pool.messages[slot], pool.position[slot]);
      slot = pool.chain[slot];
    }
    this.monitors.dropped(place, cpu, count);
    pool.freePacket(packet);
  }

  /** Payload of a head without its chain. */
  private ownBytes(packet: number): number {
    let bytes = this.pool.bytes[packet];
    for (let slot = this.pool.chain[packet]; slot !== NONE; slot = this.pool.chain[slot])
      bytes -= this.pool.bytes[slot];
    return bytes;
  }

  private addNapi(kind: number, core: number, target: number, device: number): Napi {
    const { constant, legs } = this.plan;
    // Segments bear it wherever GRO sees them, since it is how they were sent: NIC poll, split backlog, gro_cell.
    const tunnelled = legs.some((leg) => leg.entry === ENTRY_GRO_CELLS);
    const limits: GroLimits = {
      maxBytes: constant('gro.maxBytes'),
      maxSegments: tunnelled ? constant('gro.tunnelMaxSegments') : Infinity,
      maxPerBucket: constant('gro.maxPerBucket'),
      buckets: constant('gro.buckets'),
    };
    const gauge = this.monitors.gauge(...this.nameOf(kind, target, device), core);
    const napi = new Napi(this.napis.length, kind, core, target, device, gauge, this.pool, limits);
    this.napis.push(napi);
    return napi;
  }

  /** What a polled queue and its device are called in tables. */
  private nameOf(kind: number, target: number, device: number): [queue: string, device: string] {
    switch (kind) {
      case NAPI_NIC:
        return ['nic-ring', `${this.plan.devices[device].name}-${target}`];
      case NAPI_GRO_CELL:
        return ['gro-cells', this.plan.devices[device].name];
      default:
        return ['backlog', ''];
    }
  }
}
