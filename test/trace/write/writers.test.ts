import Ajv from 'ajv';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import { describe, expect, it } from 'vitest';
import {
  StackTree,
  eventsSchema,
  journeysSchema,
  samplesSchema,
  stacksSchema,
  tableFromRows,
} from '../../../src/table';
import type { TraceTables, TraceWriter } from '../../../src/trace';
import { chromeWriter, firefoxWriter, pprofWriter, speedscopeWriter } from '../../../src/trace';

/** The schema that speedscope itself ships. */
const SPEEDSCOPE_SCHEMA = join(__dirname, '../../../node_modules/speedscope/dist/release/file-format-schema.json');

const origin = { source: 'captured', run: 'r' } as const;
const odd = '__proto__ "quoted" <é>\u0001';

const stacks = tableFromRows(stacksSchema, [
  { ...origin, cpu: 0, comm: 'swapper', event: 'cpu-clock', stack: 'a;b', samples: 3, weight: 300 },
  { ...origin, cpu: 1, comm: 'sockperf', event: 'cpu-clock', stack: 'a;b;c', samples: 5, weight: 500 },
  { ...origin, cpu: null, comm: '', event: '', stack: odd, samples: 1, weight: 1 },
  { ...origin, cpu: null, comm: 'idle', event: '', stack: '', samples: 2, weight: 2 },
]);

const sample = { ...origin, pid: 7, tid: 8, event: 'cpu-clock', period: 250 } as const;
const samples = tableFromRows(samplesSchema, [
  { ...sample, time_s: 1.002, cpu: 0, comm: 'x', stack: 'a;c' },
  { ...sample, time_s: 1, cpu: 0, comm: 'x', stack: 'a;b' },
  { ...sample, time_s: 1.001, cpu: 0, comm: 'x', stack: 'a;b' },
  { ...sample, time_s: 1.5, cpu: 0, comm: 'x', stack: 'a;b' },
  { ...sample, time_s: 1.1, cpu: 1, comm: odd, stack: '', tid: 9 },
]);

function bytes(writer: TraceWriter, tables: TraceTables, options = {}): Buffer {
  return Buffer.concat([...writer.write(tables, options)].map((piece) => Buffer.from(piece)));
}

const json = (writer: TraceWriter, tables: TraceTables, options = {}) =>
  JSON.parse(bytes(writer, tables, options).toString('utf8'));

describe('speedscope JSON', () => {
  const schema = JSON.parse(readFileSync(SPEEDSCOPE_SCHEMA, 'utf8'));
  const validate = new Ajv({ schemaId: 'auto' } as never).compile(schema);

  it.each([
    ['stacks', { stacks }],
    ['samples', { samples }],
  ])('of %s satisfies the schema of speedscope', (_, tables) => {
    expect(validate(json(speedscopeWriter, tables)), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ profiles: 'x' })).toBe(false);
  });

  it('has every stack with its count', () => {
    const file = json(speedscopeWriter, { stacks }, { weight: 'weight', name: 'N' });
    expect(file.name).toBe('N');
    const frames = file.shared.frames.map((frame: { name: string }) => frame.name);
    const found = file.profiles.flatMap(
      (p: { samples: number[][]; weights: number[]; name: string; endValue: number }) =>
        p.samples.map((s, i) => [p.name, s.map((f) => frames[f]).join(';'), p.weights[i], p.endValue]),
    );
    expect(found).toEqual([
      ['cpu-clock, CPU 0', 'swapper;a;b', 300, 300],
      ['cpu-clock, CPU 1', 'sockperf;a;b;c', 500, 500],
      ['stacks', odd, 1, 3],
      ['stacks', 'idle', 2, 3],
    ]);
  });
});

