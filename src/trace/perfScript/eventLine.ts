import { isSpace } from './byteMemo';

/**
 * The first line of a perf script record. What is on it depends on `-F` and on the version of perf:
 *
 *   swapper     0 [000]  8126.035479:     500250 cpu-clock:          default, with call chains
 *       migration/0    18 [000]  8129.187175:  ipi:ipi_send_cpu: cpu=1 callsite=…      without: comm padded
 *   java 24636/25607 [000] 4794564.109216: cycles:                   pid and tid, no period
 *   V8 WorkerThread 25607 4794564.109216:     104345 cycles:ppp:     no cpu, modifier after the event
 *   node-v011 31912 cpu-clock:                                       no time
 *   a.out 35081 [002] K 252436.005167123:  1000 cycles:  7f12 main+0x1 (/a.out)    misc, --ns, chain on the line
 *   8129.187175: 1 net:netif_rx: dev=eth0                             no comm, no pid
 *
 * Comm may hold spaces, digits and brackets (`[ET_NET 0]`, `FS Broker 5858`), so the line is anchored on
 * the time stamp, or else on `[cpu]`, and what is before it is read from the right to the left.
 */
export interface EventLine {
  /** Command name, '' if not printed. */
  readonly comm: string;
  /** Process and thread id as printed, '' if not. perf prints the thread id where it prints one only. */
  readonly pid: string;
  readonly tid: string;
  /** CPU number, −1 if not printed. */
  readonly cpu: number;
  /** Seconds, NaN if not printed. */
  readonly time_s: number;
  /** Digits as printed, '' if not. May exceed 2^53. */
  readonly period: string;
  /** Event name, '' if not printed. */
  readonly event: string;
  /** Whether the event is a tracepoint; see `isTracepoint`. */
  readonly tracepoint: boolean;
  /** What follows the event: a tracepoint's fields, or a frame; '' if nothing. */
  readonly payload: string;
}

const TIME = /(?:^|\s)(\d{1,12}\.\d{6,9}):(?=\s|$)/;
const CPU = /(?:^|\s)\[(\d{1,5})\](?=\s|$)/;

/** Longer than any header that perf prints before the payload; bounds what backtracking can cost. */
const HEAD_CHARS = 512;
const COLON = 58;

/** Who was sampled, and where. */
export type Who = Pick<EventLine, 'comm' | 'pid' | 'tid' | 'cpu'>;
type Event = Pick<EventLine, 'event' | 'tracepoint'>;
const NO_EVENT: Event = { event: '', tracepoint: false };

/** Left parts and event names that are remembered; then the memo starts anew, so that memory stays bounded. */
const MEMO_SIZE = 2 ** 14;
/** Reads lines that may start records. Remembers who was sampled, since a file names few tasks often. */
export class EventLineParser {
  private readonly whoByText = new Map<string, Who>();
  private readonly events = new Map<string, Event>();

  /** undefined if the line starts no record. */
  parse(text: string): EventLine | undefined {
    const head = text.length > HEAD_CHARS ? text.slice(0, HEAD_CHARS) : text;
    const time = TIME.exec(head);
    if (time !== null) {
      return this.assemble(text, head.slice(0, time.index), Number(time[1]), time.index + time[0].length);
    }
    const cpu = CPU.exec(head);
    if (cpu !== null) {
      const end = cpu.index + cpu[0].length;
      const line = this.assemble(text, head.slice(0, end), NaN, end);
      // A number with a colon is a damaged time stamp.
      return /^[\d.]+$/.test(line.event) ? undefined : line;
    }
    return parseWithoutAnchor(text, head);
  }

  /**
   * `     500250 cpu-clock: payload` → period, event, payload. The event is the first token, and ends with
   * a colon.
   */
  private assemble(text: string, left: string, time_s: number, start: number): EventLine {
    const { comm, pid, tid, cpu } = this.who(left);
    let at = skipSpace(text, start);
    let end = tokenEnd(text, at);
    let period = '';
    if (isDigits(text, at, end)) {
      const next = skipSpace(text, end);
      const nextEnd = tokenEnd(text, next);
      // Digits before something that is no event are the address of a frame.
      if (next === text.length || text.charCodeAt(nextEnd - 1) === COLON) {
        period = text.slice(at, end);
        at = next;
        end = nextEnd;
      }
    }
    let { event, tracepoint } = NO_EVENT;
    if (end - at > 1 && text.charCodeAt(end - 1) === COLON) {
      ({ event, tracepoint } = this.event(text.slice(at, end - 1)));
      at = skipSpace(text, end);
    }
    const payload = at === text.length ? '' : text.slice(at, trimEnd(text, text.length, at));
    return { comm, pid, tid, cpu, time_s, period, event, tracepoint, payload };
  }

  private who(left: string): Who {
    let who = this.whoByText.get(left);
    if (who === undefined) {
      const own = ownCopy(left);
      who = parseWho(own);
      if (this.whoByText.size >= MEMO_SIZE) this.whoByText.clear();
      this.whoByText.set(own, who);
    }
    return who;
  }

  /** The same string for the same name, which spares whoever keeps it from looking at its letters. */
  private event(name: string): Event {
    let event = this.events.get(name);
    if (event === undefined) {
      const own = ownCopy(name);
      event = { event: own, tracepoint: isTracepoint(own) };
      if (this.events.size >= MEMO_SIZE) this.events.clear();
      this.events.set(own, event);
    }
    return event;
  }
}

