import { describe, expect, it } from 'vitest';
import { cpusOfMask, FlowLimit, leastLoadedCpu, rpsCpu, sprayedCpu } from '../../src/kernel';

describe('rpsCpu', () => {
  it('scales the hash over the CPUs of the mask', () => {
    const cpus = [1, 3, 5, 7];
    expect(rpsCpu(0, cpus)).toBe(1);
    expect(rpsCpu(0x3fffffff, cpus)).toBe(1);
    expect(rpsCpu(0x40000000, cpus)).toBe(3);
    expect(rpsCpu(0xffffffff, cpus)).toBe(7);
  });
});

describe('cpusOfMask', () => {
  it('reads groups of 32 bits, highest first', () => {
    expect(cpusOfMask('f')).toEqual([0, 1, 2, 3]);
    expect(cpusOfMask('1,80000001')).toEqual([0, 31, 32]);
    expect(cpusOfMask('00000000')).toEqual([]);
  });

  it.each(['', '0x3', '1,,2', '123456789', 'g'])('refuses %j', (mask) => {
    expect(() => cpusOfMask(mask)).toThrow('not a CPU mask');
  });
});

describe('what the paper argues against', () => {
  it('finds the least loaded CPU, the first of several', () => {
    expect(leastLoadedCpu([2, 1, 3], [50, 0, 20, 20])).toBe(1);
    expect(leastLoadedCpu([2, 3], [50, 0, 20, 20])).toBe(2);
  });

  it('sprays packets over the CPUs in turn', () => {
    expect([0, 1, 2, 3, 4].map((packet) => sprayedCpu(packet, [4, 6, 8]))).toEqual([4, 6, 8, 4, 6]);
  });
});

describe('FlowLimit', () => {
  it('does nothing, and remembers nothing, below half of the backlog', () => {
    const limit = new FlowLimit();
    for (let i = 0; i < 1000; i++) expect(limit.refuses(7, 499)).toBe(false);
    expect(limit.refuses(7, 500)).toBe(false);
  });

  it('refuses a flow that made more than 64 of the last 128 packets', () => {
    const limit = new FlowLimit();
    const refusals: number[] = [];
    for (let i = 1; i <= 70; i++) if (limit.refuses(7, 500)) refusals.push(i);
    expect(refusals).toEqual([65, 66, 67, 68, 69, 70]);
    expect(limit.refused).toBe(6);
  });

  it('forgets: at half of the packets a flow is let through for good', () => {
    const limit = new FlowLimit();
    let refused = 0;
    for (let i = 0; i < 10_000; i++) if (limit.refuses(i % 2 === 0 ? 7 : 100 + (i % 997), 900)) refused++;
    expect(refused).toBe(0);
  });
});
