import type { ParseContext } from '../format';
import type { PerfEvent } from './attr';
import { MIN_ATTR_SIZE, defaultEventName, readAttr } from './attr';
import { Cursor, ShortRead } from './cursor';
import { readBuildId } from './features';
import type { Recording } from './header';
import { applyFeature } from './header';
import { Machine } from './machine';
import type { Mapping } from './machine';
import { Ordering } from './ordering';
import { readRecords, tracingDataBytes } from './recordStream';
import { FIRST_USER_TYPE, IGNORED_RECORDS, MISC, RECORD } from './records';
import type { RawRecord } from './records';
import type { Sample } from './sample';
import { decodeSample, trailerSize } from './sample';
import type { Storage } from './storage';
import { readTracingData } from './tracingData';

/** Called for each sample, in order of time, with the machine as it was then. Awaited if it returns a promise. */
export type OnSample = (sample: Sample) => Promise<void> | void;

/** What was in a recording, for the error when there is no sample. */
export interface RecordCounts {
  readonly records: number;
  readonly samples: number;
}

const PID_OF_KERNEL = -1;

/** Records between two yields. */
const YIELD_EVERY = 256;

/** Plays a recording: keeps the machine's state from records of all kinds, and hands on the samples. */
export class Session {
  readonly machine = new Machine();
  readonly kernelText: { name: string; address: number }[] = [];
  private readonly ordering = new Ordering();
  private records = 0;
  private samples = 0;

  constructor(
    private readonly recording: Recording,
    private readonly context: ParseContext,
    private readonly onSample: OnSample,
  ) {}

  /** Plays all of it. Yields now and then, so that whoever takes the samples can hand on what came of them. */
  async *play(storage: Storage): AsyncGenerator<void, RecordCounts> {
    for await (const batch of readRecords(storage, this.recording, this.context)) {
      for (const record of batch) {
        this.records++;
        if (record.type === RECORD.FINISHED_ROUND) yield* this.deliver(this.ordering.finishRound());
        else if (record.type >= FIRST_USER_TYPE) this.onUserRecord(record);
        else {
          const time = this.recording.events.timeOf(record, record.type === RECORD.SAMPLE, this.recording.littleEndian);
          // What perf wrote of its own at the start has no time: it holds from the beginning.
          if (time === 0) yield* this.deliver([record]);
          else this.ordering.push(record, time);
        }
      }
      yield* this.deliver(this.ordering.relieve());
      yield;
    }
    yield* this.deliver(this.ordering.finish());
    if (this.ordering.overflows > 0) {
      const message = 'times when records had to be handed on before their round ended; order may be lost';
      this.count('perf-data/unordered', message, 0, this.ordering.overflows);
    }
    return { records: this.records, samples: this.samples };
  }

  private count(kind: string, message: string, byte: number, by = 1, example?: string): void {
    this.context.diagnostics.count(kind, message, { file: this.context.file, byte }, example, by);
  }

  private async *deliver(records: readonly RawRecord[]): AsyncGenerator<void> {
    for (let i = 0; i < records.length; i++) {
      const record = records[i];
      if (i % YIELD_EVERY === YIELD_EVERY - 1) yield;
      try {
        const waiting = this.onKernelRecord(record);
        if (waiting !== undefined) await waiting;
      } catch (error) {
        if (!(error instanceof ShortRead)) throw error;
        this.count(
          'perf-data/short-record',
          'records that end before their fields do',
          record.byte,
          1,
          `type ${record.type}`,
        );
      }
    }
  }

  /** Records that `perf record` wrote: they hold from where they stand. */
  private onUserRecord(record: RawRecord): void {
    const c = new Cursor(record.body, this.recording.littleEndian);
    try {
      if (record.type === RECORD.HEADER_ATTR) this.onAttr(c);
      else if (record.type === RECORD.EVENT_UPDATE) this.onEventUpdate(c);
      else if (record.type === RECORD.BUILD_ID) readBuildId(c, record.body.length, this.recording.buildIds);
      else if (record.type === RECORD.HEADER_FEATURE) applyFeature(this.recording, c.u64(), c.rest());
      else if (record.type === RECORD.TRACING_DATA)
        this.recording.tracepoints = readTracingData(c.bytes.subarray(c.bytes.length - tracingDataBytes(c)));
      else this.onOther(record);
    } catch (error) {
      if (!(error instanceof ShortRead)) throw error;
      this.count(
        'perf-data/short-record',
        'records that end before their fields do',
        record.byte,
        1,
        `type ${record.type}`,
      );
    }
  }

