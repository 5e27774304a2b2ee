import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { InputError } from '../../core';
import type { KernelReader } from './kernelReader';

/** Stays in the second-level cache between being read and being scanned. */
const READ_BYTES = 2 ** 18;

/** A file that is read from any place, straight into the kernel's memory. */
export class PieceFile {
  readonly bytes: number;
  private readonly descriptor: number;

  constructor(readonly path: string) {
    this.descriptor = openSync(path, 'r');
    this.bytes = fstatSync(this.descriptor).size;
  }

  /** Fills `buffer` from `position` on; less only at the end of the file. */
  read(buffer: Uint8Array, position: number): number {
    let filled = 0;
    while (filled < buffer.length) {
      const got = readSync(this.descriptor, buffer, filled, buffer.length - filled, position + filled);
      if (got === 0) break;
      filled += got;
    }
    return filled;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/**
 * Gives the bytes from `from` to `to` to a reader and ends the piece.
 * @throws InputError if the file has become shorter meanwhile
 */
export function readPiece(
  file: PieceFile,
  from: number,
  to: number,
  reader: KernelReader,
  onBytes: (bytes: number) => void,
): void {
  for (let at = from; at < to;) {
    const room = reader.room();
    const wanted = room.subarray(0, Math.min(room.length, READ_BYTES, to - at));
    const got = file.read(wanted, at);
    if (got === 0) throw new InputError({ file: file.path, byte: at }, 'the file became shorter while it was read');
    reader.filled(got);
    at += got;
    onBytes(got);
  }
  reader.end();
}

/** Search for a border goes no further; a record this long is not worth a thread of its own. */
const BORDER_SEARCH_BYTES = 2 ** 22;

/**
 * Cuts a file into pieces that end behind an empty line, where no record is open. Borders do not
 * depend on the number of threads, and neither does the result.
 * @returns where pieces begin, and the end of the file
 */
export function pieceBorders(file: PieceFile, pieceBytes: number): number[] {
  const borders = [0];
  const window = Buffer.alloc(2 ** 16);
  for (let wanted = pieceBytes; wanted < file.bytes; wanted += pieceBytes) {
    const border = nextBorder(file, wanted, window);
    if (border !== undefined && border > borders[borders.length - 1] && border < file.bytes) borders.push(border);
  }
  borders.push(file.bytes);
  return borders;
}

function nextBorder(file: PieceFile, from: number, window: Buffer): number | undefined {
  // Windows overlap by one byte, for an empty line across the border.
  for (let at = from; at < from + BORDER_SEARCH_BYTES; at += window.length - 1) {
    const got = file.read(window, at);
    const found = window.subarray(0, got).indexOf('\n\n', 'latin1');
    if (found >= 0) return at + found + 2;
    if (got < window.length) return undefined;
  }
  return undefined;
}