describe('pprof', () => {
  it('is read back by pprof-format with every stack, count and label', () => {
    const profile = Profile.decode(gunzipSync(bytes(pprofWriter, { stacks })));
    const text = (i: number | bigint) => profile.stringTable.strings[Number(i)];
    const functionName = new Map(profile.function.map((f) => [Number(f.id), text(f.name)]));
    const locationName = new Map(
      profile.location.map((l) => [Number(l.id), functionName.get(Number(l.line[0].functionId))]),
    );
    expect(profile.sampleType.map((t) => `${text(t.type)}/${text(t.unit)}`)).toEqual(['samples/count', 'weight/count']);
    const found = profile.sample.map((s) => [
      s.locationId.map((id) => locationName.get(Number(id))).join(' < '),
      s.value.map(Number),
      s.label.map((l) => `${text(l.key)}=${Number(l.str) > 0 ? text(l.str) : Number(l.num)}`),
    ]);
    expect(found).toEqual([
      ['b < a < swapper', [3, 300], ['comm=swapper', 'event=cpu-clock', 'cpu=0']],
      ['c < b < a < sockperf', [5, 500], ['comm=sockperf', 'event=cpu-clock', 'cpu=1']],
      [odd, [1, 1], ['comm=0', 'event=0']],
      ['idle', [2, 2], ['comm=idle', 'event=0']],
    ]);
  });

  it('adds up samples of one stack', () => {
    const profile = Profile.decode(gunzipSync(bytes(pprofWriter, { samples })));
    expect(profile.sample.map((s) => s.value.map(Number))).toEqual([
      [1, 250],
      [3, 750],
      [1, 250],
    ]);
  });
});

describe('Firefox Profiler JSON', () => {
  /** Columns that the processed format requires of each table, by the profiler's types. */
  const COLUMNS: Record<string, string[]> = {
    samples: ['stack', 'time', 'weight'],
    stackTable: ['frame', 'prefix', 'category', 'subcategory'],
    frameTable: [
      'address',
      'inlineDepth',
      'category',
      'subcategory',
      'func',
      'nativeSymbol',
      'innerWindowID',
      'implementation',
      'line',
      'column',
    ],
    funcTable: ['isJS', 'relevantForJS', 'name', 'resource', 'fileName', 'lineNumber', 'columnNumber'],
    resourceTable: ['lib', 'name', 'host', 'type'],
    nativeSymbols: ['libIndex', 'address', 'name', 'functionSize'],
    markers: ['data', 'name', 'startTime', 'endTime', 'phase', 'category'],
  };

  function stacksOf(thread: Record<string, never>): [string, number, number][] {
    const t = thread as unknown as Record<string, Record<string, number[]>> & { stringArray: string[] };
    return t.samples.stack.map((stack, i) => {
      const names: string[] = [];
      for (let s: number | null = stack; s !== null; s = t.stackTable.prefix[s]) {
        names.unshift(t.stringArray[t.funcTable.name[t.frameTable.func[t.stackTable.frame[s]]]]);
      }
      return [names.join(';'), t.samples.time[i], t.samples.weight[i]];
    });
  }

  it.each([
    ['stacks', { stacks }],
    ['samples', { samples }],
  ])('of %s has all tables, with columns of one length and indices in range', (_, tables) => {
    const profile = json(firefoxWriter, tables);
    expect(profile.meta).toMatchObject({
      preprocessedProfileVersion: 47,
      version: 27,
      interval: 1,
      startTime: 0,
      processType: 0,
    });
    expect(profile.meta.categories[0]).toEqual({ name: 'Other', color: 'grey', subcategories: ['Other'] });
    for (const thread of profile.threads) {
      for (const [table, columns] of Object.entries(COLUMNS)) {
        for (const column of columns)
          expect(thread[table][column], `${table}.${column}`).toHaveLength(thread[table].length);
      }
      expect(typeof thread.pid).toBe('string');
      expect(Math.max(...thread.stackTable.frame)).toBeLessThan(thread.frameTable.length);
      thread.stackTable.prefix.forEach((prefix: number | null, i: number) => expect(prefix ?? -1).toBeLessThan(i));
      expect([...thread.samples.time].sort((a, b) => a - b)).toEqual(thread.samples.time);
    }
  });

  it('has samples in order of time, by thread', () => {
    const { threads } = json(firefoxWriter, { samples });
    expect(threads.map((t: { name: string; pid: string; tid: string }) => [t.name, t.pid, t.tid])).toEqual([
      ['x', '7', '8'],
      [odd, '7', '9'],
    ]);
    expect(stacksOf(threads[0]).map(([stack, time]) => [stack, Math.round(time)])).toEqual([
      ['x;a;b', 0],
      ['x;a;b', 1],
      ['x;a;c', 2],
      ['x;a;b', 500],
    ]);
  });

  it('has the counts of stacks as weights', () => {
    const { threads } = json(firefoxWriter, { stacks });
    expect(threads.flatMap(stacksOf).map(([stack, , weight]: [string, number, number]) => [stack, weight])).toEqual([
      ['swapper;a;b', 3],
      ['sockperf;a;b;c', 5],
      [odd, 1],
      ['idle', 2],
    ]);
  });
});

