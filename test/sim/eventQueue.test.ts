import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../src/sim/eventQueue';

interface Planned {
  time: number;
  priority: number;
  sequence: number;
  ticket: number;
}

/** What the queue must do, done slowly: a list that is sorted before each pop. */
class SortedReference {
  readonly pending: Planned[] = [];
  private sequence = 0;

  push(time: number, priority: number, ticket: number): number {
    this.pending.push({ time, priority, sequence: this.sequence, ticket });
    return this.sequence++;
  }

  pop(): Planned | undefined {
    this.pending.sort((x, y) => x.time - y.time || x.priority - y.priority || x.sequence - y.sequence);
    return this.pending.shift();
  }

  cancel(index: number): number {
    return this.pending.splice(index, 1)[0].ticket;
  }
}

function drain(queue: EventQueue): number[] {
  const kinds: number[] = [];
  while (queue.pop()) kinds.push(queue.kind);
  return kinds;
}

type Operation = { op: 'push'; delay: number; priority: number } | { op: 'pop' } | { op: 'cancel'; pick: number };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ op: fc.constant('push' as const), delay: fc.nat(6), priority: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('pop' as const) }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('cancel' as const), pick: fc.nat() }) },
);

describe('EventQueue', () => {
  it('agrees with a sorted list on any mix of pushes, pops and cancellations', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 600 }), (operations) => {
        const queue = new EventQueue();
        const reference = new SortedReference();
        const check = (): boolean => {
          expect(queue.size).toBe(reference.pending.length);
          const expected = reference.pop();
          expect(queue.nextTime()).toBe(expected?.time ?? Infinity);
          expect(queue.pop()).toBe(expected !== undefined);
          if (expected === undefined) return false;
          expect([queue.time, queue.priority, queue.kind]).toEqual([
            expected.time,
            expected.priority,
            expected.sequence,
          ]);
          return true;
        };
        let sequence = 0;
        for (const step of operations) {
          if (step.op === 'push') {
            const time = queue.time + step.delay;
            const ticket = queue.push(time, step.priority, sequence++);
            reference.push(time, step.priority, ticket);
          } else if (step.op === 'pop') {
            check();
          } else if (reference.pending.length > 0) {
            queue.cancel(reference.cancel(step.pick % reference.pending.length));
          }
        }
        while (check());
      }),
      { numRuns: 200 },
    );
  });

  it('keeps the order of arrival among equal times and priorities, far beyond its first capacity', () => {
    const queue = new EventQueue();
    for (let i = 0; i < 5000; i++) queue.push(10, i % 2, i);
    const even = Array.from({ length: 2500 }, (_, i) => 2 * i);
    expect(drain(queue)).toEqual([...even, ...even.map((i) => i + 1)]);
    expect(queue.popped).toBe(5000);
  });

  it('carries three signed 32-bit integers', () => {
    const queue = new EventQueue();
    queue.push(2 ** 52, 255, -1, 2 ** 31 - 1, -(2 ** 31));
    expect(queue.pop()).toBe(true);
    expect([queue.time, queue.priority, queue.kind, queue.a, queue.b]).toEqual([
      2 ** 52,
      255,
      -1,
      2 ** 31 - 1,
      -(2 ** 31),
    ]);
  });

  it('sweeps out cancelled events when they outnumber the others', () => {
    const queue = new EventQueue();
    const tickets = Array.from({ length: 1000 }, (_, i) => queue.push(1000 - i, 0, i));
    for (let i = 0; i < 1000; i++) if (i % 10 !== 0) queue.cancel(tickets[i]);
    expect(queue.size).toBe(100);
    expect(drain(queue)).toEqual(Array.from({ length: 100 }, (_, i) => 990 - 10 * i));
  });

  it('refuses the past, no time at all, and priorities beyond its range', () => {
    const queue = new EventQueue();
    queue.push(5, 0, 0);
    queue.pop();
    expect(() => queue.push(4, 0, 0)).toThrow('event at 4 ns, but the clock is at 5 ns');
    expect(() => queue.push(NaN, 0, 0)).toThrow(RangeError);
    expect(() => queue.push(6, 256, 0)).toThrow('priority 256');
    expect(() => queue.push(6, -1, 0)).toThrow('priority -1');
  });

  it('refuses to cancel what has come or was cancelled before', () => {
    const queue = new EventQueue();
    const first = queue.push(1, 0, 0);
    const second = queue.push(2, 0, 0);
    queue.pop();
    queue.cancel(second);
    expect(() => queue.cancel(first)).toThrow('names no pending event');
    expect(() => queue.cancel(second)).toThrow('names no pending event');
    expect(queue.pop()).toBe(false);
  });
});
