import type { Core } from './core';
import { IRQ_CALL } from './core';
import { Reassembly } from './reassembly';
import { EV_IPI, PRIORITY_IRQ } from './events';
import { rpsCpu } from '../kernel/steering';
import type { Machine } from './machine';
import { PACKET_FRAGMENT } from './packets';
import type { Leg } from './plan';
import { ENTRY_GRO_CELLS, ENTRY_NETIF_RX, ENTRY_RPS, ENTRY_SPLIT } from './plan';

/** The ways between legs: backlogs with their IPIs, gro_cells, and at the end the socket. */
export class Path {
  readonly reassembly: Reassembly;
  private readonly maxBacklog: number;
  private readonly enqueue_ns: number;
  private readonly ipiSend_ns: number;
  private readonly ipiLatency_ns: number;
  private readonly ipiReceive_ns: number;

  constructor(private readonly machine: Machine) {
    const { constant } = machine.plan;
    this.reassembly = new Reassembly(machine);
    this.maxBacklog = constant('kernel.maxBacklog');
    this.enqueue_ns = constant('backlogEnqueue.packet_ns');
    this.ipiSend_ns = constant('cpu.ipiSend_ns');
    this.ipiLatency_ns = constant('cpu.ipiLatency_ns');
    this.ipiReceive_ns = constant('cpu.ipiReceive_ns');
  }

  /** A leg is done with a packet: on to the next one's queue, or to the socket. */
  handOver(core: Core, packet: number, leg: Leg): void {
    const { pool, plan, flows, steering } = this.machine;
    const kind = pool.kind[packet];
    const cut = leg.index === 0 && plan.splitLeg >= 0 && plan.splits[kind];
    const to = cut ? plan.splitLeg : leg.next;
    if (to < 0) {
      this.toSocket(core, packet, leg);
      return;
    }
    const next = plan.legs[to];
    pool.leg[packet] = to;
    const flow = pool.flow[packet];
    const hash = flows.hashOf(flow, kind);
    switch (next.entry) {
      case ENTRY_RPS:
        this.enqueueBacklog(core, rpsCpu(hash, next.rpsCpus as Int32Array), packet);
        break;
      case ENTRY_SPLIT:
        core.extra_ns += steering.choose_ns;
        this.enqueueBacklog(core, steering.chooseSplit(hash, flows.ifindex(next.device, flow)), packet);
        break;
      case ENTRY_GRO_CELLS: {
        const cpu = this.steer(core, hash, flows.ifindex(next.device, flow));
        if (cpu < 0) this.enqueueGroCell(core, next, packet);
        else {
          core.extra_ns += this.enqueue_ns;
          this.enqueueBacklog(core, cpu, packet);
        }
        break;
      }
      case ENTRY_NETIF_RX: {
        const cpu = this.steer(core, hash, flows.ifindex(next.device, flow));
        if (cpu >= 0) this.enqueueBacklog(core, cpu, packet);
        else this.enqueueBacklog(core, next.rpsCpus === null ? core.id : rpsCpu(hash, next.rpsCpus), packet);
        break;
      }
    }
  }

  /** A packet sent on this machine arrives at the receiving end of a veth cable. */
  inject(core: Core, packet: number): void {
    const { pool, plan, flows } = this.machine;
    const [first] = plan.legs;
    const hash = flows.hashOf(pool.flow[packet], pool.kind[packet]);
    this.enqueueBacklog(core, first.rpsCpus === null ? core.id : rpsCpu(hash, first.rpsCpus), packet);
  }

  /** A packet sent on this machine enters the path at a leg that netif_rx leads to. */
  injectAt(core: Core, packet: number, leg: Leg): void {
    const { pool, flows } = this.machine;
    pool.leg[packet] = leg.index;
    const flow = pool.flow[packet];
    const hash = flows.hashOf(flow, pool.kind[packet]);
    const cpu = this.steer(core, hash, flows.ifindex(leg.device, flow));
    if (cpu >= 0) this.enqueueBacklog(core, cpu, packet);
    else this.enqueueBacklog(core, leg.rpsCpus === null ? core.id : rpsCpu(hash, leg.rpsCpus), packet);
  }

