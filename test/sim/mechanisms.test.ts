import { describe, expect, it } from 'vitest';
import { resolveExperiment } from '../../src/experiment';
import type { ExperimentInput } from '../../src/experiment';
import { GroTable } from '../../src/sim/gro';
import { FastHistogram } from '../../src/sim/histogram';
import { IntFifo } from '../../src/sim/intFifo';
import { Machine } from '../../src/sim/machine';
import { NONE, PACKET_TCP, PACKET_UDP, PacketPool, PUSH } from '../../src/sim/packets';
import { compilePlan } from '../../src/sim/plan';
import { drops, received, RPS, run, runMachine } from './support';

/** A machine at rest with one UDP flow, to call its parts by hand. */
function machineAtRest(input: ExperimentInput = {}): Machine {
  const machine = new Machine(compilePlan(resolveExperiment({ steering: RPS, ...input })));
  machine.workloads.push({ start() {}, onTimer() {}, onLost() {} });
  const idle = { next: () => false, done() {}, frames: () => [] };
  const socket = machine.sockets.add('udp', machine.scheduler.add(2, 'test', idle));
  machine.flows.add({ protocol: 'udp', container: 0, socket: socket.id, workload: 0, label: 'f', message_bytes: 16 });
  return machine;
}

function packet(machine: Machine): number {
  const out = { flow: 0, kind: PACKET_UDP, flags: 0, bytes: 16, messages: 1, message: 0, position: 0, sent_ns: 0 };
  return machine.newPacket(out);
}

describe('the backlog of a CPU', () => {
  it('holds 1001 packets: the test is for more than 1000 before the packet joins', () => {
    const machine = machineAtRest();
    const [core] = machine.cores;
    for (let i = 0; i < 1005; i++) machine.path.enqueueBacklog(core, 1, packet(machine));
    expect(machine.backlogs[1].input.length).toBe(1001);
    expect(machine.monitors.drops.get('backlog')?.[1]).toBe(4);
    expect(machine.cores[1].backlogDropped).toBe(4);
  });

  it('is signalled at its edge from empty only', () => {
    const machine = machineAtRest();
    const [core] = machine.cores;
    machine.path.enqueueBacklog(core, 1, packet(machine));
    expect([core.ipis.length, machine.backlogs[1].scheduled, core.netRxPending]).toEqual([1, true, true]);
    for (let i = 0; i < 10; i++) machine.path.enqueueBacklog(core, 1, packet(machine));
    expect(core.ipis.length).toBe(1);
  });

  it('needs no IPI on its own core', () => {
    const machine = machineAtRest();
    const [core] = machine.cores;
    machine.path.enqueueBacklog(core, 0, packet(machine));
    expect([core.ipis.length, core.pollList.length, core.netRxPending]).toEqual([0, 1, true]);
  });
});

describe('gro_cells', () => {
  it('drop above netdev_max_backlog', () => {
    const machine = machineAtRest({ steering: {} });
    const [leg] = machine.plan.legs;
    for (let i = 0; i < 1010; i++) machine.path.handOver(machine.cores[0], packet(machine), leg);
    expect(machine.monitors.drops.get('gro-cells')?.[0]).toBe(9);
    expect(machine.cores[0].pollList.length).toBe(1);
  });
});

describe('the socket', () => {
  it('takes UDP until its memory is overcommitted: 257 datagrams of 832 B truesize', () => {
    const machine = machineAtRest();
    for (let i = 0; i < 300; i++) machine.sockets.deliver(machine.cores[1], packet(machine));
    expect(machine.sockets.all[0].queue.length).toBe(257);
    expect(machine.monitors.drops.get('socket')?.[1]).toBe(43);
  });
});

