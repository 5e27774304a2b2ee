import { Cursor } from './cursor';

/** A field of a tracepoint's record, as its format file describes it. */
export interface FormatField {
  readonly name: string;
  readonly type: string;
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
  /** `char comm[16]`, as opposed to one value. */
  readonly isArray: boolean;
  /** `__data_loc`: the field holds place and size of data at the end; `__rel_loc`: counted from the field's end. */
  readonly dynamic: 'data_loc' | 'rel_loc' | undefined;
}

/** One file `events/SYSTEM/NAME/format` of tracefs. */
export interface TracepointFormat {
  readonly id: number;
  readonly system: string;
  readonly name: string;
  readonly fields: ReadonlyMap<string, FormatField>;
  /** The C arguments of the kernel's printk for it: a format and expressions. */
  readonly printFormat: string;
}

export interface TracepointFormats {
  readonly byId: Map<number, TracepointFormat>;
  readonly longSize: number;
}

const MAGIC = Uint8Array.of(0x17, 0x08, 0x44, 0x74, 0x72, 0x61, 0x63, 0x69, 0x6e, 0x67); // …"tracing"

/**
 * The tracing data of a perf.data file: a copy of what tracefs says of the events that were recorded.
 * Magic, version, byte order, size of long, page size; header_page and header_event; ftrace's own formats; then
 * for each system its formats. What follows (kallsyms, printk formats, command names) perf leaves empty.
 * @throws ShortRead if it ends early
 */
export function readTracingData(bytes: Uint8Array): TracepointFormats {
  const head = new Cursor(bytes, true);
  const formats: TracepointFormats = { byId: new Map(), longSize: 8 };
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) return formats;
  head.skip(MAGIC.length);
  head.textToNul(); // version, e.g. "0.6"
  const c = new Cursor(bytes, head.u8() === 0, head.at);
  const longSize = c.u8();
  c.skip(4); // page size
  for (let i = 0; i < 2; i++) {
    c.textToNul(); // "header_page", "header_event"
    c.skip(c.u64());
  }
  for (let left = c.u32(); left > 0; left--) c.skip(c.u64());
  for (let systems = c.u32(); systems > 0; systems--) {
    const system = c.textToNul();
    for (let left = c.u32(); left > 0; left--) {
      const format = parseFormat(system, Buffer.from(c.slice(c.u64())).toString('utf8'));
      if (format !== undefined) formats.byId.set(format.id, format);
    }
  }
  return { ...formats, longSize };
}

//   name: netif_receive_skb
//   ID: 2303
//   format:
//           field:__data_loc char[] name;   offset:20;      size:4; signed:0;
//
//   print fmt: "dev=%s skbaddr=%p len=%u", __get_str(name), REC->skbaddr, REC->len
const FIELD = /^\s*field:([^;]*);\s*offset:(\d+);\s*size:(\d+);(?:\s*signed:(\d+);)?/;

/** Parses a format file of tracefs; undefined if it lacks a name or an id. */
export function parseFormat(system: string, text: string): TracepointFormat | undefined {
  let [name, printFormat] = ['', ''];
  let id: number | undefined;
  const fields = new Map<string, FormatField>();
  for (const line of text.split('\n')) {
    const match = FIELD.exec(line);
    if (match !== null) {
      const field = parseField(match[1], Number(match[2]), Number(match[3]), match[4] === '1');
      fields.set(field.name, field);
    } else if (line.startsWith('name: ')) name = line.slice(6).trim();
    else if (line.startsWith('ID: ')) id = Number(line.slice(4));
    else if (line.startsWith('print fmt: ')) printFormat = line.slice(11);
  }
  if (name === '' || id === undefined || !Number.isInteger(id)) return undefined;
  return { id, system, name, fields, printFormat };
}

/** `unsigned char saddr[4]`, `__data_loc char[] name`, `void * skbaddr`. */
function parseField(declaration: string, offset: number, size: number, signed: boolean): FormatField {
  const dynamic = declaration.startsWith('__data_loc ')
    ? 'data_loc'
    : declaration.startsWith('__rel_loc ')
      ? 'rel_loc'
      : undefined;
  const match = /^(.*?)(\w+)\s*(\[[^\]]*\])?$/.exec(declaration.trim());
  const [type, name, array] = match === null ? ['', declaration.trim(), undefined] : [match[1], match[2], match[3]];
  return { name, type: type.trim(), offset, size, signed, isArray: array !== undefined || type.includes('['), dynamic };
}
