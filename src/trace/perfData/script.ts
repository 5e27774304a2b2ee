import { InputError } from '../../core';
import type { ParseContext } from '../format';
import type { ByteSource } from '../source';
import { EVENT_TYPES } from './attr';
import type { PerfEvent } from './attr';
import { FramePrinter } from './frames';
import type { Recording } from './header';
import { readHeader } from './header';
import type { PayloadPrinter } from './printFormat';
import { compilePrinter } from './printFormat';
import type { Sample } from './sample';
import { Session } from './session';
import { openStorage } from './storage';
import type { Storage } from './storage';
import type { SymbolOptions } from './symbolizer';
import { Symbolizer } from './symbolizer';
import { TracepointRecord } from './tracepointRecord';

export interface PerfDataOptions extends SymbolOptions {
  /** Print `pid/tid` where `perf script` prints the tid alone. Default false. */
  readonly pid?: boolean;
  /** Print times to the nanosecond, as `perf script --ns`. Default false. */
  readonly nanoseconds?: boolean;
}

const DEFAULTS = { pid: false, nanoseconds: false } as const;

/** Text of a perf.data file, and what its header says. */
export interface PerfDataText {
  readonly metadata: ReadonlyMap<string, string>;
  /** Sample by sample, in the layout of `perf script`. Ends with an InputError if there is none. */
  readonly text: AsyncGenerator<string>;
}

/**
 * Prints a perf.data file as `perf script` does, without perf: samples in order of time, call chains with the
 * symbols that can be found, tracepoints by the print formats in the file. It does not print inlined
 * functions (they need DWARF), nor demangle names.
 * @throws InputError if the input is no perf.data or its header is damaged
 */
export async function perfDataText(
  source: ByteSource,
  context: ParseContext,
  options: PerfDataOptions = {},
): Promise<PerfDataText> {
  const storage = await openStorage(source);
  try {
    const recording = await readHeader(storage, context.file);
    return { metadata: recording.metadata, text: printAll(storage, recording, context, options) };
  } catch (error) {
    await storage.close();
    throw error;
  }
}

/** Text is handed on in pieces of about this many characters. */
const PIECE_CHARS = 2 ** 16;

async function* printAll(
  storage: Storage,
  recording: Recording,
  context: ParseContext,
  options: PerfDataOptions,
): AsyncGenerator<string> {
  try {
    const printer = new SamplePrinter(recording, context, options);
    const play = printer.session.play(storage);
    for (;;) {
      const { done, value } = await play.next();
      if (done === true || printer.pending.length > PIECE_CHARS) yield printer.take();
      if (done !== true) continue;
      if (value.samples === 0) {
        throw InputError.expected({ file: context.file }, 'samples', `${value.records} records, none of them a sample`);
      }
      printer.reportUnresolved();
      return;
    }
  } finally {
    await storage.close();
  }
}

/** Prints samples as they come. */
class SamplePrinter {
  readonly session: Session;
  pending = '';
  private readonly options: Required<Pick<PerfDataOptions, 'pid' | 'nanoseconds'>>;
  private readonly symbolizer: Symbolizer;
  private readonly frames: FramePrinter;
  private readonly payloads = new Map<number, PayloadPrinter | undefined>();
  private kernelLoaded = false;
  private nameWidth = 0;

  constructor(
    private readonly recording: Recording,
    private readonly context: ParseContext,
    options: PerfDataOptions,
  ) {
    this.options = { ...DEFAULTS, ...options };
    this.symbolizer = new Symbolizer(options);
    this.session = new Session(recording, context, (sample) => this.onSample(sample));
    this.frames = new FramePrinter(this.session.machine, this.symbolizer);
  }

  take(): string {
    const text = this.pending;
    this.pending = '';
    return text;
  }

  /** Files without symbols are no fault of the trace, but the reader of `[unknown]` wants to know. */
  reportUnresolved(): void {
    for (const [file, reason] of this.symbolizer.unresolved) {
      const [kind, message] =
        reason === 'missing'
          ? ['perf-data/no-symbols', 'mapped files whose symbols are not at hand']
          : ['perf-data/other-build', 'mapped files that have since been replaced by another build'];
      this.context.diagnostics.count(kind, message, { file: this.context.file }, file);
    }
    if (this.symbolizer.kernelWanted && this.symbolizer.kernel === undefined) {
      const message = 'kernel whose symbols are not at hand (give its kallsyms or System.map)';
      const release = this.recording.metadata.get('os release');
      this.context.diagnostics.count('perf-data/no-kernel-symbols', message, { file: this.context.file }, release);
    }
  }