  private steer(core: Core, hash: number, ifindex: number): number {
    const { steering } = this.machine;
    if (!steering.isActive) return -1;
    const cpu = steering.choose(hash, ifindex);
    // While it is off, Falcon costs no more than a comparison (Algorithm 1, line 6).
    if (cpu >= 0) core.extra_ns += steering.choose_ns;
    return cpu;
  }

  /**
   * enqueue_to_backlog (net/core/dev.c): refuses what finds the backlog full or, where the flow limit is on, belongs to
   * a flow that fills it; an IPI is due only where the target's backlog was at rest.
   */
  enqueueBacklog(core: Core, target: number, packet: number): void {
    const { machine } = this;
    const backlog = machine.backlogs[target];
    machine.monitors.netifRx(core, packet, target);
    const queued = backlog.input.length;
    if (queued > this.maxBacklog) {
      this.dropAt(target, packet, 'backlog');
      return;
    }
    if (core.flowLimit !== null && core.flowLimit.refuses(this.hashOf(packet), queued)) {
      this.dropAt(target, packet, 'flow-limit');
      return;
    }
    if (backlog.input.length === 0 && !backlog.scheduled) {
      if (target === core.id) machine.softirqs.napiSchedule(core, backlog);
      else {
        backlog.scheduled = true;
        core.ipis.push(target);
        // ____napi_schedule's NET_RX on this core, whose end sends the IPI.
        if (!core.inNetRx || machine.softirqs.rerunsForIpis) machine.softirqs.raise(core);
      }
    }
    backlog.input.push(packet, machine.now);
  }

  /** softnet_data->dropped counts both reasons, on the backlog's CPU. */
  private dropAt(target: number, packet: number, place: string): void {
    this.machine.cores[target].backlogDropped++;
    this.machine.drop(packet, place, target);
  }

  private hashOf(packet: number): number {
    const { pool, flows } = this.machine;
    return flows.hashOf(pool.flow[packet], pool.kind[packet]);
  }

  private enqueueGroCell(core: Core, leg: Leg, packet: number): void {
    const { machine } = this;
    const cell = machine.groCells[leg.index][core.id];
    // gro_cells_receive (net/core/gro_cells.c): drops above netdev_max_backlog, schedules at the first packet.
    if (cell.input.length > this.maxBacklog) {
      machine.drop(packet, 'gro-cells', core.id);
      return;
    }
    cell.input.push(packet, machine.now);
    if (cell.input.length === 1 && !cell.scheduled) machine.softirqs.napiSchedule(core, cell);
  }

  /** net_rps_send_ipi: one IPI for each backlog that this core woke. */
  sendIpis(core: Core): void {
    while (core.ipis.length > 0) {
      const target = core.ipis.shift();
      core.extra_ns += this.ipiSend_ns;
      core.extraIpi_ns += this.ipiSend_ns;
      this.machine.monitors.ipiSent(core, target);
      const at = this.machine.now + Math.round(core.extra_ns + this.ipiLatency_ns);
      this.machine.queue.push(at, PRIORITY_IRQ, EV_IPI, target);
    }
  }

  /** rps_trigger_softirq on the target. */
  onIpi(target: number): void {
    const { machine } = this;
    const core = machine.cores[target];
    core.calCount++;
    core.irq = IRQ_CALL;
    core.receivedRps++;
    machine.softirqs.napiSchedule(core, machine.backlogs[target]);
    machine.interrupt(core, this.ipiReceive_ns);
  }

  private toSocket(core: Core, packet: number, leg: Leg): void {
    const { machine } = this;
    let whole = packet;
    if (machine.pool.kind[packet] === PACKET_FRAGMENT) {
      whole = this.reassembly.add(packet);
      if (whole < 0) return;
      core.extra_ns += leg.completion_ns;
    }
    machine.sockets.deliver(core, whole);
  }
}
