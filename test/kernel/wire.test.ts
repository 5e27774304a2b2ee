import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fragmentSizes,
  frameBytes,
  MAX_UDP_PAYLOAD_BYTES,
  udpFragmentCount,
  udpPacketBytes,
  VXLAN_OVERHEAD_BYTES,
  wireLimit_pps,
  wireTime_ns,
} from '../../src/kernel';

describe('the wire', () => {
  it('limits 16 B messages to 14.88 and 148.8 Mpps, in VXLAN to 9.47 and 94.7', () => {
    const native = frameBytes(udpPacketBytes(16));
    const overlay = frameBytes(udpPacketBytes(16) + VXLAN_OVERHEAD_BYTES);
    expect([native, overlay]).toEqual([64, 112]);
    expect(wireLimit_pps(native, 10) / 1e6).toBeCloseTo(14.88, 2);
    expect(wireLimit_pps(native, 100) / 1e6).toBeCloseTo(148.8, 1);
    expect(wireLimit_pps(overlay, 10) / 1e6).toBeCloseTo(9.47, 2);
    expect(wireLimit_pps(overlay, 100) / 1e6).toBeCloseTo(94.7, 1);
  });

  it('limits full frames to 0.813 and 8.13 Mpps', () => {
    const frame = frameBytes(udpPacketBytes(1472));
    expect(frame).toBe(1518);
    expect(wireLimit_pps(frame, 10) / 1e6).toBeCloseTo(0.813, 3);
    expect(wireLimit_pps(frame, 100) / 1e6).toBeCloseTo(8.13, 2);
    expect(wireTime_ns(frame, 10)).toBeCloseTo(1230.4, 6);
  });

  it('adds 50 B for VXLAN', () => {
    expect(VXLAN_OVERHEAD_BYTES).toBe(50);
  });
});

describe('fragmentation', () => {
  it('takes 45 fragments at MTU 1500 and 47 at 1450 for the largest message', () => {
    expect(MAX_UDP_PAYLOAD_BYTES).toBe(65507);
    expect(udpFragmentCount(MAX_UDP_PAYLOAD_BYTES, 1500)).toBe(45);
    expect(udpFragmentCount(MAX_UDP_PAYLOAD_BYTES, 1450)).toBe(47);
    expect(fragmentSizes(65515, 1450)[0]).toBe(1424);
  });

  it('leaves alone what fits, and lets the last fragment use the room that alignment costs the others', () => {
    expect(udpFragmentCount(1472, 1500)).toBe(1);
    expect(udpFragmentCount(1473, 1500)).toBe(2);
    expect(fragmentSizes(1424 + 1430, 1450)).toEqual([1424, 1430]);
  });

  it('loses no byte, fits every MTU and aligns all fragments but the last', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 65515 }), fc.integer({ min: 68, max: 9000 }), (bytes, mtu) => {
        const sizes = fragmentSizes(bytes, mtu);
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(bytes);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(mtu - 20);
        expect(sizes.slice(0, -1).every((size) => size % 8 === 0)).toBe(true);
      }),
    );
  });

  it('refuses an MTU that holds no fragment', () => {
    expect(() => fragmentSizes(100, 27)).toThrow('MTU of 27 B');
  });
});
