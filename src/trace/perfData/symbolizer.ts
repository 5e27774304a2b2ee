import { readFile } from 'node:fs/promises';
import { homedir, release } from 'node:os';
import { join } from 'node:path';
import { buildIdInNotes } from './buildId';
import type { ElfSymbols, Segment } from './elf';
import { addressAt, readElf } from './elf';
import type { KernelSymbols } from './kallsyms';
import { readKernelSymbols } from './kallsyms';
import type { Mapping } from './machine';
import type { SymbolEntry } from './symbolTable';
import { SymbolTable, chooseLater } from './symbolTable';

export interface SymbolOptions {
  /** /proc/kallsyms of the recorded machine, or its System.map. Default: this machine's, if it runs the same kernel. */
  readonly kallsyms?: string;
  /** Folder that stands for the root of the recorded machine. Default `/`. */
  readonly symfs?: string;
  /** Read ELF files and /tmp/perf-PID.map for names. Default true. */
  readonly userSymbols?: boolean;
}

/** A function and how far into it. */
export interface Located {
  readonly name: string;
  readonly offset: number;
}

/** Symbols of a mapped file, and how to get from offsets in the file to addresses. */
interface FileSymbols {
  readonly table: SymbolTable;
  readonly segments: readonly Segment[] | undefined;
}

/** What a recording says of the kernel it was made on. */
export interface RecordedKernel {
  readonly buildId: string | undefined;
  readonly release: string | undefined;
  readonly textAddress: { readonly name: string; readonly address: number } | undefined;
}

const KERNEL_NOTES = '/sys/kernel/notes';
const KERNEL_SYMBOLS = '/proc/kallsyms';

/** Finds functions by address, from what files are at hand. Each file is read once. */
export class Symbolizer {
  /** Files whose symbols were wanted and not found, or were of another build. */
  readonly unresolved = new Map<string, 'missing' | 'other build'>();
  kernel: KernelSymbols | undefined;
  /** Whether any function of the kernel was looked for. */
  kernelWanted = false;
  private readonly files = new Map<string, FileSymbols | undefined>();

  constructor(private readonly options: SymbolOptions) {}

  /**
   * Loads the kernel's symbols: those given, or this machine's if it is the same kernel.
   * @throws InputError if a given file cannot be used
   */
  async loadKernel(recorded: RecordedKernel): Promise<void> {
    const { textAddress } = recorded;
    if (this.options.kallsyms !== undefined) {
      this.kernel = await readKernelSymbols(this.options.kallsyms, textAddress);
      return;
    }
    if (!(await isThisKernel(recorded))) return;
    const symbols = await readKernelSymbols(KERNEL_SYMBOLS).catch(() => undefined);
    // The same kernel after another boot sits elsewhere: then its modules' addresses would be wrong.
    const here = textAddress === undefined ? undefined : symbols?.addressOf(textAddress.name);
    if (here === textAddress?.address) this.kernel = symbols;
  }

  /** A function of the kernel or of a module, with the module's name if there is one. */
  findKernel(address: number, module: string | undefined): Located | undefined {
    this.kernelWanted = true;
    const table = module === undefined ? this.kernel?.core : this.kernel?.modules.get(module);
    return locate(table, address);
  }

  /** Makes sure that a mapped file's symbols are loaded; then `findUser` needs no waiting. */
  needs(mapping: Mapping): boolean {
    return this.options.userSymbols !== false && !this.files.has(mapping.file);
  }

  async load(mapping: Mapping): Promise<void> {
    const { file, buildId } = mapping;
    if (/^\/tmp\/perf-\d+\.map$/.test(file)) this.files.set(file, await readJitMap(this.inRoot(file)));
    else this.files.set(file, file.startsWith('/') ? await this.loadElf(file, buildId) : undefined);
    if (this.files.get(file) === undefined && !this.unresolved.has(file)) this.unresolved.set(file, 'missing');
  }

  findUser(mapping: Mapping, address: number): Located | undefined {
    const symbols = this.files.get(mapping.file);
    if (symbols === undefined) return undefined;
    if (symbols.segments === undefined) return locate(symbols.table, address);
    return locate(symbols.table, addressAt(address - mapping.start + mapping.pageOffset, symbols.segments));
  }

  private inRoot(file: string): string {
    return this.options.symfs === undefined ? file : join(this.options.symfs, file);
  }

  /** The file itself, and the debug file of the same build if the file itself was stripped. */
  private async loadElf(file: string, buildId: string | undefined): Promise<FileSymbols | undefined> {
    let own = await readElf(this.inRoot(file));
    if (own !== undefined && buildId !== undefined && own.buildId !== undefined && own.buildId !== buildId) {
      this.unresolved.set(file, 'other build');
      own = undefined;
    }
    const wanted = buildId ?? own?.buildId;
    if (own?.full === true) return { table: own.symbols, segments: own.segments };
    const debug = await this.firstOf(this.debugFiles(file, wanted), wanted);
    const symbols = debug ?? own;
    return symbols === undefined ? undefined : { table: symbols.symbols, segments: (own ?? symbols).segments };
  }

  private debugFiles(file: string, buildId: string | undefined): string[] {
    const files = [`/usr/lib/debug${file}.debug`, `/usr/lib/debug${file}`].map((path) => this.inRoot(path));
    if (buildId === undefined) return files;
    const [head, tail] = [buildId.slice(0, 2), buildId.slice(2)];
    // What `perf record` on this machine put aside; of no use for the files of another.
    const cache = this.options.symfs === undefined ? [join(homedir(), '.debug/.build-id', head, tail, 'elf')] : [];
    return [this.inRoot(`/usr/lib/debug/.build-id/${head}/${tail}.debug`), ...cache, ...files];
  }

  private async firstOf(paths: readonly string[], buildId: string | undefined): Promise<ElfSymbols | undefined> {
    for (const path of paths) {
      const elf = await readElf(path);
      if (elf !== undefined && elf.full && (buildId === undefined || elf.buildId === buildId)) return elf;
    }
    return undefined;
  }
}

/** By build id; a compressed or unfinished recording has none, so then by release (and later by address). */
async function isThisKernel(recorded: RecordedKernel): Promise<boolean> {
  if (recorded.buildId === undefined) return recorded.release === release() && recorded.textAddress !== undefined;
  const notes = await readFile(KERNEL_NOTES).catch(() => undefined);
  return notes !== undefined && buildIdInNotes(notes, true) === recorded.buildId;
}

function locate(table: SymbolTable | undefined, address: number): Located | undefined {
  const index = table === undefined ? -1 : table.find(address);
  return index < 0 ? undefined : { name: table!.name(index), offset: address - table!.start(index) };
}

//   7f1c3a0012c0 60 LazyCompile:~tick /srv/app.js:12
const JIT_LINE = /^(?:0x)?([0-9a-f]+)\s+(?:0x)?([0-9a-f]+)\s+(.+)$/i;

/** What a just-in-time compiler says of its code (tools/perf/Documentation/jit-interface.txt). */
async function readJitMap(path: string): Promise<FileSymbols | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const entries: SymbolEntry[] = [];
  for (const line of text.split('\n')) {
    const match = JIT_LINE.exec(line);
    if (match === null) continue;
    const [start, size] = [Number.parseInt(match[1], 16), Number.parseInt(match[2], 16)];
    entries.push({ start, size, name: match[3].trim(), binding: 'global' });
  }
  return { table: new SymbolTable(entries, chooseLater), segments: undefined };
}
