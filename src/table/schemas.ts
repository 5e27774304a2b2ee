import { column, defineSchema, optional } from './schema';

/**
 * The tables in which simulator and parsers meet. Every table starts with `source` and `run`,
 * so that tables of several runs can be stacked and a figure needs to know nothing else.
 * Counters are cumulative, as a kernel prints them; analysis takes differences.
 */

/** Where the rows came from. */
export type Source = 'simulated' | 'captured';

const origin = {
  source: column('string', "'simulated' or 'captured'"),
  run: column('string', 'id of the run: experiment name or capture folder'),
} as const;

/** Contexts of /proc/stat, in its order; `hardirq` is its `irq` column. */
export const CPU_CONTEXTS = ['user', 'nice', 'system', 'idle', 'iowait', 'hardirq', 'softirq', 'steal'] as const;
export type CpuContext = (typeof CPU_CONTEXTS)[number];

export const cpuTimeSchema = defineSchema('cpuTime', 'CPU time by context, cumulative (/proc/stat)', {
  ...origin,
  time_s: column('f64', 'when the counters were read', 's'),
  cpu: column('i32', 'CPU number'),
  context: column('string', 'user, nice, system, idle, iowait, hardirq, softirq or steal'),
  busy_s: column('f64', 'time spent in the context since the first reading or boot', 's'),
});

export const softirqsSchema = defineSchema('softirqs', 'Softirq runs, cumulative (/proc/softirqs)', {
  ...origin,
  time_s: column('f64', 'when the counters were read', 's'),
  cpu: column('i32', 'CPU number'),
  vector: column('string', 'softirq vector, e.g. NET_RX'),
  count: column('f64', 'runs of the handler (for NET_RX: of net_rx_action), not packets'),
});

export const interruptsSchema = defineSchema(
  'interrupts',
  'Hardware interrupts and IPIs, cumulative (/proc/interrupts)',
  {
    ...origin,
    time_s: column('f64', 'when the counters were read', 's'),
    cpu: optional('i32', 'CPU number; null for the rows ERR and MIS, which are of no CPU'),
    irq: column('string', "interrupt number or name, e.g. '24', 'RES', 'CAL'"),
    device: column('string', 'description at the end of the row'),
    count: column('f64', 'interrupts'),
  },
);

export const softnetSchema = defineSchema('softnet', 'Per-CPU backlog counters, cumulative (/proc/net/softnet_stat)', {
  ...origin,
  time_s: column('f64', 'when the counters were read', 's'),
  cpu: column('i32', 'CPU number'),
  processed: column('f64', 'packets that entered netif_receive_skb'),
  dropped: column('f64', 'packets dropped on a full backlog'),
  time_squeeze: column('f64', 'net_rx_action ended by budget or time with work left'),
  received_rps: optional('f64', 'RPS interrupts received; null before Linux 2.6.36'),
  flow_limit_count: optional('f64', 'packets dropped by the flow limit; null before Linux 3.11'),
});

export const netDevSchema = defineSchema('netDev', 'Device counters, cumulative (/proc/net/dev)', {
  ...origin,
  time_s: column('f64', 'when the counters were read', 's'),
  namespace: column('string', "network namespace, '' if unnamed"),
  device: column('string', 'device name'),
  counter: column('string', 'e.g. rx_packets, tx_drop'),
  value: column('f64', 'counter value'),
});

export const netSnmpSchema = defineSchema('netSnmp', 'Protocol counters, cumulative (/proc/net/snmp)', {
  ...origin,
  time_s: column('f64', 'when the counters were read', 's'),
  namespace: column('string', "network namespace, '' if unnamed"),
  protocol: column('string', 'Ip, Tcp, Udp, …'),
  counter: column('string', 'e.g. RcvbufErrors'),
  value: column('f64', 'counter value'),
});

export const samplesSchema = defineSchema(
  'samples',
  'Stack samples in the order of the file; a step back in time is counted in the diagnostics',
  {
    ...origin,
    time_s: optional('f64', 'time of the sample', 's'),
    cpu: optional('i32', 'CPU number'),
    comm: column('string', 'command name of the interrupted task'),
    pid: optional('i32', 'process id'),
    tid: optional('i32', 'thread id'),
    event: column('string', "event name, e.g. cpu-clock; '' if not printed"),
    period: optional('f64', 'event period (weight), null if not printed'),
    stack: column('string', 'frames, outermost first, joined by ;'),
  },
);

export const stacksSchema = defineSchema('stacks', 'Stack samples added up by stack (folded)', {
  ...origin,
  cpu: optional('i32', 'CPU number, null if added up over CPUs'),
  comm: column('string', 'command name'),
  event: column('string', "event name, '' if unknown"),
  stack: column('string', 'frames, outermost first, joined by ; (without the comm)'),
  samples: column('f64', 'number of samples'),
  weight: column('f64', 'sum of periods; equals samples where no period is known'),
});

export const eventsSchema = defineSchema('events', 'Tracepoint events in the order of the file', {
  ...origin,
  time_s: column('f64', 'time of the event', 's'),
  cpu: column('i32', 'CPU number'),
  comm: column('string', 'command name of the interrupted task'),
  pid: optional('i32', 'process id, or the thread id where only that was printed'),
  event: column('string', 'subsystem:name, e.g. net:netif_receive_skb'),
  device: optional('string', 'network device, as named in its namespace'),
  skb: optional('string', 'address of the packet; reused after the packet is freed'),
  length_bytes: optional('f64', 'packet length', 'B'),
  value: optional('f64', 'the number that the event is about: softirq vector, irq, work done, target CPU'),
  payload: column('string', 'text of the event as printed'),
});

