import { InputError } from '../../core';
import { MIN_ATTR_SIZE, defaultEventName, readAttr } from './attr';
import { Cursor, ShortRead } from './cursor';
import { FEATURE, describeFeature, readBuildIds, readEventDescriptions } from './features';
import type { EventDescription } from './features';
import { EventIndex } from './sample';
import type { Storage } from './storage';
import type { TracepointFormats } from './tracingData';
import { readTracingData } from './tracingData';

const MAGIC_LITTLE = 'PERFILE2';
const MAGIC_BIG = '2ELIFREP';
const FILE_HEADER_BYTES = 104;
export const PIPE_HEADER_BYTES = 16;

/** No header section is larger, but one in a damaged file may claim to be. */
const MAX_SECTION_BYTES = 256 * 2 ** 20;

/** What reading the records needs to know. In pipe mode it is filled by the records themselves. */
export interface Recording {
  readonly file: string;
  readonly littleEndian: boolean;
  readonly pipe: boolean;
  readonly dataStart: number;
  readonly dataEnd: number;
  readonly events: EventIndex;
  readonly metadata: Map<string, string>;
  /** Build id in hexadecimal by file name. */
  readonly buildIds: Map<string, string>;
  tracepoints: TracepointFormats | undefined;
}

/** What the first 8 bytes say: byte order, or undefined if this is no perf.data. */
export function byteOrder(head: Uint8Array): 'little' | 'big' | undefined {
  const magic = Buffer.from(head.buffer, head.byteOffset, Math.min(8, head.length)).toString('latin1');
  return magic === MAGIC_LITTLE ? 'little' : magic === MAGIC_BIG ? 'big' : undefined;
}

/**
 * Reads the header of a perf.data file, its attributes and features.
 * @throws InputError if the header is damaged or cut short
 */
export async function readHeader(storage: Storage, file: string): Promise<Recording> {
  const head = await storage.read(0, FILE_HEADER_BYTES);
  const order = byteOrder(head);
  if (order === undefined || head.length < PIPE_HEADER_BYTES) {
    throw InputError.expected({ file, byte: 0 }, 'a perf.data header (magic PERFILE2)', `${head.length} other bytes`);
  }
  const littleEndian = order === 'little';
  const c = new Cursor(head, littleEndian, 8);
  const headerSize = c.u64();
  const common = {
    file,
    littleEndian,
    events: new EventIndex(),
    metadata: new Map<string, string>(),
    buildIds: new Map<string, string>(),
    tracepoints: undefined,
  };
  if (headerSize === PIPE_HEADER_BYTES) {
    return { ...common, pipe: true, dataStart: PIPE_HEADER_BYTES, dataEnd: storage.size };
  }
  if (headerSize !== FILE_HEADER_BYTES || head.length < FILE_HEADER_BYTES) {
    throw InputError.expected(
      { file, byte: 8 },
      `a perf.data header of ${FILE_HEADER_BYTES} bytes`,
      `one of ${headerSize}`,
    );
  }
  const attrSize = c.u64();
  const attrs = readSection(c);
  const data = readSection(c);
  c.skip(16); // event types: obsolete
  const features = featureBits(c);
  // A recording that was not ended properly has size 0 and no features.
  const dataEnd = data.size === 0 ? storage.size : Math.min(storage.size, data.offset + data.size);
  const recording: Recording = { ...common, pipe: false, dataStart: data.offset, dataEnd };
  await readAttrs(storage, recording, attrs, attrSize);
  if (data.size > 0) await readFeatures(storage, recording, data.offset + data.size, features);
  return recording;
}

interface Section {
  readonly offset: number;
  readonly size: number;
}

function readSection(c: Cursor): Section {
  return { offset: c.u64(), size: c.u64() };
}

/** 256 bits, written as words of 64; in a file of the other byte order they were swapped word by word. */
function featureBits(c: Cursor): number[] {
  const bits: number[] = [];
  for (let word = 0; word < 4; word++) {
    const value = c.key();
    for (let bit = 0; bit < 64; bit++) if ((value >> BigInt(bit)) & 1n) bits.push(word * 64 + bit);
  }
  return bits;
}

async function readAttrs(storage: Storage, recording: Recording, attrs: Section, attrSize: number): Promise<void> {
  const place = { file: recording.file, byte: attrs.offset };
  if (attrSize < MIN_ATTR_SIZE + 16 || attrSize > 4096 || attrs.size > MAX_SECTION_BYTES) {
    throw InputError.expected(place, 'attributes of 80 to 4096 bytes', `${attrs.size} bytes of ${attrSize} each`);
  }
  const c = new Cursor(await storage.read(attrs.offset, attrs.size), recording.littleEndian);
  for (let left = Math.floor(attrs.size / attrSize); left > 0; left--) {
    try {
      const attr = readAttr(c, attrSize - 16);
      const section = readSection(c);
      const ids = new Cursor(await sectionBytes(storage, section), recording.littleEndian);
      const event = { attr, name: defaultEventName(attr), ids: new Set<bigint>() };
      while (ids.left >= 8) event.ids.add(ids.key());
      recording.events.add(event);
    } catch (error) {
      if (!(error instanceof ShortRead)) throw error;
      throw InputError.expected(place, `${attrs.size} bytes of attributes`, `the end of the file`);
    }
  }
  if (recording.events.events.length === 0) throw InputError.expected(place, 'at least one event', 'none');
}

async function sectionBytes(storage: Storage, section: Section): Promise<Uint8Array> {
  if (section.size > MAX_SECTION_BYTES) throw new ShortRead();
  const bytes = await storage.read(section.offset, section.size);
  if (bytes.length < section.size) throw new ShortRead();
  return bytes;
}

/** Features stand behind the data, their places in the order of their bits. What is damaged is left out. */
async function readFeatures(storage: Storage, recording: Recording, at: number, bits: number[]): Promise<void> {
  const places = new Cursor(await storage.read(at, bits.length * 16), recording.littleEndian);
  for (const bit of bits) {
    try {
      const section = readSection(places);
      applyFeature(recording, bit, new Cursor(await sectionBytes(storage, section), recording.littleEndian));
    } catch (error) {
      if (!(error instanceof ShortRead)) throw error;
      recording.metadata.set(
        'damaged features',
        [recording.metadata.get('damaged features'), bit].filter(Boolean).join(' '),
      );
    }
  }
}

/** Takes in one feature, from its section or from a PERF_RECORD_HEADER_FEATURE. */
export function applyFeature(recording: Recording, bit: number, c: Cursor): void {
  if (bit === FEATURE.TRACING_DATA) recording.tracepoints = readTracingData(c.slice(c.left));
  else if (bit === FEATURE.BUILD_ID) readBuildIds(c, recording.buildIds);
  else if (bit === FEATURE.EVENT_DESC) nameEvents(recording.events, readEventDescriptions(c));
  else describeFeature(bit, c, recording.metadata);
}

/** Descriptions come in the order of the attributes, and with the same ids. */
function nameEvents(index: EventIndex, descriptions: readonly EventDescription[]): void {
  descriptions.forEach((description, i) => {
    const byId = description.ids.map((id) => index.ofId(id)).find((event) => event !== undefined);
    const event = byId ?? index.events[i];
    if (event === undefined) return;
    event.name = description.name;
    index.addIds(event, description.ids);
  });
}
