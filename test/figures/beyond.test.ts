import { beforeAll, describe, expect, it } from 'vitest';
import { resolveExperiment } from '../../src/experiment';
import { demandOf, type FlowCost } from '../../src/figures/beyond/coresPerFlow';
import { DYNAMIC_SPLITTING, dynamicSplittingTable } from '../../src/figures/beyond/dynamicSplitting';
import { PIPELINING_BORDER, pipeliningBorderTable } from '../../src/figures/beyond/pipeliningBorder';
import { CaseRuns, distinctCases, type Case } from '../../src/figures/cases';
import type { PlotFigure } from '../../src/plot';
import { simulateRun } from '../../src/run';

/** The cases of a study, once each and for a moment only: enough to draw, not to conclude. */
function shortRuns(cases: readonly Case[], duration_s: number): CaseRuns {
  const short = { duration_s, warmup_s: 0.002, emit: { interval_s: duration_s } };
  return new CaseRuns(
    new Map(
      distinctCases(cases).map(({ key, experiment }) => [
        key,
        [simulateRun(resolveExperiment({ ...experiment, ...short, name: key, seed: 1 }))],
      ]),
    ),
  );
}

describe('cores that a full link keeps busy', () => {
  const cost: FlowCost = { mode: 'overlay', message_bytes: 1400, highest_pps: 500_000, cpu_ns: 3000, measuredAt: 0.8 };

  it('are rate times cost, over as many flows as the highest rate of one asks for', () => {
    const demand = demandOf(cost, 100);
    // 1400 B with UDP, IP and Ethernet headers inside, 50 B of VXLAN, FCS, preamble and gap.
    expect(demand.rate_pps).toBeCloseTo(100e9 / 8 / (1400 + 28 + 50 + 38), 0);
    expect(demand.cores).toBeCloseTo(demand.rate_pps * 3e-6, 6);
    expect(demand.flows).toBe(Math.ceil(demand.rate_pps / 500_000));
  });

  it('are fewer on the overlay’s link than the host’s for equal costs, since headers take their share', () => {
    expect(demandOf(cost, 10).cores).toBeLessThan(demandOf({ ...cost, mode: 'host' }, 10).cores);
  });
});

describe('the border of pipelining', () => {
  let runs: CaseRuns;
  beforeAll(() => {
    runs = shortRuns(PIPELINING_BORDER.cases, 0.006);
  }, 60_000);

  it('is drawn for both costs, every factor and every load', async () => {
    const [map, rates] = (await PIPELINING_BORDER.draw({ simulated: runs })) as PlotFigure[];
    const cells = map.data.filter((trace) => trace.type === 'bar').flatMap((trace) => trace.customdata as number[]);
    expect(cells).toHaveLength(4 * 5 * 5);
    for (const cell of cells) expect(cell).toBeGreaterThan(0);
    expect(rates.data.length).toBeGreaterThan(0);
    expect(await PIPELINING_BORDER.draw({})).toEqual([]);
  });

  it('lies where the costs are dear: CPU time grows with each, more with locality', () => {
    const rows = pipeliningBorderTable(runs);
    const cpu = (cost: string) =>
      rows.find((row) => row.cost === cost && row['load (kpps)'] === 300)!['Falcon CPU (µs/packet)'];
    expect(rows).toHaveLength(15);
    expect(cpu('interrupt between cores ×8')).toBeGreaterThan(cpu('as in the profile') as number);
    expect(cpu('loss of locality ×8')).toBeGreaterThan(cpu('interrupt between cores ×8') as number);
  });
});

describe('dynamic splitting', () => {
  it('is compared with always and never, for each load', async () => {
    const runs = shortRuns(DYNAMIC_SPLITTING.cases, 0.004);
    const [figure] = (await DYNAMIC_SPLITTING.draw({ simulated: runs })) as PlotFigure[];
    const names = new Set(figure.data.flatMap((trace) => (trace.name === undefined ? [] : [trace.name])));
    expect([...names]).toEqual(expect.arrayContaining(['no splitting', 'static', 'dynamic']));
    const cut = new Map(dynamicSplittingTable(runs).map((row) => [`${row.load} ${row.policy}`, row['cut (%)']]));
    expect(cut.get('UDP 16 B static')).toBe(100);
    // Too short for the load average to notice anything.
    expect(cut.get('UDP 16 B dynamic')).toBe(0);
    expect(cut.get('TCP 4 KB no splitting')).toBe(0);
  });
});
