import type { Random } from '../../core';
import type { WebOperation, WebTraffic } from '../../experiment';
import type { Machine } from '../machine';
import { PACKET_TCP } from '../packets';
import { NginxThread } from './nginxThread';
import type { Site } from './nginxThread';
import { OperationLog } from './operationLog';
import { PhpPool, PhpWorker } from './phpWorker';
import type { PageClient } from './phpWorker';
import { QueryServer } from './queryServer';
import { RemoteServer } from './remoteServer';
import { acksOf, RequestSource, RETRANSMIT_NS } from './requestSource';
import { clientReceive_ns, SystemCalls } from './systemCalls';
import type { LossyFlow, Tier } from './tier';
import type { Workload } from './workload';

/** Containers of the tiers. */
const WEB = 0;
const CACHE = 1;
const DATABASE = 2;

/** Codes of timers: user number doubled, plus what is due; for flows between the tiers, the flow below zero. */
const BEGIN = 0;
const REPEAT = 1;

/** What the client sees of a response, by operation: page and static file. */
interface Way {
  readonly bytes: number;
  readonly back_ns: number;
  readonly acks: number;
}

/**
 * A closed-loop multi-tier web service. Each user does one operation after the other, with time to think between: it
 * loads a page and then its static files, one request out at a time. nginx answers files itself and has pages rendered
 * by the PHP workers, which ask cache and database: in containers of this machine, or of the other one. The users come
 * over the link. Users act at once: what a client spends on itself is part of the thinking.
 */
export class WebWorkload implements Workload, Site, PageClient {
  readonly log: OperationLog;
  private readonly operations: readonly WebOperation[];
  private readonly pages: readonly Way[];
  private readonly files: readonly Way[];
  private readonly cumulativeWeight: readonly number[];
  private readonly pool: PhpPool;
  private readonly servers: NginxThread[];
  private readonly tierFlows = new Map<number, LossyFlow>();
  private readonly firstFlow: number;
  // By user.
  private readonly sources: RequestSource[] = [];
  private readonly outlets: number[] = [];
  private readonly operation: Int32Array;
  private readonly filesLeft: Int32Array;
  private readonly rendersPage: Uint8Array;
  private readonly startedAt_ns: Float64Array;
  /** Of each user its own, so that a user does the same things on any path. */
  private readonly randoms: Random[] = [];

  constructor(
    private readonly machine: Machine,
    private readonly number: number,
    private readonly traffic: WebTraffic,
  ) {
    this.operations = traffic.operations;
    this.log = new OperationLog(
      this.operations.map((o) => o.name),
      'ms',
      true,
    );
    this.pages = this.operations.map((o) => wayOf(machine, o.page_bytes));
    this.files = this.operations.map((o) => wayOf(machine, o.asset_bytes));
    let sum = 0;
    this.cumulativeWeight = this.operations.map((o) => (sum += o.weight));
    this.operation = new Int32Array(traffic.users);
    this.filesLeft = new Int32Array(traffic.users);
    this.rendersPage = new Uint8Array(traffic.users);
    this.startedAt_ns = new Float64Array(traffic.users);
    const calls = new SystemCalls(machine);
    this.pool = new PhpPool(machine, this);
    this.startTiers(calls);
    this.servers = [...new Set(traffic.appCpus)].map((cpu) => new NginxThread(machine, calls, this, cpu));
    this.firstFlow = machine.flows.count;
    for (let u = 0; u < traffic.users; u++) this.connect(u);
  }

  start(): void {
    for (let u = 0; u < this.traffic.users; u++) this.think(u, 0);
  }

  onTimer(code: number): void {
    if (code < 0) {
      this.tierFlows.get(-code - 1)?.repeat();
      return;
    }
    const user = code >> 1;
    if ((code & 1) === BEGIN) this.begin(user);
    else this.sources[user].repeat(this.machine.now);
    this.update(user);
  }

  onLost(flow: number, bytes: number, messages: number, position: number): void {
    // Nothing waits for an acknowledgement.
    if (bytes === 0) return;
    const user = flow - this.firstFlow;
    const at_ns = this.machine.now + RETRANSMIT_NS;
    if (user < 0) {
      this.tierFlows.get(flow)?.lose({ bytes, messages, position });
      this.machine.timer(at_ns, this.number, -flow - 1);
      return;
    }
    this.sources[user].lose({ bytes, messages, position });
    this.machine.timer(at_ns, this.number, 2 * user + REPEAT);
  }

  // What nginx asks.

