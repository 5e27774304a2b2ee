import { Diagnostics } from '../../core';
import type { Diagnostic } from '../../core';
import type { CollapseRules } from './options';
import { Tally } from './tally';
import { withoutJavaL } from './symbols';

/** What was met while collapsing; plain data, so that workers can send it. */
export interface CollapseCounts {
  /** Records, of any event. */
  records: number;
  /** Records without a single frame. */
  withoutStack: number;
  /** Records of other events than the one that is kept. */
  filtered: number;
  /** Lines read. */
  lines: number;
}

function noCounts(): CollapseCounts {
  return { records: 0, withoutStack: 0, filtered: 0, lines: 0 };
}

/** What was met in an input or a piece of it, but for the sums. */
export interface CollapseReport {
  readonly counts: CollapseCounts;
  readonly otherEvents: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  readonly firstOddLine: { readonly line: number; readonly text: string } | undefined;
}

const MAX_EVENT_NAMES = 32;

/** What the ways of reading share: the rules, the event that is kept, the sums. */
export class CollapseSession {
  readonly tally = new Tally();
  counts = noCounts();
  /** Other events than the one that is kept. */
  otherEvents = new Set<string>();
  firstOddLine: { readonly line: number; readonly text: string } | undefined;
  private keptEvent: string | undefined;

  constructor(
    readonly rules: CollapseRules,
    readonly file: string,
    public diagnostics: Diagnostics = new Diagnostics(),
  ) {
    this.keptEvent = rules.eventFilter;
  }

  /** The event that is kept; undefined before the first one is met. */
  get event(): string | undefined {
    return this.keptEvent;
  }

  /**
   * Whether records of an event are kept. Adding up cycles and instructions would mean nothing, so
   * without a filter the first event met is kept alone.
   */
  keeps(event: string): boolean {
    if (event === '') return true;
    this.keptEvent ??= event;
    if (event === this.keptEvent) return true;
    if (this.otherEvents.size < MAX_EVENT_NAMES) this.otherEvents.add(event);
    return false;
  }

  /**
   * Adds a record.
   * @param process what stands at the root of the stack
   * @param frames labels, innermost first; '' is left out, and a label may hold several frames joined by `;`
   */
  add(process: string, frames: readonly string[], period: string): void {
    this.tally.add(this.folded(process, frames), this.weight(period));
  }

  folded(process: string, frames: readonly string[]): string {
    const { skipAfter } = this.rules;
    const cut = skipAfter.length === 0 ? -1 : frames.findIndex((frame) => skipAfter.includes(frame));
    // stackcollapse-perf.pl looks at the whole name, so that with --pid the L stays.
    const java = process === 'java';
    const parts = cut < 0 ? [process] : [];
    for (let i = cut < 0 ? frames.length - 1 : cut; i >= 0; i--) {
      if (frames[i] !== '') parts.push(java ? withoutJavaL(frames[i]) : frames[i]);
    }
    return parts.join(';');
  }

  private weight(period: string): string {
    return this.rules.count === 'samples' || period === '' || period === '0' ? '1' : period;
  }

  /** Everything but the sums since the last call, for a piece of an input. */
  takeReport(): CollapseReport {
    const { counts, firstOddLine } = this;
    const report = { counts, firstOddLine, otherEvents: [...this.otherEvents], diagnostics: this.diagnostics.list() };
    this.counts = noCounts();
    this.otherEvents = new Set();
    this.diagnostics = new Diagnostics();
    this.firstOddLine = undefined;
    return report;
  }

  /** Adds what was met in the next piece; its lines are numbered from 1. */
  addReport(report: CollapseReport): void {
    const before = this.counts.lines;
    const odd = report.firstOddLine;
    if (odd !== undefined) this.firstOddLine ??= { ...odd, line: before + odd.line };
    for (const d of report.diagnostics) {
      const first = d.first.line === undefined ? d.first : { ...d.first, line: before + d.first.line };
      this.diagnostics.merge([{ ...d, first }]);
    }
    for (const event of report.otherEvents) if (this.otherEvents.size < MAX_EVENT_NAMES) this.otherEvents.add(event);
    this.counts.records += report.counts.records;
    this.counts.withoutStack += report.counts.withoutStack;
    this.counts.filtered += report.counts.filtered;
    this.counts.lines += report.counts.lines;
  }

  odd(kind: string, message: string, line: number, text: string): void {
    this.firstOddLine ??= { line, text: text.slice(0, 200) };
    this.diagnostics.count(`collapse/${kind}`, message, { file: this.file, line }, text);
  }
}

/** What stands for the process: `comm`, `comm-PID` or `comm-PID/TID`, spaces as `_`. */
export function processName(rules: CollapseRules, comm: string, pid: string, tid: string): string {
  const name = rules.tid ? `${comm}-${pid}/${tid}` : rules.pid ? `${comm}-${pid}` : comm;
  return name.replaceAll(' ', '_');
}
