import type { TcpArrival } from '../sockets';
import type { OperationLog } from './operationLog';

/**
 * Traffic of one kind: makes flows, sockets, threads and senders when it is built, and reacts to what happens.
 * A workload sends through a `Source` on the machine's link, receives in the program of a thread, and sets timers
 * with `machine.timer`. Messages that it counts as sent go through `monitors.messageSent`.
 */
export interface Workload {
  /** Begins sending; called once at time 0. */
  start(): void;
  /** A timer that it set. */
  onTimer(code: number): void;
  /**
   * A packet of one of its flows was dropped before it reached the socket: its payload, the messages that end in it, and its
   * place in the TCP stream. For workloads whose clients know losses by a timer; TCP senders learn from acknowledgements.
   */
  onLost(flow: number, bytes: number, messages: number, position: number): void;
  /**
   * TCP input begins with an skb of one of its flows: whether it will acknowledge it at once. Workloads that do not say so
   * pay by the packet's class.
   */
  acknowledges?(flow: number, arrival: TcpArrival): boolean;
  /** TCP input has taken an skb of one of its flows on a CPU. `paid`: with an acknowledgement. */
  onTcpInput?(flow: number, arrival: TcpArrival, paid: boolean, cpu: number): void;
  /** What its clients saw, where they wait for answers. */
  readonly log?: OperationLog;
}
