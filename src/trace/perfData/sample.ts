import type { EventAttr, PerfEvent } from './attr';
import { READ_FORMAT, SAMPLE, has } from './attr';
import { Cursor, ShortRead } from './cursor';
import { MISC } from './records';
import type { RawRecord } from './records';

/** A decoded PERF_RECORD_SAMPLE. Fields that were not recorded are undefined. */
export interface Sample {
  readonly event: PerfEvent;
  readonly cpuMode: number;
  readonly ip: number | undefined;
  readonly pid: number | undefined;
  readonly tid: number | undefined;
  readonly time_ns: number | undefined;
  readonly cpu: number | undefined;
  readonly period: number;
  /** Addresses from the innermost out, with context markers among them; see `CONTEXT`. */
  readonly callchain: readonly number[] | undefined;
  /** Digits of those entries of the chain, by index, that are no address and too large for a number. */
  readonly oddAddresses: ReadonlyMap<number, string> | undefined;
  /** Payload of a tracepoint. */
  readonly raw: Uint8Array | undefined;
}

/** Markers within a call chain: what follows ran in this mode. As signed numbers. */
export const CONTEXT: ReadonlyMap<number, number> = new Map([
  [-32, MISC.HYPERVISOR],
  [-128, MISC.KERNEL],
  [-512, MISC.USER],
  [-2048, MISC.KERNEL],
  [-2176, MISC.GUEST_KERNEL],
  [-2560, MISC.GUEST_USER],
]);

/** Addresses from here on are markers, not code. */
export const FIRST_CONTEXT_MARKER = -4095;

/** More frames than any kernel records (`kernel.perf_event_max_stack` is at most 640 Ki). */
const MAX_CHAIN = 2 ** 20;

/** Finds events by the ids in records, and the time of any record. */
export class EventIndex {
  private readonly byId = new Map<bigint, PerfEvent>();
  readonly events: PerfEvent[] = [];

  add(event: PerfEvent): void {
    this.events.push(event);
    for (const id of event.ids) this.byId.set(id, event);
  }

  addIds(event: PerfEvent, ids: Iterable<bigint>): void {
    for (const id of ids) {
      event.ids.add(id);
      this.byId.set(id, event);
    }
  }

  ofId(id: bigint): PerfEvent | undefined {
    return this.byId.get(id);
  }

  /** The event of a sample: by its id, or the only one there is. */
  ofSample(record: RawRecord, littleEndian: boolean): PerfEvent | undefined {
    const first = this.events[0];
    if (this.events.length <= 1) return first;
    const offset = idOffset(first.attr);
    if (offset === undefined) return first;
    if (offset + 8 > record.body.length) return undefined;
    return this.byId.get(new Cursor(record.body, littleEndian, offset).key());
  }

  /** Time of any record, 0 if it has none. */
  timeOf(record: RawRecord, isSample: boolean, littleEndian: boolean): number {
    const attr = this.events[0]?.attr;
    if (attr === undefined) return 0;
    const offset = isSample ? timeOffset(attr) : trailerTimeOffset(attr, record.body.length);
    if (offset === undefined || offset < 0 || offset + 8 > record.body.length) return 0;
    const time = new Cursor(record.body, littleEndian, offset).u64();
    return time >= 2 ** 63 ? 0 : time;
  }
}

/** Where the id stands in a sample. All events of a file agree on what comes before it. */
function idOffset(attr: EventAttr): number | undefined {
  const { sampleType } = attr;
  if (has(sampleType, SAMPLE.IDENTIFIER)) return 0;
  if (!has(sampleType, SAMPLE.ID)) return undefined;
  return 8 * [SAMPLE.IP, SAMPLE.TID, SAMPLE.TIME, SAMPLE.ADDR].filter((bit) => has(sampleType, bit)).length;
}

function timeOffset(attr: EventAttr): number | undefined {
  const { sampleType } = attr;
  if (!has(sampleType, SAMPLE.TIME)) return undefined;
  return 8 * [SAMPLE.IDENTIFIER, SAMPLE.IP, SAMPLE.TID].filter((bit) => has(sampleType, bit)).length;
}

