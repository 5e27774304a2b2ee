import { compressSync } from './zstdFrame';
import { describe, expect, it } from 'vitest';
import { Diagnostics, InputError } from '../../../src/core';
import { openSource, perfDataText } from '../../../src/trace';
import type { Built, Bytes } from './buildPerfData';
import { buildPerfData, record } from './buildPerfData';

const SOFTWARE = 1;
const IP_TID_TIME_ID_CPU = 1 | 2 | 4 | 64 | 128;
const CHAIN = 32;
const KERNEL = 1;
const USER = 2;

async function print(input: Built | Uint8Array) {
  const diagnostics = new Diagnostics();
  const bytes = input instanceof Uint8Array ? input : buildPerfData(input);
  const context = { run: 'r', file: 'p', diagnostics };
  const { text } = await perfDataText(await openSource(bytes, 'p'), context, { symfs: '/nowhere' });
  let all = '';
  for await (const piece of text) all += piece;
  return { text: all, diagnostics };
}

const clock = { type: SOFTWARE, config: 0, sampleType: IP_TID_TIME_ID_CPU, ids: [7], period: 1000 };

interface At {
  readonly time: number;
  readonly tid: number;
  readonly ip?: number | bigint;
  readonly pid?: number;
  readonly id?: number;
  readonly chain?: readonly (number | bigint)[];
}

function sample(le: boolean, { time, tid, pid = tid, ip = 0x1000, id = 7, chain }: At, mode = USER): Buffer {
  return record(le, 9, mode, (b) => {
    b.u64(ip).u32(pid).u32(tid).u64(time).u64(id).u32(3).u32(0);
    if (chain !== undefined) b.u64(chain.length);
    for (const address of chain ?? []) b.u64(address);
  });
}

/** What stands behind every other record. */
function trailer(b: Bytes, time: number, tid = 1): Bytes {
  return b.u32(tid).u32(tid).u64(time).u64(7).u32(3).u32(0);
}

const comm = (le: boolean, tid: number, name: string, time: number) =>
  record(le, 3, 0, (b) => trailer(b.u32(tid).u32(tid).text(name), time, tid));
const mmap = (le: boolean, pid: number, start: number | bigint, length: number, file: string, time = 1, mode = USER) =>
  record(le, 1, mode, (b) => trailer(b.u32(pid).u32(pid).u64(start).u64(length).u64(0).text(file), time, pid));
const round = (le: boolean) => record(le, 68, 0, () => undefined);

describe.each([
  ['little', true],
  ['big', false],
])('perf.data of %s-endian machines', (_, le) => {
  it('is read', async () => {
    const { text, diagnostics } = await print({
      littleEndian: le,
      events: [clock],
      records: [comm(le, 5, 'a b', 10), sample(le, { time: 2_000_001_500, tid: 5, ip: 0x1234 })],
    });
    expect(text).toBe(
      '             a b     5 [003]     2.000001:       1000 cpu-clock:              1234 [unknown] ([unknown])\n',
    );
    expect(diagnostics.total).toBe(0);
  });

  it('follows names, forks and mappings in the order of time', async () => {
    const chained = { ...clock, sampleType: clock.sampleType | CHAIN };
    const fork = record(le, 7, 0, (b) => trailer(b.u32(6).u32(5).u32(6).u32(5).u64(30), 30, 5));
    const { text } = await print({
      littleEndian: le,
      events: [chained],
      records: [
        // CPUs are drained one after the other: the file is not in order.
        sample(le, { time: 40, tid: 6, chain: [-512, 0x1010] }),
        comm(le, 6, 'child', 50),
        sample(le, { time: 60, tid: 6, chain: [-512, 0x2010, 0x5000] }),
        comm(le, 5, 'parent', 10),
        mmap(le, 5, 0x1000, 0x1000, '/bin/one', 20),
        fork,
        mmap(le, 6, 0x2000, 0x1000, '/bin/two', 55),
        round(le),
        round(le),
      ],
    });
    expect(
      text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    ).toEqual([
      'parent     6 [003]     0.000000:       1000 cpu-clock:',
      '10 [unknown] (/bin/one)',
      'child     6 [003]     0.000000:       1000 cpu-clock:',
      '10 [unknown] (/bin/two)',
      '5000 [unknown] ([unknown])',
    ]);
  });
});

