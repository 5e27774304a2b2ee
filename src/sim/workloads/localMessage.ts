import type { Core } from '../core';
import type { Machine } from '../machine';
import { LAST_OF_MESSAGE, PACKET_TCP, PUSH } from '../packets';
import { ENTRY_NETIF_RX } from '../plan';

/**
 * A message from one container to another of the same machine: over the bridge into the receiver's veth, whose
 * backlog serves it. On a path without veth it is put straight to the socket, as loopback would.
 */
export function sendLocal(machine: Machine, core: Core, flow: number, bytes: number): void {
  const { plan, monitors, pool } = machine;
  monitors.offered(1);
  monitors.messageSent(flow);
  const out = {
    flow,
    kind: PACKET_TCP,
    flags: LAST_OF_MESSAGE | PUSH,
    bytes,
    messages: 1,
    message: 0,
    sent_ns: machine.now,
  };
  const packet = machine.newPacket(out, machine.now);
  pool.core[packet] = core.id;
  const last = plan.legs[plan.legs.length - 1];
  if (last.entry === ENTRY_NETIF_RX) machine.path.injectAt(core, packet, last);
  else machine.sockets.deliver(core, packet);
}
