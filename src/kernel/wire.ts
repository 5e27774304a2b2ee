import type { Bytes, GigabitsPerSecond, Nanoseconds, PacketsPerSecond } from '../core';

/** IEEE 802.3: destination, source, type. */
export const ETHERNET_HEADER_BYTES = 14;
export const ETHERNET_FCS_BYTES = 4;
/** Smallest frame, with FCS; shorter ones are padded. */
export const ETHERNET_MIN_FRAME_BYTES = 64;
/** Preamble and start of frame (8 B) and the gap between frames (12 B). */
export const ETHERNET_GAP_BYTES = 20;

export const IPV4_HEADER_BYTES = 20;
export const UDP_HEADER_BYTES = 8;
/** Without options; Linux sends 12 B more for timestamps. */
export const TCP_HEADER_BYTES = 20;
export const TCP_TIMESTAMP_BYTES = 12;
export const VXLAN_HEADER_BYTES = 8;

/** What VXLAN puts around an inner frame (IPv4): outer IP, UDP, VXLAN and the inner Ethernet header. RFC 7348. */
export const VXLAN_OVERHEAD_BYTES = IPV4_HEADER_BYTES + UDP_HEADER_BYTES + VXLAN_HEADER_BYTES + ETHERNET_HEADER_BYTES;
/** What IP in IP puts around an inner packet. RFC 2003. */
export const IPIP_OVERHEAD_BYTES = IPV4_HEADER_BYTES;

/** Largest UDP payload over IPv4: 65,535 less both headers. */
export const MAX_UDP_PAYLOAD_BYTES = 65535 - IPV4_HEADER_BYTES - UDP_HEADER_BYTES;

/** Bytes of an IPv4 packet that carries a UDP payload unfragmented. */
export function udpPacketBytes(payload_bytes: Bytes): Bytes {
  return IPV4_HEADER_BYTES + UDP_HEADER_BYTES + payload_bytes;
}

/** Bytes of the Ethernet frame around an IP packet, with padding and FCS. */
export function frameBytes(ipPacket_bytes: Bytes): Bytes {
  return Math.max(ETHERNET_MIN_FRAME_BYTES, ETHERNET_HEADER_BYTES + ipPacket_bytes + ETHERNET_FCS_BYTES);
}

/** Time that a frame takes on the wire, with preamble and gap. Not rounded. */
export function wireTime_ns(frame_bytes: Bytes, rate_gbps: GigabitsPerSecond): Nanoseconds {
  return ((frame_bytes + ETHERNET_GAP_BYTES) * 8) / rate_gbps;
}

/** Most frames of a size that a link carries. */
export function wireLimit_pps(frame_bytes: Bytes, rate_gbps: GigabitsPerSecond): PacketsPerSecond {
  return 1e9 / wireTime_ns(frame_bytes, rate_gbps);
}

/**
 * Payload bytes of the IPv4 fragments of a datagram, in order. Offsets count in 8 B, so all but the last
 * fragment carry a multiple of 8. RFC 791; ip_do_fragment() of net/ipv4/ip_output.c.
 * @param ipPayload_bytes what follows the IP header, e.g. UDP header and data
 */
export function fragmentSizes(ipPayload_bytes: Bytes, mtu_bytes: Bytes): Bytes[] {
  const room = mtu_bytes - IPV4_HEADER_BYTES;
  if (room < 8) throw new RangeError(`no fragment fits an MTU of ${mtu_bytes} B`);
  const sizes: Bytes[] = [];
  let left = ipPayload_bytes;
  while (left > room) {
    const size = room - (room % 8);
    sizes.push(size);
    left -= size;
  }
  sizes.push(left);
  return sizes;
}

/** IPv4 packets that one UDP message takes: 1 if it fits. */
export function udpFragmentCount(payload_bytes: Bytes, mtu_bytes: Bytes): number {
  return fragmentSizes(payload_bytes + UDP_HEADER_BYTES, mtu_bytes).length;
}
