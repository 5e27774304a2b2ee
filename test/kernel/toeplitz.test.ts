import { describe, expect, it } from 'vitest';
import { defaultIndirectionTable, rssHash, rssInput, rssQueue, toeplitzHash } from '../../src/kernel';

/** Microsoft's RSS verification suite; also in the Intel 82599 datasheet. */
const VECTORS: [source: string, port: number, destination: string, port: number, addresses: string, ports: string][] = [
  ['66.9.149.187', 2794, '161.142.100.80', 1766, '323e8fc2', '51ccc178'],
  ['199.92.111.2', 14230, '65.69.140.83', 4739, 'd718262a', 'c626b0ea'],
  ['24.19.198.95', 12898, '12.22.207.184', 38024, 'd2d0a5de', '5c2b394a'],
  ['38.27.205.30', 48228, '209.142.163.6', 2217, '82989176', 'afc7327f'],
  ['153.39.163.191', 44251, '202.188.127.2', 1303, '5d1809c5', '10e828a2'],
  ['3ffe:2501:200:1fff::7', 2794, '3ffe:2501:200:3::1', 1766, '2cc18cd5', '40207d3d'],
  ['3ffe:501:8::260:97ff:fe40:efab', 14230, 'ff02::1', 4739, '0f0c461c', 'dde51bbf'],
  ['3ffe:1900:4545:3:200:f8ff:fe21:67cf', 44251, 'fe80::200:f8ff:fe21:67cf', 38024, '4b61e985', '02d1feef'],
];

describe('toeplitzHash', () => {
  it.each(VECTORS)('%s:%i → %s:%i', (source, sourcePort, destination, destinationPort, addresses, withPorts) => {
    const flow = { source, destination, protocol: 17 };
    expect(rssHash(flow)).toBe(parseInt(addresses, 16));
    expect(rssHash({ ...flow, sourcePort, destinationPort })).toBe(parseInt(withPorts, 16));
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
