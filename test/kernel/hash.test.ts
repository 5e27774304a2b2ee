import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlowKey } from '../../src/kernel';
import {
  flowKeyBytes,
  HASH_32_VECTORS,
  hash32,
  ipBytes,
  reciprocalScale,
  siphash24,
  softwareFlowHash,
  vxlanSourcePort,
} from '../../src/kernel';

describe('hash32', () => {
  it.each(HASH_32_VECTORS)('of $value to 16 bits', ({ value, hash }) => {
    expect(hash32(value, 16)).toBe(hash);
  });

  it('keeps the upper bits of the exact product', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer({ min: 1, max: 32 }), (value, bits) => {
        const product = (BigInt(value) * 0x61c88647n) % (1n << 32n);
        expect(hash32(value, bits)).toBe(Number(product >> BigInt(32 - bits)));
      }),
    );
  });
});

describe('reciprocalScale', () => {
  it('is the upper half of the 64-bit product', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer({ min: 1, max: 8192 }), (value, n) => {
        expect(reciprocalScale(value, n)).toBe(Number((BigInt(value) * BigInt(n)) >> 32n));
      }),
    );
  });
});

describe('siphash24', () => {
  const key = Uint8Array.from({ length: 16 }, (_, i) => i);
  const message = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i);

  // From the reference implementation's list of 64 vectors, which is that of lib/test_siphash.c too; 15 bytes is the
  // example of the paper, appendix A, 32 the length of the flow keys of IPv4.
  it.each([
    [0, 0x726fdb47dd0e0e31n],
    [1, 0x74f839c593dc67fdn],
    [8, 0x93f5f5799a932462n],
    [15, 0xa129ca6149be45e5n],
    [16, 0x3f2acc7f57c29bdbn],
    [24, 0xb8ad50c6f649af94n],
    [29, 0xa6a2506687956571n],
    [32, 0x7127512f72f27ccen],
  ])('of %i bytes', (length, expected) => {
    expect(siphash24(key, message(length))).toBe(expected);
  });

  it('refuses a key of another length', () => {
    expect(() => siphash24(new Uint8Array(8), new Uint8Array(0))).toThrow('16 bytes, not 8');
  });
});

describe('softwareFlowHash', () => {
  const bootKey = Uint8Array.from({ length: 16 }, (_, i) => 7 * i);
  const flow = { source: '10.0.0.2', destination: '10.0.0.1', protocol: 17, sourcePort: 5000, destinationPort: 11111 };

  it('is the same in both directions, for different and for equal addresses', () => {
    const turned = (f: typeof flow) => ({
      ...f,
      source: f.destination,
      destination: f.source,
      sourcePort: f.destinationPort,
      destinationPort: f.sourcePort,
    });
    const loopback = { ...flow, source: '127.0.0.1', destination: '127.0.0.1' };
    for (const f of [flow, loopback]) expect(softwareFlowHash(turned(f), bootKey)).toBe(softwareFlowHash(f, bootKey));
  });

  it('depends on every field and on the boot key', () => {
    const others = [
      { ...flow, source: '10.0.0.3' },
      { ...flow, destination: '10.0.0.4' },
      { ...flow, protocol: 6 },
      { ...flow, sourcePort: 5001 },
      { ...flow, destinationPort: 11112 },
      { source: flow.source, destination: flow.destination, protocol: 17 },
    ];
    const hashes = [flow, ...others].map((f) => softwareFlowHash(f, bootKey));
    hashes.push(softwareFlowHash(flow, new Uint8Array(16)));
    expect(new Set(hashes).size).toBe(hashes.length);
    for (const hash of hashes) expect(hash).toBe(hash >>> 0);
  });
});

