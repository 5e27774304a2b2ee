import type { Expression, PrintParser } from './printExpression';
import { UnsupportedPrintFormat, big } from './printExpression';
import type { FormatField } from './tracingData';
import { textOf } from './cursor';
import { exact } from './tracepointRecord';
import type { TracepointRecord, Value } from './tracepointRecord';

/** Reads the arguments of a call, the opening bracket behind, the closing one ahead. */
type Call = (parser: PrintParser) => Expression;

/** The helpers of the kernel's print formats (include/trace/stages/stage3_trace_output.h). */
export const printCalls: ReadonlyMap<string, Call> = new Map<string, Call>([
  ['__get_str', string],
  ['__get_rel_str', string],
  ['__get_dynamic_array', array],
  ['__get_rel_dynamic_array', array],
  ['__get_dynamic_array_len', arrayLength],
  ['__get_rel_dynamic_array_len', arrayLength],
  ['__print_symbolic', symbolic],
  ['__print_symbolic_u64', symbolic],
  ['__print_flags', flags],
  ['__print_flags_u64', flags],
  ['__print_hex', (parser) => hex(parser, ' ')],
  ['__print_hex_str', (parser) => hex(parser, '')],
  ['__print_array', printArray],
  ['__builtin_constant_p', constant],
]);

function fieldArgument(parser: PrintParser): FormatField {
  const name = parser.next();
  const field = parser.format.fields.get(name);
  if (field === undefined) throw new UnsupportedPrintFormat(name);
  return field;
}

function string(parser: PrintParser): Expression {
  const field = fieldArgument(parser);
  return (record) => record.string(field);
}

function array(parser: PrintParser): Expression {
  const field = fieldArgument(parser);
  return (record) => record.array(field);
}

function arrayLength(parser: PrintParser): Expression {
  const field = fieldArgument(parser);
  return (record) => record.array(field).length;
}

function constant(parser: PrintParser): Expression {
  parser.expression();
  return () => 0;
}

interface NamedValue {
  readonly value: bigint;
  readonly name: string;
}

/** `, { 0, "HI" }, { 1, "TIMER" }`; the values are constant expressions. */
function namedValues(parser: PrintParser): NamedValue[] {
  const values: NamedValue[] = [];
  while (parser.accept(',')) {
    parser.expect('{');
    const constant = parser.peek(1) === ',' ? KERNEL_CONSTANTS.get(parser.peek()) : undefined;
    const unknown = /^[A-Za-z_]/.test(parser.peek()) && parser.peek(1) === ',';
    const value = unknown ? BigInt(constant ?? -1) : big(parser.expression()(NO_RECORD));
    if (unknown) parser.next();
    parser.expect(',');
    const name = parser.stringLiteral();
    parser.expect('}');
    // A constant of which the file gives only the name cannot match anything.
    if (!unknown || constant !== undefined) values.push({ value, name });
  }
  return values;
}

/** Constants that formats of some kernels leave by name: softirq vectors, TCP states (include/linux). */
const KERNEL_CONSTANTS: ReadonlyMap<string, number> = new Map([
  ...['HI', 'TIMER', 'NET_TX', 'NET_RX', 'BLOCK', 'IRQ_POLL', 'TASKLET', 'SCHED', 'HRTIMER', 'RCU'].map(
    (name, i): [string, number] => [`${name}_SOFTIRQ`, i],
  ),
  ...['ESTABLISHED', 'SYN_SENT', 'SYN_RECV', 'FIN_WAIT1', 'FIN_WAIT2', 'TIME_WAIT', 'CLOSE', 'CLOSE_WAIT'].map(
    (name, i): [string, number] => [`TCP_${name}`, i + 1],
  ),
  ['TCP_LAST_ACK', 9],
  ['TCP_LISTEN', 10],
  ['TCP_CLOSING', 11],
  ['TCP_NEW_SYN_RECV', 12],
]);

/** Stands for the record in constant expressions, which do not look at it. */
const NO_RECORD = undefined as unknown as TracepointRecord;

function symbolic(parser: PrintParser): Expression {
  const of = parser.expression();
  const names = new Map<bigint, string>();
  for (const { value, name } of namedValues(parser)) if (!names.has(value)) names.set(value, name);
  return (record) => {
    const value = big(of(record));
    return names.get(value) ?? names.get(BigInt.asUintN(64, value)) ?? `0x${BigInt.asUintN(64, value).toString(16)}`;
  };
}

function flags(parser: PrintParser): Expression {
  const of = parser.expression();
  parser.expect(',');
  const delimiter = parser.stringLiteral();
  const masks = namedValues(parser);
  return (record) => {
    let rest = BigInt.asUintN(64, big(of(record)));
    const none = masks.find((mask) => mask.value === 0n);
    if (rest === 0n && none !== undefined) return none.name;
    const names: string[] = [];
    for (const { value, name } of masks) {
      if (value === 0n || (rest & value) !== value) continue;
      names.push(name);
      rest &= ~value;
    }
    if (rest !== 0n) names.push(`0x${rest.toString(16)}`);
    return names.join(delimiter);
  };
}

function bytesOf(value: Value): Uint8Array {
  return value instanceof Uint8Array ? value : Buffer.from(typeof value === 'string' ? value : '');
}

function hex(parser: PrintParser, between: string): Expression {
  const of = parser.expression();
  parser.expect(',');
  const length = parser.expression();
  return (record) =>
    Array.from(bytesOf(of(record)).subarray(0, Number(big(length(record)))), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join(between);
}

/** `__print_array(data, count, size of an element)` → `{0x1,0x2}`. */
function printArray(parser: PrintParser): Expression {
  const of = parser.expression();
  parser.expect(',');
  const count = parser.expression();
  parser.expect(',');
  const size = parser.expression();
  return (record) => {
    const bytes = bytesOf(of(record));
    const width = Number(big(size(record)));
    const items: string[] = [];
    for (let i = 0; i < Number(big(count(record))) && width > 0 && (i + 1) * width <= bytes.length; i++) {
      items.push(`0x${littleEndian(bytes.subarray(i * width, (i + 1) * width), record.littleEndian).toString(16)}`);
    }
    return `{${items.join(',')}}`;
  };
}

function littleEndian(bytes: Uint8Array, little: boolean): number | bigint {
  let value = 0n;
  for (let i = 0; i < bytes.length; i++) value = (value << 8n) | BigInt(bytes[little ? bytes.length - 1 - i : i]);
  return exact(value);
}

/** A value as `%s` prints it. */
export function asText(value: Value): string {
  return value instanceof Uint8Array ? textOf(value) : String(value);
}
