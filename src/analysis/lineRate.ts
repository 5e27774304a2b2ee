import type { Topology } from '../experiment';
import { frameBytes, fragmentSizes, IPV4_HEADER_BYTES, UDP_HEADER_BYTES, wireTime_ns } from '../kernel';

/**
 * UDP messages a second that fill a link: every frame of a message with headers, tunnel, FCS, preamble and gap.
 * @param mtu_bytes largest IP packet on the wire; a tunnel takes its share of it
 */
export function udpLineRate_pps(
  message_bytes: number,
  link_gbps: number,
  topology: Pick<Topology, 'encapsulation_bytes'>,
  mtu_bytes = 1500,
): number {
  const inside = mtu_bytes - topology.encapsulation_bytes;
  const time_ns = fragmentSizes(UDP_HEADER_BYTES + message_bytes, inside)
    .map((bytes) => IPV4_HEADER_BYTES + bytes + topology.encapsulation_bytes)
    .reduce((sum, packet) => sum + wireTime_ns(frameBytes(packet), link_gbps), 0);
  return 1e9 / time_ns;
}