export const latencySchema = defineSchema('latency', 'Packet or message latency as a histogram', {
  ...origin,
  flow: column('string', "flow or operation, '' for all"),
  value_us: column('f64', 'latency; bin value', 'µs'),
  count: column('f64', 'packets or messages'),
});

export const messageRatesSchema = defineSchema('messageRates', 'Message rates by flow', {
  ...origin,
  flow: column('string', "flow or operation, '' for all"),
  repeat: column('i32', 'repetition, from 1'),
  message_bytes: optional('f64', 'application message size; null if the tool does not say', 'B'),
  offered_pps: optional('f64', 'messages that the sender sent', '1/s'),
  received_pps: optional('f64', 'messages that the application received; null if only the sender was measured', '1/s'),
  duration_s: column('f64', 'measured interval', 's'),
});

export const operationsSchema = defineSchema('operations', 'Results of a load generator, by operation', {
  ...origin,
  operation: column('string', "e.g. GET, HomePage; '' for all"),
  repeat: column('i32', 'repetition, from 1'),
  metric: column('string', 'what was measured: rate, latency, delay, errors, bandwidth, …'),
  statistic: column('string', "mean, p99, max, …; 'total' for counts and rates"),
  unit: column('string', 'unit of the value'),
  value: column('f64', 'the value'),
});

export const histogramsSchema = defineSchema('histograms', 'Histograms as a tool printed them (bpftrace)', {
  ...origin,
  name: column('string', 'map or variable that holds the histogram'),
  key: column('string', "key within the map, '' if it has none"),
  low: column('f64', 'lowest value of the bin; -Infinity if open'),
  high: column('f64', 'first value above the bin; Infinity if open'),
  count: column('f64', 'values in the bin'),
});

export const perfStatSchema = defineSchema('perfStat', 'Hardware and software event counts (perf stat)', {
  ...origin,
  time_s: optional('f64', 'end of the interval, null without -I', 's'),
  target: column('string', "what was counted: CPU0, S0-D0-C1, a task, '' for all"),
  event: column('string', 'event name, e.g. cycles'),
  unit: column('string', "unit of the value, '' for a plain count"),
  value: optional('f64', 'count; null where perf prints <not counted> or <not supported>'),
  running_ratio: optional('f64', 'share of the time that the event was counted, 0 … 1'),
});

export const dropsSchema = defineSchema('drops', 'Packets dropped, by place', {
  ...origin,
  place: column('string', 'e.g. nic-ring, backlog, flow-limit, gro-cells, socket'),
  cpu: optional('i32', 'CPU whose queue was full'),
  packets: column('f64', 'packets dropped'),
});

export const stagesSchema = defineSchema('stages', 'Queueing and service by stage and CPU', {
  ...origin,
  stage: column('string', 'stage of the receive path'),
  device: column('string', 'network device of the stage'),
  cpu: column('i32', 'CPU that served it'),
  packets: column('f64', 'packets served'),
  queue_us_mean: column('f64', 'mean time waiting for service', 'µs'),
  queue_us_p99: optional('f64', '99th percentile of the waiting time', 'µs'),
  service_us_mean: column('f64', 'mean time in service', 'µs'),
});

export const queuesSchema = defineSchema(
  'queues',
  'Length of each queue over time. Little’s law is exact in it: over any interval, the mean length times the ' +
    'interval is the difference of waited_s',
  {
    ...origin,
    time_s: column('f64', 'when the queue was looked at', 's'),
    queue: column('string', 'nic-ring, backlog, gro-cells or socket, as in drops'),
    device: column('string', "NIC queue or device, '' for a backlog, which serves all, and for sockets"),
    cpu: column('i32', 'CPU that takes packets from it; the sockets read on one CPU are one queue'),
    length: column('f64', 'packets in it at this time, merged ones as one; of a ring, as its driver last saw it'),
    mean_length: optional('f64', 'time average since the row before of this queue; null in the first'),
    longest: column('f64', 'most packets at once since measuring began'),
    joined: column('f64', 'packets that joined since measuring began'),
    waited_s: column('f64', 'time that packets spent in it since measuring began, those still there included', 's'),
  },
);

export const journeysSchema = defineSchema('journeys', 'The way of single packets over stages', {
  ...origin,
  packet: column('f64', 'packet number within the run'),
  flow: column('string', "flow, '' if unknown"),
  stage: column('string', 'stage of the receive path'),
  device: column('string', 'network device of the stage'),
  cpu: column('i32', 'CPU that served it'),
  enqueued_s: optional('f64', 'when the packet joined the queue of the stage', 's'),
  started_s: column('f64', 'when service began', 's'),
  ended_s: column('f64', 'when service ended', 's'),
});

export const countersSchema = defineSchema('counters', 'Scalar results of a run', {
  ...origin,
  name: column('string', 'what was counted'),
  unit: column('string', 'unit of the value'),
  value: column('f64', 'the value'),
});

/** Every table a run may have, by name. */
export const runSchemas = {
  cpuTime: cpuTimeSchema,
  softirqs: softirqsSchema,
  interrupts: interruptsSchema,
  softnet: softnetSchema,
  netDev: netDevSchema,
  netSnmp: netSnmpSchema,
  samples: samplesSchema,
  stacks: stacksSchema,
  events: eventsSchema,
  latency: latencySchema,
  messageRates: messageRatesSchema,
  operations: operationsSchema,
  histograms: histogramsSchema,
  perfStat: perfStatSchema,
  drops: dropsSchema,
  stages: stagesSchema,
  queues: queuesSchema,
  journeys: journeysSchema,
  counters: countersSchema,
} as const;

export type RunTableName = keyof typeof runSchemas;