describe('perf.data', () => {
  it('cuts and replaces overlapping mappings', async () => {
    const chained = { ...clock, sampleType: clock.sampleType | CHAIN };
    const { text } = await print({
      events: [chained],
      records: [
        mmap(true, 5, 0x1000, 0x4000, '/a'),
        mmap(true, 5, 0x2000, 0x1000, '/b'),
        mmap(true, 5, 0x4800, 0x1000, '/c'),
        sample(true, { time: 40, tid: 5, chain: [-512, 0x1fff, 0x2000, 0x3000, 0x47ff, 0x4800, 0x57ff, 0x5800] }),
      ],
    });
    expect(text.match(/\((.*)\)/g)).toEqual(['(/a)', '(/b)', '(/a)', '(/a)', '(/c)', '(/c)', '([unknown])']);
    expect(text).toContain('            2000 [unknown] (/a)'); // 0x3000 keeps its place in the file
  });

  it('knows modules and what the kernel made at run time', async () => {
    const chained = { ...clock, sampleType: clock.sampleType | CHAIN };
    const ksymbol = record(true, 17, 0, (b) =>
      trailer(b.u64(0xffffffffc0001000n).u32(0x100).u16(1).u16(0).text('bpf_prog_1_f'), 1),
    );
    const { text } = await print({
      events: [chained],
      records: [
        mmap(true, -1, 0xffffffffc0000000n, 0x1000, '/lib/modules/6.1/kernel/net/vx-lan.ko.xz', 1, KERNEL),
        ksymbol,
        sample(true, {
          time: 4,
          tid: 5,
          chain: [-128, 0xffffffffc0000010n, 0xffffffffc0001004n, 0xffffffff81000000n, -512, 0x12],
        }),
      ],
    });
    expect(text.match(/\S+ \(.*\)/g)).toEqual([
      '[unknown] ([vx_lan])',
      'bpf_prog_1_f+0x4 (bpf_prog_1_f)',
      '[unknown] ([kernel.kallsyms])',
      '[unknown] ([unknown])',
    ]);
  });

  it('tells events by their ids', async () => {
    const other = { ...clock, config: 1, ids: [8, 9] };
    const { text, diagnostics } = await print({
      events: [clock, other],
      records: [9, 7, 10].map((id, i) => sample(true, { time: i, tid: 5, id })),
    });
    expect(text.match(/\S+-clock/g)).toEqual(['task-clock', 'cpu-clock']);
    expect(diagnostics.countOf('perf-data/unknown-event')).toBe(1);
  });

  it('counts what is lost and what it does not know', async () => {
    const { diagnostics } = await print({
      events: [clock],
      records: [
        record(true, 2, 0, (b) => trailer(b.u64(7).u64(41), 5)),
        record(true, 13, 0, (b) => trailer(b.u64(1), 6)),
        record(true, 5, 0, (b) => trailer(b.u64(0), 7)),
        record(true, 63, 0, (b) => b.u64(0)),
        record(true, 99, 0, (b) => b.u64(0)),
        record(true, 9, USER, (b) => b.u64(0)),
        sample(true, { time: 40, tid: 5 }),
      ],
    });
    expect(diagnostics.countOf('perf-data/lost')).toBe(42);
    expect(diagnostics.countOf('perf-data/unknown-record')).toBe(2);
    expect(diagnostics.countOf('perf-data/short-record')).toBe(1);
    expect(diagnostics.list()).toHaveLength(3);
  });

  it('reads a recording that was not ended', async () => {
    const whole = buildPerfData({
      events: [clock],
      records: [sample(true, { time: 1, tid: 5 }), sample(true, { time: 2, tid: 5 })],
      unfinished: true,
    });
    expect((await print(whole)).text.split('\n')).toHaveLength(3);
    const { text, diagnostics } = await print(whole.subarray(0, whole.length - 5));
    expect(text.split('\n')).toHaveLength(2);
    expect(diagnostics.countOf('perf-data/truncated')).toBe(1);
  });

  it('inflates records that begin in one compressed record and end in the next', async () => {
    const inner = Buffer.concat(Array.from({ length: 40 }, (_, i) => sample(true, { time: i, tid: 5 })));
    // One zstd stream, cut anywhere: the kinds of record since Linux 5.2 and since 6.16.
    const stream = compressSync(inner);
    const cuts = [0, 100, 1500, stream.length];
    const plain = cuts.slice(1).map((end, i) => record(true, 81, 0, (b) => b.bytes(stream.subarray(cuts[i], end))));
    const padded = cuts.slice(1).map((end, i) =>
      record(true, 83, 0, (b) => {
        b.u64(end - cuts[i]).bytes(stream.subarray(cuts[i], end));
        while (b.length % 8 !== 0) b.bytes([0]);
      }),
    );
    for (const records of [plain, padded]) {
      const { text, diagnostics } = await print({ events: [clock], records });
      expect(text.split('\n')).toHaveLength(41);
      expect(diagnostics.total).toBe(0);
    }
    const broken = Buffer.from(stream);
    broken.fill(0xff, 0, 20);
    const records = [record(true, 81, 0, (b) => b.bytes(broken)), sample(true, { time: 1, tid: 5 })];
    expect((await print({ events: [clock], records })).diagnostics.countOf('perf-data/damaged-zstd')).toBe(1);
  });

  it('stops where records are damaged, and says where', async () => {
    const records = [
      sample(true, { time: 1, tid: 5 }),
      Buffer.from('0900000002000300', 'hex'),
      sample(true, { time: 2, tid: 5 }),
    ];
    const { text, diagnostics } = await print({ events: [clock], records });
    expect(text.split('\n')).toHaveLength(2);
    expect(diagnostics.summary()[0]).toMatch(
      /damaged; what follows is lost \(first at p: byte 304 "a record of type 9 with size 3"\)/,
    );
  });

  it.each([
    [
      'no samples',
      buildPerfData({ events: [clock], records: [comm(true, 5, 'x', 1)] }),
      /expected samples, saw 1 records, none/,
    ],
    [
      'a cut header',
      buildPerfData({ events: [clock], records: [] }).subarray(0, 60),
      /expected a perf.data header of 104 bytes/,
    ],
    [
      'a header of odd size',
      Buffer.from('PERFILE2\u0009\0\0\0\0\0\0\0'),
      /expected a perf.data header of 104 bytes, saw one of 9/,
    ],
    ['no events', buildPerfData({ events: [], records: [] }), /expected at least one event/],
  ])('is an error if there is %s', async (_, bytes, message) => {
    await expect(print(bytes)).rejects.toThrow(InputError);
    await expect(print(bytes)).rejects.toThrow(message);
  });
});
