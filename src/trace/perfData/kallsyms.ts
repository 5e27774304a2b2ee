import { readFile } from 'node:fs/promises';
import { InputError } from '../../core';
import type { SymbolEntry } from './symbolTable';
import { SymbolTable, chooseLater } from './symbolTable';

/** Symbols of a kernel and of its modules. */
export interface KernelSymbols {
  /** The kernel itself, and what the kernel made at run time (BPF, ftrace trampolines). */
  readonly core: SymbolTable;
  /** By module name, as in brackets. */
  readonly modules: ReadonlyMap<string, SymbolTable>;
  /** Address of a core symbol by name; undefined if there is none. */
  addressOf(name: string): number | undefined;
  /** How far the kernel ran from where the symbols say (KASLR); symbols have been shifted by it. */
  readonly shift: number;
}

/** `_text` at run time, from the kernel's mmap record. */
export interface Relocation {
  readonly name: string;
  readonly address: number;
}

//   ffffffff81000000 T _stext
//   ffffffffc0401000 t overlay_exit	[overlay]
const LINE = /^([0-9a-fA-F]{8,16}) ([a-zA-Z?]) (\S+)(?:\s+\[(.+)\])?$/;

/** Letters of nm for what perf takes as symbols: text, weak, and data, which ends the text before it. */
const KEPT = new Set('TtWwDdBb');

/**
 * Reads /proc/kallsyms or a System.map.
 * @param relocation where the kernel ran: shifts the symbols of a System.map, which knows nothing of KASLR
 * @throws InputError if the file cannot be read, has no symbols, or only zeros (read without privilege)
 */
export async function readKernelSymbols(file: string, relocation?: Relocation): Promise<KernelSymbols> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InputError({ file }, error.code === 'ENOENT' ? 'no such file' : error.message);
  });
  return parseKernelSymbols(text, file, relocation);
}

export function parseKernelSymbols(text: string, file: string, relocation?: Relocation): KernelSymbols {
  const core: SymbolEntry[] = [];
  const modules = new Map<string, SymbolEntry[]>();
  let nonZero = false;
  for (const line of text.split('\n')) {
    const match = LINE.exec(line);
    if (match === null || !KEPT.has(match[2])) continue;
    const start = signedAddress(match[1]);
    if (start !== 0) nonZero = true;
    const entry: SymbolEntry = { start, size: 0, name: match[3], binding: bindingOf(match[2]) };
    const module = match[4];
    if (module === undefined || module.startsWith('__builtin')) core.push(entry);
    else {
      const entries = modules.get(module);
      if (entries === undefined) modules.set(module, [entry]);
      else entries.push(entry);
    }
  }
  if (core.length === 0) {
    throw InputError.expected({ file }, 'lines of kallsyms or System.map (address type name)', 'none');
  }
  if (!nonZero) {
    throw new InputError({ file }, 'all addresses are 0: kallsyms was read without privilege (kernel.kptr_restrict)');
  }
  const addresses = new Map(core.map((entry) => [entry.name, entry.start]));
  const reference = relocation === undefined ? undefined : addresses.get(relocation.name);
  const shift = relocation === undefined || reference === undefined ? 0 : relocation.address - reference;
  return {
    core: new SymbolTable(
      shift === 0 ? core : core.map((entry) => ({ ...entry, start: entry.start + shift })),
      chooseLater,
    ),
    modules: new Map([...modules].map(([name, entries]) => [name, new SymbolTable(entries, chooseLater)])),
    addressOf: (name) => addresses.get(name),
    shift,
  };
}

/** Hexadecimal digits as the signed number that `Cursor.i64` makes of the same bits. */
function signedAddress(hex: string): number {
  if (hex.length <= 13) return Number.parseInt(hex, 16);
  return Number(BigInt.asIntN(64, BigInt(`0x${hex}`)));
}

function bindingOf(type: string): SymbolEntry['binding'] {
  if (type === 'W') return 'weak';
  return type === type.toUpperCase() ? 'global' : 'local';
}
