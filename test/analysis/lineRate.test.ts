import { describe, expect, it } from 'vitest';
import { udpLineRate_pps } from '../../src/analysis/lineRate';

const host = { encapsulation_bytes: 0 };
const overlay = { encapsulation_bytes: 50 };

describe('the line rate of UDP', () => {
  it('is 14.88 Mpps of smallest frames at 10 Gbit/s, and 9.47 with VXLAN around 16 B', () => {
    expect(udpLineRate_pps(16, 10, host) / 1e6).toBeCloseTo(14.88, 2);
    expect(udpLineRate_pps(16, 10, overlay) / 1e6).toBeCloseTo(9.47, 2);
  });

  it('is 0.813 Mpps of full frames at 10 Gbit/s and grows with the link', () => {
    expect(udpLineRate_pps(1472, 10, host) / 1e6).toBeCloseTo(0.813, 3);
    expect(udpLineRate_pps(1472, 100, host)).toBeCloseTo(10 * udpLineRate_pps(1472, 10, host), 3);
  });

  it('counts the 45 fragments of the largest message', () => {
    // 44 full frames of 1500 B and a last one of 65515 − 44 × 1480 = 395 B payload, each with 38 B around.
    const bytes = 44 * 1538 + (395 + 20 + 38);
    expect(udpLineRate_pps(65507, 10, host)).toBeCloseTo(10e9 / 8 / bytes, 3);
  });
});
