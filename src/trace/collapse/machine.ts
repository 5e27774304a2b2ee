import type { ParseContext } from '../format';
import { parseEventLine } from '../perfScript/eventLine';
import type { EventLine } from '../perfScript/eventLine';
import { baseName, parseFrame } from '../perfScript/frameLine';
import type { Frame } from '../perfScript/frameLine';
import { PerfScriptReader, isIndentedFrame } from '../perfScript/reader';
import type { CollapseRules } from './options';
import { CollapseSession, processName } from './session';
import { isJitDso, isKernelDso, isProcessName, splitInlined, stripArguments, tidy } from './symbols';

/** Reads lines into a session. There is one for the default rules and one for stackcollapse-perf.pl's. */
export interface LineMachine {
  onLine(text: string, line: number, cut?: number): void;
  /** After the last line. */
  end(): void;
  /** Whether no record is open, so that the kernel may take over at the next line. */
  readonly neutral: boolean;
}

/** What a header line says that matters for the sums. */
export interface HeaderMeaning {
  readonly process: string;
  readonly event: string | undefined;
  readonly keep: boolean;
  /** Digits as printed. */
  readonly period: string;
  /** NaN if not looked at. */
  readonly time_s: number;
}

/** The default rules, on the parser that fills the tables too. */
export class DefaultMachine implements LineMachine {
  private readonly reader: PerfScriptReader;

  constructor(private readonly session: CollapseSession) {
    const { rules } = session;
    const context: ParseContext = {
      run: '',
      file: session.file,
      // Asked for each time, since a session has others for each piece of a file.
      get diagnostics() {
        return session.diagnostics;
      },
    };
    this.reader = new PerfScriptReader(
      {
        frame: (frame) => frameLabel(frame, rules),
        record: (event, frames) => this.record(event, frames),
        ...(rules.srcline ? { sourceLine: withSourceLine } : {}),
      },
      context,
    );
  }

  onLine(text: string, line: number, cut = 0): void {
    this.reader.onLine(text.charCodeAt(text.length - 1) === 13 ? text.slice(0, -1) : text, line, cut);
  }

  end(): void {
    this.reader.end();
    this.session.firstOddLine ??= this.reader.firstOddLine;
  }

  get neutral(): boolean {
    return this.reader.neutral;
  }

  private record(event: EventLine, frames: readonly string[]): void {
    const { session } = this;
    session.counts.records++;
    if (frames.length === 0) session.counts.withoutStack++;
    if (session.keeps(event.event)) session.add(processOf(event, session.rules), frames, event.period);
    else session.counts.filtered++;
  }
}

/** What stands for the process of a record under the default rules. */
function processOf(event: EventLine, rules: CollapseRules): string {
  const tid = event.tid === '' ? '?' : event.tid;
  const pid = event.pid === '' ? '?' : event.pid;
  // perf's own name for a task that it does not know; `-F -comm` prints none.
  const comm = event.comm === '' ? `:${tid}` : event.comm.replaceAll(';', ':');
  return processName(rules, comm, pid, tid);
}

/** Reads a header line for the kernel; undefined if it is none, or more than that. */
export function defaultHeader(text: string, session: CollapseSession): HeaderMeaning | undefined {
  const event = parseEventLine(text);
  if (event === undefined || event.payload !== '' || event.event === '') return undefined;
  const process = processOf(event, session.rules);
  const { event: name, period, time_s } = event;
  return { process, event: name, keep: session.keeps(name), period, time_s };
}

/** Reads a frame line for the kernel; undefined if it is none. */
export function defaultFrame(text: string, rules: CollapseRules): string | undefined {
  const frame = isIndentedFrame(text) ? parseFrame(text) : undefined;
  return frame === undefined ? undefined : frameLabel(frame, rules);
}

/** The label of a frame under the default rules; '' if it is left out. Inlined functions are joined by `;`. */
export function frameLabel(frame: Frame, rules: CollapseRules): string {
  const { symbol, dso } = frame;
  if (isProcessName(symbol)) return '';
  const mark = rules.kernel && isKernelDso(dso) ? '_[k]' : rules.jit && isJitDso(dso) ? '_[j]' : '';
  if (symbol === '' || symbol === '[unknown]') return unknownLabel(frame, rules) + mark;
  const parts = splitInlined(symbol).map((part) =>
    part === '[unknown]' ? unknownLabel(frame, rules) : tidy(stripArguments(part)),
  );
  return parts.map((part, i) => withMark(part, i === 0 ? mark : '_[i]')).join(';');
}

function withMark(name: string, mark: string): string {
  return mark !== '_[k]' && mark !== '' && name.includes(mark) ? name : name + mark;
}

function unknownLabel(frame: Frame, rules: CollapseRules): string {
  const known = frame.dso !== '' && frame.dso !== '[unknown]';
  const module = known ? tidy(baseName(frame.dso)) : 'unknown';
  return rules.addrs ? `[${module} <${frame.address}>]` : `[${module}]`;
}

/** `  uniform_int_dist.h:300` behind the name; `  libc-2.33.so[27b25]` says nothing new. */
function withSourceLine(label: string, sourceLine: string): string {
  if (label === '' || label.startsWith('[unknown')) return label;
  const text = sourceLine.replace(/\[.*?\]/g, '').trim();
  return text === '' ? label : `${label}:${text.replaceAll(';', ':')}`;
}
