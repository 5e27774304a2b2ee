import { describe, expect, it } from 'vitest';
import { callGraph } from '../../src/analysis/callGraph';
import { stacksSchema, tableFromRows } from '../../src/table';

function stacks(...rows: readonly (readonly [string, number])[]) {
  const fixed = { source: 'captured' as const, run: 'r', cpu: 0, comm: 'c', event: 'cpu-clock' };
  return tableFromRows(
    stacksSchema,
    rows.map(([stack, weight]) => ({ ...fixed, stack, samples: 1, weight })),
  );
}

const TABLE = stacks(
  ['irq_exit;net_rx_action;process_backlog;ip_rcv;udp_rcv', 60],
  ['do_softirq;net_rx_action;gro_cell_poll;br_handle_frame', 30],
  ['do_softirq;net_rx_action;process_backlog;ip_rcv', 9],
  ['do_softirq;net_rx_action;gro_cell_poll;rare', 1],
  ['do_softirq;net_rx_action;process_backlog;vxlan_xmit', 50],
  ['idle', 50],
);

describe('the call graph of a capture', () => {
  it('joins calls into chains, heaviest first, whatever called the root', () => {
    const graph = callGraph(TABLE, { without: ['vxlan_xmit'] });
    expect(graph.weight).toBe(100);
    expect(graph.shareOfAll).toBeCloseTo(100 / 200, 12);
    expect(graph.chains.map(({ id, caller, calls }) => ({ id, caller, calls: calls.map((c) => c.function) }))).toEqual([
      { id: 0, caller: undefined, calls: ['net_rx_action'] },
      { id: 1, caller: 0, calls: ['process_backlog', 'ip_rcv', 'udp_rcv'] },
      { id: 2, caller: 0, calls: ['gro_cell_poll', 'br_handle_frame'] },
    ]);
    expect(graph.chains[1].calls.map((c) => c.share)).toEqual([0.69, 0.69, 0.6]);
  });

  it('leaves out only what is asked or too light', () => {
    const names = callGraph(TABLE, { minShare: 0 }).chains.flatMap((chain) => chain.calls.map((c) => c.function));
    expect(names).toEqual(expect.arrayContaining(['vxlan_xmit', 'rare']));
    expect(names).not.toContain('idle');
  });

  it('is empty where the root was never sampled', () => {
    expect(callGraph(stacks(['idle', 5]))).toEqual({ chains: [], weight: 0, shareOfAll: 0 });
  });
});
