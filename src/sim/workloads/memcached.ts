import type { MemcachedTraffic } from '../../experiment';
import type { Random } from '../../core';
import type { Machine } from '../machine';
import { PACKET_TCP_QUIET, PACKET_UDP } from '../packets';
import { MemcachedThread } from './memcachedThread';
import { OperationLog } from './operationLog';
import { acksOf, RequestSource, RETRANSMIT_NS } from './requestSource';
import { clientReceive_ns, SystemCalls } from './systemCalls';
import type { Workload } from './workload';

const GET = 0;
const SET = 1;

/** Header and trailer of a response: VALUE key flags length, END; or STORED alone. */
const RESPONSE_HEADER_BYTES = 40;

/** Codes of timers: connection number doubled, plus what is due. */
const REQUEST = 0;
const REPEAT = 1;

/** A request that has no response yet. */
interface Pending {
  readonly operation: number;
  readonly sent_ns: number;
}

/**
 * A closed-loop key-value cache: each connection has so many requests out at a time; when a response has come, the client
 * thinks, and its thread composes and sends the next. A client is one thread, which its connections share: its own time
 * for each request bounds the rate that it can ask for. Server threads read their connections' requests in the order of
 * arrival. Latency is that of the client, from sending a request to having read its response.
 */
export class MemcachedWorkload implements Workload {
  readonly log = new OperationLog(['GET', 'SET'], 'µs', false);
  private readonly sources: RequestSource[] = [];
  private readonly outlets: number[] = [];
  private readonly firstFlow: number;
  /** By connection, in the order in which they will be answered. */
  private readonly pending: Pending[][];
  private readonly random: Random;
  /** When each client's thread can send again. */
  private readonly clientFree_ns: Float64Array;
  private readonly clientRequest_ns: number;
  /** From the server's sending to the client's having read, by operation, over TCP and UDP. */
  private readonly back_ns: { readonly tcp: readonly number[]; readonly udp: readonly number[] };
  private readonly udpConnections: number;
  /** Acknowledgements of a response, by operation. */
  private readonly acks: readonly number[];

  constructor(
    private readonly machine: Machine,
    private readonly number: number,
    private readonly traffic: MemcachedTraffic,
  ) {
    const { constant } = machine.plan;
    this.random = machine.random(`memcached-${number}`);
    this.clientRequest_ns = machine.outlet.sendersPay ? constant('clientRequest.packet_ns') : 0;
    this.clientFree_ns = new Float64Array(traffic.clients);
    this.pending = Array.from({ length: traffic.connections }, () => []);
    this.udpConnections = Math.round(traffic.udpRatio * traffic.connections);
    const back = (kind: number) => [GET, SET].map((o) => clientReceive_ns(machine, kind, this.responseBytes(o)));
    this.back_ns = { tcp: back(PACKET_TCP_QUIET), udp: back(PACKET_UDP) };
    this.acks = [GET, SET].map((o) => acksOf(machine, this.responseBytes(o)));
    const calls = new SystemCalls(machine);
    const servers = Array.from({ length: traffic.serverThreads }, (_, t) => {
      return new MemcachedThread(machine, calls, this, traffic.appCpus[t % traffic.appCpus.length]);
    });
    this.firstFlow = machine.flows.count;
    for (let c = 0; c < traffic.connections; c++) this.connect(c, servers[c % servers.length]);
  }

  /** Connections begin at random within the time that a client needs for a request on each, and a time to think. */
  start(): void {
    const { connections, clients, pipeline, think_us } = this.traffic;
    const round_ns = (this.clientRequest_ns * connections * pipeline) / clients + think_us * 1000;
    for (let r = 0; r < connections * pipeline; r++) {
      this.machine.timer(this.random.uniform() * round_ns, this.number, 2 * (r % connections));
    }
  }

  onTimer(code: number): void {
    const connection = code >> 1;
    if ((code & 1) === REQUEST) this.request(connection);
    else this.sources[connection].repeat(this.machine.now);
    this.machine.outlet.update(this.outlets[connection]);
    this.machine.nic?.watch();
  }

  onLost(flow: number, bytes: number, messages: number, position: number): void {
    // Nothing waits for an acknowledgement.
    if (bytes === 0) return;
    const connection = flow - this.firstFlow;
    this.sources[connection].lose({ bytes, messages, position });
    this.machine.timer(this.machine.now + RETRANSMIT_NS, this.number, 2 * connection + REPEAT);
  }

  /** Bytes of the response to the request that is being served on a flow. */
  responseBytesOf(flow: number): number {
    return this.responseBytes(this.pending[flow - this.firstFlow][0].operation);
  }

  isGet(flow: number): boolean {
    return this.pending[flow - this.firstFlow][0].operation === GET;
  }

  /** The server has sent its response: the client has it after the wire, and thinks. */
  respond(flow: number): void {
    const { machine, random, traffic } = this;
    const connection = flow - this.firstFlow;
    const source = this.sources[connection];
    const answered = this.pending[connection].shift();
    if (answered === undefined) throw new Error('a response without a request');
    const { operation, sent_ns } = answered;
    const back_ns = connection < this.udpConnections ? this.back_ns.udp : this.back_ns.tcp;
    const arrival_ns = machine.now + back_ns[operation];
    this.log.record(operation, arrival_ns - sent_ns);
    if (connection >= this.udpConnections && this.acks[operation] > 0) {
      source.acknowledge(arrival_ns, this.acks[operation]);
      machine.outlet.update(this.outlets[connection]);
      machine.nic?.watch();
    }
    machine.timer(arrival_ns + random.exponential(traffic.think_us * 1000), this.number, 2 * connection + REQUEST);
  }

  private request(connection: number): void {
    const { machine, traffic } = this;
    const client = connection % traffic.clients;
    const at_ns = Math.max(machine.now, this.clientFree_ns[client]);
    this.clientFree_ns[client] = at_ns + this.clientRequest_ns * machine.senderVariation.next();
    const operation = this.random.uniform() < traffic.getRatio ? GET : SET;
    this.pending[connection].push({ operation, sent_ns: at_ns });
    this.sources[connection].request(at_ns, traffic.request_bytes + (operation === SET ? traffic.object_bytes : 0));
  }

  private responseBytes(operation: number): number {
    return RESPONSE_HEADER_BYTES + (operation === GET ? this.traffic.object_bytes : 0);
  }

  private connect(connection: number, server: MemcachedThread): void {
    const { machine, traffic } = this;
    const protocol = connection < this.udpConnections ? 'udp' : 'tcp';
    const flow = machine.flows.add({
      protocol,
      container: connection % machine.plan.experiment.containers,
      socket: server.socketOf(protocol).id,
      workload: this.number,
      label: `memcached-${this.number}`,
      message_bytes: traffic.request_bytes,
    });
    const source = new RequestSource(machine, flow, protocol);
    this.sources.push(source);
    const cpu = traffic.senderCpus[(connection % traffic.clients) % traffic.senderCpus.length];
    this.outlets.push(machine.outlet.add(source, cpu));
  }
}
