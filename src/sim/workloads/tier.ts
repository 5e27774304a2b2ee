import type { Socket } from '../sockets';
import type { Loss } from './requestSource';

/** A tier behind the web server: cache or database. */
export interface Tier {
  /**
   * Opens a connection from a thread of the web server.
   * @param answers socket to which the answers go
   * @param cpu of the thread
   */
  connect(answers: Socket, cpu: number): TierConnection;
}

/** One query at a time. */
export interface TierConnection {
  /** What sending a query costs the asking thread. */
  readonly send_ns: number;
  /** Flows of the connection through this machine, for what gets lost. */
  readonly flows: readonly LossyFlow[];
  /** Sends a query, at the end of a step of the asking thread. */
  ask(): void;
}

/** A flow whose packets are sent again after a timeout. */
export interface LossyFlow {
  readonly flow: number;
  /** A packet was lost; its sender does not know yet. */
  lose(loss: Loss): void;
  /** The timeout of what was lost first. */
  repeat(): void;
}
