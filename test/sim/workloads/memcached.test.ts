import { describe, expect, it } from 'vitest';
import { resolveExperiment } from '../../../src/experiment';
import type { ExperimentInput, TrafficInput } from '../../../src/experiment';
import type { SimulationResult } from '../../../src/sim';
import { counter, received, RPS, run } from '../support';
import { operation, serviceRate } from './support';

type Memcached = Extract<TrafficInput, { kind: 'memcached' }>;

const FIXED = { moderation: { mode: 'fixed' as const, usecs: 8, frames: 32 } };

function memcached(traffic: Partial<Memcached>, also: ExperimentInput = {}): SimulationResult {
  return run({ steering: RPS, nic: FIXED, duration_s: 0.06, ...also, traffic: { kind: 'memcached', ...traffic } });
}

/** Mean over both operations. */
function latency_us(result: SimulationResult): number {
  const both = ['GET', 'SET'].map((name) => ({
    rate: operation(result, name, 'rate', 'total'),
    mean: operation(result, name, 'latency', 'mean'),
  }));
  return both.reduce((sum, o) => sum + o.rate * o.mean, 0) / both.reduce((sum, o) => sum + o.rate, 0);
}

describe('memcached', () => {
  it("obeys Little's law around the loop: requests out = rate × (response + think time)", () => {
    // Without a client's own time, thinking is all that a connection does between response and request.
    const costs = { 'clientRequest.packet_ns': 0 };
    for (const [connections, think_us, pipeline] of [
      [20, 100, 1],
      [100, 400, 1],
      [20, 100, 3],
    ]) {
      const result = memcached({ connections, think_us, pipeline, clients: 4 }, { costs });
      const inLoop = serviceRate(result) * (latency_us(result) + think_us) * 1e-6;
      const out = connections * pipeline;
      expect(Math.abs(inLoop / out - 1), `${connections} × ${pipeline} requests`).toBeLessThan(0.02);
    }
  });

  it('is paced by its clients while the server has time', () => {
    const costs = { 'clientRequest.packet_ns': 20_000 };
    const one = serviceRate(memcached({ clients: 1 }, { costs }));
    const three = serviceRate(memcached({ clients: 3 }, { costs }));
    expect(Math.abs(one / 50_000 - 1)).toBeLessThan(0.02);
    expect(Math.abs(three / one - 3)).toBeLessThan(0.1);
  });

  it('never answers faster than wire and service take', () => {
    const result = memcached({ connections: 1 });
    // 4 µs each way on the wire, and the server thread's work.
    expect(latency_us(result)).toBeGreaterThan(8 + 1.5 + 1.1);
    expect(latency_us(result)).toBeLessThan(60);
  });

  it('queues for fewer server threads, and answers no more than one thread can', () => {
    const traffic = { connections: 60, clients: 10 };
    const costs = { 'memcachedGet.packet_ns': 20_000, 'memcachedSet.packet_ns': 20_000 };
    const four = memcached({ ...traffic, serverThreads: 4 }, { costs });
    const one = memcached({ ...traffic, serverThreads: 1 }, { costs });
    expect(serviceRate(one)).toBeLessThan(50_000);
    expect(serviceRate(four)).toBeGreaterThan(3 * serviceRate(one));
    expect(latency_us(one)).toBeGreaterThan(2 * latency_us(four));
  });

  it('is answered faster under Falcon once softirqs on one core are the limit', () => {
    const traffic = { clients: 10 };
    const costs = { 'clientRequest.packet_ns': 5000 };
    const stages = { policy: 'falcon' as const, cpus: [6, 7, 8, 9] };
    const overlay = memcached(traffic, { costs });
    const falcon = memcached(traffic, { costs, steering: { ...RPS, stages } });
    expect(serviceRate(falcon)).toBeGreaterThan(1.1 * serviceRate(overlay));
    expect(latency_us(falcon)).toBeLessThan(0.9 * latency_us(overlay));
  });

  it('conserves packets and requests, over both protocols, with large objects and losses', () => {
    for (const input of [
      { traffic: { udpRatio: 0.5 } },
      { traffic: { object_bytes: 100_000, getRatio: 0.5, clients: 5 } },
      { traffic: { connections: 200, clients: 10, think_us: 5 }, costs: { 'kernel.maxBacklog': 3 } },
      { traffic: { connections: 25, pipeline: 4, clients: 10, udpRatio: 0.4 }, costs: { 'kernel.maxBacklog': 3 } },
      { traffic: { connections: 50 }, topology: 'testbed-overlay', profile: 'linux-6.18-testbed', steering: {} },
    ]) {
      const { traffic, ...also } = input;
      const result = memcached(traffic, also);
      const inflow = counter(result, 'offered') + counter(result, 'in flight at start');
      const outflow = counter(result, 'delivered') + counter(result, 'dropped') + counter(result, 'in flight at end');
      expect(outflow).toBe(inflow);
      expect(serviceRate(result)).toBeGreaterThan(100);
      // What was received and not answered is with the server: at most one request for each connection.
      const unanswered = (received(result) - serviceRate(result)) * 0.06;
      expect(Math.abs(unanswered)).toBeLessThanOrEqual(traffic.connections ?? 100);
    }
  });

  it('pays for the acknowledgement that a request carries, over TCP only', () => {
    const service_us = (udpRatio: number, ack_ns: number): number => {
      const result = memcached({ udpRatio }, { costs: { 'tcpAckInput.packet_ns': ack_ns, 'cpu.variation': 0 } });
      const row = [...(result.tables.stages?.rows() ?? [])].find(({ stage }) => stage === 'container');
      return row?.service_us_mean ?? NaN;
    };
    expect(service_us(0, 2000) - service_us(0, 0)).toBeGreaterThan(1.8);
    expect(service_us(0, 2000) - service_us(0, 0)).toBeLessThan(2.2);
    expect(Math.abs(service_us(1, 2000) - service_us(1, 0))).toBeLessThan(0.01);
  });

  it('sends lost requests again', () => {
    const result = memcached(
      { connections: 200, clients: 200 },
      { costs: { 'kernel.maxBacklog': 3, 'clientRequest.packet_ns': 1000 }, duration_s: 0.5, warmup_s: 0.001 },
    );
    expect(counter(result, 'dropped')).toBeGreaterThan(20);
    // A repeated request is answered after TCP's least timeout.
    expect(operation(result, 'GET', 'latency', 'max')).toBeGreaterThan(200_000);
    expect(counter(result, 'out of order')).toBe(0);
  });

  it('reports reads and writes in the mix that was asked for', () => {
    const result = memcached({ getRatio: 0.8 });
    const share = operation(result, 'GET', 'rate', 'total') / serviceRate(result);
    expect(Math.abs(share - 0.8)).toBeLessThan(0.03);
    expect([...(result.tables.latency?.rows() ?? [])].every(({ flow }) => flow === 'GET' || flow === 'SET')).toBe(true);
  });

  it('gives the same bytes for the same seed, and others for another', () => {
    const print = (seed: number): string =>
      JSON.stringify(
        Object.values(memcached({ udpRatio: 0.2 }, { seed, duration_s: 0.02 }).tables).map((t) => [...t.rows()]),
      );
    expect(print(3)).toBe(print(3));
    expect(print(4)).not.toBe(print(3));
  });

  it('refuses what no memcached could do', () => {
    const refuse = (traffic: Partial<Memcached>): (() => unknown) => {
      return () => resolveExperiment({ traffic: { kind: 'memcached', ...traffic } });
    };
    expect(refuse({ udpRatio: 0.5, object_bytes: 2000 })).toThrow(
      /one datagram of 1422 B in field traffic\.0\.object_bytes/,
    );
    expect(refuse({ udpRatio: 0.5, object_bytes: 2000, getRatio: 1 })).not.toThrow();
    expect(refuse({ clients: 11, connections: 10 })).toThrow(
      /at most one client .* in field traffic\.0\.clients, saw 11/,
    );
  });
});
