import type { Random } from '../../core';
import type { WebTraffic } from '../../experiment';
import type { Machine } from '../machine';
import { OperationLog } from './operationLog';
import { RequestSource } from './requestSource';
import { REQUEST_BYTES, SEGMENTS_PER_ACK, WEB_OPERATIONS, CACHE_NS, DATABASE_NS } from './webOperations';
import type { WebOperation } from './webOperations';
import { QueryServer } from './queryServer';
import { WebWorker } from './webWorker';
import type { Workload } from './workload';

const MSS_BYTES = 1398;
/** TCP's least retransmission timeout, TCP_RTO_MIN. */
const TIMEOUT_NS = 200e6;

/** One user: what it is doing, and how far it is. */
interface User {
  readonly source: RequestSource;
  readonly outlet: number;
  operation: WebOperation;
  startedAt_ns: number;
  /** Requests of the operation that are still to come. */
  requestsLeft: number;
  waiting: boolean;
}

/**
 * A closed-loop multi-tier web service: users load pages with their static files, one request after the other, and
 * think; workers (nginx and PHP in one) render pages, asking the cache and the database over the containers' network;
 * the three tiers run on one machine, in containers of their own where there are several.
 */
export class WebWorkload implements Workload {
  readonly log = new OperationLog(
    WEB_OPERATIONS.map((o) => o.name),
    'ms',
    true,
  );
  private readonly users: User[] = [];
  private readonly userOf = new Map<number, number>();
  private readonly random: Random;

  constructor(
    private readonly machine: Machine,
    private readonly number: number,
    private readonly traffic: WebTraffic,
  ) {
    this.random = machine.random(`web-${number}`);
    const cache = new QueryServer(machine, number, 'memcached', traffic.cacheCpu, CACHE_NS, 1);
    const database = new QueryServer(machine, number, 'mysqld', traffic.databaseCpu, DATABASE_NS, 2);
    const workers = Array.from({ length: traffic.workers }, (_, w) => {
      const cpu = traffic.appCpus[w % traffic.appCpus.length];
      return new WebWorker(machine, cpu, cache, database, (flow) => this.onResponse(flow));
    });
    for (let u = 0; u < traffic.users; u++) this.addUser(u, workers[u % workers.length]);
  }

  start(): void {
    this.users.forEach((_, u) => this.think(u));
  }

  /** A user begins an operation, or repeats a request that was lost. */
  onTimer(code: number): void {
    const user = this.users[code];
    if (!user.waiting) {
      user.operation = this.drawOperation();
      user.startedAt_ns = this.machine.now;
      user.requestsLeft = 1 + user.operation.assets;
    }
    this.request(user, this.machine.now);
  }

  onLost(flow: number, _bytes: number, messages: number): void {
    const user = this.userOf.get(flow);
    if (user === undefined || messages === 0) return;
    this.machine.timer(this.machine.now + TIMEOUT_NS, this.number, user);
  }

  /** Operation that a worker finds in a request: the page is dynamic, the rest is not. */
  requestOf(flow: number): WebOperation | null {
    const user = this.users[this.userOf.get(flow) ?? 0];
    return user.requestsLeft === 1 + user.operation.assets ? user.operation : null;
  }

  /** A response has left the web server. */
  private onResponse(flow: number): void {
    const { machine } = this;
    const user = this.users[this.userOf.get(flow) ?? 0];
    const arrival = machine.now + machine.outlet.oneWay_ns;
    const segments = Math.ceil(user.operation.response_bytes / MSS_BYTES);
    user.waiting = false;
    user.requestsLeft--;
    const acks = Math.floor(segments / SEGMENTS_PER_ACK);
    if (user.requestsLeft > 0) this.request(user, arrival, acks);
    else {
      user.source.acknowledge(arrival, acks);
      this.finish(user, arrival);
      this.kick(user);
      this.think(this.userOf.get(flow) ?? 0);
    }
  }

  private finish(user: User, at_ns: number): void {
    const time_ns = at_ns - user.startedAt_ns;
    const delay_ns = Math.max(0, time_ns - user.operation.target_ms * 1e6);
    this.log.record(WEB_OPERATIONS.indexOf(user.operation), time_ns, delay_ns);
  }

  private request(user: User, at_ns: number, acks = 0): void {
    user.waiting = true;
    user.source.acknowledge(at_ns, acks);
    user.source.request(at_ns, REQUEST_BYTES);
    this.kick(user);
  }

  private kick(user: User): void {
    this.machine.outlet.update(user.outlet);
    this.machine.nic?.watch();
  }

  private think(user: number): void {
    const pause_ns = this.random.exponential(this.traffic.think_s * 1e9);
    this.machine.timer(this.machine.now + pause_ns, this.number, user);
  }

  private drawOperation(): WebOperation {
    const sum = WEB_OPERATIONS.reduce((total, o) => total + o.weight, 0);
    let left = this.random.uniform() * sum;
    return WEB_OPERATIONS.find((o) => (left -= o.weight) < 0) ?? WEB_OPERATIONS[0];
  }

  private addUser(u: number, worker: WebWorker): void {
    const { machine } = this;
    const flow = machine.flows.add({
      protocol: 'tcp',
      container: 0,
      socket: worker.requestSocket.id,
      workload: this.number,
      label: `web-${this.number}`,
      message_bytes: REQUEST_BYTES,
    });
    worker.serves(flow, () => this.requestOf(flow));
    this.userOf.set(flow, u);
    const source = new RequestSource(machine, flow, 'tcp');
    const outlet = machine.outlet.add(source, 0);
    this.users.push({ source, outlet, operation: WEB_OPERATIONS[0], startedAt_ns: 0, requestsLeft: 0, waiting: false });
  }
}
