import {
  independentMeeting,
  pairMeets,
  secondChoiceIsFirst,
  segmentCosts,
  STAGE_MIXES,
  stageMeeting,
  tryMix,
  type MixResult,
  type PlacedStage,
  type StageMix,
} from '../../analysis';
import { paperExperiment, profileOf, resolveExperiment, softirqSegments, udpStress } from '../../experiment';
import { heatmapPanel, linePanel, paletteStyle, plotFigure, type LineSeries, type PlotFigure } from '../../plot';

/** Sizes of FALCON_CPUS that the figures show. */
const CORES = [2, 3, 4, 5, 6, 7, 8, 10, 12, 16];
const GAPS = [1, 2, 3, 4, 5, 6, 7, 8];

/** Where the mean of trials is drawn: enough of them for a standard error of about 0.003. */
const TRIALS = 2000;

/** Map of the chance that two stages of a flow share a core, by distance of their device indexes and cores. Exact. */
export function drawMeetingMap(): PlotFigure {
  const chances = (chance: (gap: number, cores: number) => number): number[][] =>
    GAPS.map((gap) => CORES.map((cores) => chance(gap, cores)));
  const panel = (title: string, values: number[][]) =>
    heatmapPanel({
      title,
      x: { title: 'Cores in FALCON_CPUS' },
      y: { title: 'Distance of the device indexes' },
      columns: CORES.map(String),
      rows: GAPS.map(String),
      values,
      valueTitle: 'chance',
      valueRange: [0, 1],
      format: (value) => (value < 0.005 ? '0' : value.toFixed(2).replace(/^0/, '')),
    });
  return plotFigure({
    id: 'q3-meeting-map',
    title: 'Chance that two stages of a flow share a core',
    caption:
      'Above: hash_32(hash + ifindex, 16) modulo the number N of cores, as Falcon was released; exact, over all 2^32 flow hashes. ' +
      'Independent choices would give 1/N in every row: .50, .33, .25, … Below: all 32 bits of the product, scaled by reciprocal_scale, as RPS does.',
    panels: [
      panel(
        'Falcon as released (modulo)',
        chances((gap, cores) => pairMeets(gap, cores)),
      ),
      panel(
        'The same product, scaled',
        chances((gap, cores) => pairMeets(gap, cores, 32, 'scaled')),
      ),
    ],
    columns: 1,
    panelHeight_px: 215,
  });
}

/** Indexes of the devices whose stages Falcon places on the preset overlay. */
export function overlayIfindexes(): number[] {
  return overlayStages().map((stage) => stage.ifindex);
}

/**
 * Line for each mix: chance that a flow of the preset overlay has two stages on one core. Exact. The paper's
 * Algorithm 1 writes hash_32 with one argument and so leaves the width open; 32 is the function's whole product.
 */
export function drawMeetingByCores(ifindexes: readonly number[] = overlayIfindexes()): PlotFigure {
  const cores = CORES;
  const series = (index: number, label: string, chance: (n: number) => number): LineSeries => ({
    style: paletteStyle(index, label),
    x: cores,
    y: cores.map(chance),
  });
  return plotFigure({
    id: 'q3-by-cores',
    title: 'Chance that a flow of the overlay has two stages on one core',
    caption: `Device indexes ${ifindexes.join(' and ')}; exact, over all flow hashes. Independent: 1 − N! / ((N − k)! N^k) for k stages.`,
    panels: [
      linePanel({
        x: { title: 'Cores in FALCON_CPUS' },
        y: { title: 'Chance', range: [0, 1.02] },
        series: [
          series(6, 'independent', (n) => independentMeeting(ifindexes.length, n).anyMeet),
          series(2, 'released: hash_32(…, 16)', (n) => stageMeeting(ifindexes, n, 16).anyMeet),
          series(1, 'whole product: hash_32(…, 32)', (n) => stageMeeting(ifindexes, n, 32).anyMeet),
          series(4, 'whole product, scaled', (n) => stageMeeting(ifindexes, n, 32, 'scaled').anyMeet),
        ],
      }),
    ],
  });
}

