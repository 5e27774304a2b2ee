import { paperExperiment, resolveExperiment, udpStress, type RpsRule, type SoftirqSegment } from '../experiment';
import { diagramFigure, type DiagramPanel, type SvgFigure } from '../plot';
import { coreLanes } from './coreLanes';
import { EXAMPLE_FLOW, exampleHash } from './exampleFlow';
import { NOTHING_TO_CAPTURE } from './diagramParts';
import type { DiagramStudy } from './study';

const TITLE = 'RPS at every device, and stage transitions';

export const FIG08: DiagramStudy = {
  figure: '8',
  id: 'fig08',
  title: TITLE,
  cases: [],
  captures: [],
  captureNote: NOTHING_TO_CAPTURE,
  draw: async () => [await drawStageTransitions()],
};

const CANDIDATES = [3, 4, 5, 6];

/** The paper's Figure 8: why RPS at every device changes nothing, and what stage transitions do instead. */
export async function drawStageTransitions(): Promise<SvgFigure> {
  return diagramFigure({
    id: 'fig08',
    title: TITLE,
    caption:
      `Cores as the kernel’s functions choose them for ${EXAMPLE_FLOW}, hash 0x${exampleHash().toString(16)}. ` +
      'Both may choose among CPUs 3 to 6: RPS by the flow hash, Falcon by flow hash and device index.',
    panels: stageTransitionPanels(),
  });
}

export function stageTransitionPanels(): DiagramPanel[] {
  const packet = { hash: exampleHash() };
  const traffic = udpStress(16, { clients: 1 });
  const overlay = resolveExperiment(paperExperiment({ mode: 'overlay', traffic }));
  const steerable = overlay.topology.stages.filter((stage) => stage.entry === 'receive' || stage.entry === 'backlog');
  const rps: RpsRule[] = [...new Set(steerable.map((s) => s.device))].map((device) => ({ device, cpus: CANDIDATES }));
  const everywhere = { ...overlay, steering: { ...overlay.steering, rps } };
  const falcon = resolveExperiment(
    paperExperiment({ mode: 'falcon', traffic, falcon: { variant: 'kernel', cpus: CANDIDATES } }),
  );
  const transitions = { ...falcon, steering: { ...falcon.steering, rps: [] } };
  const ifindexOf = (name: string): number => overlay.topology.devices.find((d) => d.name === name)?.ifindex ?? 0;
  return [
    {
      title: 'RPS on every device: the same hash, so the same core each time, and one device cut in two',
      diagram: coreLanes(everywhere, { packet, arrowLabel: rpsLabel }),
    },
    {
      title: 'Stage transitions: netif_rx at the end of each device, a hash that knows the device',
      diagram: coreLanes(transitions, {
        packet,
        arrowLabel: (segment) => `${segment.enqueue},\nhash + ${ifindexOf(segment.device)}`,
      }),
    },
  ];
}

function rpsLabel(segment: SoftirqSegment, cpu: number, previousCpu: number): string {
  if (segment.chooser !== 'rps') return segment.enqueue;
  return cpu === previousCpu ? 'RPS again' : 'RPS';
}
