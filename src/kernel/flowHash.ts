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

/**
 * The 32-bit software flow hash (skb_get_hash → __skb_get_hash, net/core/flow_dissector.c, 5.4.63):
 * SipHash-2-4 over the flow keys, the two ends in order so that both directions hash alike; 0 becomes 1.
 * Kernels before commit 55667441c84f (October 2019) used jhash2 instead.
 *
 * What is modelled and what is not: algorithm, symmetry, avoidance of 0 and the set of fields
 * (protocols, ports, addresses) are the kernel's. The byte layout of its flow_keys structure is
 * not reproduced, nor are VLAN tag, flow label and key id, so no value equals one of a real kernel
 * with the same key; none could be compared anyway, since the key is drawn at boot.
 *
 * @param bootKey 16 bytes that stand for the kernel's boot-time secret
 */
export function softwareFlowHash(flow: FlowKey, bootKey: Uint8Array): number {
  const hash = Number(siphash24(bootKey, flowBytes(flow)) & 0xffffffffn);
  return hash === 0 ? 1 : hash;
}

function flowBytes(flow: FlowKey): Uint8Array {
  let [from, to] = [ipBytes(flow.source), ipBytes(flow.destination)];
  let [fromPort, toPort] = [flow.sourcePort ?? 0, flow.destinationPort ?? 0];
  const order = compareBytes(to, from);
  if (order < 0 || (order === 0 && toPort < fromPort)) {
    [from, to] = [to, from];
    [fromPort, toPort] = [toPort, fromPort];
  }
  const etherType = from.length === 4 ? ETH_P_IP : ETH_P_IPV6;
  return Uint8Array.from([
    ...bigEndian16(etherType),
    flow.protocol,
    0,
    ...bigEndian16(fromPort),
    ...bigEndian16(toPort),
    ...from,
    ...to,
  ]);
}

function bigEndian16(value: number): [number, number] {
  return [value >> 8, value & 0xff];
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
