/**
 * How the names of frames are tidied when stacks are folded. Where stackcollapse-perf.pl is right the
 * result is the same; where it cuts a name inside of brackets it is not (docs/collapse.md).
 */

const OPERATOR = /operator(?:\(\)|\[\]|->\*?|[<>=!+\-*/%^&|~,]{1,3})/y;
const CLOSES: Readonly<Record<number, number>> = { 41: 40, 93: 91, 125: 123, 62: 60 };

/**
 * Calls `visit` at each character that is outside of all brackets, and at each `(` that opens there.
 * Answers whether the brackets are balanced. `operator<`, `operator()`, `->` hold no brackets. `visit`
 * may end the walk by answering true.
 */
function walkTopLevel(symbol: string, visit: (at: number, code: number) => boolean): boolean {
  const open: number[] = [];
  for (let i = 0; i < symbol.length; i++) {
    const code = symbol.charCodeAt(i);
    if (code === 111 /* o */ && (i === 0 || !/\w/.test(symbol[i - 1]))) {
      OPERATOR.lastIndex = i;
      if (OPERATOR.test(symbol)) {
        i = OPERATOR.lastIndex - 1;
        continue;
      }
    }
    const arrow = code === 45 && symbol.charCodeAt(i + 1) === 62;
    if (open.length === 0 && visit(i, code)) return true;
    if (arrow) i++;
    else if (code === 40 || code === 91 || code === 123 || code === 60) open.push(code);
    else if (open.length > 0 && CLOSES[code] === open[open.length - 1]) open.pop();
  }
  return open.length === 0;
}

/** `net/http.(*Client).Do`: parentheses in Go are part of the name. */
function isGoMethod(symbol: string): boolean {
  const open = symbol.indexOf('.(');
  return open >= 0 && symbol.lastIndexOf(').') >= open + 2;
}

/**
 * Takes off the argument list and what follows it:
 *
 *   std::function<void (int)>::operator()(int) const   → std::function<void (int)>::operator()
 *   (anonymous namespace)::run(int)                    → (anonymous namespace)::run
 *   main::{lambda(int)#1}::operator()(int) const       → main::{lambda(int)#1}::operator()
 *   foo(int)::{lambda()#1}::operator()() const         → foo(int)::{lambda()#1}::operator()
 *   net/http.(*Client).Do                              as it is
 */
export function stripArguments(symbol: string): string {
  if (!symbol.includes('(') || isGoMethod(symbol)) return symbol;
  let cut = symbol.length;
  const balanced = walkTopLevel(symbol, (at, code) => {
    if (code !== 40 || symbol.startsWith('(anonymous ', at)) return false;
    const end = closingParenthesis(symbol, at);
    const next = symbol[end + 1];
    if (at === 0 || (end >= 0 && (next === '.' || (next === ':' && symbol[end + 2] === ':')))) return false;
    cut = at;
    return true;
  });
  // Brackets that never close are no brackets: JavaScript's `a<b(c)`, a name that was cut short.
  return balanced ? symbol.slice(0, cut) : stripAtFirstParenthesis(symbol);
}

/** Cuts at the first `(` that does not start `(anonymous namespace)`. */
export function stripAtFirstParenthesis(symbol: string): string {
  for (let at = symbol.indexOf('('); at >= 0; at = symbol.indexOf('(', at + 1)) {
    if (!symbol.startsWith('(anonymous namespace)', at)) return symbol.slice(0, at);
  }
  return symbol;
}

function closingParenthesis(symbol: string, open: number): number {
  let depth = 0;
  for (let i = open; i < symbol.length; i++) {
    const code = symbol.charCodeAt(i);
    if (code === 40) depth++;
    else if (code === 41 && --depth === 0) return i;
  }
  return -1;
}

/** `La;::outer->La;::inlined` (perf-map-agent) → the functions, outermost first. `operator->` is none. */
export function splitInlined(symbol: string): string[] {
  if (!symbol.includes('->')) return [symbol];
  const parts: string[] = [];
  let start = 0;
  walkTopLevel(symbol, (at, code) => {
    if (code === 45 && symbol.charCodeAt(at + 1) === 62) {
      parts.push(symbol.slice(start, at));
      start = at + 2;
    }
    return false;
  });
  parts.push(symbol.slice(start));
  return parts.filter((part) => part !== '');
}

/** What stands for a process or thread name instead of a frame in old recordings: `(java)`. */
export function isProcessName(symbol: string): boolean {
  return symbol.startsWith('(') && !/^\([^()]*\)(?:::|\.)/.test(symbol);
}

/** `;` separates frames; quotes trouble shells and SVG. */
export function tidy(symbol: string): string {
  return symbol.replaceAll(';', ':').replace(/["']/g, '');
}

/** `Lorg/mozilla/Foo:.call` → `org/mozilla/Foo:.call`, for each frame of a label. */
export function withoutJavaL(label: string): string {
  if (!label.includes('/')) return label;
  return label
    .split(';')
    .map((part) => (part.startsWith('L') && part.includes('/') ? part.slice(1) : part))
    .join(';');
}

const KERNEL_FILE = /(?:^|\/)vmlinux[^/]*$|\.ko(?:\.(?:gz|xz|zst|debug))?$|^bpf_prog_/;

/** `[kernel.kallsyms]`, `[nf_conntrack]`, `/boot/vmlinux-5.4.0-42-generic`, `/lib/…/veth.ko.xz`, `bpf_prog_6deef7357e7b4530`. */
export function isKernelDso(dso: string): boolean {
  return !dso.includes('unknown') && (dso.startsWith('[') || KERNEL_FILE.test(dso));
}

/** `/tmp/perf-123.map`, `/tmp/jitted-123-4.so`. */
export function isJitDso(dso: string): boolean {
  return /\/tmp\/perf-\d+\.map|(?:^|\/)jitted-\d+-\d+\.so/.test(dso);
}
