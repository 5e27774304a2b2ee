import type { Profile } from './profile';
import { constantOf } from './profile';
import type { Topology } from './topology';

/** What sending a datagram costs on a client; the bound of its rate. */
export interface DatagramCosts {
  /** For the system call and the first frame, with the copy of all bytes. */
  readonly first_ns: number;
  /** For each further fragment. */
  readonly fragment_ns: number;
}

/**
 * Costs of a UDP client. In an overlay it is a container, too: IP fragments the datagram before its veth, and each
 * frame crosses bridge and tunnel by itself.
 */
export function datagramCosts(profile: Profile, topology: Topology, message_bytes: number): DatagramCosts {
  const part = (name: string): number => constantOf(profile, name);
  const tunnel_ns = topology.encapsulation_bytes > 0 ? part('clientTunnel.packet_ns') : 0;
  return {
    first_ns: part('clientSend.packet_ns') + part('clientSend.byte_ns') * message_bytes + tunnel_ns,
    fragment_ns: part('clientSend.segment_ns') + tunnel_ns,
  };
}
