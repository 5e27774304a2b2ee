import type { Core } from './core';
import {
  FROM_BH_ENABLE,
  FROM_IRQ,
  FROM_KSOFTIRQD,
  OP_NIC_CHUNK,
  OP_PACKET,
  OP_PASS_UP,
  OP_SOFTIRQ_EXIT,
  SOFTIRQ,
} from './core';
import { IntFifo } from './intFifo';
import type { Machine } from './machine';
import type { Napi } from './napi';
import { NAPI_BACKLOG, NAPI_GRO_CELL, NAPI_NIC } from './napi';
import { NONE, PACKET_TCP } from './packets';
import type { PacketQueue } from './packets';
import type { Leg } from './plan';
import { ENTRY_GRO_CELLS } from './plan';

/**
 * Softirq processing: __do_softirq with its restarts (kernel/softirq.c), net_rx_action with its budget, and the
 * polls of NIC queues, backlogs and gro_cells (net/core/dev.c). Only NET_RX is executed; the other vectors are
 * counted where they are raised.
 */
export class Softirqs {
  private readonly hz: number;
  private readonly entry_ns: number;
  private readonly netRx_ns: number;
  private readonly poll_ns: number;
  private readonly dequeue_ns: number;
  private readonly skbMiss_ns: number;
  private readonly spread_ns: number;
  private readonly codeMiss_ns: number;
  private readonly maxRestart: number;
  private readonly softirqTime_jiffies: number;
  private readonly budget: number;
  private readonly budget_jiffies: number;
  private readonly weight: number;
  private readonly refill: boolean;
  private readonly batch: number;
  /** Packets of the NIC chunk in work, by core. */
  private readonly chunks: IntFifo[];

  constructor(private readonly machine: Machine) {
    const { constant } = machine.plan;
    this.hz = constant('kernel.hz');
    this.entry_ns = constant('cpu.softirqEntry_ns');
    this.netRx_ns = constant('cpu.netRxAction_ns');
    this.poll_ns = constant('cpu.napiPoll_ns');
    this.dequeue_ns = constant('backlogDequeue.packet_ns');
    this.skbMiss_ns = constant('locality.skb_ns');
    this.spread_ns = constant('locality.spread_ns');
    this.codeMiss_ns = constant('locality.code_ns');
    this.maxRestart = constant('kernel.softirqRestarts');
    this.softirqTime_jiffies = constant('kernel.softirqTime_jiffies');
    this.budget = constant('kernel.netdevBudget');
    this.budget_jiffies = constant('kernel.netdevBudget_jiffies');
    this.weight = constant('kernel.napiWeight');
    this.refill = constant('kernel.netRxRefill') === 1;
    this.batch = constant('gro.normalBatch');
    this.chunks = machine.cores.map(() => new IntFifo());
  }

  /** ____napi_schedule: onto the core's poll list, and NET_RX raised. */
  napiSchedule(core: Core, napi: Napi): void {
    napi.scheduled = true;
    core.pollList.push(napi.id);
    this.raise(core);
  }

  raise(core: Core): void {
    core.netRxPending = true;
    this.machine.monitors.softirqRaised(core);
  }

  /** Whether NET_RX raised by an enqueue inside net_rx_action leads to another run of it. */
  get rerunsForIpis(): boolean {
    return !this.refill;
  }

  /** __do_softirq; call with NET_RX pending. */
  start(core: Core, from: number): void {
    const { machine } = this;
    core.enter(SOFTIRQ, machine.now);
    core.inSoftirq = true;
    core.softirqFrom = from;
    core.softirqStart = machine.now;
    core.passesLeft = this.maxRestart;
    core.softirqDeadline_jiffy = machine.jiffies + this.softirqTime_jiffies;
    core.extra_ns += this.entry_ns;
    this.pass(core);
  }

  /** One net_rx_action. */
  private pass(core: Core): void {
    core.netRxPending = false;
    core.netRxCount++;
    this.machine.monitors.softirqEntry(core);
    core.inNetRx = true;
    core.extra_ns += this.netRx_ns;
    core.budgetLeft = this.budget;
    core.netRxDeadline_jiffy = this.machine.jiffies + this.budget_jiffies;
    core.local.append(core.pollList);
    this.continueNetRx(core);
  }

  /** Polls until a segment of work has begun, or the run ends. */
  continueNetRx(core: Core): void {
    for (;;) {
      if (core.napi >= 0) {
        const napi = this.machine.napis[core.napi];
        if (this.poll(core, napi)) return;
        this.endPoll(core, napi);
        if (core.budgetLeft <= 0 || this.machine.jiffies >= core.netRxDeadline_jiffy) {
          core.timeSqueeze++;
          break;
        }
      }
      if (core.local.length === 0) {
        if (!this.refill || core.pollList.length === 0) break;
        core.local.append(core.pollList);
        core.netRxPending = false;
      }
      this.startPoll(core);
    }
    this.endNetRx(core);
  }

