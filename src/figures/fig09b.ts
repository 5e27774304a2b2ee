import {
  paperExperiment,
  placeSegments,
  profileOf,
  resolveExperiment,
  softirqSegments,
  tcpAt,
  type Experiment,
} from '../experiment';
import { diagramFigure, type Diagram, type DiagramPanel, type SvgFigure } from '../plot';
import { handOvers, levelTitles, LOOK, NOTHING_TO_CAPTURE, softirqBox } from './diagramParts';
import { exampleHash } from './exampleFlow';
import type { DiagramStudy } from './study';

const TITLE = 'Splitting the poll of a network card before GRO';

export const FIG09B: DiagramStudy = {
  figure: '9b',
  id: 'fig09b',
  title: TITLE,
  cases: [],
  captures: [],
  captureNote: NOTHING_TO_CAPTURE,
  draw: async () => [await drawGroSplit()],
};

/** The paper's Figure 9b: the network card's poll on one core, and cut before GRO onto two. */
export async function drawGroSplit(): Promise<SvgFigure> {
  return diagramFigure({
    id: 'fig09b',
    title: TITLE,
    caption:
      'TCP on the overlay; drawn from the stages that the simulator runs. Allocation of buffers stays on the ' +
      'interrupt core, GRO moves to a core of the split set.',
    panels: groSplitPanels(),
    columns: 2,
  });
}

export function groSplitPanels(): DiagramPanel[] {
  const traffic = tcpAt('bulk', 4096);
  const whole = resolveExperiment(paperExperiment({ mode: 'falcon', traffic, split: false }));
  const split = resolveExperiment(paperExperiment({ mode: 'falcon', traffic }));
  return [
    { title: 'One core does both', diagram: nicDiagram(whole) },
    { title: 'GRO on a core of its own', diagram: nicDiagram(split) },
  ];
}

/** The softirqs that do the work of the first stage, each on its core. */
function nicDiagram(experiment: Experiment): Diagram {
  const profile = profileOf(experiment);
  const all = softirqSegments(experiment.topology, experiment.steering, 'tcp');
  const cpus = placeSegments(experiment, all, { hash: exampleHash() });
  const nic = experiment.topology.stages[0].id;
  const shown = all.filter((segment) => segment.parts.some((part) => part.stage.id === nic));
  return {
    groups: shown.map((_, i) => ({ id: `cpu${cpus[i]}`, title: `CPU ${cpus[i]}`, look: LOOK.core })),
    nodes: shown.map((segment, i) => {
      const box = softirqBox(profile, segment, 'tcp', all[segment.number]);
      return { ...box, title: shown.length > 1 ? `pNIC${i + 1}` : 'pNIC', group: `cpu${cpus[i]}` };
    }),
    edges: [...levelTitles(shown.map((segment) => `softirq${segment.number}`)), ...handOvers(shown)],
    gaps_px: [34, 14],
    arrows: 'straight',
  };
}
