import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../../src/sim/workloads/eventLoop';

const calls = { wait_ns: 300, event_ns: 100 };

describe('EventLoop', () => {
  it('calls for each event while there is only one', () => {
    const loop = new EventLoop(calls);
    expect([1, 1, 1].map((ready) => loop.next_ns(ready))).toEqual([400, 400, 400]);
  });

  it('works off all that was ready before it calls again', () => {
    const loop = new EventLoop(calls);
    // Three are ready; five more come meanwhile, of which the next call tells.
    expect([3, 4, 5, 5, 4].map((ready) => loop.next_ns(ready))).toEqual([400, 100, 100, 400, 100]);
  });

  it('takes no more than a call holds', () => {
    const loop = new EventLoop(calls);
    let total = 0;
    for (let i = 0; i < 1024; i++) total += loop.next_ns(10_000);
    expect(total).toBe(2 * 300 + 1024 * 100);
  });
});
