import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePrinter } from '../../../src/trace/perfData/printFormat';
import { TracepointRecord } from '../../../src/trace/perfData/tracepointRecord';
import { parseFormat } from '../../../src/trace/perfData/tracingData';
import { Bytes } from './buildPerfData';

const FIELDS = `
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:int n;	offset:8;	size:4;	signed:1;
	field:unsigned int u;	offset:12;	size:4;	signed:0;
	field:void * p;	offset:16;	size:8;	signed:0;
	field:char comm[8];	offset:24;	size:8;	signed:0;
	field:__data_loc char[] name;	offset:32;	size:4;	signed:0;
	field:u8 saddr[4];	offset:36;	size:4;	signed:0;
	field:__u8 v6[16];	offset:40;	size:16;	signed:0;
`;

const payload = new Bytes(true)
  .u64(0)
  .u32(-5)
  .u32(10)
  .u64(0xffff888104a03400n)
  .bytes(Buffer.from('task\0xxx'))
  .u32((5 << 16) | 56)
  .bytes([10, 0, 0, 7])
  .bytes([0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
  .bytes(Buffer.from('eth0\0'))
  .done();

function print(printFormat: string, bytes: Uint8Array = payload): { text: string; problems: string[] } {
  const format = parseFormat('net', `name: x\nID: 7\nformat:\n${FIELDS}\nprint fmt: ${printFormat}\n`)!;
  const problems: string[] = [];
  const nameAddress = (address: number, offset: boolean) =>
    address === Number(BigInt.asIntN(64, 0xffff888104a03400n)) ? `f${offset ? '+0x4' : ''}` : undefined;
  const printer = compilePrinter(format, nameAddress, (problem) => problems.push(problem));
  return { text: printer(new TracepointRecord(format, bytes, true)), problems };
}

describe('print formats of tracepoints', () => {
  it.each([
    [
      '"n=%d u=%u x=%x X=%#X p=%p", REC->n, REC->u, REC->n, REC->u, REC->p',
      'n=-5 u=10 x=fffffffb X=A p=0xffff888104a03400',
    ],
    [
      '"%s|%8s|%-8s|%.2s|%c|100%%", REC->comm, __get_str(name), __get_str(name), REC->comm, 65',
      'task|    eth0|eth0    |ta|A|100%',
    ],
    ['"%03d %-4d| %5u %*d %+d", REC->u, REC->u, REC->u, 4, REC->n, 1', '010 10  |    10   -5 1'],
    [
      '"%lu %lld %hu %hhx", (unsigned long)REC->n, (long long)REC->n, REC->n, REC->n',
      '18446744073709551611 -5 65531 fb',
    ],
    ['"%s", __print_symbolic(REC->u, { 3, "NET_RX" }, { 10, "TEN" })', 'TEN'],
    ['"%s", __print_symbolic(REC->u, { NET_RX_SOFTIRQ, "NET_RX" }, { MYSTERY, "?" })', '0xa'],
    ['"%s", __print_flags(REC->u, "|", { 2, "S" }, { 0x8, "D" }, { 0x40, "X" })', 'S|D'],
    ['"%s", __print_flags(REC->u & 1, "|", { 0, "none" }, { 1, "one" })', 'none'],
    ['"%s", __print_flags(REC->u, "", { 2, "S" })', 'S0x8'],
    ['"%s%s", REC->n ? "yes" : "no", (REC->u & ((1 << 4) - 1)) == 10 && !(REC->n > 0) ? "+" : "-"', 'yes+'],
    ['"%pI4 %pI6c %pI6", REC->saddr, REC->v6, REC->v6', '10.0.0.7 2001:db8::1 2001:0db8:0000:0000:0000:0000:0000:0001'],
    ['"%pS %ps %pS", REC->p, REC->p, 16', 'f+0x4 f 0x10'],
    ['"%d %d %d", sizeof(u64), ~REC->u, -REC->u % 3', '8 -11 -1'],
    ['"%s %s", __print_hex(REC->saddr, 2), __print_array(REC->saddr, 4, 1)', '0a 00 {0xa,0x0,0x0,0x7}'],
    ['"%d" " and %d", REC->saddr[3], __get_dynamic_array_len(name)', '7 and 5'],
  ])('%s', (format, expected) => {
    expect(print(format)).toEqual({ text: expected, problems: [] });
  });

  it('lists the fields where the format is beyond it, and says so', () => {
    const { text, problems } = print('"%d", some_function(REC->n)');
    expect(text).toBe(
      'n=-5 u=10 p=0xffff888104a03400 comm=task name=eth0 saddr=0a000007 v6=20010db8000000000000000000000001',
    );
    expect(problems).toEqual(['net:x: some_function']);
  });

  it('reads records that are too short as zeros', () => {
    expect(print('"%d %s %p %s", REC->n, __get_str(name), REC->p, REC->comm', payload.subarray(0, 4)).text).toBe(
      '0  0x0',
    );
  });

  it('never throws, whatever the format', () => {
    const pieces = fc.constantFrom(
      '"%d"',
      '"%s"',
      '%',
      ',',
      '(',
      ')',
      'REC',
      '->',
      'n',
      'u',
      '__get_str',
      '__print_flags',
      '__print_symbolic',
      '{',
      '}',
      '[',
      ']',
      '?',
      ':',
      '+',
      '-',
      '*',
      '/',
      '<<',
      '&&',
      '1',
      '0x7fffffffffffffff',
      "'a'",
      '(u64)',
      '__proto__',
      'sizeof',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (list) => void print(`"%d %s %p" , ${list.join(' ')}`)),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => void print(text.replaceAll('\n', ' '))),
      { numRuns: 500 },
    );
    expect(print(`"%d", ${'('.repeat(100_000)}`).problems).toHaveLength(1);
    expect(print(`"%d", ${'-'.repeat(15_000)}1`).problems).toHaveLength(1);
  });
});
