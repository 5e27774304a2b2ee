import { InputError } from '../core';
import { StackTree, TableBuilder, stacksSchema } from '../table';
import type { Table } from '../table';
import type { ParseContext } from './format';

/** As text, all stacks of a table together. Only a crafted input, as deep as it is wide, has more. */
const MAX_STACK_CHARS = 2 ** 30;

/**
 * The `stacks` table of a tree, for formats that know neither event nor CPU. As in folded stacks, the outermost
 * frame is the comm.
 * @throws InputError if the stacks would fill the memory when written out
 */
export function stacksOfTree(
  tree: StackTree,
  context: Pick<ParseContext, 'run' | 'file'>,
  event = '',
): Table<typeof stacksSchema> {
  const table = new TableBuilder(stacksSchema, { source: 'captured', run: context.run, cpu: null, event });
  // A node's stack is its parent's and its name; V8 keeps such sums as ropes, so shared parts cost nothing.
  const stacks: string[] = [];
  const comms: string[] = [];
  let chars = 0;
  for (const node of tree.preorder()) {
    const depth = tree.depth(node);
    const parent = tree.parent(node);
    // In folded stacks, frames are told apart by `;`.
    const name = tree.name(node).replaceAll(';', ':');
    comms[node] = depth <= 1 ? name : comms[parent];
    stacks[node] = depth <= 1 ? '' : depth === 2 ? name : `${stacks[parent]};${name}`;
    const samples = tree.self(node);
    if (samples === 0) continue;
    chars += stacks[node].length;
    if (chars > MAX_STACK_CHARS) {
      throw new InputError({ file: context.file }, `its stacks, written out, exceed ${MAX_STACK_CHARS} characters`);
    }
    table.push({ comm: comms[node], stack: stacks[node], samples, weight: samples });
  }
  return table.finish();
}
