import { ipBytes } from './address';
import { siphash24 } from './siphash';

/** What tells one flow from another. */
export interface FlowKey {
  /** IPv4 or IPv6 address. */
  readonly source: string;
  readonly destination: string;
  /** 6 is TCP, 17 is UDP, 4 is IP in IP. */
  readonly protocol: number;
  /** Absent for IP fragments and protocols without ports: the hash is then one of addresses (no "L4 hash"). */
  readonly sourcePort?: number;
  readonly destinationPort?: number;
}

const ETH_P_IP = 0x0800;
const ETH_P_IPV6 = 0x86dd;

/** Offsets in struct flow_keys, from `basic`, where hashing starts (FLOW_KEYS_HASH_START_FIELD). */
const PROTOCOL_AT = 2;
const PORTS_AT = 20;
const ADDRESSES_AT = 24;

/**
 * The 32-bit software flow hash (skb_get_hash → __skb_get_hash): the lower half of SipHash-2-4 over the flow keys, the
 * two ends in order so that both directions hash alike; 0 becomes 1.
 *
 * Read against net/core/flow_dissector.c of a 5.4 tree and include/net/flow_dissector.h of 5.2 with the change to
 * SipHash (55667441c84f, October 2019, 5.4-rc6), whose structure is that of 5.4: with the same key, a packet without
 * VLAN tag, flow label and GRE key hashes as on a little-endian machine. No published value of a whole flow is known;
 * the layout is checked field by field, SipHash by its vectors. 4.19 up to the stable release that took the change
 * over hashes the same words by jhash2 with a 32-bit key; that is not modelled, since the key, drawn at boot,
 * makes either a uniform random choice.
 *
 * @param bootKey 16 bytes that stand for the kernel's boot-time secret
 */
export function softwareFlowHash(flow: FlowKey, bootKey: Uint8Array): number {
  const hash = Number(siphash24(bootKey, flowKeyBytes(flow)) & 0xffffffffn);
  return hash === 0 ? 1 : hash;
}

/**
 * What is hashed of struct flow_keys: protocols, flow label, two VLAN tags, key id (all 0 here), ports, addresses;
 * 32 bytes for IPv4, 56 for IPv6 (flow_keys_hash_length).
 */
export function flowKeyBytes(flow: FlowKey): Uint8Array {
  const [source, destination] = [ipBytes(flow.source), ipBytes(flow.destination)];
  const bytes = new Uint8Array(ADDRESSES_AT + 2 * source.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, source.length === 4 ? ETH_P_IP : ETH_P_IPV6);
  bytes[PROTOCOL_AT] = flow.protocol;
  view.setUint16(PORTS_AT, flow.sourcePort ?? 0);
  view.setUint16(PORTS_AT + 2, flow.destinationPort ?? 0);
  bytes.set(source, ADDRESSES_AT);
  bytes.set(destination, ADDRESSES_AT + source.length);
  if (areTurned(view, source, destination)) {
    view.setUint16(PORTS_AT, flow.destinationPort ?? 0);
    view.setUint16(PORTS_AT + 2, flow.sourcePort ?? 0);
    bytes.set(destination, ADDRESSES_AT);
    bytes.set(source, ADDRESSES_AT + source.length);
  }
  return bytes;
}

/**
 * __flow_hash_consistentify: whether the ends change places. IPv4 addresses are compared by the sign of their 32-bit
 * difference, as the little-endian numbers that they are in memory: two that differ by exactly 2^31 are turned
 * either way, and such a flow hashes differently in its directions.
 */
function areTurned(view: DataView, source: Uint8Array, destination: Uint8Array): boolean {
  const difference =
    source.length === 4
      ? (view.getUint32(ADDRESSES_AT + 4, true) - view.getUint32(ADDRESSES_AT, true)) | 0
      : compareBytes(destination, source);
  if (difference !== 0) return difference < 0;
  return view.getUint16(PORTS_AT + 2, true) < view.getUint16(PORTS_AT, true);
}

function compareBytes(x: Uint8Array, y: Uint8Array): number {
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return x[i] - y[i];
  return 0;
}

/**
 * Source port of an outer VXLAN header, from the hash of the inner flow, within the ephemeral range:
 * udp_flow_src_port() of include/net/udp.h, 5.4.63, with its default range 32768 … 60999.
 */
export function vxlanSourcePort(innerHash: number, lowest = 32768, highest = 60999): number {
  // The kernel folds the upper half in, since the lower 16 bits may have chosen the queue already.
  const mixed = (innerHash ^ (innerHash << 16)) >>> 0;
  return Math.floor((mixed * (highest - lowest)) / 4294967296) + lowest;
}
