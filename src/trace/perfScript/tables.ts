import { ConstantColumn, DictionaryColumn, NullableNumberColumn, Table, TableBuilder, TextColumn } from '../../table';
import { eventsSchema, samplesSchema, stacksSchema } from '../../table';
import type { TraceTables } from '../format';
import { Doubles, Integers, Names } from './growing';
import type { EventLine, Who } from './eventLine';
import { PayloadWords, payloadKeys, readPayload } from './payload';
import type { PayloadKeys } from './payload';

const SOURCE = 'captured';

/** Collects tracepoint events column by column: a million of them take 150 MB and no objects. */
export class EventColumns {
  private readonly time_s = new Doubles();
  private readonly cpu = new Integers();
  private readonly comm = new Names();
  private readonly pid = new Doubles();
  private readonly event = new Names();
  private readonly device = new Names();
  private readonly skb = new Names();
  private readonly length_bytes = new Doubles();
  private readonly value = new Doubles();
  private readonly payload = new TextColumn();
  private readonly keysOf = new Map<string, PayloadKeys | undefined>();
  private readonly words = new PayloadWords();
  private scratch = Buffer.alloc(1024);

  get rows(): number {
    return this.event.length;
  }

  push(line: Omit<EventLine, 'tracepoint'>): void {
    const { length } = line.payload;
    if (length > this.scratch.length) this.scratch = Buffer.alloc(2 * length);
    this.scratch.write(line.payload, 'latin1');
    this.pushBytes(line, line.time_s, line.event, this.scratch, 0, length);
  }

  /** The payload is what stands between two places, latin-1 or UTF-8 alike. */
  pushBytes(who: Who, time_s: number, event: string, bytes: Buffer, start: number, end: number): void {
    const { words } = this;
    const keys = this.keys(event);
    if (keys !== undefined) readPayload(keys, bytes, start, end, words);
    else words.clear();
    this.time_s.push(time_s);
    this.cpu.push(who.cpu);
    this.comm.push(who.comm);
    // perf prints the thread id alone unless asked for both.
    this.pid.push(who.pid !== '' ? Number(who.pid) : who.tid !== '' ? Number(who.tid) : NaN);
    this.event.push(event);
    this.device.pushBytes(bytes, words.device.start, words.device.end);
    this.skb.pushBytes(bytes, words.skb.start, words.skb.end);
    this.length_bytes.push(words.length_bytes);
    this.value.push(words.value);
    this.payload.pushBytes(bytes, start, end);
  }

  private keys(event: string): PayloadKeys | undefined {
    let keys = this.keysOf.get(event);
    if (keys === undefined && !this.keysOf.has(event)) {
      keys = payloadKeys(event);
      this.keysOf.set(event, keys);
    }
    return keys;
  }

  finish(run: string): Table<typeof eventsSchema> {
    const rows = this.rows;
    return new Table(eventsSchema, {
      source: new ConstantColumn(SOURCE, rows),
      run: new ConstantColumn(run, rows),
      time_s: this.time_s.finish(),
      cpu: this.cpu.finish(),
      comm: this.comm.finish(),
      pid: new NullableNumberColumn(this.pid.finish()),
      event: this.event.finish(),
      device: this.device.finish(),
      skb: this.skb.finish(),
      length_bytes: new NullableNumberColumn(this.length_bytes.finish()),
      value: new NullableNumberColumn(this.value.finish()),
      payload: this.payload,
    });
  }
}

/** Collects samples, and adds them up by stack, event, comm and CPU. */
export class SampleColumns {
  private readonly time_s = new Doubles();
  private readonly cpu = new Integers();
  private readonly comm = new Names();
  private readonly pid = new Doubles();
  private readonly tid = new Doubles();
  private readonly event = new Names();
  private readonly period = new Doubles();
  private readonly stack = new Names();

  get rows(): number {
    return this.event.length;
  }

  /** @param frames innermost first */
  push(line: EventLine, frames: readonly string[]): void {
    this.time_s.push(line.time_s);
    this.cpu.push(line.cpu);
    this.comm.push(line.comm);
    this.pid.push(line.pid === '' ? NaN : Number(line.pid));
    this.tid.push(line.tid === '' ? NaN : Number(line.tid));
    this.event.push(line.event);
    this.period.push(line.period === '' ? NaN : Number(line.period));
    this.stack.push(outermostFirst(frames));
  }

  finish(run: string): Required<Pick<TraceTables, 'samples' | 'stacks'>> {
    const rows = this.rows;
    const cpu = this.cpu.finish();
    const [comm, event, stack] = [this.comm.finish(), this.event.finish(), this.stack.finish()];
    const period = this.period.finish();
    const samples = new Table(samplesSchema, {
      source: new ConstantColumn(SOURCE, rows),
      run: new ConstantColumn(run, rows),
      time_s: new NullableNumberColumn(this.time_s.finish()),
      cpu: nullableCpu(cpu),
      comm,
      pid: new NullableNumberColumn(this.pid.finish()),
      tid: new NullableNumberColumn(this.tid.finish()),
      event,
      period: new NullableNumberColumn(period),
      stack,
    });
    return { samples, stacks: addUp(run, cpu, comm, event, stack, period) };
  }
}

/** `[leaf, …, root]` → `root;…;leaf`, without the frames that are left out. */
export function outermostFirst(frames: readonly string[]): string {
  let stack = '';
  for (let i = frames.length - 1; i >= 0; i--) {
    if (frames[i] !== '') stack = stack === '' ? frames[i] : `${stack};${frames[i]}`;
  }
  return stack;
}

function addUp(
  run: string,
  cpu: Int32Array,
  comm: DictionaryColumn,
  event: DictionaryColumn,
  stack: DictionaryColumn,
  period: Float64Array,
): Table<typeof stacksSchema> {
  const groupOf = new Map<string, number>();
  const firstRow: number[] = [];
  const samples: number[] = [];
  const weight: number[] = [];
  for (let row = 0; row < cpu.length; row++) {
    const key = `${stack.codes[row]} ${cpu[row]} ${comm.codes[row]} ${event.codes[row]}`;
    let group = groupOf.get(key);
    if (group === undefined) {
      group = firstRow.push(row) - 1;
      groupOf.set(key, group);
      samples.push(0);
      weight.push(0);
    }
    samples[group]++;
    weight[group] += Number.isNaN(period[row]) ? 1 : period[row];
  }
  const builder = new TableBuilder(stacksSchema, { source: SOURCE, run });
  firstRow.forEach((row, group) => {
    builder.push({
      cpu: cpu[row] < 0 ? null : cpu[row],
      comm: comm.at(row) ?? '',
      event: event.at(row) ?? '',
      stack: stack.at(row) ?? '',
      samples: samples[group],
      weight: weight[group],
    });
  });
  return builder.finish();
}

function nullableCpu(cpu: Int32Array): NullableNumberColumn {
  return new NullableNumberColumn(Float64Array.from(cpu, (c) => (c < 0 ? NaN : c)));
}