describe('GRO', () => {
  const limits = { maxBytes: 65536, maxSegments: Infinity, maxPerBucket: 8, buckets: 8 };

  function segment(pool: PacketPool, flow: number, position: number, bytes: number, flags: number): number {
    const slot = pool.allocate();
    pool.flow[slot] = flow;
    pool.kind[slot] = PACKET_TCP;
    pool.flags[slot] = flags;
    pool.position[slot] = position;
    pool.bytes[slot] = bytes;
    pool.segments[slot] = 1;
    pool.chain[slot] = NONE;
    pool.chainTail[slot] = slot;
    return slot;
  }

  /** Segments of each skb that leaves GRO; `gap` bytes are missing before a segment. */
  function merged(
    sizes: readonly [flow: number, bytes: number, flags: number, gap?: number][],
    max = limits,
  ): number[] {
    const pool = new PacketPool();
    const gro = new GroTable(pool, max);
    const passed = new IntFifo();
    const positions = new Map<number, number>();
    for (const [flow, bytes, flags, gap = 0] of sizes) {
      const position = (positions.get(flow) ?? 0) + gap;
      gro.receive(segment(pool, flow, position, bytes, flags), 8 * flow, passed);
      positions.set(flow, position + bytes);
    }
    gro.flush(passed);
    return Array.from({ length: passed.length }, () => pool.segments[passed.shift()]);
  }

  it('merges a flow up to 64 KB: 45 segments of 1448 B', () => {
    expect(merged(Array.from({ length: 100 }, () => [1, 1448, 0]))).toEqual([45, 45, 10]);
  });

  it('passes on at PSH and at a shorter segment', () => {
    expect(
      merged([
        [1, 1448, 0],
        [1, 1448, PUSH],
        [1, 1448, 0],
        [1, 500, 0],
        [1, 1448, 0],
      ]),
    ).toEqual([2, 2, 1]);
  });

  it('does not merge over a gap of the stream', () => {
    expect(
      merged([
        [1, 1448, 0],
        [1, 1448, 0],
        [1, 1448, 0, 1448],
        [1, 1448, 0],
        [1, 1448, 0, -4344],
      ]),
    ).toEqual([2, 2, 1]);
  });

  it('keeps flows apart, and at most eight in a bucket', () => {
    const flows = Array.from({ length: 9 }, (_, f): [number, number, number] => [f, 1448, 0]);
    expect(merged([...flows, ...flows]).length).toBeGreaterThan(9);
    expect(merged([...flows.slice(0, 8), ...flows.slice(0, 8)])).toEqual(new Array(8).fill(2));
  });

  it('obeys a limit of segments', () => {
    expect(
      merged(
        Array.from({ length: 7 }, () => [1, 1398, 0]),
        { ...limits, maxSegments: 3 },
      ),
    ).toEqual([3, 3, 1]);
  });
});

describe('softirqs', () => {
  it('leave a saturated core to ksoftirqd, which the counters show', () => {
    const { machine } = runMachine({ steering: RPS, traffic: { kind: 'udp', clients: 4 }, duration_s: 0.05 });
    expect(machine.cores[1].ksoftirqdRuns).toBeGreaterThan(0);
    expect(machine.cores[0].nicIrqCount).toBeGreaterThan(0);
  });

  it('end net_rx_action by budget, and count that as a squeeze', () => {
    const input: ExperimentInput = { topology: 'host', traffic: { kind: 'udp', clients: 4 } };
    const roomy = runMachine({ ...input, costs: { 'kernel.netdevBudget': 1e6, 'kernel.netdevBudget_jiffies': 1000 } });
    const tight = runMachine({ ...input, costs: { 'kernel.netdevBudget': 32 } });
    expect(roomy.machine.cores[0].timeSqueeze).toBe(0);
    expect(tight.machine.cores[0].timeSqueeze).toBeGreaterThan(10);
  });

  it('starve an application on their core no more than the fair scheduler lets ksoftirqd', () => {
    const result = run({ topology: 'host', traffic: { kind: 'udp', clients: 4, appCpus: [0] }, duration_s: 0.2 });
    expect(received(result)).toBeGreaterThan(50_000);
  });
});

describe('the NIC', () => {
  const slow: ExperimentInput = { topology: 'host', traffic: { kind: 'udp', rate_pps: 200_000 }, duration_s: 0.05 };
  const interrupts = (moderation: NonNullable<ExperimentInput['nic']>['moderation']): number =>
    runMachine({ ...slow, nic: { moderation } }).machine.cores[0].nicIrqCount;

  it('interrupts less often the longer its moderation time', () => {
    expect(interrupts({ mode: 'none' })).toBeGreaterThan(5000);
    const fixed = interrupts({ mode: 'fixed', usecs: 100, frames: 1000 });
    // 10,000 a second is the most that 100 us allow, over 60 ms.
    expect(fixed).toBeLessThanOrEqual(601);
    expect(fixed).toBeGreaterThan(400);
  });

  it('interrupts early when enough packets wait', () => {
    expect(interrupts({ mode: 'fixed', usecs: 1000, frames: 10 })).toBeGreaterThan(
      5 * interrupts({ mode: 'fixed', usecs: 1000, frames: 10000 }),
    );
  });

  it('drops at a full ring only without flow control', () => {
    const dropped = (flowControl: number): number | undefined => {
      const result = run({
        topology: 'host',
        nic: { ring: 64 },
        costs: { 'nic.flowControl': flowControl },
        traffic: { kind: 'udp', clients: 8, message_bytes: 1400 },
      });
      return drops(result).get('nic-ring');
    };
    expect(dropped(1)).toBeUndefined();
    expect(dropped(0)).toBeGreaterThan(1000);
  });
});

describe('FastHistogram', () => {
  it('is within 4% of exact percentiles', () => {
    const histogram = new FastHistogram();
    for (let i = 1; i <= 10_000; i++) histogram.record(i * 37);
    for (const p of [1, 50, 99]) expect(histogram.percentile(p) / (p * 3700)).toBeCloseTo(1, 1);
    expect(new FastHistogram().percentile(50)).toBe(0);
  });
});
