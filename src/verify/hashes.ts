import { HASH_32_VECTORS, hash32, RSS_VECTORS, rssHash } from '../kernel';
import type { Check } from './check';
import { compareExactly } from './check';

/** Toeplitz against Microsoft's verification suite, addresses alone and with ports. */
export const toeplitzCheck: Check = {
  title: 'Toeplitz hash',
  *run() {
    for (const { source, sourcePort, destination, destinationPort, addressHash, portHash } of RSS_VECTORS) {
      const flow = { source, destination, protocol: 17 };
      const withPorts = { ...flow, sourcePort, destinationPort };
      yield compareExactly('Toeplitz, addresses', `${source} → ${destination}`, hex(addressHash), hex(rssHash(flow)));
      yield compareExactly(
        'Toeplitz, addresses and ports',
        `${source} ${sourcePort} → ${destination} ${destinationPort}`,
        hex(portHash),
        hex(rssHash(withPorts)),
      );
    }
  },
};

/** hash_32 to 16 bits, as Falcon uses it. */
export const hash32Check: Check = {
  title: 'hash_32',
  *run() {
    for (const { value, hash } of HASH_32_VECTORS) {
      yield compareExactly('hash_32 to 16 bits', hex(value), hex(hash), hex(hash32(value, 16)));
    }
  },
};

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
