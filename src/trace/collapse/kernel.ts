import { existsSync, readFileSync } from 'node:fs';
import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';

/**
 * A compiled kernel, a `WebAssembly.Module`. Declared without that name, which the TypeScript of the
 * notebooks does not know outside a browser.
 */
export type KernelModule = object;

interface KernelGlobal {
  readonly value: number;
}

/** What `src/trace/assembly/collapse.ts` exports. */
export interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly inputStart: KernelGlobal;
  readonly inputBytes: KernelGlobal;
  readonly secretStart: KernelGlobal;
  readonly secretBytes: KernelGlobal;
  readonly recordStart: KernelGlobal;
  readonly position: KernelGlobal;
  readonly recordLines: KernelGlobal;
  readonly lines: KernelGlobal;
  readonly records: KernelGlobal;
  readonly withoutStack: KernelGlobal;
  readonly filtered: KernelGlobal;
  configure(countSamples: number, wholeFrames: number, strict: number): void;
  resetCounts(): void;
  moveTo(recordStart: number, position: number): void;
  restartAt(position: number): void;
  run(end: number): number;
  clearStacks(): void;
  stackTable(): number;
  stackSlots(): number;
}

/** What `run` answers when a record is for JavaScript to read; 0 asks for more input. */
export const KERNEL_ODD = 1;

export interface KernelCallbacks {
  resolveFrame(start: number, end: number): number;
  resolveHeader(
    start: number,
    end: number,
    timeStart: number,
    periodStart: number,
    periodEnd: number,
    eventStart: number,
    eventEnd: number,
  ): number;
  takeStacks(): void;
}

/** Built next to the compiled modules; also found when the sources are run directly. */
const PLACES = [join(__dirname, '../collapse.wasm'), join(__dirname, '../../../dist/trace/collapse.wasm')];

/** Compiles the kernel; undefined where it was not built: then everything goes the slower way. */
export function compileKernel(): KernelModule | undefined {
  const file = PLACES.find((place) => existsSync(place));
  return file === undefined ? undefined : new WebAssembly.Module(readFileSync(file));
}

/** A kernel of its own memory, with a secret for its hash that no input can know. */
export function startKernel(
  module: KernelModule,
  callbacks: KernelCallbacks,
  options: { readonly countSamples: boolean; readonly wholeFrames: boolean; readonly strict: boolean },
): KernelExports {
  const instance = new WebAssembly.Instance(module as WebAssembly.Module, { collapse: { ...callbacks } });
  const kernel = instance.exports as unknown as KernelExports;
  kernel.configure(Number(options.countSamples), Number(options.wholeFrames), Number(options.strict));
  randomFillSync(new Uint8Array(kernel.memory.buffer, kernel.secretStart.value, kernel.secretBytes.value));
  return kernel;
}

/** A sum as the kernel keeps it; see assembly/lib/stacks.ts. */
export interface KernelStack {
  readonly weight: bigint;
  readonly process: number;
  /** Innermost first. */
  readonly labels: Uint32Array;
}

/** The stacks of a kernel, in no particular order. The arrays are views: valid until the kernel runs again. */
export function* kernelStacks(kernel: KernelExports): Generator<KernelStack> {
  const { buffer } = kernel.memory;
  const table = new Uint32Array(buffer, kernel.stackTable(), 2 * kernel.stackSlots());
  for (let slot = 1; slot < table.length; slot += 2) {
    const entry = table[slot];
    if (entry === 0) continue;
    const [process, count] = new Uint32Array(buffer, entry + 8, 2);
    const [weight] = new BigUint64Array(buffer, entry, 1);
    yield { weight, process, labels: new Uint32Array(buffer, entry + 32, count) };
  }
}
