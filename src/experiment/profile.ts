/**
 * A cost profile: what one kernel on one network card spends where. One profile serves every experiment and figure;
 * nothing else in the model holds a tunable number.
 */
export interface Profile {
  readonly id: string;
  readonly title: string;
  readonly kernel: string;
  readonly constants: Readonly<Record<string, Constant>>;
  /** What `@names` in stages stand for: function names of this kernel and driver. */
  readonly frames: Readonly<Record<string, readonly string[]>>;
  /** Claims that the fitted constants were fitted to; all others are predictions. */
  readonly fittedTo: readonly string[];
}

/** `assumed`: plausible and unverified, until a fit or a measurement replaces it. */
export type ConstantProvenance = 'paper' | 'kernel' | 'captured' | 'fitted' | 'assumed';

export interface Constant {
  readonly value: number;
  readonly unit: string;
  readonly provenance: ConstantProvenance;
  /** Where it is from: kernel file, paper section, capture, or why it is plausible. */
  readonly source: string;
  /** Range that a fit may search. */
  readonly bounds?: readonly [number, number];
}

/** Costs of the work of stages; each has `packet_ns`, `segment_ns` and `byte_ns`, absent ones are 0. */
export const WORK_COSTS: Readonly<Record<string, string>> = {
  nicPoll: 'descriptor handling in the driver, for each segment',
  skbAllocation: 'allocating and filling an skb, for each segment',
  groReceive: 'GRO: packet_ns for one that it cannot merge, segment_ns for each TCP segment it merges',
  groTunnel: 'what GRO costs more on a tunnelled packet: outer headers',
  netifReceive: '__netif_receive_skb_core',
  ipReceive: 'IPv4 input and routing',
  ipForward: 'IPv4 forwarding to a container',
  ipDefragment: 'queueing an IP fragment',
  udpReceive: 'UDP input up to the socket',
  tcpReceive: 'TCP input, for each (merged) skb and its segments',
  tcpAck: 'building and sending an acknowledgement',
  tcpAckInput: 'taking in an acknowledgement (tcp_ack): retransmission queue, round-trip sample, timer',
  vxlanReceive: 'VXLAN decapsulation and hand-over to the tunnel device',
  ipipReceive: 'IP-in-IP decapsulation and hand-over to the tunnel device',
  groCellPoll: 'gro_cell_poll with GRO of the inner packet',
  bridge: 'Linux bridge, with its netfilter hooks',
  ovs: 'Open vSwitch kernel datapath',
  vethXmit: 'veth transmit up to netif_rx',
  socketEnqueue: 'queueing to the socket and testing for a waiting reader',
  backlogEnqueue: 'putting a packet on a CPU backlog: lock, list, for the producer',
  backlogDequeue: 'process_backlog, for the consumer',
  socketReceive: 'recv system call without the copy',
  copyToUser: 'copy to user space',
  application: 'user code of a sockperf-like receiver',
  udpSend: 'send system call and transmit path of a UDP datagram of the receiving machine',
  tcpSend: 'send system call and transmit path of a TCP message of the receiving machine',
  tunnelSend: 'what transmit through the overlay costs more',
  epollWait: 'epoll_wait system call of an event loop that finds something, without what it finds',
  epollEvent: 'one thing that epoll_wait finds: poll of the file, copy to user space',
  memcachedGet: 'user code of a memcached read: parse, look up, format',
  memcachedSet: 'user code of a memcached write: parse, allocate, link',
  nginxStatic: 'user code of nginx for a static file',
  nginxPage: 'user code of nginx for a page: parse the request, pass it to PHP and the page back, each',
  databaseQuery: 'MySQL, for a query',
  clientRequest: 'a load generator thread, for each request and its response, bound of its rate',
  clientSend: 'sending a datagram on a client, bound of its rate; segment_ns for each further fragment',
  clientTunnel: 'what sending through the overlay costs more on a client, for each frame',
  clientTcpSend: 'sending TCP data on a client, bound of its rate',
};

