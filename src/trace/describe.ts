import { quote } from '../core';

/** Openings of files that people hand over by mistake, with what to do about it. */
const KNOWN_OPENINGS: readonly (readonly [opening: string, what: string])[] = [
  ['PERFILE2', 'a binary perf.data file (magic PERFILE2): run `perf script` on it first'],
  ['2ELIFREP', 'a binary perf.data file of the other byte order: run `perf script` on it first'],
  ['\u007fELF', 'an ELF program or library'],
  ['PK\u0003\u0004', 'a zip archive'],
  ['(\u00b5/\u00fd', 'zstd-compressed data: decompress it first'],
  ['\u00fd7zXZ', 'xz-compressed data: decompress it first'],
  ['BZh', 'bzip2-compressed data: decompress it first'],
  ['SIMPLEPERF', 'a binary simpleperf file: run `simpleperf report-sample` on it first'],
  ['{', 'JSON of a kind that no format here recognises'],
  ['[', 'JSON of a kind that no format here recognises'],
  ['<', 'XML or HTML'],
];

/** Says what a prefix looks like, for the error when no format takes it. */
export function describePrefix(prefix: Uint8Array): string {
  const latin1 = Buffer.from(prefix.buffer, prefix.byteOffset, prefix.length).toString('latin1', 0, 4096);
  const text = latin1.replace(/^(?:\u00ef\u00bb\u00bf)?\s*/, '');
  if (text === '') return 'only white space';
  const known = KNOWN_OPENINGS.find(([opening]) => text.startsWith(opening));
  if (known !== undefined) return known[1];
  const firstLine = text.split(/\r?\n/, 1)[0];
  const binary = /[\u0000-\u0008\u000e-\u001a]/.test(text.slice(0, 512));
  return `${binary ? 'binary data' : 'text'} that begins with ${quote(firstLine)}`;
}
