import { MAX_LINE_BYTES } from '../byteLines';
import { flamegraphFrameFor, flamegraphHeaderFor } from './flamegraphMachine';
import { KERNEL_ODD, kernelStacks, startKernel, type KernelExports, type KernelModule } from './kernel';
import { defaultFrame, defaultHeader } from './machine';
import type { HeaderMeaning, LineMachine } from './machine';
import type { CollapseSession } from './session';
import { machineFor } from './textReader';
import type { ChunkReader } from './textReader';

/** Texts numbered from 1; 0 stands for none. */
class Numbered {
  private readonly numberOf = new Map<string, number>();
  readonly texts: string[] = [''];

  number(text: string): number {
    let number = this.numberOf.get(text);
    if (number === undefined) {
      number = this.texts.push(text) - 1;
      this.numberOf.set(text, number);
    }
    return number;
  }
}

/**
 * Collapses with the kernel. The input goes through a window in the kernel's memory; a record that the
 * kernel does not understand goes through the machine, line by line, until no record is open.
 */
export class KernelReader implements ChunkReader {
  private readonly kernel: KernelExports;
  private readonly labels = new Numbered();
  private readonly processes = new Numbered();
  private machine: LineMachine;
  private bytes: Buffer;
  private readonly windowStart: number;
  private readonly windowEnd: number;
  /** Behind the last byte of the input in the window. */
  private fill: number;
  /** Next byte for the machine, or −1 while the kernel reads. */
  private textAt = -1;
  /** Within a line that was too long: the rest of it is passed over. */
  private skipping = false;
  /** Lines before `textAt`, or before what the kernel counted. */
  private line = 0;

