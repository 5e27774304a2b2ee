import { open } from 'node:fs/promises';
import { Cursor, ShortRead, textOf } from './cursor';
import { buildIdInNotes } from './buildId';
import { readPlt } from './elfPlt';
import type { SymbolEntry } from './symbolTable';
import { SymbolTable, chooseBetter } from './symbolTable';

/** Functions of an ELF file, by their addresses in it. */
export interface ElfSymbols {
  readonly symbols: SymbolTable;
  /** What is loaded from where in the file. Only of use if the file is not a debug file, which lacks the contents. */
  readonly segments: readonly Segment[];
  readonly buildId: string | undefined;
  /** Whether it has a full symbol table, not only the names for dynamic linking. */
  readonly full: boolean;
}

/** Symbol tables of browsers reach 100 MB; what is larger than this is damage. */
const MAX_SECTION_BYTES = 512 * 2 ** 20;
const MAX_SECTIONS = 65_536;

const SECTION = { SYMTAB: 2, NOTE: 7, DYNSYM: 11 } as const;
const SYMBOL = { NOTYPE: 0, FUNC: 2, GNU_IFUNC: 10 } as const;
const SHN_UNDEF = 0;
const SHN_ABS = 0xfff1;
const LOADABLE = 1;
const SHF_EXECINSTR = 4;

export interface Section {
  readonly name: number;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

export interface Segment {
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** A file opened for reading pieces of it. */
export interface Pieces {
  read(offset: number, length: number): Promise<Uint8Array>;
}

/**
 * Reads the function symbols of an ELF file: `.symtab`, or `.dynsym` where it was stripped.
 * @returns undefined if the file is missing, no ELF, or damaged
 */
export async function readElf(path: string): Promise<ElfSymbols | undefined> {
  const handle = await open(path, 'r').catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    return await parseElf({
      async read(offset, length) {
        if (length > MAX_SECTION_BYTES) throw new ShortRead();
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, offset);
        if (bytesRead < length) throw new ShortRead();
        return buffer;
      },
    });
  } catch (error) {
    if (error instanceof ShortRead || (error as NodeJS.ErrnoException).code !== undefined) return undefined;
    throw error;
  } finally {
    await handle.close();
  }
}

async function parseElf(file: Pieces): Promise<ElfSymbols | undefined> {
  const ident = await file.read(0, 64);
  if (Buffer.from(ident.subarray(0, 4)).toString('latin1') !== '\u007fELF') return undefined;
  const wide = ident[4] === 2;
  const little = ident[5] === 1;
  const { segments, sections } = await readTables(file, ident, wide, little);
  const of = (type: number) => sections.find((section) => section.type === type && section.size > 0);
  const table = of(SECTION.SYMTAB) ?? of(SECTION.DYNSYM);
  const entries = table === undefined ? [] : await readSymbols(file, table, sections, wide, little);
  const stubs = wide ? await readPlt(file, ident, sections, little) : [];
  return {
    symbols: new SymbolTable(entries.concat(stubs), chooseBetter),
    segments,
    buildId: await findBuildId(file, sections, little),
    full: of(SECTION.SYMTAB) !== undefined,
  };
}

async function readTables(file: Pieces, ident: Uint8Array, wide: boolean, little: boolean) {
  const c = new Cursor(ident, little, wide ? 32 : 28);
  const word = (cursor: Cursor) => (wide ? cursor.u64() : cursor.u32());
  const segmentsAt = word(c);
  const sectionsAt = word(c);
  c.skip(4 + 2); // flags, size of this header
  const [segmentSize, numSegments, sectionSize, numSections] = [c.u16(), c.u16(), c.u16(), c.u16()];
  if (numSections > MAX_SECTIONS) throw new ShortRead();
  const segments: Segment[] = [];
  const heads = new Cursor(await file.read(segmentsAt, segmentSize * numSegments), little);
  for (let i = 0; i < numSegments; i++) {
    heads.at = i * segmentSize;
    const type = heads.u32();
    if (wide) heads.skip(4); // flags
    const [offset, address] = [word(heads), word(heads)];
    word(heads); // physical address
    const size = word(heads);
    if (type === LOADABLE) segments.push({ offset, address, size });
  }
  const sections: Section[] = [];
  const rows = new Cursor(await file.read(sectionsAt, sectionSize * numSections), little);
  for (let i = 0; i < numSections; i++) {
    rows.at = i * sectionSize;
    const [name, type] = [rows.u32(), rows.u32()];
    const [flags, address, offset, size] = [word(rows), word(rows), word(rows), word(rows)];
    sections.push({ name, type, flags, address, offset, size, link: rows.u32() });
  }
  return { segments, sections };
}

async function readSymbols(
  file: Pieces,
  table: Section,
  sections: readonly Section[],
  wide: boolean,
  little: boolean,
): Promise<SymbolEntry[]> {
  const strings = sections[table.link];
  if (strings === undefined) throw new ShortRead();
  const names = await file.read(strings.offset, strings.size);
  const bytes = await file.read(table.offset, table.size);
  const entrySize = wide ? 24 : 16;
  const entries: SymbolEntry[] = [];
  const c = new Cursor(bytes, little);
  for (let at = 0; at + entrySize <= bytes.length; at += entrySize) {
    c.at = at;
    const nameAt = c.u32();
    const [value32, size32] = wide ? [0, 0] : [c.u32(), c.u32()];
    const [info, other, section] = [c.u8(), c.u8(), c.u16()];
    const [value, size] = wide ? [c.u64(), c.u64()] : [value32, size32];
    if (!isFunction(info & 15, other, section, sections) || nameAt >= names.length) continue;
    const name = textOf(names.subarray(nameAt, nameAt + 65_536));
    const binding = info >> 4 === 0 ? 'local' : info >> 4 === 2 ? 'weak' : 'global';
    if (name !== '') entries.push({ start: value, size, name, binding });
  }
  return entries;
}

/** Functions, and labels of assembler code that are not hidden. */
function isFunction(type: number, other: number, section: number, sections: readonly Section[]): boolean {
  if (section === SHN_UNDEF) return false;
  if (type === SYMBOL.FUNC || type === SYMBOL.GNU_IFUNC) return true;
  const hidden = (other & 3) === 1 || (other & 3) === 2;
  if (type !== SYMBOL.NOTYPE || section === SHN_ABS || hidden) return false;
  return ((sections[section]?.flags ?? 0) & SHF_EXECINSTR) !== 0;
}

/** Mappings speak of places in the file, symbols of addresses: translates the one into the other. */
export function addressAt(offset: number, segments: readonly Segment[]): number {
  const segment = segments.find((s) => offset >= s.offset && offset < s.offset + s.size);
  return segment === undefined ? offset : offset - segment.offset + segment.address;
}

async function findBuildId(file: Pieces, sections: readonly Section[], little: boolean): Promise<string | undefined> {
  for (const section of sections) {
    if (section.type !== SECTION.NOTE || section.size > 65_536) continue;
    const id = buildIdInNotes(await file.read(section.offset, section.size), little);
    if (id !== undefined) return id;
  }
  return undefined;
}
