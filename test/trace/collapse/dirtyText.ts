import fc from 'fast-check';

/** Lines as perf prints them and as it should not: pieces to build perf script text from. */
const comm = fc.constantFrom(
  'swapper',
  'a',
  'V8 WorkerThread',
  '[ET_NET 0]',
  'FS Broker 5858',
  'java',
  '0',
  'dd',
  ':-1',
  'b;c',
  'caf\u00c3\u00a9',
);
const ids = fc.constantFrom('    0', ' 12688', ' 12/34', ' 5791/5860 ', ' 7/0', ' -1', '');
const cpu = fc.constantFrom(' [000]', ' [013]', '');
const time = fc.constantFrom(' 8126.035479:', '  1.000000001:', ' 12.5:', ' 184694.229089:', '');
const period = fc.constantFrom('     500250', ' 1', ' 0', ' 007', ' 18446744073709551615', ' 9007199254740993', '');
const event = fc.constantFrom(
  ' cycles:',
  ' cpu-clock:',
  ' cycles:ppp: ',
  ' cpu_core/cycles/:',
  ' :',
  ' net:netif_rx: dev=eth0 len=4',
  '',
  ':',
);

const header = fc.tuple(comm, ids, cpu, time, period, event).map(([c, i, p, t, n, e]) => `${c}${i}${p}${t}${n}${e}`);

const symbol = fc.constantFrom(
  'main',
  '[unknown]',
  'std::vector<int, std::allocator<int> >::push_back(int const&)',
  'Lookup<(Scope)1>::run(int)',
  '(anonymous namespace)::f(int)',
  'operator->',
  'Lorg/mozilla/Foo;.call(Ljava/lang/Object;)V',
  'La;::outer->Lb;::inner',
  'net/http.(*Client).Do',
  'RegExp:[&<>\\"\\\']',
  '(java)',
  'LazyCompile:~f /x.js:1',
  'a b c',
  'x+0x12',
  '',
);
const offset = fc.constantFrom('', '+0x0', '+0x1f', '+0xffffffffffffffff', '+0x', '+0xg');
const module = fc.constantFrom(
  ' ([kernel.kallsyms])',
  ' (/usr/lib/libc.so.6)',
  ' (/a b/c (deleted))',
  ' (/tmp/perf-12.map)',
  ' ([unknown])',
  ' (inlined)',
  ' (/lib/modules/vmlinux)',
  ' (/lib/x+0x12 (deleted))',
  ' ()',
  '',
);
const lead = fc.constantFrom('\t    ', '\t', '        ', '', ' \t', '\t                              ');
const address = fc.constantFrom('ffffffff8168d5c4', '0', '7f6b', 'DEAD', 'xyz', '5580af12345678901');
const gap = fc.constantFrom(' ', ' ', ' ', '  ', '\t', '');

const frame = fc
  .tuple(lead, address, gap, symbol, offset, module)
  .map(([l, a, g, s, o, m]) => `${l}${a}${g}${s}${o}${m}`);

const plainFrame = fc
  .tuple(fc.integer({ min: 0, max: 0xffffff }), symbol, fc.integer({ min: 0, max: 999 }), module)
  .map(([a, s, o, m]) => `\t${a.toString(16).padStart(16)} ${s}+0x${o.toString(16)}${m}`);

const plainHeader = fc
  .tuple(
    fc.constantFrom('swapper     0', 'java 12/34', 'sockperf 99'),
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 0, max: 99999 }),
    fc.constantFrom('cycles', 'cycles', 'instructions'),
  )
  .map(([who, c, n, e]) => `${who} [00${c}]  8126.${String(n).padStart(6, '0')}:     ${n} ${e}: `);

const odd = fc.oneof(
  fc.constantFrom(
    '# comment',
    '#',
    '   ',
    '\t',
    'garbage',
    '  file.c:12',
    '  libc.so[27b25]',
    '\r',
    'x\u0000y',
    '{"a":1}',
    '1 2 3',
    'swapper ',
  ),
  fc.string({
    unit: fc.integer({ min: 1, max: 255 }).map((code) => (code === 10 ? ' ' : String.fromCharCode(code))),
    maxLength: 30,
  }),
);

/** A record without faults, which the kernel reads by itself. */
const plainRecord = fc
  .tuple(plainHeader, fc.array(plainFrame, { maxLength: 8 }))
  .map(([h, frames]) => [h, ...frames, '']);

const dirtyLine = fc.oneof(
  { weight: 4, arbitrary: frame },
  { weight: 2, arbitrary: header },
  { weight: 2, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: odd },
);
const lineEnd = fc.constantFrom('\n', '\n', '\n', '\r\n');

/** Latin-1 text: plain records with dirt between and within. */
export const dirtyText = fc
  .tuple(
    fc.array(
      fc.oneof({ weight: 3, arbitrary: plainRecord }, { weight: 2, arbitrary: fc.array(dirtyLine, { maxLength: 8 }) }),
      { maxLength: 12 },
    ),
    lineEnd,
    fc.boolean(),
  )
  .map(([parts, end, terminated]) => parts.flat().join(end) + (terminated ? end : ''));

export const anyRules = fc.record({
  pid: fc.boolean(),
  tid: fc.boolean(),
  kernel: fc.boolean(),
  jit: fc.boolean(),
  addrs: fc.boolean(),
  srcline: fc.constant(false),
  eventFilter: fc.constantFrom(undefined, undefined, 'cycles', 'none'),
  count: fc.constantFrom('period' as const, 'samples' as const),
  skipAfter: fc.constantFrom([], [], ['main']),
  compat: fc.constantFrom(undefined, 'flamegraph' as const),
});

/** Where to cut a text of any length into chunks. */
export const chunkSizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 });

/** Cuts bytes into chunks of the given sizes, over and over. */
export function chunked(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length];
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}
