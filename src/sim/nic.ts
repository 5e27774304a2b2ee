import type { Moderation } from '../experiment';
import { IRQ_NIC } from './core';
import { Dim } from './dim';
import { EV_ARRIVAL, EV_IRQ, PRIORITY_ARRIVAL, PRIORITY_IRQ } from './events';
import type { Link } from './link';
import type { Machine } from './machine';
import type { Napi } from './napi';

/** One receive queue: descriptor ring, NAPI and interrupt. */
class NicQueue {
  /** Interrupts are on and none is on its way. */
  armed = true;
  irqScheduled = false;
  irq_ns = 0;
  generation = 0;
  lastIrq_ns = -Infinity;
  waiting = 0;
  interrupts = 0;

  constructor(
    readonly index: number,
    readonly core: number,
    readonly napi: Napi,
    readonly ring: number,
    readonly dim: Dim | null,
  ) {}
}

/**
 * The network card: RSS puts arriving packets into the rings of its queues; a full ring pauses the link, or without flow
 * control drops the packet. It interrupts the queue's CPU, not sooner than the moderation time after the interrupt before (counted from the
 * event, as mlx5 does) unless enough packets wait.
 */
export class Nic {
  readonly queues: NicQueue[] = [];
  private readonly time_ns: number;
  private readonly frames: number;
  private readonly hardirq_ns: number;
  private readonly flowControl: boolean;
  /** A full ring holds up the link (IEEE 802.3x pause), until the NIC is next looked at. */
  private paused = false;
  private resumed_ns = 0;
  private scheduled_ns = Infinity;
  private generation = 0;

  constructor(
    private readonly machine: Machine,
    readonly link: Link,
  ) {
    const { nic } = machine.plan.experiment;
    const moderation: Moderation = nic.moderation;
    this.time_ns = moderation.mode === 'fixed' ? moderation.usecs * 1000 : 0;
    this.frames = moderation.mode === 'fixed' ? moderation.frames : 1;
    this.flowControl = machine.plan.constant('nic.flowControl') === 1;
    this.hardirq_ns = machine.plan.constant('cpu.hardirq_ns');
    for (let q = 0; q < nic.queues; q++) {
      const core = nic.irqCpus[q % nic.irqCpus.length];
      const dim = moderation.mode === 'adaptive' ? new Dim() : null;
      this.queues.push(new NicQueue(q, core, machine.addNicNapi(core, q), nic.ring, dim));
    }
  }

  /** Brings the rings up to the present. */
  pull(): void {
    this.pullUntil(this.machine.now);
  }

  private pullUntil(time_ns: number): void {
    const wasPaused = this.paused;
    if (wasPaused) {
      this.paused = false;
      this.resumed_ns = this.machine.now;
    }
    for (let at = this.link.nextArrival(); at <= time_ns; at = this.link.nextArrival()) {
      if (!this.arrive(Math.max(at, this.resumed_ns))) return;
    }
    // Other queues may have waited for the link meanwhile.
    if (wasPaused) this.watch();
  }

  /** Sees to it that the next arrival is noticed, if some queue waits for one. */
  watch(): void {
    if (this.looksAhead) {
      const [queue] = this.queues;
      if (queue.irqScheduled) {
        // Nothing that happens before the interrupt can change what arrives until then.
        for (let at = this.link.nextArrival(); at <= queue.irq_ns; at = this.link.nextArrival()) {
          if (!this.arrive(Math.max(at, this.resumed_ns))) return;
        }
      } else if (!queue.napi.scheduled) this.schedule();
      return;
    }
    for (const queue of this.queues) {
      if (!queue.napi.scheduled) {
        this.schedule();
        return;
      }
    }
  }

  /** With one queue and senders that wait for nothing, arrivals up to the next interrupt need no events. */
  private get looksAhead(): boolean {
    return this.queues.length === 1 && this.link.isOpenLoop;
  }

  onArrival(generation: number): void {
    if (generation !== this.generation) return;
    this.scheduled_ns = Infinity;
    this.pull();
    this.watch();
  }

  onIrq(index: number, generation: number): void {
    const queue = this.queues[index];
    if (generation !== queue.generation) return;
    const core = this.machine.cores[queue.core];
    queue.irqScheduled = false;
    queue.armed = false;
    queue.waiting = 0;
    this.pull();
    queue.lastIrq_ns = this.machine.now;
    queue.interrupts++;
    core.nicIrqCount++;
    core.irq = IRQ_NIC;
    this.machine.softirqs.napiSchedule(core, queue.napi);
    this.machine.interrupt(core, this.hardirq_ns);
  }

  /** The poll found the ring empty: interrupts are on again. */
  complete(index: number): void {
    const queue = this.queues[index];
    queue.armed = true;
    queue.dim?.event(this.machine.now);
    this.pull();
    if (queue.napi.input.length > 0 && !queue.irqScheduled) this.scheduleIrq(queue, this.machine.now);
    this.watch();
  }

  private schedule(): void {
    // While the link is paused, only the poll of the full ring can go on.
    if (this.paused) return;
    const at = this.link.nextArrival();
    if (at >= this.scheduled_ns || at === Infinity) return;
    const ceil = Math.max(Math.ceil(at), this.machine.now);
    this.scheduled_ns = ceil;
    this.machine.queue.push(ceil, PRIORITY_ARRIVAL, EV_ARRIVAL, 0, ++this.generation);
  }

  /** Takes in one packet; false if the link is paused instead. */
  private arrive(arrival_ns: number): boolean {
    const { machine, link } = this;
    const { flows, monitors } = machine;
    const source = link.peek();
    const queue = this.queues[flows.queueOf(source.flow, source.nextKind)];
    const full = queue.napi.input.length >= queue.ring;
    if (full && this.flowControl) {
      this.paused = true;
      return false;
    }
    link.take(arrival_ns);
    const { out } = link;
    monitors.offered(1);
    if (full) {
      monitors.dropped('nic-ring', queue.core, 1);
      machine.lost(out.flow, out.bytes, out.messages, out.position);
      return true;
    }
    const packet = machine.newPacket(out);
    queue.napi.input.push(packet, arrival_ns);
    queue.dim?.count(out.bytes);
    if (!queue.armed) return true;
    queue.waiting++;
    const frames = queue.dim === null ? this.frames : queue.dim.frames;
    if (!queue.irqScheduled) this.scheduleIrq(queue, arrival_ns);
    else if (queue.waiting === frames) this.pushIrq(queue, arrival_ns);
    return true;
  }

  private scheduleIrq(queue: NicQueue, from_ns: number): void {
    const time_ns = queue.dim === null ? this.time_ns : queue.dim.time_us * 1000;
    this.pushIrq(queue, Math.max(from_ns, queue.lastIrq_ns + time_ns));
  }

  private pushIrq(queue: NicQueue, at_ns: number): void {
    queue.irqScheduled = true;
    queue.irq_ns = at_ns;
    const at = Math.max(Math.ceil(at_ns), this.machine.now);
    this.machine.queue.push(at, PRIORITY_IRQ, EV_IRQ, queue.index, ++queue.generation);
  }
}
