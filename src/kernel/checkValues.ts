/** Values against which the hashes are checked, by the tests and by `falcon-lab verify`. */

export interface RssVector {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** Hash over the addresses, and over addresses and ports, with the key of the suite. */
  readonly addressHash: number;
  readonly portHash: number;
}

/** Microsoft's RSS verification suite; also in the Intel 82599 datasheet. */
export const RSS_VECTORS: readonly RssVector[] = [
  rss('66.9.149.187', 2794, '161.142.100.80', 1766, 0x323e8fc2, 0x51ccc178),
  rss('199.92.111.2', 14230, '65.69.140.83', 4739, 0xd718262a, 0xc626b0ea),
  rss('24.19.198.95', 12898, '12.22.207.184', 38024, 0xd2d0a5de, 0x5c2b394a),
  rss('38.27.205.30', 48228, '209.142.163.6', 2217, 0x82989176, 0xafc7327f),
  rss('153.39.163.191', 44251, '202.188.127.2', 1303, 0x5d1809c5, 0x10e828a2),
  rss('3ffe:2501:200:1fff::7', 2794, '3ffe:2501:200:3::1', 1766, 0x2cc18cd5, 0x40207d3d),
  rss('3ffe:501:8::260:97ff:fe40:efab', 14230, 'ff02::1', 4739, 0x0f0c461c, 0xdde51bbf),
  rss('3ffe:1900:4545:3:200:f8ff:fe21:67cf', 44251, 'fe80::200:f8ff:fe21:67cf', 38024, 0x4b61e985, 0x02d1feef),
];

/** hash_32 to 16 bits: the first five of inputs to the first choice, the rest of first to second. Computed by hand. */
export const HASH_32_VECTORS: readonly { readonly value: number; readonly hash: number }[] = [
  { value: 0, hash: 0x0 },
  { value: 1, hash: 0x61c8 },
  { value: 0xdeadbeef, hash: 0x6dd9 },
  { value: 0xdeadbef2, hash: 0x9332 },
  { value: 0x51ccc17a, hash: 0x3e5f },
  { value: 0x61c8, hash: 0x5f89 },
  { value: 0x6dd9, hash: 0x4426 },
  { value: 0x9332, hash: 0x3e44 },
  { value: 0x3e5f, hash: 0xd9ef },
];

function rss(
  source: string,
  sourcePort: number,
  destination: string,
  destinationPort: number,
  addressHash: number,
  portHash: number,
): RssVector {
  return { source, sourcePort, destination, destinationPort, addressHash, portHash };
}
