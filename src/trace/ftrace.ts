import { InputError, quote } from '../core';
import type { Detection, Trace, TraceFormat } from './format';
import { forEachLine, oddLine, prefixLines } from './lines';
import { EventColumns } from './perfScript/tables';

/**
 * Text of ftrace (/sys/kernel/tracing/trace, trace_pipe) and of `trace-cmd report`. Events come
 * without their subsystem.
 *
 *     # tracer: nop
 *     #           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
 *               <idle>-0       [001] ..s1.  8129.187175: softirq_entry: vec=3 [action=NET_RX]
 *          sockperf-23679   (  23670) [000] ..s1.  8129.187191: netif_rx: …        with record-tgid
 *     CPU:1 [LOST 17 EVENTS]
 *     cpus=2                                                                       trace-cmd report
 *               <idle>-0     [001]  8129.187175: softirq_entry:        vec=3 [action=NET_RX]
 */
const EVENT =
  /^ *(.{1,64}?)-(\d+) +(?:\( *(?:\d+|-+)\) +)?\[(\d{1,5})\] +(?:[A-Za-z.#*0-9]{4,8} +)?(\d+\.\d{6,9}): +([\w-]+): *(.*)$/;
const HEAD_CHARS = 4096;
const LOST = /^CPU:?\s*(\d+) \[(?:LOST (\d+) EVENTS|EVENTS DROPPED)\]|\[(\d+) EVENTS DROPPED\]/;
const FRAME =
  /^(?:#|cpus=\d+\s*$|version = |\s*$|CPU \d+ is empty|CPU:?\d+ (?:buffer started|\[))|^ => |^ *<stack trace/;

export const ftraceFormat: TraceFormat = {
  id: 'ftrace',
  title: 'ftrace or trace-cmd text',
  fills: ['events'],

  detect(prefix, complete): Detection {
    for (const line of prefixLines(prefix, complete)) {
      if (EVENT.test(line)) return 'yes';
      if (/^# tracer:/.test(line)) return 'yes';
      if (!FRAME.test(line) && !LOST.test(line)) return 'no';
    }
    return complete ? 'no' : 'more';
  },

  async parse(source, context): Promise<Trace> {
    const events = new EventColumns();
    const metadata = new Map<string, string>();
    let firstOdd: { line: number; text: string } | undefined;
    await forEachLine(source, context, (text, line) => {
      // What is before the payload is short; this bounds what looking for it can cost.
      const head = text.length > HEAD_CHARS ? text.slice(0, HEAD_CHARS) : text;
      const match = EVENT.exec(head);
      if (match !== null) {
        const [, comm, pid, cpu, time, name, payload] = match;
        const record = {
          comm,
          pid,
          tid: '',
          cpu: Number(cpu),
          time_s: Number(time),
          period: '',
          event: subsystemOf(name),
          tracepoint: true,
          payload: latin1(text.slice(head.length - payload.length).trimEnd()),
        };
        events.push(record);
        return;
      }
      const lost = LOST.exec(text);
      if (lost !== null) {
        const count = Number(lost[2] ?? lost[3] ?? 1);
        context.diagnostics.count(
          'ftrace/lost-events',
          'event lost by the recorder',
          { file: context.file, line },
          text,
          count,
        );
        return;
      }
      const tracer = /^# tracer: (\S+)/.exec(text);
      if (tracer !== null) metadata.set('tracer', tracer[1]);
      if (FRAME.test(text)) return;
      oddLine(context, 'ftrace/unparsed-line', 'line that is no event of ftrace', line, text);
      firstOdd ??= { line, text };
    });
    if (events.rows === 0) {
      const place = { file: context.file, ...(firstOdd === undefined ? {} : { line: firstOdd.line }) };
      throw InputError.expected(
        place,
        'events of ftrace',
        firstOdd === undefined ? 'its head alone' : quote(firstOdd.text),
      );
    }
    return { format: this.id, tables: { events: events.finish(context.run) }, metadata };
  },
};

/** Names of events that the kernel has in one subsystem only (include/trace/events). */
const SUBSYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/^(?:softirq_(?:raise|entry|exit)|irq_handler_(?:entry|exit)|tasklet_(?:entry|exit))$/, 'irq'],
  [/^(?:napi_poll|dql_stall_detected)$/, 'napi'],
  [/^(?:net(?:if|_dev)_\w+|napi_gro_\w+)$/, 'net'],
  [/^(?:kfree_skb|consume_skb|skb_copy_datagram_iovec)$/, 'skb'],
  [/^sched_\w+$/, 'sched'],
  [/^ipi_\w+$/, 'ipi'],
];

/** `softirq_entry` → `irq:softirq_entry`; others stay as they are. */
function subsystemOf(name: string): string {
  const known = SUBSYSTEMS.find(([pattern]) => pattern.test(name));
  return known === undefined ? name : `${known[1]}:${name}`;
}

/** The columns keep bytes; this gives back those of the text. */
function latin1(text: string): string {
  return /^[\u0000-\u007f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}