  constructor(
    private readonly session: CollapseSession,
    module: KernelModule,
  ) {
    const { rules } = session;
    this.kernel = startKernel(
      module,
      {
        resolveFrame: (start, end) => this.resolveFrame(start, end),
        resolveHeader: (...places) => this.resolveHeader(...places),
        takeStacks: () => this.takeStacks(),
      },
      {
        countSamples: rules.count === 'samples',
        wholeFrames: rules.addrs,
        strict: rules.compat === 'flamegraph',
      },
    );
    this.machine = machineFor(session);
    this.bytes = Buffer.from(this.kernel.memory.buffer);
    this.windowStart = this.kernel.inputStart.value as number;
    this.windowEnd = this.windowStart + (this.kernel.inputBytes.value as number);
    this.fill = this.windowStart;
  }

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length;) {
      const room = this.room();
      const part = chunk.subarray(at, at + room.length);
      room.set(part);
      this.filled(part.length);
      at += part.length;
    }
  }

  /** Where the next bytes of the input go. Never empty. */
  room(): Buffer {
    return this.memory().subarray(this.fill, this.windowEnd);
  }

  /** So many bytes were put into `room()`. */
  filled(length: number): void {
    this.fill += length;
    this.read();
    this.makeRoom();
  }

  /** Ends an input, or a piece of one that ends where no record is open. Another may follow. */
  end(): void {
    this.toText();
    this.readText(true);
    this.machine.end();
    this.session.counts.lines += this.line;
    this.takeStacks();
    this.machine = machineFor(this.session);
    this.line = 0;
    this.fill = this.windowStart;
    this.toKernel(this.windowStart);
  }

  private memory(): Buffer {
    // Growing the memory detaches what looked at it.
    if (this.bytes.length === 0) this.bytes = Buffer.from(this.kernel.memory.buffer);
    return this.bytes;
  }

  private read(): void {
    for (;;) {
      if (this.textAt >= 0) {
        if (!this.readText(false)) return;
        this.toKernel(this.textAt);
      }
      this.memory()[this.fill] = 10; // the stop that the kernel's search for newlines needs
      if (this.kernel.run(this.fill) !== KERNEL_ODD) return;
      this.toText();
    }
  }

  /** The open record goes to the machine. */
  private toText(): void {
    if (this.textAt >= 0) return;
    const { kernel } = this;
    this.textAt = kernel.recordStart.value as number;
    this.line += kernel.recordLines.value as number;
    this.takeCounts();
  }

  private toKernel(at: number): void {
    this.textAt = -1;
    this.kernel.resetCounts();
    this.kernel.restartAt(at);
  }

  private takeCounts(): void {
    const { counts } = this.session;
    counts.records += this.kernel.records.value as number;
    counts.withoutStack += this.kernel.withoutStack.value as number;
    counts.filtered += this.kernel.filtered.value as number;
    this.kernel.resetCounts();
  }

  /**
   * Gives lines to the machine until no record is open. False if the window ends before that.
   * @param last there is no more input: what is left is a line too, and all lines are for the machine
   */
  private readText(last: boolean): boolean {
    const bytes = this.memory();
    while (this.textAt < this.fill) {
      const newline = bytes.indexOf(10, this.textAt);
      const found = newline >= 0 && newline < this.fill;
      const end = found ? newline : this.fill;
      if (!found && !last && end - this.textAt <= MAX_LINE_BYTES) return false;
      if (!this.skipping) this.giveLine(bytes, end);
      this.skipping = !found && !last;
      this.textAt = found ? end + 1 : end;
      if (!last && !this.skipping && this.machine.neutral) return true;
    }
    return false;
  }

  private giveLine(bytes: Buffer, end: number): void {
    const length = end - this.textAt;
    const kept = Math.min(length, MAX_LINE_BYTES);
    const text = bytes.toString('latin1', this.textAt, this.textAt + kept);
    this.machine.onLine(text, ++this.line, length > kept ? length : 0);
  }

  /** Moves what is not done to the start of the window. */
  private makeRoom(): void {
    const { kernel, windowStart } = this;
    const keep = this.textAt >= 0 ? this.textAt : (kernel.recordStart.value as number);
    if (keep === windowStart && this.fill === this.windowEnd) {
      // A record as large as the window. In text, less than that is always left; see readText.
      this.toText();
      this.read();
      this.makeRoom();
      return;
    }
    const by = keep - windowStart;
    if (by === 0) return;
    this.memory().copyWithin(windowStart, keep, this.fill);
    this.fill -= by;
    if (this.textAt >= 0) this.textAt -= by;
    else kernel.moveTo(windowStart, (kernel.position.value as number) - by);
  }

  private resolveFrame(start: number, end: number): number {
    const { session } = this;
    const text = this.memory().toString('latin1', start, end);
    const compatible = session.rules.compat === 'flamegraph';
    const label = compatible ? flamegraphFrameFor(text, session.rules) : defaultFrame(text, session.rules);
    return label === undefined ? -1 : label === '' ? 0 : this.labels.number(label);
  }

  /** The kernel found the parts from the right; what the rules find must be the same parts. */
  private resolveHeader(
    start: number,
    end: number,
    timeStart: number,
    periodStart: number,
    periodEnd: number,
    eventStart: number,
    eventEnd: number,
  ): number {
    const { session } = this;
    const text = this.memory().toString('latin1', start, end);
    const compatible = session.rules.compat === 'flamegraph';
    const header: HeaderMeaning | undefined = compatible
      ? flamegraphHeaderFor(text, timeStart - start, session)
      : defaultHeader(text, session);
    if (header === undefined) return -1;
    const same =
      header.event === text.slice(eventStart - start, eventEnd - start - 1) &&
      header.period === text.slice(periodStart - start, periodEnd - start) &&
      (compatible || header.time_s === Number.parseFloat(text.slice(timeStart - start, periodStart - start)));
    return same ? this.processes.number(header.process) * 2 + Number(header.keep) : -1;
  }

  /** Adds the kernel's sums to the session's, and clears them. */
  private takeStacks(): void {
    const { session, labels, processes } = this;
    for (const { weight, process, labels: numbers } of kernelStacks(this.kernel)) {
      const frames = Array.from(numbers, (number) => labels.texts[number]);
      session.tally.add(session.folded(processes.texts[process], frames), asNumber(weight));
    }
    this.kernel.clearStacks();
  }
}

function asNumber(weight: bigint): number | bigint {
  return weight <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(weight) : weight;
}
