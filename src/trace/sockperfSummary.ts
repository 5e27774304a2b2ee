/**
 * The lines that sockperf prints about a run, in its summary on the terminal and at the head of its
 * full log alike:
 *
 *     sockperf: Total of 473909 messages sent in 5.000 sec
 *     sockperf: NOTE: test was performed, using msg-size=16. For getting maximum throughput consider …
 *     sockperf: Summary: Message Rate is 94773 [msg/sec]
 *     sockperf: [Total Run] RunTime=3.000 sec; Warm up time=400 msec; SentMessages=120017; ReceivedMessages=24003
 *     sockperf: [Valid Duration] RunTime=2.550 sec; SentMessages=102006; ReceivedMessages=20402
 *     sockperf: ====> avg-latency=42.352 (std-dev=159.971)
 *     sockperf: # dropped messages = 0; # duplicated messages = 0; # out-of-order messages = 0
 *     sockperf: ---> percentile 99.999 = 3392.971
 *     sockperf: ---> <MAX> observation = 3392.971
 *     test was performed using the following parameters: --mps=40000 --burst=1 --reply-every=5 --msg-size=16 --time=3
 */
export interface SockperfSummary {
  role?: 'client' | 'server';
  protocol?: 'UDP' | 'TCP';
  version?: string;
  parameters?: string;
  messageBytes?: number;
  /** Throughput runs: the sender's rate. */
  messageRate_pps?: number;
  sent?: { messages: number; seconds: number };
  /** Runs with replies; the warm-up is in `total` and not in `valid`. */
  total?: { seconds: number; sent: number; replies: number };
  valid?: { seconds: number; sent: number; replies: number };
  /** What the times are: one way (half of the round trip), or with --full-rtt the round trip. */
  measure?: 'latency' | 'rtt';
  /** In µs, e.g. mean, stddev, min, p99.9, max. */
  readonly times_us: Map<string, number>;
  lost?: { dropped: number; duplicated: number; outOfOrder: number };
  /** Printed by a server when it ends. */
  received?: number;
  /** What sockperf complained about. */
  error?: string;
}

const ANSI = /\u001b\[[\d;]*m/g;

type Reader = (match: RegExpExecArray, into: SockperfSummary) => void;

const RUN = String.raw`RunTime=([\d.]+) sec; (?:Warm up time=\d+ msec; )?SentMessages=(\d+); ReceivedMessages=(\d+)`;

const LINES: readonly (readonly [RegExp, Reader])[] = [
  [/^== version #(\S+) ==$/, (m, s) => (s.version = m[1])],
  [/^test was performed using the following parameters: (.*)$/, readParameters],
  [/^\[(SERVER)\] listen on:/, (_m, s) => (s.role = 'server')],
  [/^\[CLIENT\] send on:/, (_m, s) => (s.role = 'client')],
  [/^\[ ?\d+\] IP = \S+\s+PORT = \d+ # (UDP|TCP)/, (m, s) => (s.protocol = m[1] as 'UDP' | 'TCP')],
  [/^Total of (\d+) messages sent in ([\d.]+) sec/, (m, s) => (s.sent = { messages: +m[1], seconds: +m[2] })],
  [/^NOTE: test was performed, using msg-size=(\d+)/, (m, s) => (s.messageBytes = +m[1])],
  [/^Summary: Message Rate is (\d+(?:\.\d+)?) \[msg\/sec\]/, (m, s) => (s.messageRate_pps = +m[1])],
  [new RegExp(String.raw`^\[Total Run\] ${RUN}`), (m, s) => (s.total = run(m))],
  [new RegExp(String.raw`^\[Valid Duration\] ${RUN}`), (m, s) => (s.valid = run(m))],
  [/^====> avg-(latency|rtt)=([\d.]+) \(std-dev=([\d.]+)/, readMean],
  [/^# dropped messages = (\d+); # duplicated messages = (\d+); # out-of-order messages = (\d+)/, readLost],
  [/^---> <(MAX|MIN)> observation =\s*([\d.]+)$/, (m, s) => s.times_us.set(m[1].toLowerCase(), +m[2])],
  [/^---> percentile ([\d.]+) =\s*([\d.]+)$/, (m, s) => s.times_us.set(`p${Number(m[1])}`, +m[2])],
  [/^Total (\d+) messages received and handled/, (m, s) => (s.received = +m[1])],
  [/^ERROR: (.*)$/, (m, s) => (s.error ??= m[1])],
];

/** Lines that tell nothing which the others do not. */
const CHATTER =
  /^(?:$|-+$|using \w+\(\) to block|Warmup stage|Starting test|Test end|Total \d+ observations|=+ Printing statistics|Summary: (?:BandWidth|Latency|Round trip)|cleanupAfterLoop|\[tid \d+\]|No messages were received|Server Activity)/;

export function newSummary(): SockperfSummary {
  return { times_us: new Map() };
}

/** Takes a line into the summary; false if it is none that sockperf is known to print. */
export function readSummaryLine(raw: string, into: SockperfSummary): boolean {
  let line = raw.replace(ANSI, '').trim();
  // The client prints its first line without a newline, so that another thread's may follow on it.
  const glued = /^sockperf(\[CLIENT\] send on:)sockperf: /.exec(line);
  if (glued !== null) into.role = 'client';
  line = line.replace(/^(?:sockperf\[CLIENT\] send on:)?sockperf(?:: |(?=\[))/, '').trim();
  for (const [pattern, read] of LINES) {
    const match = pattern.exec(line);
    if (match !== null) {
      read(match, into);
      return true;
    }
  }
  return CHATTER.test(line);
}

function readParameters(match: RegExpExecArray, into: SockperfSummary): void {
  into.parameters = match[1];
  const size = /--msg-size=(\d+)/.exec(match[1]);
  if (size !== null) into.messageBytes = Number(size[1]);
}

function readMean(match: RegExpExecArray, into: SockperfSummary): void {
  into.measure = match[1] as 'latency' | 'rtt';
  into.times_us.set('mean', Number(match[2])).set('stddev', Number(match[3]));
}

function readLost(match: RegExpExecArray, into: SockperfSummary): void {
  into.lost = { dropped: Number(match[1]), duplicated: Number(match[2]), outOfOrder: Number(match[3]) };
}

function run(match: RegExpExecArray): { seconds: number; sent: number; replies: number } {
  return { seconds: Number(match[1]), sent: Number(match[2]), replies: Number(match[3]) };
}
