import { hexAddress } from './cursor';
import type { Machine, Mapping } from './machine';
import { MISC } from './records';
import type { Sample } from './sample';
import { CONTEXT, FIRST_CONTEXT_MARKER } from './sample';
import type { Located, Symbolizer } from './symbolizer';

/** Frames are remembered by address; a file with more distinct ones than this starts anew. */
const MAX_REMEMBERED = 2 ** 18;

/**
 * Turns addresses into the frames that `perf script` prints:
 *
 *   ffffffff821f4dab pv_native_safe_halt+0xb ([kernel.kallsyms])
 *              d54f7 __GI___getppid+0x7 (/usr/lib/x86_64-linux-gnu/libc.so.6)
 *   206120746f6e203a [unknown] ([unknown])
 */
export class FramePrinter {
  private kernelFrames = new Map<number, string>();
  private userFrames = new Map<Mapping, Map<number, string>>();
  private remembered = 0;

  constructor(
    private readonly machine: Machine,
    private readonly symbolizer: Symbolizer,
  ) {}

  /** Mappings whose symbols are to be loaded before the sample's frames can be printed. */
  unloaded(sample: Sample): Mapping[] {
    const mappings = new Set<Mapping>();
    forEachAddress(sample, (address, cpuMode) => {
      if (cpuMode !== MISC.USER || sample.pid === undefined) return;
      const mapping = this.machine.find(sample.pid, address);
      if (mapping !== undefined && this.symbolizer.needs(mapping)) mappings.add(mapping);
    });
    return [...mappings];
  }

  /** Frames of the call chain, innermost first, as `address symbol+offset (file)`. */
  chain(sample: Sample): string[] {
    const frames: string[] = [];
    forEachAddress(sample, (address, cpuMode, index) => {
      const odd = sample.oddAddresses?.get(index);
      frames.push(odd === undefined ? this.frame(sample, address, cpuMode, true) : `${odd.padStart(16)} ${UNKNOWN}`);
    });
    return frames;
  }

  /** The frame of a sample that has no call chain; its address is the one in memory. */
  single(sample: Sample): string | undefined {
    return sample.ip === undefined ? undefined : this.frame(sample, sample.ip, sample.cpuMode, false);
  }

  /** A kernel address as `%pS` prints it. */
  nameKernelAddress(address: number, withOffset: boolean): string | undefined {
    const located = this.locateKernel(address, this.machine.kernel.find(address));
    if (located === undefined) return undefined;
    return withOffset ? `${located.name}+0x${located.offset.toString(16)}` : located.name;
  }

  private frame(sample: Sample, address: number, cpuMode: number, inChain: boolean): string {
    const isKernel = cpuMode === MISC.KERNEL;
    const mapping = isKernel ? undefined : this.userMapping(sample, address, cpuMode);
    const frames = isKernel ? this.kernelFrames : mapping === undefined ? undefined : this.framesOf(mapping);
    const known = inChain ? frames?.get(address) : undefined;
    if (known !== undefined) return known;
    const text = isKernel ? this.kernelFrame(address) : this.userFrame(address, mapping, inChain);
    if (inChain && frames !== undefined) {
      if (++this.remembered > MAX_REMEMBERED) this.forget();
      frames.set(address, text);
    }
    return text;
  }

  private forget(): void {
    this.kernelFrames = new Map();
    this.userFrames = new Map();
    this.remembered = 0;
  }

  private framesOf(mapping: Mapping): Map<number, string> {
    let frames = this.userFrames.get(mapping);
    if (frames === undefined) {
      frames = new Map();
      this.userFrames.set(mapping, frames);
    }
    return frames;
  }

  private userMapping(sample: Sample, address: number, cpuMode: number): Mapping | undefined {
    return cpuMode === MISC.USER && sample.pid !== undefined ? this.machine.find(sample.pid, address) : undefined;
  }

  private kernelFrame(address: number): string {
    const mapping = this.machine.kernel.find(address);
    const file = mapping === undefined ? '[kernel.kallsyms]' : kernelFileName(mapping.file);
    return frameText(address, this.locateKernel(address, mapping), file);
  }

  private locateKernel(address: number, mapping: Mapping | undefined): Located | undefined {
    if (mapping === undefined) return this.symbolizer.findKernel(address, undefined);
    const module = moduleName(mapping.file);
    if (module !== undefined) return this.symbolizer.findKernel(address, module);
    // What the kernel made at run time is named by its record.
    return { name: mapping.file, offset: address - mapping.start };
  }

  private userFrame(address: number, mapping: Mapping | undefined, inChain: boolean): string {
    if (mapping === undefined) return `${hexAddress(address).padStart(16)} ${UNKNOWN}`;
    const shown = inChain && mapping.file.startsWith('/') && !isJitMap(mapping.file);
    const printed = shown ? address - mapping.start + mapping.pageOffset : address;
    return frameText(printed, this.symbolizer.findUser(mapping, address), mapping.file);
  }
}

/** An address in nothing that is mapped. */
const UNKNOWN = '[unknown] ([unknown])';

/** Calls for each address of a chain (or for the sample's own) with the mode it ran in. */
function forEachAddress(sample: Sample, onAddress: (address: number, cpuMode: number, index: number) => void): void {
  if (sample.callchain === undefined) {
    if (sample.ip !== undefined) onAddress(sample.ip, sample.cpuMode, 0);
    return;
  }
  let { cpuMode } = sample;
  for (let i = 0; i < sample.callchain.length; i++) {
    const address = sample.callchain[i];
    if (address < 0 && address >= FIRST_CONTEXT_MARKER) cpuMode = CONTEXT.get(address) ?? cpuMode;
    else onAddress(address, cpuMode, i);
  }
}

function frameText(address: number, located: Located | undefined, file: string): string {
  const symbol = located === undefined ? '[unknown]' : `${located.name}+0x${located.offset.toString(16)}`;
  return `${hexAddress(address).padStart(16)} ${symbol} (${file})`;
}

function isJitMap(file: string): boolean {
  return /^\/tmp\/perf-\d+\.map$/.test(file);
}

/** `/lib/modules/6.1.0/kernel/drivers/net/vxlan/vxlan.ko.xz` → `vxlan`; `[vxlan]` → `vxlan`. */
function moduleName(file: string): string | undefined {
  const match = /(?:^|\/)([^/]+)\.ko(?:\.\w+)?$/.exec(file) ?? /^\[([^\]]+)\]$/.exec(file);
  return match?.[1].replaceAll('-', '_');
}

function kernelFileName(file: string): string {
  const module = moduleName(file);
  return module === undefined ? file : `[${module}]`;
}