  /** Most samples need nothing loaded, and waiting for nothing a million times costs seconds. */
  private onSample(sample: Sample): Promise<void> | void {
    const unloaded = this.frames.unloaded(sample);
    if (this.kernelLoaded && unloaded.length === 0) this.print(sample);
    else return this.load(unloaded).then(() => this.print(sample));
  }

  private async load(unloaded: ReturnType<FramePrinter['unloaded']>): Promise<void> {
    if (!this.kernelLoaded) {
      await this.symbolizer.loadKernel({
        buildId: this.recording.buildIds.get('[kernel.kallsyms]'),
        release: this.recording.metadata.get('os release'),
        textAddress: this.session.kernelText[0],
      });
      this.kernelLoaded = true;
      for (const event of this.recording.events.events) this.nameTracepoint(event);
      this.nameWidth = Math.max(...this.recording.events.events.map((event) => event.name.length));
    }
    for (const mapping of unloaded) await this.symbolizer.load(mapping);
  }

  /** In pipe mode a tracepoint's name comes with its format. */
  private nameTracepoint(event: PerfEvent): void {
    const format = isTracepoint(event) ? this.recording.tracepoints?.byId.get(event.attr.config) : undefined;
    if (format !== undefined && event.name.startsWith('tracepoint/')) event.name = `${format.system}:${format.name}`;
  }

  //  comm    tid      cpu     time           period     event      frame or payload
  //  swapper     0 [000]  1582.420229:    2004008 cpu-clock:
  private print(sample: Sample): void {
    const { event, tid, pid, cpu, time_ns, period, callchain } = sample;
    const comm = tid === undefined ? ':-1' : this.session.machine.comm(tid);
    let line = callchain === undefined ? `${comm.padStart(16)} ` : `${comm} `;
    if (tid !== undefined)
      line += this.options.pid ? `${pad(pid ?? -1, 5)}/${String(tid).padEnd(5)} ` : `${pad(tid, 5)} `;
    if (cpu !== undefined) line += `[${String(cpu).padStart(3, '0')}] `;
    if (time_ns !== undefined) line += `${this.time(time_ns)}: `;
    const tracepoint = isTracepoint(event);
    if (!tracepoint) line += `${pad(period, 10)} `;
    line += `${event.name.padStart(this.nameWidth)}: `;
    if (tracepoint) line += this.payload(sample);
    if (callchain !== undefined) {
      line += '\n';
      for (const frame of this.frames.chain(sample)) line += `\t${frame}\n`;
    } else if (!tracepoint) line += ` ${this.frames.single(sample) ?? ''}`.trimEnd();
    this.pending += `${line}\n`;
  }

  private time(time_ns: number): string {
    const seconds = Math.floor(time_ns / 1e9);
    const rest = time_ns - seconds * 1e9;
    const fraction = this.options.nanoseconds
      ? String(rest).padStart(9, '0')
      : String(Math.floor(rest / 1000)).padStart(6, '0');
    return `${pad(seconds, 5)}.${fraction}`;
  }

  private payload(sample: Sample): string {
    const { config } = sample.event.attr;
    if (!this.payloads.has(config)) this.payloads.set(config, this.compile(config));
    const print = this.payloads.get(config);
    const format = this.recording.tracepoints?.byId.get(config);
    if (print === undefined || format === undefined || sample.raw === undefined) return '';
    return print(new TracepointRecord(format, sample.raw, this.recording.littleEndian));
  }

  private compile(id: number): PayloadPrinter | undefined {
    const format = this.recording.tracepoints?.byId.get(id);
    const place = { file: this.context.file };
    if (format === undefined) {
      const message = 'tracepoints without a format in the file; printed without payload';
      this.context.diagnostics.count('perf-data/no-format', message, place, `tracepoint ${id}`);
      return undefined;
    }
    return compilePrinter(
      format,
      (address, withOffset) => this.frames.nameKernelAddress(address, withOffset),
      (problem) => {
        const message = 'tracepoints whose print format is not understood; their fields are listed instead';
        this.context.diagnostics.count('perf-data/print-format', message, place, problem);
      },
    );
  }
}

function isTracepoint(event: PerfEvent): boolean {
  return EVENT_TYPES[event.attr.type] === 'tracepoint';
}

function pad(value: number, width: number): string {
  return String(value).padStart(width);
}
