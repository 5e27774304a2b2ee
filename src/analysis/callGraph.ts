import { StackTree, type Table, type stacksSchema } from '../table';

/** Functions that call each other one after the other, without a branch of weight in between. */
export interface CallChain {
  readonly id: number;
  /** Outermost first, at least one. */
  readonly calls: readonly Call[];
  /** Id of the chain that calls it; undefined for the root. */
  readonly caller?: number;
}

export interface Call {
  readonly function: string;
  /** Share of all samples below the root in which it is on the stack at this place, 0 … 1. */
  readonly share: number;
}

export interface CallGraph {
  /** Callers before callees. */
  readonly chains: readonly CallChain[];
  /** Weight of all samples below the root. */
  readonly weight: number;
  /** Their share of the weight of all samples. */
  readonly shareOfAll: number;
}

export interface CallGraphOptions {
  /** Function at which the graph begins; what called it does not matter. Default `net_rx_action`. */
  readonly root?: string;
  /** Calls of a smaller share are left out. Default 0.02. */
  readonly minShare?: number;
  /** Samples with one of these functions below the root are left out, e.g. those of a transmit path. Default none. */
  readonly without?: readonly string[];
}

const DEFAULTS = { root: 'net_rx_action', minShare: 0.02, without: [] as readonly string[] };

/**
 * Who calls whom below a function, from sampled stacks. A function that is called on two ways is shown on
 * both, since the ways are what the graph is for (process_backlog serves every device without a NAPI of its own).
 */
export function callGraph(stacks: Table<typeof stacksSchema>, options: CallGraphOptions = {}): CallGraph {
  const { root, minShare, without } = { ...DEFAULTS, ...options };
  const tree = new StackTree();
  let all = 0;
  for (const { stack, weight } of stacks.rows()) {
    all += weight;
    const frames = stack.split(';');
    const at = frames.indexOf(root);
    if (at < 0 || frames.some((frame, i) => i > at && without.includes(frame))) continue;
    tree.add(frames.slice(at), weight);
  }
  const top = tree.find([root]);
  if (top === undefined) return { chains: [], weight: 0, shareOfAll: 0 };
  const weight = tree.total(top);
  const chains = collectChains(tree, top, weight, minShare);
  return { chains, weight, shareOfAll: all > 0 ? weight / all : 0 };
}

function collectChains(tree: StackTree, top: number, weight: number, minShare: number): CallChain[] {
  const chains: CallChain[] = [];
  const visit = (start: number, caller: number | undefined): void => {
    const nodes = [start];
    let callees = heavyChildren(tree, start, weight * minShare);
    while (callees.length === 1) {
      nodes.push(callees[0]);
      callees = heavyChildren(tree, callees[0], weight * minShare);
    }
    const id = chains.length;
    const calls = nodes.map((node) => ({ function: tree.name(node), share: tree.total(node) / weight }));
    chains.push({ id, calls, ...(caller === undefined ? {} : { caller }) });
    for (const callee of callees) visit(callee, id);
  };
  visit(top, undefined);
  return chains;
}

/** Children of at least some weight, heaviest first; names decide ties, so that the order is stable. */
function heavyChildren(tree: StackTree, node: number, minWeight: number): number[] {
  return [...tree.children(node)]
    .filter((child) => tree.total(child) >= minWeight)
    .sort((a, b) => tree.total(b) - tree.total(a) || (tree.name(a) < tree.name(b) ? -1 : 1));
}
