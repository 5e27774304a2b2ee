/** Writes small perf.data files of either byte order, for what no recording of ours has. */
export class Bytes {
  private readonly parts: number[] = [];

  constructor(readonly littleEndian: boolean) {}

  int(value: number | bigint, size: number): this {
    let rest = BigInt.asUintN(size * 8, BigInt(value));
    const bytes: number[] = [];
    for (let i = 0; i < size; i++) {
      bytes.push(Number(rest & 255n));
      rest >>= 8n;
    }
    this.parts.push(...(this.littleEndian ? bytes : bytes.reverse()));
    return this;
  }

  u16(value: number): this {
    return this.int(value, 2);
  }

  u32(value: number): this {
    return this.int(value, 4);
  }

  u64(value: number | bigint): this {
    return this.int(value, 8);
  }

  bytes(bytes: Iterable<number>): this {
    for (const byte of bytes) this.parts.push(byte);
    return this;
  }

  /** NUL-terminated and padded to a multiple of 8. */
  text(text: string): this {
    const bytes = [...Buffer.from(text), 0];
    while (bytes.length % 8 !== 0) bytes.push(0);
    return this.bytes(bytes);
  }

  get length(): number {
    return this.parts.length;
  }

  done(): Buffer {
    return Buffer.from(this.parts);
  }
}

export interface BuiltEvent {
  readonly type: number;
  readonly config: number;
  readonly sampleType: number;
  readonly ids: readonly number[];
  readonly sampleIdAll?: boolean;
  readonly period?: number;
  readonly readFormat?: number;
}

export interface Built {
  readonly littleEndian?: boolean;
  readonly events: readonly BuiltEvent[];
  /** Whole records, header included. */
  readonly records: readonly Uint8Array[];
  readonly features?: ReadonlyMap<number, Uint8Array>;
  /** Size 0 and no features, as when the recorder was killed. */
  readonly unfinished?: boolean;
}

const ATTR_BYTES = 128;
const HEADER_BYTES = 104;

export function attr(event: BuiltEvent, le: boolean): Buffer {
  const bytes = new Bytes(le)
    .u32(event.type)
    .u32(ATTR_BYTES)
    .u64(event.config)
    .u64(event.period ?? 1);
  bytes.u64(event.sampleType).u64(event.readFormat ?? 0);
  // Bit fields begin at the other end on big-endian machines.
  const bit = event.sampleIdAll === false ? 0n : le ? 1n << 18n : 1n << (63n - 18n);
  bytes.u64(bit);
  return Buffer.concat([bytes.done(), Buffer.alloc(ATTR_BYTES - bytes.length)]);
}

export function record(le: boolean, type: number, misc: number, body: (bytes: Bytes) => void): Buffer {
  const bytes = new Bytes(le);
  body(bytes);
  const content = bytes.done();
  return Buffer.concat([
    new Bytes(le)
      .u32(type)
      .u16(misc)
      .u16(8 + content.length)
      .done(),
    content,
  ]);
}

export function buildPerfData(built: Built): Buffer {
  const le = built.littleEndian ?? true;
  const ids: Buffer[] = [];
  let idsAt = HEADER_BYTES;
  const attrs: Buffer[] = [];
  for (const event of built.events) {
    const own = new Bytes(le);
    for (const id of event.ids) own.u64(id);
    attrs.push(Buffer.concat([attr(event, le), new Bytes(le).u64(idsAt).u64(own.length).done()]));
    ids.push(own.done());
    idsAt += own.length;
  }
  const attrBytes = Buffer.concat(attrs);
  const data = Buffer.concat(built.records);
  const dataAt = idsAt + attrBytes.length;
  const features = [...(built.features ?? new Map<number, Uint8Array>())].sort(([a], [b]) => a - b);
  let flags = 0n;
  for (const [bit] of features) flags |= 1n << BigInt(bit);
  const header = new Bytes(le)
    .bytes(Buffer.from(le ? 'PERFILE2' : '2ELIFREP'))
    .u64(HEADER_BYTES)
    .u64(ATTR_BYTES + 16);
  header.u64(idsAt).u64(attrBytes.length);
  header.u64(dataAt).u64(built.unfinished === true ? 0 : data.length);
  header.u64(0).u64(0).u64(flags).u64(0).u64(0).u64(0);
  const sections = new Bytes(le);
  let at = dataAt + data.length + features.length * 16;
  for (const [, bytes] of features) {
    sections.u64(at).u64(bytes.length);
    at += bytes.length;
  }
  const tail = built.unfinished === true ? [] : [sections.done(), ...features.map(([, bytes]) => bytes)];
  return Buffer.concat([header.done(), ...ids, attrBytes, data, ...tail]);
}
