import type { Hotspot } from '../../experiment';
import type { Machine } from '../machine';

/** The hotspots of each flow, with the random ones drawn. */
export function hotspotsOf(
  machine: Machine,
  workload: number,
  flows: number,
  hotspots: readonly Hotspot[],
): Hotspot[][] {
  const random = machine.random(`hotspots-${workload}`);
  const byFlow: Hotspot[][] = Array.from({ length: flows }, () => []);
  for (const hotspot of hotspots) {
    byFlow[hotspot.flow === 'random' ? random.below(flows) : hotspot.flow].push(hotspot);
  }
  return byFlow;
}
