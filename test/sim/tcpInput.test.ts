import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveExperiment } from '../../src/experiment';
import { Machine } from '../../src/sim/machine';
import { NONE, PACKET_TCP } from '../../src/sim/packets';
import { compilePlan } from '../../src/sim/plan';
import type { Socket } from '../../src/sim/sockets';

const BYTES = 100;

interface Bench {
  readonly machine: Machine;
  readonly socket: Socket;
  /** Delivers segments by number, merged to one skb. */
  readonly deliver: (...segments: number[]) => void;
  /** Numbers of the segments that can be read, in the order of reading. */
  readonly read: () => number[];
}

function bench(): Bench {
  const machine = new Machine(compilePlan(resolveExperiment({})));
  machine.workloads.push({ start() {}, onTimer() {}, onLost() {} });
  const idle = { next: () => false, done() {}, frames: () => [] };
  const socket = machine.sockets.add('tcp', machine.scheduler.add(2, 'test', idle));
  machine.flows.add({
    protocol: 'tcp',
    container: 0,
    socket: socket.id,
    workload: 0,
    label: 'f',
    message_bytes: BYTES,
  });
  const { pool } = machine;
  const make = (n: number): number =>
    machine.newPacket({
      flow: 0,
      kind: PACKET_TCP,
      flags: 0,
      bytes: BYTES,
      messages: 1,
      message: 0,
      position: n * BYTES,
      sent_ns: 0,
    });
  const deliver = (...segments: number[]): void => {
    const [head, ...rest] = segments.map(make);
    for (const segment of rest) pool.merge(head, segment);
    machine.monitors.offered(segments.length);
    machine.sockets.deliver(machine.cores[1], head);
  };
  const read = (): number[] => {
    const numbers: number[] = [];
    for (let skb = machine.sockets.take(socket); skb !== NONE; skb = machine.sockets.take(socket)) {
      for (let slot = skb; slot !== NONE; slot = pool.chain[slot]) numbers.push(pool.position[slot] / BYTES);
      machine.monitors.read(machine.cores[2], skb);
      pool.freePacket(skb);
    }
    return numbers;
  };
  return { machine, socket, deliver, read };
}

describe('TCP input', () => {
  it('keeps what comes after a hole from the application until the hole is filled', () => {
    const { machine, deliver, read } = bench();
    deliver(0);
    deliver(2, 3);
    deliver(5);
    expect(read()).toEqual([0]);
    expect(machine.sockets.tcp.nextOf(0)).toBe(BYTES);
    deliver(1);
    expect(read()).toEqual([1, 2, 3]);
    deliver(4);
    expect(read()).toEqual([4, 5]);
    expect(machine.sockets.tcp.hasHole(0)).toBe(false);
    expect(machine.pool.live).toBe(0);
  });

  it('wakes the reader only when there is something to read', () => {
    const { machine, deliver } = bench();
    const wakeups = (): number => machine.cores[1].extraWake_ns;
    deliver(1);
    expect(wakeups()).toBe(0);
    deliver(0);
    expect(wakeups()).toBeGreaterThan(0);
  });

  it('throws away what it has, also where only a part of a merged skb is new', () => {
    const { machine, socket, deliver, read } = bench();
    deliver(0, 1, 2);
    deliver(1);
    deliver(2, 3, 4);
    deliver(6, 7);
    deliver(6);
    expect(read()).toEqual([0, 1, 2, 3, 4]);
    deliver(5, 6, 7, 8);
    expect(read()).toEqual([5, 6, 7, 8]);
    expect(machine.pool.live).toBe(0);
    expect(socket.rmem_bytes).toBe(0);
    expect(machine.monitors.ledger.delivered).toBe(machine.monitors.ledger.offered);
  });

  it('gives the application each byte once and in order, whatever comes', () => {
    const skb = fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 4 }));
    fc.assert(
      fc.property(fc.array(skb, { maxLength: 80 }), (skbs) => {
        const { machine, socket, deliver, read } = bench();
        const readable: number[] = [];
        const come = new Set<number>();
        for (const [from, count] of skbs) {
          const segments = Array.from({ length: count }, (_, i) => from + i);
          deliver(...segments);
          for (const segment of segments) come.add(segment);
          readable.push(...read());
          let next = 0;
          while (come.has(next)) next++;
          expect(readable).toEqual(Array.from({ length: next }, (_, i) => i));
          expect(machine.sockets.tcp.nextOf(0)).toBe(next * BYTES);
        }
        const { ledger } = machine.monitors;
        expect(ledger.delivered + machine.pool.live).toBe(ledger.offered);
        expect(socket.rmem_bytes === 0).toBe(machine.pool.live === 0);
      }),
      { numRuns: 100 },
    );
  });
});
