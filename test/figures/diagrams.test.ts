import { describe, expect, it } from 'vitest';
import { findTopology, PROFILES, resolveExperiment, TOPOLOGIES, type Topology } from '../../src/experiment';
import { drawLayers, layersOf, FIG01 } from '../../src/figures/fig01';
import { drawReceivePath, receivePathDiagram, FIG03 } from '../../src/figures/fig03';
import { drawFalconComponents, FIG07 } from '../../src/figures/fig07';
import { drawStageTransitions, stageTransitionPanels, FIG08 } from '../../src/figures/fig08';
import { drawGroSplit, groSplitPanels, FIG09B } from '../../src/figures/fig09b';
import type { SvgFigure } from '../../src/plot';
import { stacksSchema, tableFromRows } from '../../src/table';

const VANILLA = { rps: [], stages: { policy: 'none' as const }, groSplit: null };
const profile = PROFILES[0];
const path = (topology: Topology) => ({ title: topology.title, topology, steering: VANILLA, profile });

const overlay = findTopology('overlay')!;

/** An overlay whose container has its traffic decrypted. The names are those of an unkind user. */
const withCrypto = resolveExperiment({
  topology: {
    base: 'overlay',
    extra: [
      {
        after: 'bridge',
        stage: {
          id: '<b>crypto & "more"</b>',
          device: 'wg0<script>',
          entry: 'backlog',
          work: [{ cost: { packet_ns: 900 }, frames: ['wg_packet_decrypt_worker'] }],
        },
        device: { name: 'wg0<script>', kind: 'function', ifindex: 9 },
      },
    ],
  },
}).topology;

/** Texts of a drawing as a reader sees them. */
function textsOf({ svg }: SvgFigure): string[] {
  const entities: Record<string, string> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&#45;': '-',
    '&amp;': '&',
  };
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) =>
    text.replace(/&(lt|gt|quot|#39|#45|amp);/g, (entity) => entities[entity]),
  );
}

describe('the drawing of a receive path', () => {
  it('shows every stage of every topology once, in order', async () => {
    for (const topology of TOPOLOGIES) {
      const shown = textsOf(await drawReceivePath([path(topology)]));
      const names = topology.stages.map((stage) => `${stage.id} (${stage.device})`);
      expect(shown.filter((text) => names.includes(text))).toEqual(names);
    }
  });

  it('shows a stage that a user added, with its function, whatever its name', async () => {
    const shown = textsOf(await drawReceivePath([path(withCrypto)]));
    expect(shown).toContain('<b>crypto & "more"</b> (wg0<script>)');
    expect(shown).toContain('wg_packet_decrypt_worker');
    expect(receivePathDiagram(path(withCrypto)).nodes).toHaveLength(receivePathDiagram(path(overlay)).nodes.length + 1);
  });

  it('names the three polls of the overlay as the paper does', async () => {
    const shown = textsOf(await drawReceivePath([path(overlay)]));
    const polls = ['mlx5e_napi_poll', 'gro_cell_poll', 'process_backlog'];
    expect(shown.filter((text) => polls.includes(text))).toEqual(polls);
  });
});

describe('the drawing of layers', () => {
  it('has a layer for every stage of every topology, in order', () => {
    for (const topology of TOPOLOGIES) {
      const stages = layersOf(topology, profile).map((layer) => layer.stage.id);
      expect([...new Set(stages)]).toEqual(topology.stages.map((stage) => stage.id));
    }
  });

  it('unwraps a tunnelled packet exactly once, at the overlay layer', () => {
    const layers = layersOf(overlay, profile);
    expect(layers.map((layer) => layer.encapsulated)).toEqual([true, true, false, false, false, false, false]);
    expect(layers[2].title).toBe('overlay layer (VXLAN)');
    expect(layersOf(findTopology('host')!, profile).some((layer) => layer.encapsulated)).toBe(false);
  });

  it('shows an added stage, escaped', async () => {
    const figure = await drawLayers(withCrypto);
    expect(textsOf(figure)).toContain('<b>crypto & "more"</b>');
    expect(figure.svg).not.toContain('<script');
  });
});

describe('the drawings of Falcon', () => {
  it('put all softirqs but the first on one core under RPS, and each on its own under Falcon', () => {
    const [rps, falcon] = stageTransitionPanels().map(({ diagram }) =>
      diagram.nodes.filter((node) => node.id.startsWith('softirq')).map((node) => node.group),
    );
    expect(rps.length).toBeGreaterThan(falcon.length);
    expect(new Set(rps.slice(1)).size).toBe(1);
    expect(new Set(falcon).size).toBe(falcon.length);
  });

  it('cut the poll of the card right before GRO', () => {
    const [whole, split] = groSplitPanels().map(({ diagram }) => diagram.nodes.map((n) => n.sections?.[1].lines ?? []));
    expect(split).toHaveLength(2);
    expect(split[0]).not.toContain('napi_gro_receive');
    expect(split[1][0]).toBe('napi_gro_receive');
    expect([...split[0], ...split[1]]).toEqual(whole[0]);
  });

  it('are the same bytes each time, sized as they say, without ids that could clash', async () => {
    for (const draw of [drawLayers, drawFalconComponents, drawStageTransitions, drawGroSplit]) {
      const figure = await draw();
      expect(await draw()).toEqual(figure);
      expect(figure.svg).toMatch(new RegExp(`^<svg [^>]*width="${figure.width_px}" height="${figure.height_px}"`));
      expect(figure.svg).not.toMatch(/ id="|<style|<title/);
    }
  });
});

describe('the studies of the diagrams', () => {
  it('draw without runs, and figure 3 also from the stacks of a capture', async () => {
    for (const study of [FIG01, FIG03, FIG07, FIG08, FIG09B]) {
      const [figure] = await study.draw({});
      expect(figure.id).toBe(study.id);
      expect(figure.title).toBe(study.title);
    }
    const stacks = tableFromRows(stacksSchema, [
      {
        source: 'captured',
        run: 'r',
        cpu: 0,
        comm: 'c',
        event: 'e',
        stack: 'do_softirq;net_rx_action;gro_cell_poll;<i>br_handle_frame',
        samples: 1,
        weight: 1,
      },
    ]);
    const captured = new Map([
      ['overlay-udp-16', { id: 'overlay-udp-16', source: 'captured' as const, tables: { stacks } }],
    ]);
    const figures = await FIG03.draw({ captured });
    expect(figures).toHaveLength(2);
    expect(textsOf(figures[1] as SvgFigure)).toContain('<i>br_handle_frame 100%');
  });
});
