import { Decompress } from 'fzstd';
import { InputError } from '../../core';
import type { ParseContext } from '../format';
import { Cursor } from './cursor';
import type { Recording } from './header';
import { RECORD } from './records';
import type { RawRecord } from './records';
import type { Storage } from './storage';

const HEADER_BYTES = 8;
const CHUNK_BYTES = 2 ** 20;

/** A block of zstd holds 128 KiB, so a record inflates to megabytes at most, unless it was crafted. */
const MAX_INFLATED_AT_ONCE = 256 * 2 ** 20;

/** Tracing data and the like that follow a record in pipe mode. */
const MAX_APPENDIX_BYTES = 256 * 2 ** 20;

/**
 * The records of a recording in the order of the file, in batches, compressed ones inflated. Where the data are
 * damaged, nothing behind can be found any more: that is counted, and the stream ends.
 */
export async function* readRecords(
  storage: Storage,
  recording: Recording,
  context: ParseContext,
): AsyncGenerator<RawRecord[]> {
  const splitter = new RecordSplitter(recording, context);
  const inflater = new Inflater(recording, context);
  let at = recording.dataStart;
  while (at < recording.dataEnd) {
    context.signal?.throwIfAborted();
    const wanted = Math.max(CHUNK_BYTES, splitter.missing);
    const chunk = await storage.read(at, Math.min(wanted, recording.dataEnd - at));
    if (chunk.length === 0) break;
    const records = splitter.push(chunk, at);
    at += chunk.length;
    yield inflater.expand(records);
    context.onProgress?.({ done: at, total: storage.size, unit: 'bytes', label: context.file });
    if (splitter.broken) break;
    // An appendix may be large and of no interest: go on behind it.
    at += splitter.skip;
    splitter.skip = 0;
  }
  splitter.end(at);
  inflater.end();
}

/** How much a record of tracing data says that follows it, padding included. */
export function tracingDataBytes(c: Cursor): number {
  return Math.ceil(c.u32() / 8) * 8;
}

/** Cuts bytes into records, across borders of chunks. */
class RecordSplitter {
  broken = false;
  /** Bytes to leave out before the next chunk. */
  skip = 0;
  private rest = new Uint8Array(0);
  /** Size of the record that `rest` begins, if known. */
  private wanted = 0;

  constructor(
    private readonly recording: Recording,
    private readonly context: ParseContext,
    private readonly compressedAt?: () => number,
  ) {}

  /** How many bytes at least the unfinished record needs. */
  get missing(): number {
    return Math.max(0, this.wanted - this.rest.length);
  }

  push(chunk: Uint8Array, start: number): RawRecord[] {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const first = start - this.rest.length;
    const records: RawRecord[] = [];
    const c = new Cursor(bytes, this.recording.littleEndian);
    this.wanted = 0;
    while (c.left >= HEADER_BYTES) {
      const begin = c.at;
      const [type, misc, size] = [c.u32(), c.u16(), c.u16()];
      const byte = this.compressedAt?.() ?? first + begin;
      if (size < HEADER_BYTES) {
        this.damaged(byte, `a record of type ${type} with size ${size}`);
        break;
      }
      const appendix =
        size > bytes.length - begin ? 0 : this.appendix(type, bytes.subarray(begin + HEADER_BYTES, begin + size));
      if (appendix > MAX_APPENDIX_BYTES && type !== RECORD.AUXTRACE) {
        this.damaged(byte, `a record of type ${type} followed by ${appendix} bytes`);
        break;
      }
      if (type === RECORD.AUXTRACE && appendix > 0) {
        records.push({ type, misc, byte, body: bytes.subarray(begin + HEADER_BYTES, begin + size) });
        this.skip = Math.max(0, begin + size + appendix - bytes.length);
        c.at = Math.min(bytes.length, begin + size + appendix);
        continue;
      }
      if (begin + size + appendix > bytes.length) {
        c.at = begin;
        this.wanted = size + appendix;
        break;
      }
      records.push({ type, misc, byte, body: bytes.subarray(begin + HEADER_BYTES, begin + size + appendix) });
      c.at = begin + size + appendix;
    }
    this.rest = this.broken ? new Uint8Array(0) : bytes.slice(c.at);
    return records;
  }

  end(at: number): void {
    if (this.rest.length === 0 || this.broken) return;
    const place = { file: this.context.file, byte: at - this.rest.length };
    this.context.diagnostics.count('perf-data/truncated', 'records cut off at the end of the data', place);
  }

  private appendix(type: number, body: Uint8Array): number {
    if (type === RECORD.AUXTRACE && body.length >= 8) return new Cursor(body, this.recording.littleEndian).u64();
    if (type !== RECORD.TRACING_DATA || body.length < 4) return 0;
    return tracingDataBytes(new Cursor(body, this.recording.littleEndian));
  }

  private damaged(byte: number, seen: string): void {
    this.broken = true;
    const place = { file: this.context.file, byte };
    this.context.diagnostics.count(
      'perf-data/damaged',
      'places where the data are damaged; what follows is lost',
      place,
      seen,
    );
  }
}

/**
 * Replaces compressed records by those within. One zstd stream runs through all of them, and a record may begin in one
 * and end in the next.
 */
class Inflater {
  private readonly splitter: RecordSplitter;
  private readonly stream: Decompress;
  private pieces: Uint8Array[] = [];
  private inflated = 0;
  private byte = 0;
  private broken = false;

  constructor(
    private readonly recording: Recording,
    private readonly context: ParseContext,
  ) {
    this.splitter = new RecordSplitter(recording, context, () => this.byte);
    this.stream = new Decompress((piece) => {
      this.inflated += piece.length;
      if (this.inflated > MAX_INFLATED_AT_ONCE) {
        const problem = `one compressed record inflates beyond ${MAX_INFLATED_AT_ONCE} bytes`;
        throw new InputError({ file: context.file, byte: this.byte }, problem);
      }
      // The stream goes on writing into the buffer that a piece is part of.
      this.pieces.push(piece.slice());
    });
  }

  expand(records: readonly RawRecord[]): RawRecord[] {
    const expanded: RawRecord[] = [];
    for (const record of records) {
      if (record.type === RECORD.COMPRESSED) this.inflate(record, record.body, expanded);
      else if (record.type === RECORD.COMPRESSED2) this.inflate(record, this.dataOfCompressed2(record.body), expanded);
      else expanded.push(record);
    }
    return expanded;
  }

  end(): void {
    this.splitter.end(this.byte);
  }

  /** Since Linux 6.16: the size of the data, the data, padding to 8 bytes. */
  private dataOfCompressed2(body: Uint8Array): Uint8Array {
    if (body.length < 8) return body.subarray(0, 0);
    const size = new Cursor(body, this.recording.littleEndian).u64();
    return body.subarray(8, 8 + Math.min(size, body.length - 8));
  }

  private inflate(record: RawRecord, data: Uint8Array, into: RawRecord[]): void {
    if (this.broken || this.splitter.broken) return;
    this.byte = record.byte;
    this.inflated = 0;
    try {
      this.stream.push(data);
    } catch (error) {
      if (error instanceof InputError) throw error;
      this.broken = true;
      const place = { file: this.context.file, byte: record.byte };
      const message = 'places where compressed data are damaged; what follows is lost';
      this.context.diagnostics.count('perf-data/damaged-zstd', message, place, (error as Error).message);
    }
    const bytes = this.pieces.length === 1 ? this.pieces[0] : Buffer.concat(this.pieces);
    this.pieces = [];
    for (const inner of this.splitter.push(bytes, record.byte)) into.push(inner);
  }
}
