import { asText } from './printCalls';
import type { Expression } from './printExpression';
import { UnsupportedPrintFormat, big, parsePrintFormat } from './printExpression';
import type { TracepointFormat } from './tracingData';
import { TracepointRecord } from './tracepointRecord';
import type { Value } from './tracepointRecord';

/** Finds the kernel function at an address, e.g. `tcp_v4_rcv+0x1d`; undefined if unknown. */
export type NameAddress = (address: number, withOffset: boolean) => string | undefined;

/** Prints the payload of one kind of tracepoint. */
export type PayloadPrinter = (record: TracepointRecord) => string;

/**
 * Compiles the print format of a tracepoint, so that its payload reads as the kernel and perf print it.
 * A format that uses more of C than is understood lists the fields instead; `onUnsupported` is told.
 */
export function compilePrinter(
  format: TracepointFormat,
  nameAddress: NameAddress,
  onUnsupported: (problem: string) => void,
): PayloadPrinter {
  try {
    const { text, args } = parsePrintFormat(format);
    const pieces = splitFormat(text, args, nameAddress);
    return (record) => {
      let line = '';
      for (const piece of pieces) line += typeof piece === 'string' ? piece : piece(record);
      return line.trimEnd();
    };
  } catch (error) {
    if (!(error instanceof UnsupportedPrintFormat)) throw error;
    onUnsupported(`${format.system}:${format.name}: ${error.message}`);
    return listFields;
  }
}

/** `name=value` for each field but the common ones. */
export function listFields(record: TracepointRecord): string {
  const parts: string[] = [];
  for (const field of record.format.fields.values()) {
    if (field.name.startsWith('common_')) continue;
    const text =
      field.isArray || field.dynamic !== undefined
        ? field.type.includes('char')
          ? record.string(field)
          : Buffer.from(record.array(field)).toString('hex')
        : field.type.includes('*')
          ? `0x${big(record.number(field)).toString(16)}`
          : String(record.number(field));
    parts.push(`${field.name}=${text}`);
  }
  return parts.join(' ');
}

//   %  flags    width      precision       length          conversion, with its letters for %p
const CONVERSION =
  /%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?(hh|h|ll|l|L|z|t|j)?(p(?:[iI][46]c?|[SsFfBKxMmUb]\w*|h[CDN]?)?|[diouxXcsn%])/g;

type Piece = string | ((record: TracepointRecord) => string);

function splitFormat(text: string, args: readonly Expression[], nameAddress: NameAddress): Piece[] {
  const pieces: Piece[] = [];
  let [end, next] = [0, 0];
  const argument = (): Expression => {
    const arg = args[next++];
    if (arg === undefined) throw new UnsupportedPrintFormat('too few arguments');
    return arg;
  };
  for (const match of text.matchAll(CONVERSION)) {
    const { index = 0 } = match;
    if (index > end) pieces.push(text.slice(end, index));
    end = index + match[0].length;
    const [, flags, width, precision, length = '', conversion] = match;
    if (conversion === '%') {
      pieces.push('%');
      continue;
    }
    const widthOf = width === '*' ? argument() : undefined;
    const precisionOf = precision === '*' ? argument() : undefined;
    const of = argument();
    const convert = converter(conversion, length, flags.includes('#'), nameAddress);
    pieces.push((record) => {
      const wide = widthOf === undefined ? Number(width ?? 0) : Number(big(widthOf(record)));
      const precise = precisionOf === undefined ? precision : String(big(precisionOf(record)));
      return pad(convert(of(record), precise), Math.min(wide, 1024), flags, conversion);
    });
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

type Convert = (value: Value, precision: string | undefined) => string;

function converter(conversion: string, length: string, alternate: boolean, nameAddress: NameAddress): Convert {
  // long is 64 bits wide on every machine that is likely to be looked at here.
  const bits = length === 'hh' ? 8 : length === 'h' ? 16 : length === '' ? 32 : 64;
  switch (conversion[0]) {
    case 'd':
    case 'i':
      return (value, precision) => digits(BigInt.asIntN(bits, big(value)).toString(), precision);
    case 'u':
      return (value, precision) => digits(BigInt.asUintN(bits, big(value)).toString(), precision);
    case 'x':
    case 'o': {
      const [radix, prefix] = conversion === 'x' ? [16, '0x'] : [8, '0'];
      return (value, precision) => {
        const text = digits(BigInt.asUintN(bits, big(value)).toString(radix), precision);
        return alternate && text !== '0' ? prefix + text : text;
      };
    }
    case 'X':
      return (value, precision) => digits(BigInt.asUintN(bits, big(value)).toString(16).toUpperCase(), precision);
    case 'c':
      return (value) => String.fromCharCode(Number(BigInt.asUintN(8, big(value))));
    case 's':
      return (value, precision) =>
        precision === undefined ? asText(value) : asText(value).slice(0, Number(precision));
    case 'p':
      return pointer(conversion, nameAddress);
    default:
      throw new UnsupportedPrintFormat(`%${conversion}`);
  }
}

function digits(text: string, precision: string | undefined): string {
  if (precision === undefined) return text;
  const sign = text.startsWith('-') ? '-' : '';
  return sign + text.slice(sign.length).padStart(Math.min(Number(precision), 64), '0');
}

/** `%p` and the kernel's extensions of it (Documentation/core-api/printk-formats.rst). */
function pointer(conversion: string, nameAddress: NameAddress): Convert {
  const hexOf = (value: Value) => `0x${BigInt.asUintN(64, big(value)).toString(16)}`;
  if (/^p[SsFfB]/.test(conversion)) {
    const withOffset = conversion !== 'ps' && conversion !== 'pf';
    return (value) => nameAddress(Number(BigInt.asIntN(64, big(value))), withOffset) ?? hexOf(value);
  }
  if (/^p[iI]4/.test(conversion)) return (value) => [...bytesOf(value, 4)].join('.');
  if (/^p[iI]6/.test(conversion)) return (value) => ipv6(bytesOf(value, 16), conversion.endsWith('c'));
  if (/^p[mM]/.test(conversion)) {
    const between = conversion.startsWith('pM') ? ':' : '';
    return (value) => Array.from(bytesOf(value, 6), (byte) => byte.toString(16).padStart(2, '0')).join(between);
  }
  if (conversion === 'p' || conversion === 'px' || conversion === 'pK') return hexOf;
  throw new UnsupportedPrintFormat(`%${conversion}`);
}

function bytesOf(value: Value, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  if (value instanceof Uint8Array) bytes.set(value.subarray(0, length));
  return bytes;
}

/** Eight groups of four digits, or the short form of RFC 5952. */
function ipv6(bytes: Uint8Array, short: boolean): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] << 8) | bytes[2 * i + 1]).toString(16));
  if (!short) return groups.map((group) => group.padStart(4, '0')).join(':');
  if (groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff') return `::ffff:${[...bytes.subarray(12)].join('.')}`;
  const full = groups.join(':');
  const zeros = [...full.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].sort((a, b) => b[0].length - a[0].length)[0];
  if (zeros === undefined) return full;
  const { index = 0 } = zeros;
  return `${full.slice(0, index)}::${full.slice(index + zeros[0].length).replace(/^:/, '')}`;
}

function pad(text: string, width: number, flags: string, conversion: string): string {
  if (text.length >= width) return text;
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0') || conversion === 's' || conversion === 'c') return text.padStart(width);
  const sign = /^(?:-|0x)/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}
