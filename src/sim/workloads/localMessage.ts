import type { Core } from '../core';
import type { Machine } from '../machine';
import { LAST_OF_MESSAGE, PACKET_TCP_QUIET, PUSH, RETRANSMITTED } from '../packets';
import { ENTRY_NETIF_RX, ENTRY_RPS } from '../plan';
import type { Leg } from '../plan';
import type { Emission } from '../sources';
import type { LossyFlow } from './tier';

/**
 * One direction of a TCP connection between two containers of this machine, one message at a time. Transmit runs on the
 * sender's core through its veth and over the bridge (or what the path has in its place) into the receiver's veth, whose
 * backlog serves it: the path's last leg. Nothing is cut to segments on the way, and the answer carries the
 * acknowledgement. On a path whose only queue is the NIC's ring the message goes from the sender straight up to the socket.
 */
export class LocalFlow implements LossyFlow {
  private readonly out: Emission;
  /** The receiver's part of the path; undefined if that has no queue of its own. */
  private readonly leg: Leg | undefined;
  private readonly upwards_ns: number;
  /** Bytes of the stream so far. */
  private sent_bytes = 0;

  constructor(
    private readonly machine: Machine,
    readonly flow: number,
    bytes: number,
    /** CPU of the sender. */
    private readonly cpu: number,
  ) {
    const { constant, legs } = machine.plan;
    this.leg = legs.find((leg) => leg.next < 0 && (leg.entry === ENTRY_NETIF_RX || leg.entry === ENTRY_RPS));
    this.upwards_ns = ['netifReceive', 'ipReceive', 'tcpReceive', 'tcpAckInput']
      .map((cost) => constant(`${cost}.packet_ns`))
      .reduce((sum, ns) => sum + ns, 0);
    this.out = { flow, kind: PACKET_TCP_QUIET, flags: 0, bytes, messages: 1, message: 0, position: 0, sent_ns: 0 };
  }

  /** Sends a message, at the end of a step of the sending thread. */
  send(): void {
    this.machine.monitors.messageSent(this.flow);
    this.out.sent_ns = this.machine.now;
    this.out.position = this.sent_bytes;
    this.sent_bytes += this.out.bytes;
    this.transmit(LAST_OF_MESSAGE | PUSH);
  }

  /** The message is known: it will be the same. */
  lose(): void {
    // Nothing to remember.
  }

  /** Sends the message again, by the sender's timer. */
  repeat(): void {
    this.transmit(LAST_OF_MESSAGE | PUSH | RETRANSMITTED);
    this.machine.interrupt(this.core, this.machine.plan.constant('cpu.tick_ns'));
  }

  private transmit(flags: number): void {
    const { machine, core, out } = this;
    const { pool, monitors } = machine;
    monitors.offered(1);
    out.flags = flags;
    const packet = machine.newPacket(out);
    pool.core[packet] = core.id;
    if (this.leg !== undefined) {
      machine.path.injectAt(core, packet, this.leg);
      return;
    }
    core.extra_ns += this.upwards_ns;
    machine.sockets.deliver(core, packet);
  }

  private get core(): Core {
    return this.machine.cores[this.cpu];
  }
}

/** What sending to another container of this machine costs beyond the system call: the way up to the receiver's veth. */
export function localTransmit_ns(machine: Machine): number {
  const { plan } = machine;
  const { stages } = plan.experiment.topology;
  const last = stages[stages.length - 1];
  if (last.entry !== 'backlog' || stages.length < 2) return 0;
  const between = stages[stages.length - 2];
  const costs = between.work.map(({ cost }) =>
    typeof cost === 'string' ? plan.constant(`${cost}.packet_ns`) : cost.packet_ns,
  );
  return plan.constant('vethXmit.packet_ns') + costs.reduce((sum, ns) => sum + ns, 0);
}
