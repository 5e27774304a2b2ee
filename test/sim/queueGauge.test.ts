import { describe, expect, it } from 'vitest';
import { PacketPool, PacketQueue } from '../../src/sim/packets';
import { QueueGauge } from '../../src/sim/queueGauge';
import { resolveExperiment } from '../../src/experiment';
import { simulate } from '../../src/sim';

function newQueue() {
  const pool = new PacketPool();
  const gauge = new QueueGauge('backlog', '', 1);
  const lists = [new PacketQueue(pool, gauge), new PacketQueue(pool, gauge)];
  return { gauge, lists, join: (at_ns: number) => lists[0].push(pool.allocate(), at_ns) };
}

describe('QueueGauge', () => {
  it('measures lengths and waits over both lists of a queue', () => {
    const { gauge, lists, join } = newQueue();
    join(10);
    join(20);
    lists[1].takeAll(lists[0]);
    join(25);
    lists[1].shift(40);
    // Length 1 from 10, 2 from 20, 3 from 25, 2 from 40 on.
    expect(gauge.read(50)).toEqual({
      length: 2,
      present_ns: 10 + 2 * 5 + 3 * 15 + 2 * 10,
      longest: 3,
      joined: 3,
      waited_ns: 30 + (50 - 20) + (50 - 25),
    });
  });

  it('counts from a restart on, with what was there already', () => {
    const { gauge, lists, join } = newQueue();
    join(10);
    join(20);
    lists[0].shift(25);
    gauge.restart(30);
    expect(gauge.read(30)).toEqual({ length: 1, present_ns: 0, longest: 1, joined: 0, waited_ns: 0 });
    join(35);
    lists[0].shift(60);
    expect(gauge.read(70)).toEqual({ length: 1, present_ns: 65, longest: 2, joined: 1, waited_ns: 30 + 35 });
  });

  it('leaves out what was taken in ahead of the clock', () => {
    const { gauge, lists, join } = newQueue();
    join(10);
    join(50);
    expect(gauge.read(30)).toMatchObject({ length: 1, present_ns: 20, joined: 1, waited_ns: 20 });
    gauge.restart(40);
    expect(gauge.read(45)).toMatchObject({ length: 1, present_ns: 5, joined: 0, waited_ns: 5 });
    lists[0].shift(60);
    expect(gauge.read(70)).toMatchObject({ length: 1, present_ns: 20 + 20, joined: 1, waited_ns: 20 + 20 });
  });
});

describe('the table of queues', () => {
  const simulated = (interval_s: number) =>
    simulate(
      resolveExperiment({
        duration_s: 0.04,
        warmup_s: 0.02,
        steering: { rps: [{ device: 'eth0', cpus: [1] }] },
        traffic: { kind: 'udp', rate_pps: 1_000_000, clients: 4 },
        emit: { interval_s },
      }),
    ).tables;

  it('has each queue that held a packet, at each reading, and its means over longer intervals agree', () => {
    const fine = [...(simulated(0.01).queues?.rows() ?? [])];
    const coarse = [...(simulated(0.04).queues?.rows() ?? [])];
    expect([...new Set(fine.map((row) => `${row.queue} ${row.device} ${row.cpu}`))].sort()).toEqual([
      'backlog  1',
      'gro-cells vxlan0 1',
      'nic-ring eth0-0 0',
      'socket  2',
    ]);
    for (const { queue, mean_length, time_s, waited_s } of coarse.filter((row) => row.mean_length !== null)) {
      const rows = fine.filter((row) => row.queue === queue);
      expect(rows).toHaveLength(5);
      expect(rows[0].mean_length).toBeNull();
      const mean = rows.reduce((sum, row) => sum + (row.mean_length ?? 0), 0) / 4;
      expect(mean).toBeCloseTo(mean_length ?? NaN, 9);
      expect(waited_s).toBeCloseTo((mean_length ?? NaN) * time_s, 9);
    }
  });

  it('shows the backlog beyond netdev_max_backlog, which limits the input queue alone', () => {
    const { queues, drops } = simulated(0.01);
    const backlog = [...(queues?.rows() ?? [])].filter((row) => row.queue === 'backlog');
    expect([...(drops?.rows() ?? [])].map((row) => row.place)).toContain('backlog');
    // 1001 in the input queue, and what process_backlog had taken over before.
    expect(Math.max(...backlog.map((row) => row.longest))).toBeGreaterThan(1001);
    expect(Math.max(...backlog.map((row) => row.longest))).toBeLessThanOrEqual(2 * 1001);
  });
});
