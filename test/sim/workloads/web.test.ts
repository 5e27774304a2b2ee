import { describe, expect, it } from 'vitest';
import { resolveExperiment, WEB_OPERATIONS } from '../../../src/experiment';
import type { ExperimentInput, TrafficInput, WebOperation } from '../../../src/experiment';
import type { SimulationResult } from '../../../src/sim';
import { counter, drops, RPS, run } from '../support';
import { operation, serviceRate } from './support';

type Web = Extract<TrafficInput, { kind: 'web' }>;

const PAGE: WebOperation = {
  name: 'Page',
  weight: 1,
  php_ms: 1,
  cacheQueries: 4,
  databaseQueries: 2,
  assets: 3,
  page_bytes: 20_000,
  asset_bytes: 5000,
  target_ms: 4,
};

function web(traffic: Partial<Web>, also: ExperimentInput = {}): SimulationResult {
  const input = { users: 40, workers: 20, think_s: 0.03, operations: [PAGE], ...traffic };
  return run({ steering: RPS, duration_s: 0.4, warmup_s: 0.1, ...also, traffic: { kind: 'web', ...input } });
}

function packetsAreConserved(result: SimulationResult): void {
  const inflow = counter(result, 'offered') + counter(result, 'in flight at start');
  const outflow = counter(result, 'delivered') + counter(result, 'dropped') + counter(result, 'in flight at end');
  expect(outflow).toBe(inflow);
}

