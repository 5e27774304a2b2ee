import type { TracepointFormat } from './tracingData';
import type { TracepointRecord, Value } from './tracepointRecord';
import { exact } from './tracepointRecord';
import { printCalls } from './printCalls';

/** An expression of a print format, ready to be evaluated on records. */
export type Expression = (record: TracepointRecord) => Value;

/** A print format that uses C beyond what is read here. Never leaves this folder. */
export class UnsupportedPrintFormat extends Error {}

//  string literal | character | number | name | operators, the longest first | any other character
const TOKEN =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)'|0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*|[A-Za-z_]\w*|->|<<|>>|<=|>=|==|!=|&&|\|\||\S/g;

/** A print format is a few kilobytes; one of megabytes is no kernel's. */
const MAX_TOKENS = 20_000;
const MAX_DEPTH = 200;

/** Operators by how tightly they bind, loosest first. */
const BINARY: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

const TYPE_WORDS = new Set(
  'void char short int long unsigned signed u8 u16 u32 u64 s8 s16 s32 s64 size_t ssize_t bool pid_t dev_t gfp_t sector_t struct enum union const __u8 __u16 __u32 __u64 __s8 __s16 __s32 __s64 __be16 __be32 __be64 __le16 __le32 __le64 loff_t ino_t umode_t uint16_t uint32_t uint64_t uint8_t uintptr_t'.split(
    ' ',
  ),
);

/** Parses a print format: `"dev=%s len=%u", __get_str(name), REC->len` → the text and its arguments. */
export function parsePrintFormat(format: TracepointFormat): { text: string; args: Expression[] } {
  const parser = new PrintParser(format);
  return parser.parse();
}

/** Recursive descent over C expressions, to closures. */
export class PrintParser {
  private readonly tokens: string[];
  private at = 0;
  private depth = 0;

  constructor(readonly format: TracepointFormat) {
    this.tokens = format.printFormat.slice(0, 2 ** 18).match(TOKEN) ?? [];
    if (this.tokens.length > MAX_TOKENS) throw new UnsupportedPrintFormat('too long');
  }

  parse(): { text: string; args: Expression[] } {
    const text = this.stringLiteral();
    const args: Expression[] = [];
    while (this.accept(',')) args.push(this.expression());
    if (this.at < this.tokens.length) throw new UnsupportedPrintFormat(this.peek());
    return { text, args };
  }

  peek(ahead = 0): string {
    return this.tokens[this.at + ahead] ?? '';
  }

  accept(token: string): boolean {
    if (this.peek() !== token) return false;
    this.at++;
    return true;
  }

  expect(token: string): void {
    if (!this.accept(token)) throw new UnsupportedPrintFormat(`${this.peek()} for ${token}`);
  }

  next(): string {
    return this.tokens[this.at++] ?? '';
  }

  /** Adjacent literals are one. */
  stringLiteral(): string {
    let text = '';
    if (!this.peek().startsWith('"')) throw new UnsupportedPrintFormat(this.peek());
    while (this.peek().startsWith('"')) text += unescape(this.next().slice(1, -1));
    return text;
  }

  expression(): Expression {
    if (++this.depth > MAX_DEPTH) throw new UnsupportedPrintFormat('too deep');
    const condition = this.binary(0);
    let result = condition;
    if (this.accept('?')) {
      const yes = this.expression();
      this.expect(':');
      const no = this.expression();
      result = (record) => (isTrue(condition(record)) ? yes(record) : no(record));
    }
    this.depth--;
    return result;
  }

  private binary(level: number): Expression {
    if (level === BINARY.length) return this.unary();
    let left = this.binary(level + 1);
    for (let operator = this.peek(); BINARY[level].includes(operator); operator = this.peek()) {
      this.at++;
      const [a, b] = [left, this.binary(level + 1)];
      left = (record) => applyBinary(operator, a, b, record);
    }
    return left;
  }

  private unary(): Expression {
    if (++this.depth > MAX_DEPTH) throw new UnsupportedPrintFormat('too deep');
    const result = this.unaryInner();
    this.depth--;
    return result;
  }

  private unaryInner(): Expression {
    if (this.accept('!')) {
      const a = this.unary();
      return (record) => (isTrue(a(record)) ? 0 : 1);
    }
    if (this.accept('-')) {
      const a = this.unary();
      return (record) => exact(-big(a(record)));
    }
    if (this.accept('~')) {
      const a = this.unary();
      return (record) => exact(~big(a(record)));
    }
    // Address of and plain plus: an array is its bytes either way.
    if (this.accept('+') || this.accept('&')) return this.unary();
    if (this.peek() === '(' && this.isType(1)) {
      const type = this.typeUntilClosing();
      return cast(type, this.unary());
    }
    return this.postfix();
  }

