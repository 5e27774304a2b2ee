import { describe, expect, it } from 'vitest';
import { activityOf, diagnose } from '../../src/analysis/diagnosis';
import { loadCapture } from '../../src/run';
import { stacksSchema, tableFromRows } from '../../src/table';

function stacks(...rows: readonly (readonly [number | null, string, number])[]) {
  const fixed = { source: 'captured' as const, run: 'r', comm: 'c', event: 'cpu-clock' };
  return tableFromRows(
    stacksSchema,
    rows.map(([cpu, stack, weight]) => ({ ...fixed, cpu, stack, samples: 1, weight })),
  );
}

describe('what a stack is doing', () => {
  it.each([
    ['do_idle;default_idle', 'idle'],
    ['do_idle;irq_exit;net_rx_action;mlx5e_napi_poll;napi_gro_receive', 'nic'],
    ['do_idle;net_rx_action;mlx5e_napi_poll;udp_rcv;vxlan_rcv', 'outer'],
    ['net_rx_action;net_rps_send_ipi', 'softirq'],
    ['net_rx_action;__napi_poll;gro_cell_poll;br_handle_frame;veth_xmit', 'tunnel'],
    ['net_rx_action;process_backlog;br_handle_frame;veth_xmit', 'tunnel'],
    ['net_rx_action;process_backlog;br_handle_frame;vxlan_xmit;veth_xmit', 'tunnel transmit'],
    ['net_rx_action;process_backlog;br_handle_frame', 'bridge'],
    ['net_rx_action;process_backlog;ip_rcv', 'backlog'],
    ['__libc_sendto;__x64_sys_sendto;net_rx_action;process_backlog;udp_rcv;__udp_enqueue_schedule_skb', 'container'],
    ['__libc_sendto;__x64_sys_sendto;udp_sendmsg', 'send'],
    ['__libc_recvfrom;__x64_sys_recvfrom;schedule', 'receive'],
    ['kthread;worker_thread', 'other'],
  ])('%s is %s', (stack, activity) => {
    expect(activityOf(stack.split(';'))).toBe(activity);
  });
});

describe('the diagnosis', () => {
  it('bounds the gain by the heaviest part that would be left', () => {
    const { cores, busiest, forecast } = diagnose(
      stacks(
        [1, 'net_rx_action;gro_cell_poll', 30],
        [1, 'net_rx_action;process_backlog;tcp_v4_rcv', 20],
        [1, 'net_rx_action;mlx5e_napi_poll', 50],
        [1, 'do_idle', 25],
        [0, 'do_idle', 100],
        [0, '__x64_sys_recvfrom', 10],
      ),
    );
    expect(cores.map((core) => core.cpu)).toEqual([0, 1]);
    expect(busiest.cpu).toBe(1);
    // CPU 1 gave 125 samples, the most.
    expect(busiest.load).toBeCloseTo(100 / 125, 12);
    expect(cores[0].load).toBeCloseTo(10 / 125, 12);
    expect(forecast).toEqual({
      cpu: 1,
      moved: [
        { activity: 'tunnel', share: 0.3 },
        { activity: 'container', share: 0.2 },
      ],
      heaviest: 'the rest',
      atMost: 2,
    });
  });

  it('refuses what it cannot place', () => {
    expect(() => diagnose(stacks([null, 'net_rx_action', 1]))).toThrow(/perf record -a/);
    expect(() => diagnose(stacks([0, 'do_idle', 1]))).toThrow(/no sample was taken of a busy core/);
  });

  it('finds in a capture the core that does the receiving, and a gain that moving a part of it did not exceed', async () => {
    const run = await loadCapture('data/captures/overlay-udp-16');
    const { busiest, forecast } = diagnose(run.tables.stacks!, run.tables.cpuTime);
    expect(busiest.cpu).toBe(0);
    expect(busiest.load).toBeGreaterThan(0.95);
    expect(forecast.moved.map((part) => part.activity)).toEqual(['tunnel', 'container']);
    // With RPS on eth0 this machine went from 96 to 133 thousand messages a second (data/captures/README.md).
    expect(forecast.atMost).toBeGreaterThan(133 / 96);
    expect(forecast.atMost).toBeLessThan(3);
  });
});