describe('flowKeyBytes', () => {
  const hex = (flow: FlowKey): string => Buffer.from(flowKeyBytes(flow)).toString('hex');
  const ports = { sourcePort: 0x1234, destinationPort: 0x5678 };

  it('lays IPv4 keys out as struct flow_keys: protocols, label, two VLAN tags, key id, ports, addresses', () => {
    expect(hex({ source: '10.0.0.1', destination: '10.0.0.2', protocol: 17, ...ports })).toBe(
      ['0800', '11', '00', '00000000', '00000000', '00000000', '00000000', '12345678', '0a000001', '0a000002'].join(''),
    );
  });

  it('lays IPv6 keys out the same way, with longer addresses', () => {
    const [low, high] = [`fe80${'0'.repeat(27)}1`, `fe80${'0'.repeat(27)}2`];
    expect(hex({ source: 'fe80::2', destination: 'fe80::1', protocol: 6, ...ports })).toBe(
      `86dd0600${'0'.repeat(32)}56781234${low}${high}`,
    );
  });

  it('orders IPv4 addresses as little-endian numbers: the last byte is the highest', () => {
    const flow = { source: '1.0.0.9', destination: '9.0.0.1', protocol: 17 };
    expect(hex(flow).slice(48)).toBe('0900000101000009');
  });

  it('orders equal addresses by the ports, as they are in memory', () => {
    const flow = { source: '127.0.0.1', destination: '127.0.0.1', protocol: 17 };
    // 0x0100 and 0x00ff are 0x0001 and 0xff00 to a little-endian machine.
    expect(hex({ ...flow, sourcePort: 0x00ff, destinationPort: 0x0100 }).slice(40, 48)).toBe('010000ff');
  });

  it('gives both directions the same bytes, unless the addresses differ by 2^31', () => {
    const address = fc.nat(0xffffffff);
    const dotted = (n: number): string => [n & 255, (n >>> 8) & 255, (n >>> 16) & 255, n >>> 24].join('.');
    fc.assert(
      fc.property(address, address, fc.nat(65535), fc.nat(65535), (a, b, p, q) => {
        const flow = { source: dotted(a), destination: dotted(b), protocol: 6, sourcePort: p, destinationPort: q };
        const back = { ...flow, source: flow.destination, destination: flow.source, sourcePort: q, destinationPort: p };
        const alike = hex(flow) === hex(back);
        expect(alike).toBe(((a - b) | 0) !== -0x80000000);
      }),
    );
    const far = { source: dotted(5), destination: dotted(5 + 0x80000000), protocol: 6 };
    expect(hex(far)).not.toBe(hex({ ...far, source: far.destination, destination: far.source }));
  });
});

describe('vxlanSourcePort', () => {
  it('stays in the ephemeral range and spreads flows', () => {
    const ports = Array.from({ length: 1000 }, (_, i) => vxlanSourcePort(Math.imul(i, 0x9e3779b1) >>> 0));
    expect(Math.min(...ports)).toBeGreaterThanOrEqual(32768);
    expect(Math.max(...ports)).toBeLessThan(60999);
    expect(new Set(ports).size).toBeGreaterThan(900);
  });
});

describe('ipBytes', () => {
  it('reads IPv4, IPv6, and IPv4 inside IPv6', () => {
    expect([...ipBytes('10.1.2.3')]).toEqual([10, 1, 2, 3]);
    expect(Buffer.from(ipBytes('ff02::1')).toString('hex')).toBe(`ff02${'0'.repeat(27)}1`);
    expect(Buffer.from(ipBytes('1:2:3:4:5:6:7:8')).toString('hex')).toBe('00010002000300040005000600070008');
    expect(Buffer.from(ipBytes('::ffff:10.1.2.3')).toString('hex')).toBe(`${'0'.repeat(20)}ffff0a010203`);
    expect(ipBytes('::')).toHaveLength(16);
  });

  it.each(['', '10.0.0', '10.0.0.256', 'fe80::1%eth0', '1:2', 'host'])('refuses %j', (text) => {
    expect(() => ipBytes(text)).toThrow('not an IP address');
  });
});