  private isType(ahead: number): boolean {
    return TYPE_WORDS.has(this.peek(ahead));
  }

  /** `(unsigned long long)` → its words; pointers keep their star. */
  private typeUntilClosing(): string {
    this.expect('(');
    const words: string[] = [];
    while (this.peek() !== ')') {
      if (this.peek() === '') throw new UnsupportedPrintFormat('type');
      words.push(this.next());
    }
    this.expect(')');
    return words.join(' ');
  }

  private postfix(): Expression {
    const token = this.next();
    if (token === '(') {
      const inner = this.expression();
      this.expect(')');
      return inner;
    }
    if (token.startsWith('"')) {
      this.at--;
      const text = this.stringLiteral();
      return () => text;
    }
    if (token.startsWith("'")) {
      const code = unescape(token.slice(1, -1)).charCodeAt(0);
      return () => code;
    }
    if (/^\d/.test(token)) {
      const value = exact(BigInt(token.replace(/[uUlL]+$/, '')));
      return () => value;
    }
    if (token === 'REC') return this.field();
    if (token === 'sizeof' && this.peek() === '(') {
      const type = this.typeUntilClosing();
      const size = sizeOf(type);
      return () => size;
    }
    const call = this.peek() === '(' ? printCalls.get(token) : undefined;
    if (call !== undefined) {
      this.expect('(');
      const result = call(this);
      this.expect(')');
      return result;
    }
    throw new UnsupportedPrintFormat(token);
  }

  /** `REC->name`, `REC->name[3]`. */
  private field(): Expression {
    this.expect('->');
    const name = this.next();
    const field = this.format.fields.get(name);
    if (field === undefined) throw new UnsupportedPrintFormat(name);
    if (this.accept('[')) {
      const index = this.expression();
      this.expect(']');
      const width = elementSize(field.type);
      return (record) => record.numberAt(field.offset + Number(big(index(record))) * width, width, field.signed);
    }
    if (field.isArray || field.dynamic !== undefined) return (record) => record.array(field);
    return (record) => record.number(field);
  }
}

function applyBinary(operator: string, left: Expression, right: Expression, record: TracepointRecord): Value {
  const a = left(record);
  if (operator === '&&') return isTrue(a) && isTrue(right(record)) ? 1 : 0;
  if (operator === '||') return isTrue(a) || isTrue(right(record)) ? 1 : 0;
  const b = right(record);
  const [x, y] = [big(a), big(b)];
  switch (operator) {
    case '|':
      return exact(x | y);
    case '^':
      return exact(x ^ y);
    case '&':
      return exact(x & y);
    case '==':
      return x === y ? 1 : 0;
    case '!=':
      return x !== y ? 1 : 0;
    case '<':
      return x < y ? 1 : 0;
    case '>':
      return x > y ? 1 : 0;
    case '<=':
      return x <= y ? 1 : 0;
    case '>=':
      return x >= y ? 1 : 0;
    case '<<':
      return exact(y >= 0n && y < 64n ? BigInt.asIntN(64, x << y) : 0n);
    case '>>':
      return exact(y >= 0n ? x >> y : 0n);
    case '+':
      return exact(x + y);
    case '-':
      return exact(x - y);
    case '*':
      return exact(BigInt.asIntN(64, x * y));
    case '/':
      return y === 0n ? 0 : exact(x / y);
    default:
      return y === 0n ? 0 : exact(x % y);
  }
}

/** The number that a value stands for; arrays up to 8 bytes count as little-endian numbers. */
export function big(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return BigInt(value);
  return 0n;
}

function isTrue(value: Value): boolean {
  return typeof value === 'string' || value instanceof Uint8Array || (value !== 0 && value !== 0n);
}

function cast(type: string, inner: Expression): Expression {
  if (type.includes('*')) return inner;
  const bits = sizeOf(type) * 8;
  const unsigned = /unsigned|\bu\d|__u|__be|__le|size_t|bool/.test(type) && !type.includes('ssize_t');
  return (record) => {
    const value = inner(record);
    if (typeof value === 'string' || value instanceof Uint8Array) return value;
    return exact(unsigned ? BigInt.asUintN(bits, big(value)) : BigInt.asIntN(bits, big(value)));
  };
}

function sizeOf(type: string): number {
  if (/\*|long|64|size_t|loff_t|sector_t|ino_t|uintptr/.test(type)) return 8;
  if (/16|short|umode_t/.test(type)) return 2;
  if (/char|8|bool/.test(type)) return 1;
  return 4;
}

/** Size of an element of an array of this type. */
function elementSize(type: string): number {
  return sizeOf(type.replace(/\[.*/, ''));
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c === 't' ? '\t' : c));
}