/** Reads a single line that may start a record; undefined if it is none. */
export function parseEventLine(text: string): EventLine | undefined {
  return new EventLineParser().parse(text);
}

/** Whether a line has a time stamp where records have it; frames and source lines do not. */
export function hasTimeStamp(text: string): boolean {
  return TIME.test(text);
}

/**
 * Whether an event name is `subsystem:name`. What follows the colon of a hardware or software event
 * are modifiers: `cycles:ppp`, `instructions:uH`.
 */
export function isTracepoint(event: string): boolean {
  return /^[A-Za-z_][\w-]*:[\w-]*[\w-]$/.test(event) && !/:[ukhGHIDSWepPbR]{1,6}$/.test(event);
}

/** Characters of `-F misc`: kernel, user, hypervisor, guest kernel, guest user, exec. */
const MISC = /^[KUHGgE]+$/;

/** `V8 WorkerThread 24636/25607 [000] U ` → comm, pid, tid, cpu. */
export function parseWho(left: string): Who {
  let end = trimEnd(left, left.length);
  let cpu = -1;
  // Misc flags stand behind the ids and the cpu.
  let token = tokenStart(left, end);
  if (token > 0 && MISC.test(left.slice(token, end))) {
    const before = trimEnd(left, token);
    if (/[\]\d]/.test(left[before - 1])) end = before;
  }
  token = tokenStart(left, end);
  const bracketed = /^\[(\d{1,5})\]$/.exec(left.slice(token, end));
  if (bracketed !== null) {
    cpu = Number(bracketed[1]);
    end = trimEnd(left, token);
    token = tokenStart(left, end);
  }
  const ids = /^(-?\d+)(?:\/(-?\d+))?$/.exec(left.slice(token, end));
  if (ids === null) return { comm: withoutGuest(left.slice(0, end)), pid: '', tid: '', cpu };
  const comm = withoutGuest(left.slice(0, trimEnd(left, token)));
  return ids[2] === undefined ? { comm, pid: '', tid: ids[1], cpu } : { comm, pid: ids[1], tid: ids[2], cpu };
}

/** Takes off the padding and what `-F +vcpu,machine_pid` puts in front: `VM:13223 VCPU:003 `. */
function withoutGuest(comm: string): string {
  const trimmed = comm.trimStart();
  return trimmed.startsWith('V') ? trimmed.replace(/^(?:VM:\s*\d+\s+)?(?:VCPU:\d+\s*)?/, '') : trimmed;
}

//   node-v011 31912 cpu-clock:
//   node-v011 31912/31915     1000 cycles: payload
const WITH_ID = /^\s*(?:(\S.*?)\s+)?(-?\d+)(?:\/(-?\d+))?\s+(?:(\d+)\s+)?(\S+):(?=\s|$)/;
//   swapper cycles:
//   cycles:
const WITH_EVENT = /^\s*(?:(\S.*?)\s+)?(\S+):\s*$/;
//   node-v011 31912
const WITH_ID_ONLY = /^\s*(\S.*?)\s+(-?\d+)(?:\/(-?\d+))?\s*$/;

/** Layouts with neither time nor CPU. */
function parseWithoutAnchor(text: string, head: string): EventLine | undefined {
  const withId = WITH_ID.exec(head);
  if (withId !== null) {
    const [all, comm = '', first, second, period = '', event] = withId;
    return {
      ...untimed,
      comm,
      ...ids(first, second),
      period,
      event,
      tracepoint: isTracepoint(event),
      payload: text.slice(all.length).trim(),
    };
  }
  if (text.length > HEAD_CHARS) return undefined;
  const withEvent = WITH_EVENT.exec(head);
  if (withEvent !== null)
    return { ...untimed, comm: withEvent[1] ?? '', event: withEvent[2], tracepoint: isTracepoint(withEvent[2]) };
  const idOnly = WITH_ID_ONLY.exec(head);
  if (idOnly !== null) return { ...untimed, comm: idOnly[1], ...ids(idOnly[2], idOnly[3]) };
  return undefined;
}

/** A record of which nothing is known: `-F ip,sym` prints no first line at all. */
export const untimed: EventLine = {
  comm: '',
  pid: '',
  tid: '',
  cpu: -1,
  time_s: NaN,
  period: '',
  ...NO_EVENT,
  payload: '',
};

function ids(first: string, second: string | undefined): { pid: string; tid: string } {
  return second === undefined ? { pid: '', tid: first } : { pid: first, tid: second };
}

/** The text by itself: a slice would keep the whole line alive. */
function ownCopy(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('latin1');
}

function skipSpace(text: string, at: number): number {
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}

function trimEnd(text: string, end: number, floor = 0): number {
  while (end > floor && isSpace(text.charCodeAt(end - 1))) end--;
  return end;
}

function tokenEnd(text: string, at: number): number {
  while (at < text.length && !isSpace(text.charCodeAt(at))) at++;
  return at;
}

function tokenStart(text: string, end: number): number {
  while (end > 0 && !isSpace(text.charCodeAt(end - 1))) end--;
  return end;
}

function isDigits(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return end > start;
}
