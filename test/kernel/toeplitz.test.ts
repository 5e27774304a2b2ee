import { describe, expect, it } from 'vitest';
import { defaultIndirectionTable, RSS_VECTORS, rssHash, rssInput, rssQueue, toeplitzHash } from '../../src/kernel';

describe('toeplitzHash', () => {
  it.each(RSS_VECTORS)('$source → $destination', ({ source, sourcePort, destination, destinationPort, ...hashes }) => {
    const flow = { source, destination, protocol: 17 };
    expect(rssHash(flow)).toBe(hashes.addressHash);
    expect(rssHash({ ...flow, sourcePort, destinationPort })).toBe(hashes.portHash);
  });

  it('refuses a key that is too short for the input', () => {
    const input = rssInput({ source: '::1', destination: '::2', protocol: 17 });
    expect(() => toeplitzHash(new Uint8Array(35), input)).toThrow('needs 36, not 35');
    expect(toeplitzHash(new Uint8Array(36), input)).toBe(0);
  });
});

describe('the indirection table', () => {
  it('hands queues out in turn and is indexed by the low bits', () => {
    const table = defaultIndirectionTable(3);
    expect(table).toHaveLength(128);
    expect([...table.slice(0, 5)]).toEqual([0, 1, 2, 0, 1]);
    expect(rssQueue(0x51ccc178, table)).toBe(0x78 % 3);
    expect(rssQueue(0xffffffff, table)).toBe(127 % 3);
  });
});