  private startPoll(core: Core): void {
    core.napi = core.local.shift();
    core.napiWork = 0;
    core.extra_ns += this.poll_ns;
    const napi = this.machine.napis[core.napi];
    napi.polls++;
    if (core.warmNapi !== napi.id) {
      // Another device's softirq, or a thread, ran here since (section 6.3 of the paper: poor locality of the overlay).
      core.warmNapi = napi.id;
      core.extra_ns += this.codeMiss_ns;
    }
    if (napi.kind === NAPI_BACKLOG) this.machine.path.sendIpis(core);
  }

  private endPoll(core: Core, napi: Napi): void {
    this.machine.monitors.napiPoll(core, napi, core.napiWork);
    core.budgetLeft -= core.napiWork;
    if (napi.scheduled && core.napiWork >= this.weight) core.repeat.push(napi.id);
    core.napi = -1;
  }

  private endNetRx(core: Core): void {
    core.inNetRx = false;
    // Order of the kernel: what was left, what was scheduled meanwhile, what used up its weight.
    core.local.append(core.pollList);
    core.local.append(core.repeat);
    core.pollList.append(core.local);
    if (core.pollList.length > 0) core.netRxPending = true;
    this.machine.path.sendIpis(core);
    this.machine.monitors.softirqExit(core);
    if (core.netRxPending) {
      const timeLeft = this.machine.jiffies < core.softirqDeadline_jiffy;
      if (timeLeft && !core.needResched && --core.passesLeft > 0) {
        this.pass(core);
        return;
      }
      this.machine.scheduler.wakeKsoftirqd(core);
    }
    if (core.extra_ns > 0) this.machine.begin(core, SOFTIRQ, 0, OP_SOFTIRQ_EXIT);
    else this.exit(core);
  }

  /** Back to what the softirq interrupted. */
  exit(core: Core): void {
    core.inSoftirq = false;
    const { scheduler } = this.machine;
    // Interrupts that came during the way out raised it again: irq_exit finds it pending.
    if (core.netRxPending && core.softirqFrom !== FROM_KSOFTIRQD && !scheduler.ksoftirqdRuns(core)) {
      this.start(core, core.softirqFrom);
      return;
    }
    switch (core.softirqFrom) {
      case FROM_IRQ:
        scheduler.resume(core);
        break;
      case FROM_BH_ENABLE:
        scheduler.continueThread(core);
        break;
      case FROM_KSOFTIRQD:
        scheduler.ksoftirqdPassed(core);
        break;
    }
  }

  /** One step of a poll: true if it began a segment, false if the poll is over. */
  private poll(core: Core, napi: Napi): boolean {
    if (napi.kind === NAPI_NIC) return this.pollNic(core, napi);
    const packet = this.nextOf(core, napi);
    if (packet !== NONE) {
      core.napiWork++;
      this.startPacket(core, napi, packet);
      return true;
    }
    const complete = core.napiWork < this.weight;
    if (this.flushGro(core, napi, complete)) return true;
    // What came in during the flush is taken too.
    if (complete && (napi.input.length > 0 || napi.processing.length > 0)) return this.poll(core, napi);
    if (complete) napi.scheduled = false;
    return false;
  }

  /** Next packet of a backlog or gro_cell, NONE if there is none or the weight is used up. */
  private nextOf(core: Core, napi: Napi): number {
    if (core.napiWork >= this.weight) return NONE;
    const { now } = this.machine;
    if (napi.kind === NAPI_GRO_CELL) return napi.input.shift(now);
    if (napi.processing.length === 0) {
      if (napi.input.length === 0) return NONE;
      // process_backlog takes over the whole input queue, which is empty for its producers from then on.
      napi.processing.takeAll(napi.input);
    }
    return napi.processing.shift(now);
  }

  private pollNic(core: Core, napi: Napi): boolean {
    const { nic } = this.machine;
    if (nic === null) throw new Error('a NIC poll without a NIC');
    if (core.passing.length >= this.batch) return this.passUp(core);
    nic.pull();
    const room = Math.min(this.batch, this.weight - core.napiWork, napi.input.length);
    if (room > 0) {
      this.startChunk(core, napi.input, room);
      return true;
    }
    const complete = core.napiWork < this.weight;
    if (this.flushGro(core, napi, complete)) return true;
    if (complete) {
      napi.scheduled = false;
      nic.complete(napi.target);
    }
    return false;
  }

  /** Flushes GRO at the end of a poll, below 1000 Hz always; true if that gave packets to pass up. */
  private flushGro(core: Core, napi: Napi, complete: boolean): boolean {
    if (complete || this.hz < 1000) napi.gro.flush(core.passing);
    return core.passing.length > 0 && this.passUp(core);
  }

  /** Takes up to a batch of packets off the ring: their allocation and GRO are one segment. */
  private startChunk(core: Core, ring: PacketQueue, count: number): void {
    const { machine } = this;
    const { pool, plan } = machine;
    const chunk = this.chunks[core.id];
    let cost = 0;
    for (let i = 0; i < count; i++) {
      const packet = ring.shift(machine.now);
      const kind = pool.kind[packet];
      chunk.push(packet);
      pool.core[packet] = core.id;
      pool.leg[packet] = machine.splitting.legFor(core, kind);
      const leg = plan.legs[pool.leg[packet]];
      cost += leg.before.of(kind, 1, pool.bytes[packet]);
      if (kind !== PACKET_TCP || this.isCut(packet)) cost += leg.after.of(kind, 1, pool.bytes[packet]);
    }
    core.napiWork += count;
    machine.begin(core, SOFTIRQ, cost * machine.variation.next(), OP_NIC_CHUNK, chunk.at(0));
  }

