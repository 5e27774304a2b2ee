import { ipBytes } from './address';
import type { FlowKey } from './flowHash';
import { MLX5_INDIRECTION_ENTRIES } from './constants';

/**
 * The key of Microsoft's RSS verification suite. Linux drivers draw theirs at boot
 * (netdev_rss_key_fill, net/ethernet/eth.c); this one is there for checks and for repeatable runs.
 */
export const MICROSOFT_RSS_KEY: Uint8Array = Uint8Array.from(
  Buffer.from('6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b477cb2da38030f20c6a42b73bbeac01fa', 'hex'),
);

/**
 * Toeplitz hash: for each set bit of the input, the 32 bits of the key that start at the same place
 * are added up modulo 2. Source: Microsoft RSS specification; Intel 82599 datasheet, 7.1.2.8.1.
 * @param key at least 4 bytes longer than the input, usually 40
 * @returns unsigned 32 bits
 */
export function toeplitzHash(key: Uint8Array, input: Uint8Array): number {
  if (key.length < input.length + 4) {
    throw new RangeError(`a Toeplitz key for ${input.length} bytes needs ${input.length + 4}, not ${key.length}`);
  }
  let window = ((key[0] << 24) | (key[1] << 16) | (key[2] << 8) | key[3]) >>> 0;
  let hash = 0;
  for (let i = 0; i < input.length; i++) {
    const next = key[i + 4] ?? 0;
    for (let bit = 7; bit >= 0; bit--) {
      if ((input[i] >> bit) & 1) hash ^= window;
      window = (window << 1) | ((next >> bit) & 1);
    }
  }
  return hash >>> 0;
}

/** The input of RSS: source address, destination address and, if both are known, the ports; all big-endian. */
export function rssInput(flow: FlowKey): Uint8Array {
  const bytes = [...ipBytes(flow.source), ...ipBytes(flow.destination)];
  if (flow.sourcePort !== undefined && flow.destinationPort !== undefined) {
    bytes.push(flow.sourcePort >> 8, flow.sourcePort & 0xff, flow.destinationPort >> 8, flow.destinationPort & 0xff);
  }
  return Uint8Array.from(bytes);
}

/** The hash that a network card computes for a flow. */
export function rssHash(flow: FlowKey, key: Uint8Array = MICROSOFT_RSS_KEY): number {
  return toeplitzHash(key, rssInput(flow));
}

/**
 * The default indirection table: queues in turn (ethtool_rxfh_indir_default, include/linux/ethtool.h, 5.4.63).
 * @param entries a power of two; 128 on mlx5
 */
export function defaultIndirectionTable(queues: number, entries = MLX5_INDIRECTION_ENTRIES): Uint16Array {
  return Uint16Array.from({ length: entries }, (_, i) => i % queues);
}

/** The receive queue for a hash: its low bits select an entry of the indirection table. */
export function rssQueue(hash: number, table: ArrayLike<number>): number {
  return table[hash & (table.length - 1)];
}
