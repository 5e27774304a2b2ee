import { callGraph, type CallChain, type CallGraphOptions } from '../analysis';
import { diagramFigure, type Diagram, type DiagramNode, type SvgFigure } from '../plot';
import type { FigureRun } from './cases';
import { LOOK } from './diagramParts';

/** Figure 3 as a traced or simulated machine shows it: who calls whom below net_rx_action, and how heavily. */
export async function drawCallGraph(run: FigureRun, options: CallGraphOptions = {}): Promise<SvgFigure> {
  const stacks = run.tables.stacks;
  if (stacks === undefined) throw new Error(`run ${run.id} has no table stacks`);
  const graph = callGraph(stacks, options);
  const { root = 'net_rx_action', minShare = 0.02, without = [] } = options;

  return diagramFigure({
    id: 'fig03-calls',
    title: 'The receive path in sampled stacks',
    caption:
      `Run ${run.id} (${run.source}): the calls below ${root}, which is on the stack in ${percent(graph.shareOfAll)} of all samples. ` +
      `Shares are of those; calls below ${percent(minShare)} are left out` +
      `${without.length > 0 ? `, as are stacks with ${without.join(', ')}` : ''}. ` +
      'Blue: functions that poll a queue, so that each is a softirq step of its own.',
    panels: [{ diagram: callGraphDiagram(graph.chains) }],
  });
}

/** Functions through which net_rx_action serves a queue. */
const POLLS = /^(process_backlog|gro_cell_poll|\w+_napi_poll|\w+_poll)$/;

function callGraphDiagram(chains: readonly CallChain[]): Diagram {
  return {
    nodes: chains.map(chainBox),
    edges: chains
      .filter((chain) => chain.caller !== undefined)
      .map((chain) => ({ from: `${chain.caller}`, to: `${chain.id}`, width_px: 0.8 + 6 * chain.calls[0].share })),
    gaps_px: [26, 10],
  };
}

function chainBox({ id, calls }: CallChain): DiagramNode {
  const polls = calls.some((call) => POLLS.test(call.function) && call.function !== '__napi_poll');
  return {
    id: `${id}`,
    title: '',
    lines: calls.map((call) => `${call.function} ${percent(call.share)}`),
    look: polls ? LOOK.queue : LOOK.stage,
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)}%`;
}
