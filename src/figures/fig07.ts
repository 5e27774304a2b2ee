import {
  paperExperiment,
  placeSegments,
  resolveExperiment,
  softirqSegments,
  tcpAt,
  udpStress,
  type Experiment,
} from '../experiment';
import { diagramFigure, type DiagramPanel, type SvgFigure } from '../plot';
import { coreLanes } from './coreLanes';
import { exampleHash, EXAMPLE_FLOW } from './exampleFlow';
import { NOTHING_TO_CAPTURE } from './diagramParts';
import type { DiagramStudy } from './study';

const TITLE = 'The three components of Falcon on one flow';

export const FIG07: DiagramStudy = {
  figure: '7',
  id: 'fig07',
  title: TITLE,
  cases: [],
  captures: [],
  captureNote: NOTHING_TO_CAPTURE,
  draw: async () => [await drawFalconComponents()],
};

/** The hash of the released kernel, 16 bits wide. */
const RELEASED = { variant: 'kernel' } as const;

/** The paper's Figure 7: what each of Falcon's three components does to one flow. */
export async function drawFalconComponents(): Promise<SvgFigure> {
  return diagramFigure({
    id: 'fig07',
    title: TITLE,
    caption:
      `Cores as the kernel’s functions choose them for ${EXAMPLE_FLOW}; interrupts on CPU\u00a00, RPS to CPU\u00a01, ` +
      'application on CPU\u00a02, FALCON_CPUS 3 to 6, GRO split to CPU\u00a07 (Figure 11 and section 5).',
    panels: falconComponentPanels(),
  });
}

export function falconComponentPanels(): DiagramPanel[] {
  const hash = exampleHash();
  const udp = udpStress(16, { clients: 1 });
  const vanilla = resolveExperiment(paperExperiment({ mode: 'overlay', traffic: udp }));
  const falcon = resolveExperiment(paperExperiment({ mode: 'falcon', traffic: udp, falcon: RELEASED }));
  const split = resolveExperiment(paperExperiment({ mode: 'falcon', traffic: tcpAt('bulk', 4096), falcon: RELEASED }));
  return [
    {
      title: 'Vanilla overlay: RPS moves the flow once, then all softirqs share a core',
      diagram: coreLanes(vanilla, { packet: { hash } }),
    },
    { title: 'Pipelining: each device chooses a core of its own', diagram: coreLanes(falcon, { packet: { hash } }) },
    {
      title: 'Splitting: GRO of TCP leaves the core that allocates buffers',
      diagram: coreLanes(split, { packet: { hash }, protocol: 'tcp' }),
    },
    {
      title: 'Balancing: where the first choice is busy, a second hash chooses again',
      diagram: coreLanes(falcon, { packet: { hash, loads: busyFirstChoice(falcon, hash) } }),
    },
  ];
}

/** Loads under which the first core that Falcon chose for the flow is busy. */
function busyFirstChoice(experiment: Experiment, hash: number): number[] {
  const loads = new Array<number>(experiment.machine.cpus).fill(0);
  loads[firstChoice(experiment, hash)] = 95;
  return loads;
}

function firstChoice(experiment: Experiment, hash: number): number {
  const segments = softirqSegments(experiment.topology, experiment.steering);
  const steered = segments.findIndex((segment) => segment.chooser === 'policy');
  return placeSegments(experiment, segments, { hash })[steered];
}
