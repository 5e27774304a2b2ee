import type { EventAttr } from './attr';
import { readAttr } from './attr';
import type { Cursor } from './cursor';
import { hexOf } from './buildId';

/** Feature bits of the header (tools/perf/Documentation/perf.data-file-format.txt). */
export const FEATURE = { TRACING_DATA: 1, BUILD_ID: 2, EVENT_DESC: 12, COMPRESSED: 27 } as const;

/** Features that are one string, under the names that `perf script --header` gives them. */
const STRINGS: ReadonlyMap<number, string> = new Map([
  [3, 'hostname'],
  [4, 'os release'],
  [5, 'perf version'],
  [6, 'arch'],
  [8, 'cpudesc'],
  [9, 'cpuid'],
]);

/** An event as the EVENT_DESC feature describes it. */
export interface EventDescription {
  readonly attr: EventAttr;
  readonly name: string;
  readonly ids: bigint[];
}

/** perf writes a length, then as many bytes, padded with NULs. */
export function readString(c: Cursor): string {
  return c.text(c.u32());
}

/** Adds what a feature says of machine and command to the metadata; unknown ones say nothing. */
export function describeFeature(bit: number, c: Cursor, metadata: Map<string, string>): void {
  const name = STRINGS.get(bit);
  if (name !== undefined) metadata.set(name, readString(c));
  else if (bit === 7) {
    metadata.set('nrcpus avail', String(c.u32()));
    metadata.set('nrcpus online', String(c.u32()));
  } else if (bit === 10) metadata.set('total memory', `${c.u64()} kB`);
  else if (bit === 11) {
    const words: string[] = [];
    for (let left = c.u32(); left > 0; left--) words.push(readString(c));
    metadata.set('cmdline', words.join(' '));
  } else if (bit === 21) {
    metadata.set('time of first sample', seconds(c.u64()));
    metadata.set('time of last sample', seconds(c.u64()));
  } else if (bit === FEATURE.COMPRESSED) {
    c.skip(4); // version
    const type = c.u32();
    metadata.set('compressed', `${type === 1 ? 'Zstd' : `type ${type}`}, level = ${c.u32()}, ratio = ${c.u32()}`);
  }
}

export function readEventDescriptions(c: Cursor): EventDescription[] {
  const count = c.u32();
  const size = c.u32();
  const events: EventDescription[] = [];
  for (let i = 0; i < count; i++) {
    const attr = readAttr(c, size);
    const numIds = c.u32();
    const name = readString(c);
    const ids: bigint[] = [];
    for (let k = 0; k < numIds; k++) ids.push(c.key());
    events.push({ attr, name, ids });
  }
  return events;
}

/** Build ids by file name. Each entry is shaped like a record: type, misc, size; pid; id; name. */
export function readBuildIds(c: Cursor, buildIds: Map<string, string>): void {
  while (c.left >= 8) {
    const start = c.at;
    c.skip(6);
    const size = c.u16();
    if (size < 36 || start + size > c.bytes.length) return;
    readBuildId(c, start + size, buildIds);
    c.at = start + size;
  }
}

/** The body of a PERF_RECORD_HEADER_BUILD_ID: pid, 20 bytes of id, 4 with its length, the name. */
export function readBuildId(c: Cursor, end: number, buildIds: Map<string, string>): void {
  c.skip(4);
  const id = c.slice(20);
  const length = c.u8();
  c.skip(3);
  const name = c.text(end - c.at);
  // Older perf versions leave the length 0 and mean 20.
  buildIds.set(name, hexOf(id.subarray(0, length > 0 && length <= 20 ? length : 20)));
}

function seconds(time_ns: number): string {
  return `${Math.floor(time_ns / 1e9)}.${String(Math.floor((time_ns % 1e9) / 1e3)).padStart(6, '0')}`;
}
