import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { counterIncrease, counterRates, loadedWindow, meanRates } from '../../src/analysis';
import { softirqsSchema, tableFromRows } from '../../src/table';
import { openTrace } from '../../src/trace';

const fixture = (name: string) => openTrace(readFileSync(join(__dirname, '../trace/fixtures', name)), { run: 'r' });

describe('counterIncrease', () => {
  it('follows a 32-bit counter over its end, however far below half the range', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 2 ** 31 - 1 }), (before, by) => {
        const after = (before + by) % 2 ** 32;
        expect(counterIncrease(before, after).increase).toBe(by);
      }),
    );
  });

  it('takes other falls for resets', () => {
    expect(counterIncrease(1000, 10)).toEqual({ increase: null, note: 'reset' });
    expect(counterIncrease(2 ** 40, 10)).toEqual({ increase: null, note: 'reset' });
  });
});

describe('counterRates', () => {
  it('gives rates per CPU and vector, over a wrap', async () => {
    const { tables } = await fixture('proc-softirqs/wrap.txt');
    const rows = [...counterRates(tables.softirqs!).rows()];
    const netRx = rows.filter((r) => r.counter === 'NET_RX').map((r) => [r.time_s, r.cpu, r.rate_per_s, r.note]);
    expect(netRx).toEqual([
      [101.5, 0, 20, 'wrap'],
      [101.5, 1, 10, ''],
      [102.5, 0, 10, ''],
      [102.5, 1, 10, ''],
    ]);
    expect(rows.find((r) => r.counter === 'NET_TX' && r.time_s === 102.5 && r.cpu === 0)).toMatchObject({
      rate_per_s: null,
      note: 'reset',
    });
  });

  it('leaves out the intervals that touch an offline CPU', async () => {
    const { tables } = await fixture('proc-interrupts/offline-cpu.txt');
    const rates = counterRates(tables.interrupts!);
    const local = [...rates.rows()].filter((r) => r.counter === 'LOC').map((r) => [r.time_s, r.cpu, r.rate_per_s]);
    expect(local).toEqual([
      [2, 0, 100],
      [2, 2, 100],
      [3, 0, 100],
      [3, 2, 100],
    ]);
  });

  it('gives CPU time as shares of the interval, which ticks account for but roughly', async () => {
    const { tables } = await fixture('proc-stat/series.txt');
    const sum = new Map<number, number>();
    for (const r of counterRates(tables.cpuTime!).rows()) sum.set(r.cpu!, (sum.get(r.cpu!) ?? 0) + r.rate_per_s!);
    for (const share of sum.values()) {
      expect(share).toBeGreaterThan(0.8);
      expect(share).toBeLessThan(1.05);
    }
    expect(sum.size).toBe(2);
  });

  it('reads softnet, device and protocol counters', async () => {
    const softnet = counterRates((await fixture('softnet-stat/series.txt')).tables.softnet!);
    const netDev = counterRates((await fixture('net-dev/series.txt')).tables.netDev!);
    const snmp = counterRates((await fixture('net-snmp/series.txt')).tables.netSnmp!);
    expect(new Set([...softnet.rows()].map((r) => r.counter)).size).toBe(5);
    const veth = [...netDev.rows()].find((r) => r.subject === '/veth0' && r.counter === 'tx_packets')!;
    expect(veth.increase).toBeGreaterThan(30_000);
    const udp = [...snmp.rows()].find((r) => r.subject === '/Udp' && r.counter === 'InDatagrams')!;
    expect(udp.increase).toBe(115322 - 34915);
  });
});

describe('loadedWindow and meanRates', () => {
  const at = (time_s: number, count: number) => ({
    source: 'captured',
    run: 'r',
    time_s,
    cpu: 0,
    vector: 'NET_RX',
    count,
  });

  it('leave out the time before and after the load', () => {
    const counts = [at(0, 0), at(1, 5), at(2, 1005), at(3, 2105), at(4, 2110)];
    const rates = counterRates(tableFromRows(softirqsSchema, counts));
    const window = loadedWindow(rates, 'NET_RX');
    expect(window).toEqual({ from_s: 1, to_s: 3 });
    expect(meanRates(rates, window)).toMatchObject([{ counter: 'NET_RX', seconds: 2, rate_per_s: 1050 }]);
    expect(meanRates(rates)).toMatchObject([{ seconds: 4, rate_per_s: 2110 / 4 }]);
    expect(loadedWindow(rates, 'TIMER')).toBeUndefined();
  });
});
