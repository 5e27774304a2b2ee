import type { WebOperation } from './webOperations';

/** What is sent to the machine, and what its applications do with it. Several kinds may share one experiment. */
export type Traffic = UdpTraffic | TcpTraffic | MemcachedTraffic | WebTraffic;

export type TrafficKind = Traffic['kind'];

/** One-way UDP datagrams to one socket and one receiving thread for each flow (sockperf, under-load or throughput). */
export interface UdpTraffic {
  readonly kind: 'udp';
  readonly flows: number;
  readonly message_bytes: number;
  /** Messages per second of each flow, or `stress`: as fast as the senders can. */
  readonly rate_pps: number | 'stress';
  /** Sending clients of each flow; each is bound by the profile's sender cost. */
  readonly clients: number;
  readonly arrivals: Arrivals;
  /** CPUs of the receiving threads; flow f uses entry f modulo the length. */
  readonly appCpus: readonly number[];
  /** CPUs of the sending threads, where the cable is a veth pair and the senders run on this machine. */
  readonly senderCpus: readonly number[];
  readonly hotspots: readonly Hotspot[];
}

/** One-way TCP messages on one connection and one receiving thread for each flow. */
export interface TcpTraffic {
  readonly kind: 'tcp';
  readonly flows: number;
  readonly message_bytes: number;
  /** Messages per second of each flow, or `bulk`: as fast as window and sender allow. */
  readonly rate_pps: number | 'bulk';
  readonly arrivals: Arrivals;
  /** Receive window: most bytes in flight and received but not read. */
  readonly window_bytes: number;
  /**
   * TCP_NODELAY in bulk: each message is one or more segments of its own, the last with PSH. Without it they are one stream of
   * full segments (Nagle), as in sockperf's throughput mode. At a fixed rate messages are always sent so.
   */
  readonly nodelay: boolean;
  readonly appCpus: readonly number[];
  /** As for UDP. */
  readonly senderCpus: readonly number[];
  readonly hotspots: readonly Hotspot[];
}

/**
 * Spacing of messages at a fixed rate. `constant` has the profile's jitter; `poisson` is memoryless;
 * `burst` sends `burst` messages back to back.
 */
export type Arrivals = 'constant' | 'poisson' | { readonly burst: number };

/** A sudden change of one flow's rate. */
export interface Hotspot {
  /** Flow number, or `random`: drawn from the seed. */
  readonly flow: number | 'random';
  /** Counted from when measuring begins; negative for a hotspot that is older. */
  readonly from_s: number;
  readonly to_s: number;
  /** Rate multiplied by this meanwhile. */
  readonly factor: number;
}

/** Closed-loop key-value cache (Cloudsuite data caching): requests wait for their responses. */
export interface MemcachedTraffic {
  readonly kind: 'memcached';
  /** Client threads, which share the connections; each is bound by the profile's `clientRequest`. */
  readonly clients: number;
  readonly connections: number;
  /** Requests that a connection has out at a time. */
  readonly pipeline: number;
  readonly serverThreads: number;
  readonly object_bytes: number;
  readonly request_bytes: number;
  /** Share of requests that read. */
  readonly getRatio: number;
  /** Mean time between a response and the next request on a connection. */
  readonly think_us: number;
  /** Share of connections over UDP (figure 6 has both protocols). */
  readonly udpRatio: number;
  /** CPUs of the server threads; thread t uses entry t modulo the length. */
  readonly appCpus: readonly number[];
  /** CPUs of the client threads, where the cable is a veth pair and they run on this machine. */
  readonly senderCpus: readonly number[];
}

/**
 * Closed-loop multi-tier web service (Cloudsuite web serving: nginx/PHP, memcached, MySQL), each tier in a container. The
 * users come over the link.
 */
export interface WebTraffic {
  readonly kind: 'web';
  readonly users: number;
  /** PHP workers (pm.max_children). */
  readonly workers: number;
  /** Mean time between a user's operations. */
  readonly think_s: number;
  readonly operations: readonly WebOperation[];
  readonly request_bytes: number;
  /** Of a query to cache or database, and of its answer. */
  readonly query_bytes: number;
  readonly answer_bytes: number;
  /** CPUs of the web server: an nginx thread on each, the PHP workers in turn. */
  readonly appCpus: readonly number[];
  /** Whether cache and database run on this machine or on the other one, behind the link. */
  readonly tiers: 'local' | 'remote';
  /** Where they run if they are local. */
  readonly cacheCpu: number;
  readonly databaseCpu: number;
  /** As for memcached. */
  readonly senderCpus: readonly number[];
}