  userOf(flow: number): number {
    return flow - this.firstFlow;
  }

  asksForPage(user: number): boolean {
    return this.rendersPage[user] === 1;
  }

  responseBytes(user: number): number {
    return this.wayOf(user).bytes;
  }

  render(user: number, cpu: number): void {
    this.pool.submit(user, cpu);
  }

  /** The response is on its way: the user goes on to the next file, or is done. */
  responded(user: number): void {
    const { back_ns, acks } = this.wayOf(user);
    const arrival_ns = this.machine.now + back_ns;
    if (acks > 0) this.sources[user].acknowledge(arrival_ns, acks);
    this.rendersPage[user] = 0;
    if (this.filesLeft[user] > 0) {
      this.filesLeft[user]--;
      this.sources[user].request(arrival_ns, this.traffic.request_bytes);
    } else {
      this.finish(user, arrival_ns);
      this.think(user, arrival_ns);
    }
    this.update(user);
  }

  // What PHP asks.

  operationOf(user: number): WebOperation {
    return this.operations[this.operation[user]];
  }

  rendered(user: number, cpu: number): void {
    this.servers[user % this.servers.length].take(user, cpu);
  }

  private begin(user: number): void {
    const { now } = this.machine;
    this.operation[user] = this.drawOperation(user);
    this.filesLeft[user] = this.operationOf(user).assets;
    this.rendersPage[user] = 1;
    this.startedAt_ns[user] = now;
    this.sources[user].request(now, this.traffic.request_bytes);
  }

  private finish(user: number, at_ns: number): void {
    const time_ns = at_ns - this.startedAt_ns[user];
    const late_ns = time_ns - this.operationOf(user).target_ms * 1e6;
    this.log.record(this.operation[user], time_ns, Math.max(0, late_ns));
  }

  private think(user: number, from_ns: number): void {
    const pause_ns = this.randoms[user].exponential(this.traffic.think_s * 1e9);
    this.machine.timer(from_ns + pause_ns, this.number, 2 * user + BEGIN);
  }

  private drawOperation(user: number): number {
    const { cumulativeWeight } = this;
    const at = this.randoms[user].uniform() * cumulativeWeight[cumulativeWeight.length - 1];
    return cumulativeWeight.findIndex((weight) => at < weight);
  }

  private wayOf(user: number): Way {
    return (this.asksForPage(user) ? this.pages : this.files)[this.operation[user]];
  }

  /** The link may have got something to carry. */
  private update(user: number): void {
    this.machine.outlet.update(this.outlets[user]);
    this.machine.nic?.watch();
  }

  /** Cache, database and the PHP workers with a connection to each. */
  private startTiers(calls: SystemCalls): void {
    const { machine, number, traffic } = this;
    const { query_bytes, answer_bytes } = traffic;
    const constant = (name: string): number => machine.plan.constant(name);
    const common = { query_bytes, answer_bytes };
    const tier = (comm: string, container: number, cpu: number, service_ns: number): Tier =>
      traffic.tiers === 'remote'
        ? new RemoteServer(machine, calls, number, { ...common, comm, service_ns })
        : new QueryServer(machine, calls, number, { ...common, comm, container, cpu, service_ns });
    const cache = tier('memcached', CACHE, traffic.cacheCpu, constant('memcachedGet.packet_ns'));
    const database = tier('mysqld', DATABASE, traffic.databaseCpu, constant('databaseQuery.packet_ns'));
    for (let w = 0; w < traffic.workers; w++) {
      const cpu = traffic.appCpus[w % traffic.appCpus.length];
      const worker = new PhpWorker(machine, calls, this.pool, cpu, cache, database);
      for (const flow of worker.flows) this.tierFlows.set(flow.flow, flow);
    }
  }

  private connect(user: number): void {
    const { machine, traffic } = this;
    const flow = machine.flows.add({
      protocol: 'tcp',
      container: WEB,
      socket: this.servers[user % this.servers.length].socket.id,
      workload: this.number,
      label: `web-${this.number}`,
      message_bytes: traffic.request_bytes,
    });
    this.randoms.push(machine.random(`web-${this.number}-user-${user}`));
    const source = new RequestSource(machine, flow, 'tcp');
    this.sources.push(source);
    this.outlets.push(machine.outlet.add(source, traffic.senderCpus[user % traffic.senderCpus.length]));
  }
}

function wayOf(machine: Machine, bytes: number): Way {
  return { bytes, back_ns: clientReceive_ns(machine, PACKET_TCP, bytes), acks: acksOf(machine, bytes) };
}