describe('Chrome trace events', () => {
  const event = { ...origin, cpu: 1, comm: 'x', pid: 1, device: null, skb: null, length_bytes: null } as const;
  const events = tableFromRows(eventsSchema, [
    { ...event, time_s: 1, event: 'irq:softirq_exit', value: 3, payload: 'vec=3 [action=NET_RX]' },
    { ...event, time_s: 2, event: 'irq:softirq_entry', value: 3, payload: 'vec=3 [action=NET_RX]' },
    { ...event, time_s: 2.00001, event: 'irq:irq_handler_entry', value: 42, payload: 'irq=42 name=eth0-rx' },
    { ...event, time_s: 2.00002, event: 'irq:irq_handler_exit', value: 42, payload: 'irq=42 ret=handled' },
    { ...event, time_s: 2.00003, event: 'net:netif_rx', value: null, payload: 'dev=eth0' },
    { ...event, time_s: 2.00005, event: 'irq:softirq_exit', value: 3, payload: 'vec=3 [action=NET_RX]' },
  ]);

  function slices(tables: TraceTables) {
    const { traceEvents } = json(chromeWriter, tables);
    for (const e of traceEvents) {
      expect(['X', 'i', 'M', 's', 't']).toContain(e.ph);
      expect(Number.isInteger(e.pid) && Number.isInteger(e.tid) && typeof e.name === 'string').toBe(true);
      if (e.ph !== 'M') expect(e.ts).toBeGreaterThanOrEqual(0);
      if (e.ph === 'X') expect(e.dur).toBeGreaterThanOrEqual(0);
    }
    return traceEvents.map((e: Record<string, unknown>) =>
      [e.ph, e.tid, e.name, e.ts, e.dur].filter((x) => x !== undefined).join(' '),
    );
  }

  it('show softirqs and interrupts as slices, other tracepoints as marks', () => {
    expect(slices({ events })).toEqual([
      'M 0 process_name',
      'M 1 thread_name',
      'X 1 eth0-rx 2000010 10',
      'i 1 netif_rx 2000030',
      'X 1 NET_RX 2000000 50',
    ]);
  });

  it('show samples as flame charts that nest and do not overlap', () => {
    const found = slices({ samples }).filter((line: string) => line.startsWith('X 0'));
    // One interval of 1 ms behind the last before a gap; frames shared by neighbours are drawn through.
    expect(found).toEqual([
      'X 0 b 1000000 2000',
      'X 0 x 1000000 3000',
      'X 0 a 1000000 3000',
      'X 0 c 1002000 1000',
      'X 0 x 1500000 1000',
      'X 0 a 1500000 1000',
      'X 0 b 1500000 1000',
    ]);
  });

  it('follow packets over stages', () => {
    const journey = { ...origin, packet: 4, flow: '', device: 'eth0', cpu: 0 };
    const journeys = tableFromRows(journeysSchema, [
      { ...journey, stage: 'backlog', enqueued_s: 1, started_s: 1.5, ended_s: 2 },
      { ...journey, stage: 'gro-cells', enqueued_s: null, started_s: 2, ended_s: 2.25 },
    ]);
    expect(slices({ journeys })).toEqual([
      'M 0 process_name',
      'M 1 thread_name',
      'X 1 packet 4 1500000 500000',
      's 1 packet 1500000',
      'M 2 thread_name',
      'X 2 packet 4 2000000 250000',
      't 2 packet 2000000',
    ]);
  });
});

it('a tree of what speedscope was given is the tree of the table', () => {
  const tree = new StackTree();
  const file = json(speedscopeWriter, { stacks });
  for (const profile of file.profiles) {
    profile.samples.forEach((s: number[], i: number) =>
      tree.add(
        s.map((f) => file.shared.frames[f].name),
        profile.weights[i],
      ),
    );
  }
  expect([...tree.stacks()]).toEqual([...StackTree.fromTable(stacks).stacks()]);
});