/** Other records end with: tid, time, id, stream id, cpu, identifier; those that were asked for. */
function trailerTimeOffset(attr: EventAttr, length: number): number | undefined {
  const { sampleType, sampleIdAll } = attr;
  if (!sampleIdAll || !has(sampleType, SAMPLE.TIME)) return undefined;
  const after = [SAMPLE.ID, SAMPLE.STREAM_ID, SAMPLE.CPU, SAMPLE.IDENTIFIER].filter((bit) => has(sampleType, bit));
  return length - 8 * (after.length + 1);
}

/** Size of the trailer of records other than samples. */
export function trailerSize(attr: EventAttr | undefined): number {
  if (attr === undefined || !attr.sampleIdAll) return 0;
  const fields = [SAMPLE.TID, SAMPLE.TIME, SAMPLE.ID, SAMPLE.STREAM_ID, SAMPLE.CPU, SAMPLE.IDENTIFIER];
  return 8 * fields.filter((bit) => has(attr.sampleType, bit)).length;
}

/**
 * Decodes a sample up to its raw payload; what may follow (branches, registers, user stack) is left.
 * @throws ShortRead if the record is shorter than its fields
 */
export function decodeSample(record: RawRecord, event: PerfEvent, littleEndian: boolean): Sample {
  const { sampleType, readFormat } = event.attr;
  const c = new Cursor(record.body, littleEndian);
  if (has(sampleType, SAMPLE.IDENTIFIER)) c.skip(8);
  const ip = has(sampleType, SAMPLE.IP) ? c.i64() : undefined;
  const [pid, tid] = has(sampleType, SAMPLE.TID) ? [c.i32(), c.i32()] : [undefined, undefined];
  const time_ns = has(sampleType, SAMPLE.TIME) ? c.u64() : undefined;
  if (has(sampleType, SAMPLE.ADDR)) c.skip(8);
  if (has(sampleType, SAMPLE.ID)) c.skip(8);
  if (has(sampleType, SAMPLE.STREAM_ID)) c.skip(8);
  let cpu: number | undefined;
  if (has(sampleType, SAMPLE.CPU)) {
    cpu = c.i32();
    c.skip(4);
  }
  const period = has(sampleType, SAMPLE.PERIOD) ? c.u64() : event.attr.samplePeriod;
  if (has(sampleType, SAMPLE.READ)) skipRead(c, readFormat);
  const chain = has(sampleType, SAMPLE.CALLCHAIN) ? readChain(c) : undefined;
  const raw = has(sampleType, SAMPLE.RAW) ? c.slice(c.u32()) : undefined;
  return {
    event,
    cpuMode: record.misc & MISC.CPUMODE_MASK,
    ip,
    pid,
    tid,
    time_ns,
    cpu,
    period,
    callchain: chain?.addresses,
    oddAddresses: chain?.odd,
    raw,
  };
}

function readChain(c: Cursor): { addresses: number[]; odd: Map<number, string> | undefined } {
  const length = c.u64();
  if (length > MAX_CHAIN || length * 8 > c.left) throw new ShortRead();
  const addresses = new Array<number>(length);
  let odd: Map<number, string> | undefined;
  for (let i = 0; i < length; i++) {
    const address = c.i64();
    addresses[i] = address;
    if (!Number.isSafeInteger(address)) {
      c.at -= 8;
      odd ??= new Map();
      odd.set(i, c.key().toString(16));
    }
  }
  return { addresses, odd };
}

function skipRead(c: Cursor, readFormat: number): void {
  const on = (bit: number) => ((readFormat & bit) !== 0 ? 8 : 0);
  const times = on(READ_FORMAT.ENABLED) + on(READ_FORMAT.RUNNING);
  const each = 8 + on(READ_FORMAT.ID) + on(READ_FORMAT.LOST);
  if ((readFormat & READ_FORMAT.GROUP) === 0) {
    c.skip(times + each);
    return;
  }
  const members = c.u64();
  c.skip(times + members * each);
}