/** Which containers of a host are unlucky: chance by container, each with its own veth index. Exact. */
export function drawUnluckyContainers(cores = 6, containers = 40): PlotFigure {
  const [tunnel, veth] = overlayIfindexes();
  const numbers = Array.from({ length: containers }, (_, c) => c + 1);
  const chanceOf = (container: number): number => pairMeets(veth + 2 * (container - 1) - tunnel, cores);
  return plotFigure({
    id: 'q3-containers',
    title: `Containers that Falcon cannot pipeline on ${cores} cores`,
    caption:
      `Chance that the VXLAN and veth stages of a flow share a core, for each of ${containers} containers whose veth ` +
      `indexes rise by 2 from ${veth}; VXLAN has ${tunnel}. Released hash, exact. Grey: 1/${cores}.`,
    panels: [
      linePanel({
        x: { title: 'Container' },
        y: { title: 'Chance', range: [0, 1.02] },
        marks: 'markers',
        directLabels: true,
        series: [
          { style: paletteStyle(2, 'released'), x: numbers, y: numbers.map(chanceOf) },
          { style: paletteStyle(6, 'independent'), x: numbers, y: numbers.map(() => 1 / cores) },
        ],
      }),
    ],
  });
}

/** Row for each number of cores: how often the second choice is no choice, with the released 16 bits of hash_32 and with all 32. */
export function secondChoiceTable(): { cores: number; one_in_n: number; bits16: number; bits32: number }[] {
  return [2, 3, 4, 5, 6, 8, 10, 16].map((cores) => ({
    cores,
    one_in_n: round(1 / cores),
    bits16: round(secondChoiceIsFirst(cores, 16)),
    bits32: round(secondChoiceIsFirst(cores, 32)),
  }));
}

/**
 * Line for each mix over the number of flows: packet rate until the fullest core is busy, relative to work
 * spread evenly. Stages weigh what the profile says they cost.
 */
export function drawMixesByFlows(cores = 6): PlotFigure {
  const flows = [1, 2, 4, 6, 10, 20, 40];
  const stages = overlayStages();
  const shown = STAGE_MIXES.filter((mix) => mix.id !== 'sum');
  const series = shown.map((mix, i): LineSeries => {
    const results = flows.map((n) => tryMix(mix, { stages, cores, flows: n, trials: TRIALS, seed: 1 }));
    return {
      style: paletteStyle([2, 1, 4, 3, 6][i], mix.label),
      x: flows,
      y: results.map((r) => r.rateShare),
      low: results.map((r) => r.rateShare - 1.96 * r.rateShareError),
      high: results.map((r) => r.rateShare + 1.96 * r.rateShareError),
    };
  });
  return plotFigure({
    id: 'q3-by-flows',
    title: `What another mix would gain on ${cores} cores`,
    caption:
      `Rate until the fullest core is busy, relative to evenly spread work; stages of the overlay (${stages.length} of them), ` +
      `weighted by their cost in the profile; flows of equal rate in one container; mean of ${TRIALS} draws of flow hashes, 95% interval.`,
    panels: [
      linePanel({
        x: { title: 'Flows', scale: 'log', ticks: flows.map((n) => ({ at: n, label: String(n) })) },
        y: { title: 'Share of the ideal rate', range: [0, 1.05] },
        series,
      }),
    ],
  });
}

/** Row for each mix: chance of meeting and rate of one flow and of twenty, on so many cores. */
export function mixTable(cores = 6): Record<string, string | number>[] {
  const stages = overlayStages();
  return STAGE_MIXES.map((mix) => {
    const of = (flows: number): MixResult => tryMix(mix, { stages, cores, flows, trials: TRIALS, seed: 1 });
    const [one, twenty] = [of(1), of(20)];
    return {
      mix: mix.label,
      rule: mix.rule,
      chance_to_meet: round(one.anyMeet),
      over_40_containers: round(meanOverContainers(mix, cores)),
      rate_of_1_flow: round(one.rateShare),
      rate_of_20_flows: round(twenty.rateShare),
    };
  });
}

/** Chance to meet of a flow, mean over 40 containers whose veth indexes rise by 2. */
function meanOverContainers(mix: StageMix, cores: number): number {
  const [tunnel, veth] = overlayStages();
  let sum = 0;
  for (let container = 0; container < 40; container++) {
    const stages = [tunnel, { ...veth, ifindex: veth.ifindex + 2 * container }];
    sum += tryMix(mix, { stages, cores, flows: 1, trials: TRIALS, seed: container + 1 }).anyMeet;
  }
  return sum / 40;
}

/** The stages of the preset overlay that Falcon places, with device index and cost. */
export function overlayStages(): PlacedStage[] {
  const experiment = resolveExperiment(paperExperiment({ mode: 'falcon', traffic: udpStress(16) }));
  const segments = softirqSegments(experiment.topology, experiment.steering);
  const costs = segmentCosts(experiment, profileOf(experiment), segments, 'udp', 16);
  return segments.flatMap((segment, i) => {
    const ifindex = experiment.topology.devices.find((d) => d.name === segment.device)?.ifindex ?? 0;
    return segment.chooser === 'policy' ? [{ ifindex, work: costs[i].packet_ns }] : [];
  });
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
