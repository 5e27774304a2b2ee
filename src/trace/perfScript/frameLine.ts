/**
 * One frame of a call chain:
 *
 *   \tffffffff8168d5c4 refill_obj_stock+0x44 ([kernel.kallsyms])       perf 4.8 and later
 *   \t          414b3b fsnotify (/lib/modules/4.1.0-virtual/build/vmlinux)
 *   \t    7f6b2d595d2c Lorg/mozilla/javascript/Foo;.call(Ljava/lang/Object;)V (/tmp/perf-23895.map)
 *   \t               0 [unknown] ([unknown])
 *   \t          5580af std::function<void (int)>::operator()(int) const (/opt/my app/bin (deleted))
 *   \t          5580af add (inlined)                                     perf 4.16 and later
 *   \t          5580af add                                               -F ip,sym
 *   \t          5580af (/usr/bin/app)                                     -F ip,dso
 *   \t          5580af                                                    -F ip
 *
 * A symbol may hold spaces and parentheses, and so may a DSO. The DSO is the last group of balanced
 * parentheses, if a space stands before it.
 */
export interface Frame {
  /** Hexadecimal digits as printed. */
  readonly address: string;
  /** As printed, without the offset; '' if not printed. */
  readonly symbol: string;
  /** Without the parentheses; '' if not printed. */
  readonly dso: string;
  readonly inlined: boolean;
}

const FRAME_START = /^(\s*)([0-9a-f]{1,16})(?=\s|$)/;
const OFFSET = /\+0x[0-9a-f]+$/;

/** Reads a frame; undefined if the line does not start with an address. */
export function parseFrame(text: string): Frame | undefined {
  const start = FRAME_START.exec(text);
  if (start === null) return undefined;
  let rest = text.slice(start[0].length).trim();
  const inlined = rest.endsWith(' (inlined)');
  if (inlined) rest = rest.slice(0, -' (inlined)'.length);
  const open = inlined ? -1 : dsoStart(rest);
  const symbol = (open < 0 ? rest : rest.slice(0, open).trimEnd()).replace(OFFSET, '');
  return { address: start[2], symbol, dso: open < 0 ? '' : dsoText(rest, open), inlined };
}

function dsoText(rest: string, open: number): string {
  const close = rest.lastIndexOf(')');
  return close > open ? rest.slice(open + 1, close) : rest.slice(open + 1);
}

/** Where the `(` of the DSO is, or −1. */
function dsoStart(rest: string): number {
  // `-F +dsoff` prints an offset behind the DSO: (/usr/bin/app+0x1234) or (/usr/bin/app)+0x1234
  const end = rest.endsWith(')') ? rest.length : rest.replace(OFFSET, '').length;
  if (rest.charCodeAt(end - 1) !== 41) return cutDsoStart(rest);
  let depth = 0;
  for (let i = end - 1; i >= 0; i--) {
    const code = rest.charCodeAt(i);
    if (code === 41) depth++;
    else if (code === 40 && --depth === 0) return i === 0 || rest[i - 1] === ' ' || rest[i - 1] === '\t' ? i : -1;
  }
  // Unbalanced: the last " (" is the best guess.
  const last = rest.lastIndexOf(' (');
  return last < 0 ? -1 : last + 1;
}

/** Where the DSO of a line begins that ends before its `)`, in a truncated file: `read (/usr/lib/libc.s`. */
function cutDsoStart(rest: string): number {
  const match = / \([/[][^()]*$/.exec(rest);
  return match === null ? -1 : match.index + 1;
}

//   uniform_int_dist.h:300
//   libc-2.33.so[27b25]
//   main.c:12 (discriminator 3)
//   ??:0
const SOURCE_LINE = /^ {1,4}\S.*(?::\d+(?: \(discriminator \d+\))?|\[[0-9a-f]+\]|\?\?)\s*$/;

/** Whether the line is what `-F +srcline` prints below a frame. */
export function isSourceLine(text: string): boolean {
  return text.length < 4096 && SOURCE_LINE.test(text);
}

/** Last part of a path: `/usr/lib/libc.so.6` → `libc.so.6`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * What a frame is called in a stack: its symbol, or `[module]` where the symbol is unknown, or
 * `[unknown]`. `;` becomes `:`, since it separates frames.
 */
export function frameName(frame: Frame): string {
  const known = frame.symbol !== '' && frame.symbol !== '[unknown]';
  if (known) return frame.symbol.replaceAll(';', ':');
  if (frame.dso === '' || frame.dso === '[unknown]') return '[unknown]';
  // [kernel.kallsyms] has its brackets already.
  return frame.dso.startsWith('[') ? frame.dso : `[${baseName(frame.dso).replaceAll(';', ':')}]`;
}
