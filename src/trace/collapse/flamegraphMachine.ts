import { baseName } from '../perfScript/frameLine';
import { flamegraphEvent, flamegraphFrame } from './flamegraphLines';
import type { FlamegraphEvent, FlamegraphFrame } from './flamegraphLines';
import type { HeaderMeaning, LineMachine } from './machine';
import type { CollapseRules } from './options';
import { CollapseSession, processName } from './session';
import { stripAtFirstParenthesis, tidy } from './symbols';

/**
 * The rules of stackcollapse-perf.pl, line by line: what it gets wrong is in docs/collapse.md. A record
 * ends at an empty line only, so a last one without is lost; a line is an event if it looks like one,
 * else a frame if it looks like one.
 */
export class FlamegraphMachine implements LineMachine {
  private process = '';
  private period = '1';
  private frames: string[] = [];
  /** With --srcline: the functions of a frame line whose source lines are still to come. */
  private awaiting: string[] | undefined;
  private done: string[] = [];

  constructor(private readonly session: CollapseSession) {}

  get neutral(): boolean {
    return this.process === '' && this.awaiting === undefined;
  }

  onLine(text: string, line: number, cut = 0): void {
    if (cut > 0) this.session.odd('overlong-line', 'overlong line, cut', line, text);
    if (this.awaiting !== undefined) {
      this.onSourceLine(text);
      return;
    }
    if (text.startsWith('#')) return;
    if (text === '') {
      this.endRecord();
      return;
    }
    const { session } = this;
    const header = flamegraphHeader(text, session);
    if (header !== undefined) {
      session.counts.records++;
      if (!header.keep) session.counts.filtered++;
      // The process of a record that no empty line ended stays, and with it its frames: a fault.
      else [this.process, this.period] = [header.process, header.period];
      return;
    }
    const frame = flamegraphFrame(text);
    if (frame === undefined) session.odd('unrecognised-line', 'line that is neither an event nor a frame', line, text);
    else if (!this.idle) this.onFrame(frame);
  }

  /** The last record is lost if no empty line follows. */
  end(): void {
    this.frames.length = 0;
  }

  /** Perl takes a process named 0 for none. */
  private get idle(): boolean {
    return this.process === '' || this.process === '0';
  }

  private onFrame(frame: FlamegraphFrame): void {
    const { rules } = this.session;
    if (!rules.srcline) {
      this.frames.push(flamegraphLabel(frame, rules));
      return;
    }
    const functions = functionsOf(frame, rules);
    if (functions.length === 0 || isUnknown(frame, functions)) this.frames.push(functions.join(';'));
    else [this.awaiting, this.done] = [functions, []];
  }

  /** One line is read for each function of the frame line, whatever it holds. */
  private onSourceLine(line: string): void {
    const functions = this.awaiting as string[];
    const text = line.replace(/\[.*?\]/g, '').trim();
    const name = functions.shift() as string;
    this.done.push(text === '' ? name : `${name}:${text}`);
    if (functions.length > 0) return;
    this.frames.push(this.done.join(';'));
    this.awaiting = undefined;
  }

  private endRecord(): void {
    if (this.idle) return;
    if (this.frames.length === 0) this.session.counts.withoutStack++;
    this.session.add(this.process, this.frames, this.period);
    this.frames.length = 0;
    this.process = '';
  }
}

function flamegraphHeader(text: string, session: CollapseSession): (HeaderMeaning & FlamegraphEvent) | undefined {
  const event = flamegraphEvent(text);
  if (event === undefined) return undefined;
  return {
    ...event,
    process: processName(session.rules, event.comm, event.pid, event.tid),
    keep: event.event === undefined || session.keeps(event.event),
    time_s: NaN,
  };
}

/**
 * Reads a header line for the kernel; undefined if it is none, or if the process is taken from beyond
 * `idsEnd`, where the text differs from record to record.
 */
export function flamegraphHeaderFor(text: string, idsEnd: number, session: CollapseSession): HeaderMeaning | undefined {
  const event = flamegraphEvent(text);
  if (event === undefined || event.idsEnd > idsEnd) return undefined;
  const header = flamegraphHeader(text, session);
  return header?.process === '0' ? undefined : header;
}

/** Reads a frame line for the kernel; undefined if it is none. */
export function flamegraphFrameFor(text: string, rules: CollapseRules): string | undefined {
  const frame = flamegraphFrame(text);
  return frame === undefined ? undefined : flamegraphLabel(frame, rules);
}

/** The label of a frame; '' if it is left out. */
function flamegraphLabel(frame: FlamegraphFrame, rules: CollapseRules): string {
  return functionsOf(frame, rules).join(';');
}

function functionsOf(frame: FlamegraphFrame, rules: CollapseRules): string[] {
  const symbol = frame.symbol.replace(/\+0x[0-9a-f]+$/, '');
  if (symbol.startsWith('(')) return [];
  const parts = symbol.split('->');
  while (parts.length > 0 && parts[parts.length - 1] === '') parts.pop();
  return parts.map((part, i) => {
    const name = tidied(part === '[unknown]' ? unknownName(frame, rules) : part);
    return name + markOf(frame.module, name, i, rules);
  });
}

function unknownName({ address, module }: FlamegraphFrame, rules: CollapseRules): string {
  const name = module === '[unknown]' ? 'unknown' : baseName(module);
  return rules.addrs ? `[${name} <${address}>]` : `[${name}]`;
}

/** Cuts at the first parenthesis, within template arguments too, unless it looks like a Go method. */
function tidied(name: string): string {
  const open = name.indexOf('.(');
  const goMethod = open >= 0 && name.lastIndexOf(').') >= open + 2;
  return tidy(goMethod ? name : stripAtFirstParenthesis(name.replaceAll(';', ':')));
}

function markOf(module: string, name: string, position: number, rules: CollapseRules): string {
  if (position > 0) return name.includes('_[i]') ? '' : '_[i]';
  if (rules.kernel && (module.startsWith('[') || module.endsWith('vmlinux')) && !module.includes('unknown'))
    return '_[k]';
  if (rules.jit && /\/tmp\/perf-\d+\.map/.test(module)) return name.includes('_[j]') ? '' : '_[j]';
  return '';
}

function isUnknown(frame: FlamegraphFrame, functions: readonly string[]): boolean {
  return frame.module === '[unknown]' && functions.some((name) => name.startsWith('[unknown'));
}
