import type { ParseContext } from './format';
import type { ByteSource } from './source';

/** A longer line is cut here and counted: no text format of ours needs it, and memory stays bounded. */
export const MAX_LINE_CHARS = 2 ** 20;

/**
 * Feeds the lines of a text to `onLine`, numbered from 1, without their line ends. UTF-8 or, by its
 * byte order mark, UTF-16; CRLF accepted; bad bytes become U+FFFD. Chunk borders do not matter.
 * `terminated` is false for a last line without a newline, which may have been cut.
 */
export async function forEachLine(
  source: ByteSource,
  context: ParseContext,
  onLine: (text: string, line: number, terminated: boolean) => void,
): Promise<void> {
  const splitter = new LineSplitter(context, onLine);
  let decoder: TextDecoder | undefined;
  let head: Uint8Array | undefined;
  for await (const chunk of source) {
    context.signal?.throwIfAborted();
    context.onProgress?.({
      done: source.consumedBytes(),
      unit: 'bytes',
      label: context.file,
      ...(source.storedBytes === undefined ? {} : { total: source.storedBytes }),
    });
    let bytes = chunk;
    if (decoder === undefined) {
      // A byte order mark is two or three bytes, and a first chunk may be shorter.
      bytes = head === undefined ? chunk : concat(head, chunk);
      if (bytes.length < 3) {
        head = bytes.slice();
        continue;
      }
      decoder = decoderFor(bytes);
    }
    splitter.push(decoder.decode(bytes, { stream: true }));
  }
  if (decoder === undefined && head !== undefined) {
    decoder = decoderFor(head);
    splitter.push(decoder.decode(head, { stream: true }));
  }
  if (decoder !== undefined) splitter.push(decoder.decode());
  splitter.end();
}

class LineSplitter {
  private pending = '';
  private overlong = false;
  private line = 0;

  constructor(
    private readonly context: ParseContext,
    private readonly onLine: (text: string, line: number, terminated: boolean) => void,
  ) {}

  push(text: string): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.append(text, start, end);
      this.emit(true);
      start = end + 1;
    }
    this.append(text, start, text.length);
  }

  end(): void {
    if (this.pending !== '') this.emit(false);
  }

  private append(text: string, start: number, end: number): void {
    const room = MAX_LINE_CHARS - this.pending.length;
    if (end - start > room) this.overlong = true;
    this.pending += text.slice(start, Math.min(end, start + room));
  }

  private emit(terminated: boolean): void {
    this.line++;
    const text = this.pending.endsWith('\r') ? this.pending.slice(0, -1) : this.pending;
    if (this.overlong) {
      this.context.diagnostics.count(
        'text/overlong-line',
        `line longer than ${MAX_LINE_CHARS} characters, cut`,
        { file: this.context.file, line: this.line },
        text.slice(0, 80),
      );
    }
    this.pending = '';
    this.overlong = false;
    this.onLine(text, this.line, terminated);
  }
}

/** The lines of a detection prefix; the last one is left out if it may go on after the prefix. */
export function prefixLines(prefix: Uint8Array, complete: boolean): string[] {
  const lines = decoderFor(prefix).decode(prefix).split(/\r?\n/);
  if (!complete || lines[lines.length - 1] === '') lines.pop();
  return lines;
}

function decoderFor(head: Uint8Array): TextDecoder {
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder('utf-16le');
  if (head[0] === 0xfe && head[1] === 0xff) return new TextDecoder('utf-16be');
  return new TextDecoder('utf-8');
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

/** Counts a line that the parser does not understand. `kind` is a literal of the code. */
export function oddLine(context: ParseContext, kind: string, message: string, line: number, text: string): void {
  context.diagnostics.count(kind, message, { file: context.file, line }, text);
}
