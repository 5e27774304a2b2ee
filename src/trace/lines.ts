import { ByteLineSplitter, asUtf8, utf8 } from './byteLines';
import type { ParseContext } from './format';
import type { ByteSource } from './source';

/**
 * Feeds the lines of a text to `onLine`, numbered from 1, without their line ends. UTF-8 or, by its
 * byte order mark, UTF-16; CRLF accepted; bad bytes become U+FFFD; an overlong line is cut and
 * counted. Chunk borders do not matter. `terminated` is false for a last line without a newline,
 * which may have been cut short.
 */
export async function forEachLine(
  source: ByteSource,
  context: ParseContext,
  onLine: (text: string, line: number, terminated: boolean) => void,
): Promise<void> {
  let terminated = true;
  const splitter = new ByteLineSplitter((bytes, line, cut) => {
    const text = utf8(bytes.endsWith('\r') ? bytes.slice(0, -1) : bytes);
    if (cut > 0) oddLine(context, 'text/overlong-line', 'overlong line, cut', line, text.slice(0, 80));
    onLine(text, line, terminated);
  });
  for await (const chunk of asUtf8(source)) {
    context.signal?.throwIfAborted();
    context.onProgress?.({
      done: source.consumedBytes(),
      unit: 'bytes',
      label: context.file,
      ...(source.storedBytes === undefined ? {} : { total: source.storedBytes }),
    });
    splitter.push(chunk);
  }
  terminated = false;
  splitter.end();
}

/** The text of a detection prefix. */
export function prefixText(prefix: Uint8Array): string {
  return decoderFor(prefix).decode(prefix);
}

/** The lines of a detection prefix; the last one is left out if it may go on after the prefix. */
export function prefixLines(prefix: Uint8Array, complete: boolean): string[] {
  const lines = prefixText(prefix).split(/\r?\n/);
  if (!complete || lines[lines.length - 1] === '') lines.pop();
  return lines;
}

function decoderFor(head: Uint8Array): TextDecoder {
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder('utf-16le');
  if (head[0] === 0xfe && head[1] === 0xff) return new TextDecoder('utf-16be');
  return new TextDecoder('utf-8');
}

/** Counts a line that the parser does not understand. `kind` is a literal of the code. */
export function oddLine(context: ParseContext, kind: string, message: string, line: number, text: string): void {
  context.diagnostics.count(kind, message, { file: context.file, line }, text);
}
