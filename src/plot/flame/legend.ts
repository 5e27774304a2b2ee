import type { FlameFigure } from '../figure';
import { changeColor } from './color';
import type { FlameLayout } from './layout';

/** What the colours mean; empty where they only tell frames apart. */
export function flameLegend(figure: FlameFigure): { label: string; color: string }[] {
  if (figure.tree.differential) {
    return [
      { label: 'smaller share than before', color: changeColor(-0.1) },
      { label: 'larger share', color: changeColor(0.1) },
    ];
  }
  return figure.options.classes.map((c) => ({ label: c.name, color: c.color }));
}

/** States what pruning took away. @param kind e.g. `narrower than 0.5 px` */
export function leftOutNote(layout: FlameLayout, kind: string): string {
  if (layout.leftOut === 0) return '';
  return `Not drawn: ${count(layout.leftOut)} frames ${kind}, with ${percent(layout.leftOutShare)} of the whole.`;
}

export function count(value: number): string {
  return Number(value.toPrecision(12)).toLocaleString('en-US', { maximumFractionDigits: 0 });
}

export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
