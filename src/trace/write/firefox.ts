import type { TraceTables } from '../format';
import { stackRows } from './stackRows';
import type { StackRow } from './stackRows';
import { NameTable, WRITE_DEFAULTS, framesWithComm, jsonArray } from './writer';
import type { TraceWriter, WriteOptions } from './writer';

/** Version of the processed profile format that is written; newer profilers upgrade it (docs-developer/CHANGELOG-formats.md). */
const PROCESSED_VERSION = 47;
const GECKO_VERSION = 27;

const CATEGORIES = [
  { name: 'Other', color: 'grey', subcategories: ['Other'] },
  { name: 'Idle', color: 'transparent', subcategories: ['Other'] },
  { name: 'Kernel', color: 'orange', subcategories: ['Other'] },
];

/**
 * The processed profile format of the Firefox Profiler, which profiler.firefox.com opens: a thread for each thread
 * (or, where that is unknown, for each command), samples in order of time. Stacks that were added up stand one
 * millisecond apart, with their counts as weights.
 */
export const firefoxWriter: TraceWriter = {
  name: 'firefox',
  title: 'Firefox Profiler JSON',
  extension: '.firefox.json',
  reads: ['samples', 'stacks'],
  *write(tables: TraceTables, options: WriteOptions): Generator<string> {
    const { name, weight } = { ...WRITE_DEFAULTS, ...options };
    const threads = new Map<string, FirefoxThread>();
    let start_s = Infinity;
    for (const row of stackRows(tables)) if (row.time_s !== null && row.time_s < start_s) start_s = row.time_s;
    for (const row of stackRows(tables)) {
      const key = `${row.pid ?? ''}/${row.tid ?? row.comm}`;
      let thread = threads.get(key);
      if (thread === undefined) {
        thread = new FirefoxThread(row, threads.size);
        threads.set(key, thread);
      }
      thread.add(row, row.time_s === null ? undefined : (row.time_s - start_s) * 1000, row[weight]);
    }
    const meta = {
      categories: CATEGORIES,
      debug: false,
      extensions: { baseURL: [], id: [], length: 0, name: [] },
      interval: 1,
      preprocessedProfileVersion: PROCESSED_VERSION,
      processType: 0,
      product: name,
      importedFrom: 'falcon-lab',
      sampleUnits: { eventDelay: 'ms', threadCPUDelta: 'µs', time: 'ms' },
      startTime: 0,
      stackwalk: 1,
      symbolicated: true,
      version: GECKO_VERSION,
      usesOnlyOneStackType: true,
      markerSchema: [],
    };
    yield `{"meta":${JSON.stringify(meta)},"libs":[],"pages":[],"counters":[],"profilerOverhead":[],"threads":`;
    yield* jsonArray(threads.values(), (thread) => JSON.stringify(thread.finish()));
    yield '}\n';
  },
};

/** Column tables of one thread. Strings, functions and frames are one and the same here: a frame is its name. */
class FirefoxThread {
  private readonly names = new NameTable();
  private readonly prefixes: (number | null)[] = [];
  private readonly stackFrames: number[] = [];
  /** Key: prefix × 2^26 + frame; the prefix counts from 1, 0 being none. */
  private readonly stackOf = new Map<number, number>();
  private readonly stacks: (number | null)[] = [];
  private readonly times: number[] = [];
  private readonly weights: number[] = [];
  private readonly label: string;
  private readonly pid: string;
  private readonly tid: string;

  constructor(first: StackRow, number: number) {
    this.label = first.comm === '' ? 'all' : first.comm;
    this.pid = String(first.pid ?? number);
    this.tid = String(first.tid ?? number);
  }

  add(row: StackRow, time_ms: number | undefined, weight: number): void {
    let stack: number | null = null;
    for (const frame of framesWithComm(row.comm, row.stack)) stack = this.stack(stack, this.names.index(frame));
    this.stacks.push(stack);
    this.times.push(time_ms ?? this.times.length);
    this.weights.push(weight);
  }

  private stack(prefix: number | null, frame: number): number {
    const key = (prefix === null ? 0 : prefix + 1) * 0x4000000 + frame;
    let stack = this.stackOf.get(key);
    if (stack === undefined) {
      stack = this.stackFrames.length;
      this.stackOf.set(key, stack);
      this.prefixes.push(prefix);
      this.stackFrames.push(frame);
    }
    return stack;
  }

  finish(): Record<string, unknown> {
    const frames = this.names.names.length;
    const all = <T>(length: number, value: T): T[] => new Array<T>(length).fill(value);
    const own = Array.from({ length: frames }, (_, i) => i);
    const categories = this.names.names.map(categoryOf);
    const order = this.times.map((_, i) => i).sort((a, b) => this.times[a] - this.times[b]);
    return {
      name: this.label,
      processName: this.label,
      processType: 'default',
      processStartupTime: 0,
      processShutdownTime: null,
      registerTime: 0,
      unregisterTime: null,
      pausedRanges: [],
      isMainThread: this.pid === this.tid,
      pid: this.pid,
      tid: this.tid,
      samples: {
        length: order.length,
        stack: order.map((i) => this.stacks[i]),
        time: order.map((i) => this.times[i]),
        weight: order.map((i) => this.weights[i]),
        weightType: 'samples',
      },
      stackTable: {
        length: this.stackFrames.length,
        frame: this.stackFrames,
        prefix: this.prefixes,
        category: this.stackFrames.map((frame) => categories[frame]),
        subcategory: all(this.stackFrames.length, 0),
      },
      frameTable: {
        length: frames,
        address: all(frames, -1),
        inlineDepth: all(frames, 0),
        category: categories,
        subcategory: all(frames, 0),
        func: own,
        nativeSymbol: all(frames, null),
        innerWindowID: all(frames, null),
        implementation: all(frames, null),
        line: all(frames, null),
        column: all(frames, null),
      },
      funcTable: {
        length: frames,
        isJS: all(frames, false),
        relevantForJS: all(frames, false),
        name: own,
        resource: all(frames, -1),
        fileName: all(frames, null),
        lineNumber: all(frames, null),
        columnNumber: all(frames, null),
      },
      resourceTable: { length: 0, lib: [], name: [], host: [], type: [] },
      nativeSymbols: { length: 0, libIndex: [], address: [], name: [], functionSize: [] },
      markers: { length: 0, data: [], name: [], startTime: [], endTime: [], phase: [], category: [] },
      stringArray: this.names.names,
    };
  }
}

/** Index into CATEGORIES. */
function categoryOf(frame: string): number {
  if (/_\[k\]$/.test(frame)) return 2;
  return /^(?:default_idle|cpuidle_enter|do_idle|pv_native_safe_halt|intel_idle|native_safe_halt|acpi_idle)/.test(frame)
    ? 1
    : 0;
}
