import { describe, expect, it } from 'vitest';
import { pairMeets } from '../../src/analysis';
import {
  drawMeetingByCores,
  drawMeetingMap,
  drawUnluckyContainers,
  mixTable,
  overlayStages,
  secondChoiceTable,
} from '../../src/figures/beyond/hashCollisions';

describe('the figures of hash collisions', () => {
  it('place the tunnel and the veth of the overlay, at their costs', () => {
    const stages = overlayStages();
    expect(stages.map((stage) => stage.ifindex)).toEqual([6, 8]);
    for (const stage of stages) expect(stage.work).toBeGreaterThan(0);
  });

  it('write the exact chance into every cell of the map', () => {
    const figure = drawMeetingMap();
    const cells = figure.layout.annotations!.map((a) => a.text);
    expect(cells).toContain(pairMeets(2, 3).toFixed(2).slice(1));
    const shown = figure.data.filter((trace) => trace.type === 'bar').flatMap((trace) => trace.customdata as number[]);
    expect(shown).toContain(pairMeets(4, 7));
    expect(shown).toHaveLength(2 * 8 * 10);
  });

  it('agree with each other where they show the same', () => {
    const lines = drawMeetingByCores().data.filter((trace) => trace.type === 'scatter');
    const released = lines.find((trace) => trace.name === 'released: hash_32(…, 16)')!;
    const at = (released.x as number[]).indexOf(5);
    expect((released.y as number[])[at]).toBeCloseTo(pairMeets(2, 5), 12);
    const [dots] = drawUnluckyContainers(6, 3).data.filter((trace) => trace.type === 'scatter');
    expect(dots.y).toEqual([2, 4, 6].map((gap) => pairMeets(gap, 6)));
  });

  it('say where the second choice is none', () => {
    const [two] = secondChoiceTable();
    expect(two).toEqual({ cores: 2, one_in_n: 0.5, bits16: expect.closeTo(0.5, 2), bits32: 1 });
  });

  it('rank the next core above every hash, over all containers', () => {
    const rows = mixTable();
    const chances = new Map(rows.map((row) => [row.mix, row.over_40_containers]));
    expect(chances.get('Next core')).toBe(0);
    for (const [mix, chance] of chances) if (mix !== 'Next core') expect(chance).toBeGreaterThan(0.1);
  });
});