describe('web', () => {
  it("obeys Little's law around the loop: users = rate × (response + think time)", () => {
    const operations = [{ ...PAGE, php_ms: 0.2, cacheQueries: 1, databaseQueries: 1, assets: 0 }];
    for (const [users, think_s] of [
      [100, 0.015],
      [200, 0.002],
    ]) {
      const result = web({ operations, users, think_s });
      const response_s = operation(result, 'Page', 'latency', 'mean') / 1000;
      const inLoop = serviceRate(result) * (response_s + think_s);
      // Three standard errors of the mean think time, whose sample the users drew.
      const slack = 3 / Math.sqrt(serviceRate(result) * 0.4);
      expect(slack).toBeLessThan(0.07);
      expect(Math.abs(inLoop / users - 1), `${users} users`).toBeLessThan(slack);
    }
  });

  it('completes operations of every kind, in the mix that was asked for', () => {
    const result = web({ operations: WEB_OPERATIONS, users: 200 });
    const total = serviceRate(result);
    for (const { name, weight } of WEB_OPERATIONS) {
      expect(Math.abs(operation(result, name, 'rate', 'total') / total - weight), name).toBeLessThan(0.06);
      expect(operation(result, name, 'latency', 'mean'), name).toBeGreaterThan(1.5);
    }
  });

  it('takes at least the time of PHP, database and files, and no more than that when it has no other users', () => {
    const result = web({ users: 1, think_s: 0.001 });
    const least_ms = PAGE.php_ms + 2 * 0.12 + 3 * 0.04;
    expect(operation(result, 'Page', 'latency', 'p50')).toBeGreaterThan(least_ms);
    expect(operation(result, 'Page', 'latency', 'p50')).toBeLessThan(2 * least_ms + 1);
    expect(operation(result, 'Page', 'delay', 'mean')).toBeLessThan(0.1);
  });

  it('queues for fewer workers', () => {
    // The database is slow and PHP is not: a worker spends its time waiting.
    const operations = [{ ...PAGE, php_ms: 0.1, databaseQueries: 1, cacheQueries: 30, assets: 0 }];
    const few = web({ operations, workers: 1, think_s: 0.001 }, { duration_s: 0.15 });
    const many = web({ operations, workers: 20, think_s: 0.001 }, { duration_s: 0.15 });
    expect(serviceRate(many)).toBeGreaterThan(1.5 * serviceRate(few));
    expect(operation(many, 'Page', 'latency', 'mean')).toBeLessThan(0.7 * operation(few, 'Page', 'latency', 'mean'));
  });

  it('is bound by the cores of its workers', () => {
    const result = web({ users: 100, think_s: 0.001, appCpus: [2] }, { duration_s: 1, warmup_s: 0.5 });
    expect(serviceRate(result)).toBeLessThan(1000 / (PAGE.php_ms + 3 * 0.04));
    expect(serviceRate(result)).toBeGreaterThan(300);
    expect(operation(result, 'Page', 'delay', 'mean')).toBeGreaterThan(20);
  });

  it('spreads its pages evenly over the cores of its workers', () => {
    const { tables } = web({ users: 60, think_s: 0.03 });
    const busy = new Map<number, number>();
    for (const { cpu, context, busy_s } of tables.cpuTime?.rows() ?? []) {
      if (context === 'user') busy.set(cpu, busy_s);
    }
    const loads = [2, 3, 4, 5].map((cpu) => busy.get(cpu) ?? 0);
    expect(Math.min(...loads)).toBeGreaterThan(0.1);
    expect(Math.max(...loads) / Math.min(...loads)).toBeLessThan(1.3);
  });

  it('has every user do the same on any path', () => {
    const operations = [PAGE, { ...PAGE, name: 'Other', weight: 2, assets: 1 }];
    const counts = (['overlay', 'host'] as const).map((topology) => {
      const result = web({ operations, users: 150, think_s: 0.05 }, { topology, duration_s: 0.5, warmup_s: 0 });
      return operation(result, 'Other', 'rate', 'total') * 0.5;
    });
    // Of some 900, independent draws would differ by 40 or so, the same draws by what was under way at the end.
    expect(counts[0]).toBeGreaterThan(700);
    expect(Math.abs(counts[0] - counts[1])).toBeLessThan(8);
  });

  it('asks tiers on the other machine over the wire, one answer a packet', () => {
    const operations = [{ ...PAGE, php_ms: 0.1, cacheQueries: 50, databaseQueries: 0, assets: 0, page_bytes: 500 }];
    const traffic = { users: 1, think_s: 0.001, operations, tiers: 'remote' as const };
    const nic = { moderation: { mode: 'fixed' as const, usecs: 0, frames: 1 } };
    const result = web(traffic, { nic });
    // Each query is 4 µs on the wire, is served in more than memcached's 1.5 µs, and is 4 µs on the wire again.
    expect(operation(result, 'Page', 'latency', 'mean')).toBeGreaterThan(0.1 + 50 * 0.0095);
    expect(operation(result, 'Page', 'latency', 'mean')).toBeLessThan(4);
    const packetsOfPage = counter(result, 'offered') / (serviceRate(result) * 0.4);
    expect(Math.abs(packetsOfPage / 51 - 1)).toBeLessThan(0.02);
    packetsAreConserved(result);
  });

  it('is bound by one thread of a tier on the other machine', () => {
    const costs = { 'databaseQuery.packet_ns': 500_000, 'cpu.variation': 0 };
    const operations = [{ ...PAGE, php_ms: 0.05, cacheQueries: 0, databaseQueries: 1, assets: 0 }];
    const rate = serviceRate(web({ users: 60, think_s: 0.001, operations, tiers: 'remote' }, { costs }));
    // The thread also waits in epoll and sends: 2 to 3 µs.
    expect(rate).toBeLessThan(2000);
    expect(rate).toBeGreaterThan(1970);
  });

  it('loses time to softirqs that share the core of its workers', () => {
    // Files of 28 segments: requests and acknowledgements are a good part of the work.
    const files = { php_ms: 0.1, cacheQueries: 0, databaseQueries: 0, assets: 20, asset_bytes: 40_000 };
    const traffic = { users: 60, think_s: 0.001, appCpus: [2], operations: [{ ...PAGE, ...files }] };
    const beside = web(traffic, { steering: { rps: [{ device: 'eth0', cpus: [1] }] } });
    const shared = web(traffic, { steering: { rps: [{ device: 'eth0', cpus: [2] }] } });
    expect(serviceRate(shared)).toBeLessThan(0.9 * serviceRate(beside));
  });

  it('conserves packets on every kind of path', () => {
    const falcon = { ...RPS, stages: { policy: 'falcon' as const, cpus: [8, 9] }, groSplit: { cpus: [7] } };
    for (const also of [
      { steering: falcon },
      { topology: 'host' },
      { topology: 'host', steering: {} },
      { topology: 'calico', steering: {} },
      { topology: 'testbed-overlay', profile: 'linux-6.18-testbed', steering: {} },
    ]) {
      const result = web({}, { ...also, duration_s: 0.1, warmup_s: 0.05 });
      packetsAreConserved(result);
      expect(serviceRate(result)).toBeGreaterThan(100);
    }
  });

  it('recovers from losses, between its tiers too', () => {
    for (const tiers of ['local', 'remote'] as const) {
      const result = web({ users: 60, tiers }, { costs: { 'kernel.maxBacklog': 1 }, duration_s: 1.2 });
      packetsAreConserved(result);
      expect(drops(result).get('backlog')).toBeGreaterThan(10);
      // Had every loss ended its user's loop, the rate would have gone to nothing: all have lost something.
      expect(operation(result, 'Page', 'latency', 'max')).toBeGreaterThan(200);
      expect(serviceRate(result)).toBeGreaterThan(50);
      expect(counter(result, 'out of order')).toBe(0);
    }
  });

  it('gives the same bytes for the same seed, and others for another', () => {
    const print = (seed: number): string =>
      JSON.stringify(Object.values(web({}, { seed, duration_s: 0.05 }).tables).map((t) => [...t.rows()]));
    expect(print(3)).toBe(print(3));
    expect(print(4)).not.toBe(print(3));
  });

  it('shows its threads and their sending in stack samples', () => {
    const { tables } = web({}, { duration_s: 0.05, emit: { samples_hz: 20_000 } });
    const stacks = [...(tables.stacks?.rows() ?? [])].filter(({ comm }) => /nginx|php|memcached|mysqld/.test(comm));
    const has = (comm: string, frame: string): boolean =>
      stacks.some((row) => row.comm === comm && row.stack.split(';').includes(frame));
    expect(has('php-fpm', 'execute_ex')).toBe(true);
    expect(has('nginx', 'ngx_http_process_request')).toBe(true);
    // A query's way over the bridge ends in a softirq of the sending core, below tcp_sendmsg.
    expect(stacks.some(({ stack }) => /tcp_sendmsg;.*local_bh_enable.*net_rx_action/.test(stack))).toBe(true);
    expect(stacks.some(({ stack }) => stack.includes('udp_sendmsg'))).toBe(false);
  });

  it('refuses operations that cannot be', () => {
    const refuse = (traffic: Partial<Web>): (() => unknown) => {
      return () => resolveExperiment({ traffic: { kind: 'web', ...traffic } });
    };
    expect(refuse({ operations: [PAGE, PAGE] })).toThrow(
      /no other operation has in field traffic\.0\.operations\.1\.name/,
    );
    expect(refuse({ operations: [{ ...PAGE, asset_bytes: 0 }] })).toThrow(/operations\.0\.asset_bytes/);
    expect(refuse({ operations: [{ ...PAGE, weight: 0 }] })).toThrow(/above 0 in field traffic\.operations\.0\.weight/);
    const testbed = { topology: 'testbed-overlay', profile: 'linux-6.18-testbed' };
    expect(() => resolveExperiment({ ...testbed, traffic: { kind: 'web', tiers: 'remote' } })).toThrow(
      /"local", since a veth cable has no other machine behind it in field traffic\.0\.tiers/,
    );
    expect(refuse({ databaseCpu: 10 })).toThrow(/a CPU of 0 to 9 in field traffic\.0\.databaseCpu, saw 10/);
  });
});
