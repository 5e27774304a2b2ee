import type { Machine } from '../machine';
import { NONE } from '../packets';
import type { Step, Thread, ThreadProgram } from '../scheduler';
import type { Socket } from '../sockets';
import { sendLocal } from './localMessage';
import { QUERY_BYTES, REPLY_BYTES } from './webOperations';

/** A tier behind the web server: one thread that answers queries in the order of arrival. */
export class QueryServer implements ThreadProgram {
  private readonly socket: Socket;
  /** Flow of the answers, by flow of the queries. */
  private readonly replies = new Map<number, number>();
  private packet = NONE;

  constructor(
    private readonly machine: Machine,
    private readonly workload: number,
    private readonly name: string,
    cpu: number,
    private readonly service_ns: number,
    private readonly container: number,
  ) {
    this.socket = machine.sockets.add('tcp', machine.scheduler.add(cpu, name, this));
  }

  /** @returns the flow on which a client sends its queries; answers go to its socket */
  connect(answers: Socket): number {
    const { flows, plan } = this.machine;
    const containers = plan.experiment.containers;
    const common = { protocol: 'tcp' as const, workload: this.workload, label: `${this.name}-${this.workload}` };
    const query = flows.add({
      ...common,
      container: this.container % containers,
      socket: this.socket.id,
      message_bytes: QUERY_BYTES,
    });
    this.replies.set(query, flows.add({ ...common, container: 0, socket: answers.id, message_bytes: REPLY_BYTES }));
    return query;
  }

  next(thread: Thread, step: Step): boolean {
    const { machine } = this;
    const { constant } = machine.plan;
    this.packet = machine.sockets.take(this.socket);
    if (this.packet === NONE) return false;
    const touch = machine.softirqs.touch(machine.cores[thread.core], this.packet);
    step.system_ns = constant('socketReceive.packet_ns') + constant('tcpSend.packet_ns') + touch;
    step.user_ns = this.service_ns;
    return true;
  }

  done(thread: Thread): void {
    const { machine, packet } = this;
    const core = machine.cores[thread.core];
    const reply = this.replies.get(machine.pool.flow[packet]);
    machine.monitors.read(core, packet);
    machine.pool.freePacket(packet);
    this.packet = NONE;
    if (reply !== undefined) sendLocal(machine, core, reply, REPLY_BYTES);
  }

  frames(progress: number): readonly string[] {
    if (progress < 0) return ['@recv', 'tcp_recvmsg', 'schedule_timeout', 'schedule', '__schedule'];
    return progress < 0.1 ? ['@recv', 'tcp_recvmsg'] : ['start_thread', this.name];
  }
}
