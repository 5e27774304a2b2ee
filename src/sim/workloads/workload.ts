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
  /** A packet of one of its flows was dropped before it reached the socket: its payload, and the messages that end in it. */
  onLost(flow: number, bytes: number, messages: number, sent_ns: number): void;
  /** What its clients saw, where they wait for answers. */
  readonly log?: OperationLog;
}
