import { NS_PER_S } from '../core';
import { ETHERNET_FCS_BYTES, frameBytes } from '../kernel/wire';
import { IRQ_NIC } from './core';
import { EV_ARRIVAL, EV_IRQ, PRIORITY_ARRIVAL, PRIORITY_IRQ } from './events';
import type { Link } from './link';
import type { Machine } from './machine';
import { newModerator } from './moderation';
import type { Moderator } from './moderation';
import type { Napi } from './napi';

/** One receive queue: descriptor ring, NAPI and interrupt. */
class NicQueue {
  /** Interrupts are on and none is on its way. */
  armed = true;
  irqScheduled = false;
  /** When the interrupt is due, as things stand. */
  irq_ns = 0;
  /** When its event is, which is not later. */
  irqEvent_ns = Infinity;
  generation = 0;
  lastIrq_ns = -Infinity;
  /** Packets since interrupts were turned on. */
  waiting = 0;
  interrupts = 0;

  constructor(
    readonly index: number,
    readonly core: number,
    readonly napi: Napi,
    readonly ring: number,
    readonly moderator: Moderator,
  ) {}
}

/**
 * The network card: RSS puts arriving packets into the rings of its queues; a full ring pauses the link, or without
 * flow control drops the packet. A queue interrupts its CPU once a packet waits and its moderation allows it: a time
 * after the interrupt before or, in the mode of mlx5 that counts from the completion, after the last packet; at once
 * if enough packets wait.
 *
 * Interrupts of a queue are off from one to the end of its polls, and turned on again by the poll that found the ring
 * empty (mlx5e_napi_poll and mlx5e_cq_arm, en_txrx.c, 5.4.63, read in the tree of the Falcon authors): a poll that
 * used up its budget of 64 is repeated instead. What arrived between the last look at the ring and that moment would
 * be seen by the card from the consumer index; here no time passes between them. The driver's check that a busy
 * queue still polls on a CPU of its interrupt's affinity never finds otherwise, since no affinity changes here.
 * Of the moderation, the driver's sources give the meaning of the time only ("restarts upon completion generation");
 * that the packets count from the turning-on of interrupts is assumed.
 */
export class Nic {
  readonly queues: NicQueue[] = [];
  private readonly hardirq_ns: number;
  private readonly flowControl: boolean;
  private readonly tunnel_bytes: number;
  private readonly end_ns: number;
  /** A full ring holds up the link (IEEE 802.3x pause), until the NIC is next looked at. */
  private paused = false;
  private resumed_ns = 0;
  private scheduled_ns = Infinity;
  private generation = 0;

  constructor(
    private readonly machine: Machine,
    readonly link: Link,
  ) {
    const { nic, topology, duration_s } = machine.plan.experiment;
    this.tunnel_bytes = topology.encapsulation_bytes;
    this.end_ns = machine.start_ns + Math.round(duration_s * NS_PER_S);
    this.flowControl = machine.plan.constant('nic.flowControl') === 1;
    this.hardirq_ns = machine.plan.constant('cpu.hardirq_ns');
    for (let q = 0; q < nic.queues; q++) {
      const core = nic.irqCpus[q % nic.irqCpus.length];
      const moderator = newModerator(machine.plan, nic.moderation);
      this.queues.push(new NicQueue(q, core, machine.addNicNapi(core, q), nic.ring, moderator));
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
      const end_ns = this.lookAheadEnd_ns;
      if (queue.irqScheduled) {
        // Nothing that happens before the interrupt can change what arrives until then; arrivals may put it off.
        for (let at = this.link.nextArrival(); at <= queue.irq_ns; at = this.link.nextArrival()) {
          if (at > end_ns) {
            this.schedule();
            return;
          }
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

  /** Packets on the other side of the beginning or end of measuring are not taken in before. */
  private get lookAheadEnd_ns(): number {
    const { now, start_ns } = this.machine;
    return now <= start_ns ? start_ns : this.end_ns;
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
    queue.irqEvent_ns = Infinity;
    if (queue.irq_ns > this.machine.now) {
      // Packets have put it off since.
      this.pushIrq(queue);
      return;
    }
    const core = this.machine.cores[queue.core];
    queue.irqScheduled = false;
    queue.armed = false;
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
    queue.waiting = 0;
    queue.moderator.polled(this.machine.now);
    this.pull();
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
    const frame_bytes = frameBytes(source.nextIp_bytes + this.tunnel_bytes) - ETHERNET_FCS_BYTES;
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
    queue.moderator.count(frame_bytes);
    if (queue.armed) this.moderate(queue, arrival_ns);
    return true;
  }

  /** A packet waits on a queue whose interrupt is on. */
  private moderate(queue: NicQueue, arrival_ns: number): void {
    const { moderator } = queue;
    // Too late for an interrupt that is due in the fraction of a nanosecond before.
    if (queue.irqScheduled && arrival_ns > queue.irq_ns) return;
    queue.waiting++;
    if (queue.waiting >= moderator.frames) this.raiseAt(queue, arrival_ns);
    else if (moderator.fromPacket) this.raiseAt(queue, arrival_ns + moderator.time_ns);
    else if (!queue.irqScheduled) this.raiseAt(queue, Math.max(arrival_ns, queue.lastIrq_ns + moderator.time_ns));
  }

  /** Sets the time of the interrupt. An event that comes too early finds out and is put off then. */
  private raiseAt(queue: NicQueue, at_ns: number): void {
    queue.irqScheduled = true;
    queue.irq_ns = at_ns;
    if (at_ns < queue.irqEvent_ns) this.pushIrq(queue);
  }

  private pushIrq(queue: NicQueue): void {
    const at = Math.max(Math.ceil(queue.irq_ns), this.machine.now);
    queue.irqEvent_ns = at;
    this.machine.queue.push(at, PRIORITY_IRQ, EV_IRQ, queue.index, ++queue.generation);
  }
}