  private onAttr(c: Cursor): void {
    c.skip(4);
    const size = c.u32();
    if (size < MIN_ATTR_SIZE) throw new ShortRead();
    c.at = 0;
    const attr = readAttr(c, size);
    if (c.left < 0) throw new ShortRead();
    const event: PerfEvent = { attr, name: defaultEventName(attr), ids: new Set() };
    while (c.left >= 8) event.ids.add(c.key());
    this.recording.events.add(event);
  }

  private onEventUpdate(c: Cursor): void {
    const EVENT_NAME = 2;
    const kind = c.u64();
    const event = this.recording.events.ofId(c.key());
    if (kind === EVENT_NAME && event !== undefined) event.name = c.text();
  }

  private onKernelRecord(record: RawRecord): Promise<void> | void {
    const { littleEndian } = this.recording;
    if (record.type === RECORD.SAMPLE) return this.onSampleRecord(record);
    // Behind the fields of a record stands what identifies it: time, thread, CPU.
    const trailer = trailerSize(this.recording.events.events[0]?.attr);
    const c = new Cursor(record.body.subarray(0, Math.max(0, record.body.length - trailer)), littleEndian);
    if (record.type === RECORD.COMM) {
      c.skip(4);
      const tid = c.i32();
      this.machine.setComm(tid, c.text());
    } else if (record.type === RECORD.MMAP || record.type === RECORD.MMAP2) this.onMmap(record, c);
    else if (record.type === RECORD.FORK) {
      const [pid, parentPid, tid, parentTid] = [c.i32(), c.i32(), c.i32(), c.i32()];
      this.machine.fork(pid, tid, parentPid, parentTid, (record.misc & MISC.FORK_EXEC) !== 0);
    } else if (record.type === RECORD.KSYMBOL) this.onKsymbol(c);
    else if (record.type === RECORD.LOST) {
      c.skip(8);
      this.count('perf-data/lost', 'events lost while recording', record.byte, c.u64());
    } else if (record.type === RECORD.LOST_SAMPLES) {
      this.count('perf-data/lost', 'events lost while recording', record.byte, c.u64());
    } else this.onOther(record);
  }

  private onSampleRecord(record: RawRecord): Promise<void> | void {
    const event = this.recording.events.ofSample(record, this.recording.littleEndian);
    if (event === undefined) {
      this.count('perf-data/unknown-event', 'samples of an event that the file does not describe', record.byte);
      return;
    }
    const sample = decodeSample(record, event, this.recording.littleEndian);
    this.samples++;
    return this.onSample(sample);
  }

  private onMmap(record: RawRecord, c: Cursor): void {
    const pid = c.i32();
    c.skip(4);
    const [start, length, pageOffset] = [c.i64(), c.u64(), c.i64()];
    let buildId: string | undefined;
    if (record.type === RECORD.MMAP2) {
      const identity = c.slice(24);
      if ((record.misc & MISC.MMAP_BUILD_ID) !== 0) {
        buildId = Buffer.from(identity.subarray(4, 4 + Math.min(20, identity[0]))).toString('hex');
      }
      c.skip(8); // protection, flags
    }
    const file = c.text();
    const mapping: Mapping = {
      start,
      end: start + length,
      pageOffset,
      file,
      buildId: buildId ?? this.recording.buildIds.get(file),
    };
    const cpuMode = record.misc & MISC.CPUMODE_MASK;
    if (pid !== PID_OF_KERNEL && cpuMode !== MISC.KERNEL) this.machine.map(pid, withJitMap(mapping, pid));
    else if (/^\[kernel\.kallsyms\]/.test(file)) {
      this.kernelText.push({ name: file.slice('[kernel.kallsyms]'.length), address: pageOffset });
    } else this.machine.kernel.map(mapping);
  }

  private onKsymbol(c: Cursor): void {
    const start = c.i64();
    const length = c.u32();
    c.skip(2);
    const unregistered = (c.u16() & 1) !== 0;
    if (unregistered) return;
    this.machine.kernel.map({ start, end: start + length, pageOffset: 0, file: c.text(), buildId: undefined });
  }

  private onOther(record: RawRecord): void {
    if (IGNORED_RECORDS.has(record.type)) return;
    const message = 'records of kinds that are not read';
    this.count('perf-data/unknown-record', message, record.byte, 1, `type ${record.type}`);
  }
}

/** Memory without a file is where just-in-time compilers put code; they may describe it in a file of that name. */
function withJitMap(mapping: Mapping, pid: number): Mapping {
  const anonymous = /^(?:\/\/anon|\/dev\/zero|\/anon_hugepage)/.test(mapping.file);
  return anonymous ? { ...mapping, file: `/tmp/perf-${pid}.map` } : mapping;
}
