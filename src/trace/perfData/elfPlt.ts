import { Cursor, textOf } from './cursor';
import type { Pieces, Section } from './elf';
import type { SymbolEntry } from './symbolTable';

const MACHINE = { X86_64: 62, AARCH64: 183 } as const;
const DYNSYM = 11;
const SLOT_BYTES = 16;
const RELOCATION_BYTES = 24;
const SYMBOL_BYTES = 24;

/** Size of the slots before the first function's, by machine. */
const HEADER_BYTES: ReadonlyMap<number, number> = new Map([
  [MACHINE.X86_64, 16],
  [MACHINE.AARCH64, 32],
]);

/**
 * Names the stubs through which a program calls its libraries, `free@plt`: no symbol table has them. The n-th
 * relocation of `.rela.plt` belongs to the n-th slot of `.plt`, or of `.plt.sec` where there is one.
 */
export async function readPlt(
  file: Pieces,
  ident: Uint8Array,
  sections: readonly Section[],
  little: boolean,
): Promise<SymbolEntry[]> {
  const header = HEADER_BYTES.get(new Cursor(ident, little, 18).u16());
  const named = await byName(file, ident, sections, little);
  const relocations = named.get('.rela.plt');
  const slots = named.get('.plt.sec') ?? named.get('.plt');
  const symbols = sections.find((section) => section.type === DYNSYM);
  const strings = symbols === undefined ? undefined : sections[symbols.link];
  if (header === undefined || relocations === undefined || slots === undefined) return [];
  if (symbols === undefined || strings === undefined) return [];
  const first = named.has('.plt.sec') ? slots.address : slots.address + header;
  const names = await file.read(strings.offset, strings.size);
  const table = new Cursor(await file.read(symbols.offset, symbols.size), little);
  const rows = new Cursor(await file.read(relocations.offset, relocations.size), little);
  const entries: SymbolEntry[] = [];
  for (let i = 0; rows.left >= RELOCATION_BYTES; i++) {
    rows.skip(8); // where the address is put
    rows.skip(little ? 4 : 0);
    const index = rows.u32();
    rows.skip(little ? 8 : 12);
    const start = first + i * SLOT_BYTES;
    if (start + SLOT_BYTES > slots.address + slots.size || (index + 1) * SYMBOL_BYTES > table.bytes.length) continue;
    table.at = index * SYMBOL_BYTES;
    const name = textOf(names.subarray(table.u32()));
    if (name !== '') entries.push({ start, size: SLOT_BYTES, name: `${name}@plt`, binding: 'global' });
  }
  return entries;
}

async function byName(
  file: Pieces,
  ident: Uint8Array,
  sections: readonly Section[],
  little: boolean,
): Promise<Map<string, Section>> {
  const SECTION_NAMES_INDEX_AT = 62;
  const strings = sections[new Cursor(ident, little, SECTION_NAMES_INDEX_AT).u16()];
  if (strings === undefined) return new Map();
  const names = await file.read(strings.offset, strings.size);
  return new Map(sections.map((section) => [textOf(names.subarray(section.name, section.name + 64)), section]));
}
