/** As much of a header as anybody reads; what follows is counted only. */
const MAX_FACTS = 4096;

//   # captured on    : Mon Nov 23 11:57:25 2026
//   # cmdline : /usr/bin/perf record -q -e cpu-clock -F 1999 -a -g
const FACT = /^\s*([^:]{1,64}?)\s*:\s*(.*?)\s*$/;

/** Collects what `perf script --header` says. A key that occurs again is numbered: `event`, `event 2`, … */
export class HeaderFacts {
  readonly facts = new Map<string, string>();
  /** Comment lines met. */
  lines = 0;
  private readonly repeats = new Map<string, number>();

  /** @param text a line without its `#` */
  line(text: string): void {
    this.lines++;
    if (this.facts.size >= MAX_FACTS || text.length > 65536) return;
    const match = FACT.exec(text);
    if (match === null) return;
    const [, key, value] = match;
    const repeat = (this.repeats.get(key) ?? 0) + 1;
    this.repeats.set(key, repeat);
    this.facts.set(repeat === 1 ? key : `${key} ${repeat}`, value);
  }
}
