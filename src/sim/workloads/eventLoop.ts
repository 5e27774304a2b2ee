import type { SystemCalls } from './systemCalls';

/** Most events of one call: epoll_events of nginx; libevent begins with 32 and doubles up to 4096 (epoll.c). */
const MOST_EVENTS = 512;

/**
 * The event loop of a server thread: one epoll_wait tells of all that is ready by then, and the thread works that off
 * before it calls again. So a busy thread pays the call less often (ep_send_events, fs/eventpoll.c).
 */
export class EventLoop {
  /** Events of the last call that are still to be worked off. */
  private left = 0;

  constructor(private readonly calls: Pick<SystemCalls, 'wait_ns' | 'event_ns'>) {}

  /**
   * Time for coming to the next event.
   * @param ready what waits to be worked off, it included
   */
  next_ns(ready: number): number {
    const { wait_ns, event_ns } = this.calls;
    if (this.left > 0) {
      this.left--;
      return event_ns;
    }
    this.left = Math.min(ready, MOST_EVENTS) - 1;
    return wait_ns + event_ns;
  }
}