  onNicChunk(core: Core): void {
    const { machine } = this;
    const { pool, plan, flows, monitors } = machine;
    const chunk = this.chunks[core.id];
    const gro = machine.napis[core.napi].gro;
    const service_ns = (machine.now - core.segmentStart) / chunk.length;
    while (chunk.length > 0) {
      const packet = chunk.shift();
      const kind = pool.kind[packet];
      const leg = plan.legs[pool.leg[packet]];
      monitors.served(leg, core, packet, service_ns);
      if (kind !== PACKET_TCP || this.isCut(packet)) machine.path.handOver(core, packet, leg);
      else gro.receive(packet, flows.hashOf(pool.flow[packet], kind), core.passing);
    }
    this.continueNetRx(core);
  }

  /** Whether a packet in the NIC's poll leaves it before GRO. */
  private isCut(packet: number): boolean {
    const { pool, plan } = this.machine;
    return pool.leg[packet] === 0 && plan.splits[pool.kind[packet]];
  }

  /** Sends what GRO passed on up the stack. */
  private passUp(core: Core): boolean {
    const { pool, plan, variation } = this.machine;
    let cost = 0;
    for (let i = 0; i < core.passing.length; i++) {
      const packet = core.passing.at(i);
      const leg = plan.legs[pool.leg[packet]];
      cost += leg.after.of(this.classOf(packet, leg), pool.segments[packet], pool.bytes[packet]);
    }
    this.machine.begin(core, SOFTIRQ, cost * variation.next(), OP_PASS_UP);
    return true;
  }

  onPassUp(core: Core): void {
    const { pool, plan, path, monitors } = this.machine;
    const service_ns = (this.machine.now - core.segmentStart) / core.passing.length;
    while (core.passing.length > 0) {
      const packet = core.passing.shift();
      const leg = plan.legs[pool.leg[packet]];
      monitors.servedAfterGro(leg, core, service_ns);
      path.handOver(core, packet, leg);
    }
    this.continueNetRx(core);
  }

  /** Serves a packet of a backlog or gro_cell. */
  private startPacket(core: Core, napi: Napi, packet: number): void {
    const { machine } = this;
    const { pool } = machine;
    const leg = machine.plan.legs[pool.leg[packet]];
    const kind = pool.kind[packet];
    const segments = pool.segments[packet];
    const bytes = pool.bytes[packet];
    let cost = 0;
    // Through a backlog in its place (Falcon), the gro_cell's GRO is skipped.
    const skipsGro = leg.entry === ENTRY_GRO_CELLS && napi.kind === NAPI_BACKLOG;
    if (skipsGro) cost += this.dequeue_ns;
    else cost += leg.before.of(kind, segments, bytes);
    if (!this.goesThroughGro(leg, napi, packet)) cost += leg.after.of(this.classOf(packet, leg), segments, bytes);
    cost += this.touch(core, packet);
    machine.begin(core, SOFTIRQ, cost * machine.variation.next(), OP_PACKET, packet);
  }

  /** Class of a packet that is done with GRO, which decides what the rest of a leg costs. */
  private classOf(packet: number, leg: Leg): number {
    return leg.next < 0 ? this.machine.sockets.classify(packet) : this.machine.pool.kind[packet];
  }

  /** What it costs that other cores touched the packet before; from now on this core did. */
  touch(core: Core, packet: number): number {
    const { pool } = this.machine;
    if (pool.core[packet] === core.id) return 0;
    const first = pool.core[packet] < 0;
    pool.core[packet] = core.id;
    if (first) return 0;
    const hops = ++pool.hops[packet];
    return this.skbMiss_ns + this.spread_ns * (hops - 1);
  }

  private goesThroughGro(leg: Leg, napi: Napi, packet: number): boolean {
    if (!leg.hasGro || (leg.entry === ENTRY_GRO_CELLS && napi.kind === NAPI_BACKLOG)) return false;
    return this.machine.pool.kind[packet] === PACKET_TCP;
  }

  onPacket(core: Core): void {
    const { machine } = this;
    const packet = core.opPacket;
    const napi = machine.napis[core.napi];
    const leg = machine.plan.legs[machine.pool.leg[packet]];
    machine.monitors.served(leg, core, packet, machine.now - core.segmentStart);
    if (this.goesThroughGro(leg, napi, packet)) {
      const hash = machine.flows.hashOf(machine.pool.flow[packet], PACKET_TCP);
      napi.gro.receive(packet, hash, core.passing);
      if (core.passing.length >= this.batch) {
        this.passUp(core);
        return;
      }
    } else {
      machine.path.handOver(core, packet, leg);
    }
    this.continueNetRx(core);
  }
}