/** Constants that are no work of a stage. */
export const SCALARS: Readonly<Record<string, string>> = {
  'kernel.hz': 'timer interrupts a second',
  'kernel.netdevBudget': 'packets of one net_rx_action',
  'kernel.netdevBudget_jiffies': 'time of one net_rx_action',
  'kernel.napiWeight': 'packets of one NAPI poll',
  'kernel.maxBacklog': 'netdev_max_backlog',
  'kernel.softirqRestarts': 'MAX_SOFTIRQ_RESTART',
  'kernel.softirqTime_jiffies': 'MAX_SOFTIRQ_TIME',
  'kernel.netRxRefill': '1: net_rx_action takes up NAPIs that were scheduled while it ran (since 6.3)',
  'kernel.rmem_bytes': 'socket receive buffer',
  'kernel.tcpRmem_bytes': 'TCP receive buffer after autotuning',
  'kernel.schedLatency_ms': 'CFS scheduling latency on this machine',
  'kernel.schedMinGranularity_ms': 'CFS least slice',
  'kernel.schedWakeupGranularity_ms': 'CFS wake-up granularity',
  'gro.normalBatch': 'gro_normal_batch: packets that GRO passes on at once',
  'gro.maxBytes': 'largest merged packet (GSO_MAX_SIZE)',
  'gro.maxPerBucket': 'MAX_GRO_SKBS',
  'gro.buckets': 'GRO_HASH_BUCKETS',
  'gro.tunnelMaxSegments': 'most segments that GRO merges of tunnelled TCP',
  'skb.overhead_bytes': 'truesize of an empty skb',
  'skb.chunk_bytes': 'granularity of receive buffers in truesize',
  'nic.link_gbps': 'link speed',
  'nic.frameOverhead_bytes': 'preamble 8, Ethernet header 14, FCS 4, gap 12',
  'nic.minFrame_bytes': 'shortest Ethernet frame without preamble and gap',
  'nic.ring': 'receive descriptors',
  'nic.mtu_bytes': 'largest IP packet',
  'nic.moderation_us': 'interrupt moderation: time',
  'nic.moderation_frames': 'interrupt moderation: packets',
  'nic.flowControl': '1: a full ring pauses the link (IEEE 802.3x)',
  'nic.adaptive': '1: dynamic interrupt moderation is on by default',
  'nic.adaptiveScheme':
    'what dynamic interrupt moderation does: 0 DIM, its time from the last interrupt (EQE); 1 DIM, from the last packet (CQE); 2 dynamic ITR of ixgbe',
  'wire.latency_ns': 'one way from the sending application to the receiving NIC, without queueing',
  'wire.jitter_ns': 'mean of the (exponential) variation of a paced sender',
  'cpu.hardirq_ns': 'interrupt handler of the NIC with entry and exit',
  'cpu.softirqEntry_ns': '__do_softirq, for each pass over the pending vectors',
  'cpu.netRxAction_ns': 'net_rx_action, for each run',
  'cpu.napiPoll_ns': 'one NAPI poll: locks, completion',
  'cpu.ipiSend_ns': 'sending an IPI',
  'cpu.ipiLatency_ns': 'from sending an IPI to its arrival',
  'cpu.ipiReceive_ns': 'IPI handler with entry and exit',
  'cpu.wakeup_ns': 'waking a thread, for the waker',
  'cpu.contextSwitch_ns': 'switching to another thread',
  'cpu.blocking_ns': 'going to sleep in recv',
  'cpu.idleExit_ns': 'leaving the idle state',
  'cpu.tick_ns': 'timer interrupt',
  'cpu.variation': 'coefficient of variation of service times',
  'locality.skb_ns': 'first touch of a packet whose data another core touched last',
  'locality.spread_ns': 'for each further core whose cache holds part of the packet',
  'locality.byte_ns': 'for each byte read that another core wrote',
  'locality.code_ns': 'polling another device than the core polled last, or after a thread: cold code and data',
  'falcon.choose_ns': 'choosing a CPU at a stage transition',
};

const WORK_UNITS = { packet_ns: 'ns', segment_ns: 'ns', byte_ns: 'ns/B' } as const;

/** Whether a profile may hold a constant of this name. */
export function isConstantName(name: string): boolean {
  if (Object.hasOwn(SCALARS, name)) return true;
  const [work, part, ...rest] = name.split('.');
  return rest.length === 0 && Object.hasOwn(WORK_COSTS, work) && Object.hasOwn(WORK_UNITS, part ?? '');
}

/** Value of a constant; a work cost that the profile does not list is 0. */
export function constantOf(profile: Profile, name: string): number {
  const constant = Object.hasOwn(profile.constants, name) ? profile.constants[name] : undefined;
  if (constant !== undefined) return constant.value;
  if (isConstantName(name) && !Object.hasOwn(SCALARS, name)) return 0;
  throw new Error(`profile ${profile.id} has no constant ${name}`);
}

/** Unit of a work cost's part. */
export function workUnit(part: 'packet_ns' | 'segment_ns' | 'byte_ns'): string {
  return WORK_UNITS[part];
}

/** The profile with some constants replaced; their provenance says so. */
export function withCosts(profile: Profile, costs: Readonly<Record<string, number>>): Profile {
  const names = Object.keys(costs);
  if (names.length === 0) return profile;
  const constants: Record<string, Constant> = { ...profile.constants };
  for (const name of names) {
    const old = Object.hasOwn(constants, name) ? constants[name] : undefined;
    constants[name] = {
      value: costs[name],
      unit: old?.unit ?? 'ns',
      provenance: 'assumed',
      source: 'stated by the experiment',
    };
  }
  return { ...profile, constants };
}
