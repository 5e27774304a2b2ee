import type { Machine } from '../machine';
import { NONE } from '../packets';
import type { Step, Thread, ThreadProgram } from '../scheduler';
import type { Socket } from '../sockets';
import { EventLoop } from './eventLoop';
import { LocalFlow } from './localMessage';
import type { SystemCalls } from './systemCalls';
import type { Tier, TierConnection } from './tier';

export interface QueryServerOptions {
  /** Name of the thread. */
  readonly comm: string;
  readonly cpu: number;
  readonly service_ns: number;
  /** Container that it runs in. */
  readonly container: number;
  readonly query_bytes: number;
  readonly answer_bytes: number;
}

/** A tier in a container of this machine: one thread that answers queries in the order of arrival. */
export class QueryServer implements ThreadProgram, Tier {
  private readonly socket: Socket;
  /** Way of the answers, by flow of the queries. */
  private readonly answers = new Map<number, LocalFlow>();
  private readonly loop: EventLoop;
  private packet = NONE;
  private receiveShare = 1;
  private computeShare = 1;

  constructor(
    private readonly machine: Machine,
    private readonly calls: SystemCalls,
    private readonly workload: number,
    private readonly options: QueryServerOptions,
  ) {
    this.loop = new EventLoop(calls);
    this.socket = machine.sockets.add('tcp', machine.scheduler.add(options.cpu, options.comm, this));
  }

  connect(answers: Socket, cpu: number): TierConnection {
    const { machine, options } = this;
    const { flows } = machine;
    const common = { protocol: 'tcp' as const, workload: this.workload };
    const query = flows.add({
      ...common,
      container: options.container,
      socket: this.socket.id,
      label: `${options.comm}-${this.workload}`,
      message_bytes: options.query_bytes,
    });
    const answer = flows.add({
      ...common,
      container: 0,
      socket: answers.id,
      label: `${options.comm}-${this.workload}-answers`,
      message_bytes: options.answer_bytes,
    });
    const back = new LocalFlow(machine, answer, options.answer_bytes, options.cpu);
    this.answers.set(query, back);
    const there = new LocalFlow(machine, query, options.query_bytes, cpu);
    return {
      send_ns: this.calls.sendLocal_ns(options.query_bytes),
      flows: [there, back],
      ask: () => {
        there.send();
      },
    };
  }

  next(thread: Thread, step: Step): boolean {
    const { machine, calls, options } = this;
    const ready = this.socket.queue.length;
    this.packet = machine.sockets.take(this.socket);
    if (this.packet === NONE) return false;
    const receive_ns = this.loop.next_ns(ready) + calls.read_ns(machine.cores[thread.core], this.packet);
    step.system_ns = receive_ns + calls.sendLocal_ns(options.answer_bytes);
    step.user_ns = options.service_ns;
    const total_ns = step.system_ns + step.user_ns;
    this.receiveShare = receive_ns / total_ns;
    this.computeShare = (receive_ns + step.user_ns) / total_ns;
    return true;
  }

  done(thread: Thread): void {
    const { machine, packet } = this;
    const answer = this.answers.get(machine.pool.flow[packet]);
    machine.monitors.read(machine.cores[thread.core], packet);
    machine.pool.freePacket(packet);
    this.packet = NONE;
    answer?.send();
  }

  frames(progress: number): readonly string[] {
    if (progress < 0) return ['@recv', 'tcp_recvmsg', 'schedule_timeout', 'schedule', '__schedule'];
    if (progress < this.receiveShare) return ['@recv', 'tcp_recvmsg'];
    return progress < this.computeShare ? ['start_thread', this.options.comm] : ['@send', 'tcp_sendmsg'];
  }
}
