import type { FlameOptions } from '../figure';
import type { FlameBox } from './layout';

/** Frames that belong to no class. */
const UNCLASSIFIED = '#c8c8c8';

/** The colour of a frame: by its change, its class, or its name; the same in every picture. */
export function flameColor(box: FlameBox, options: FlameOptions): string {
  if (box.beforeShare !== undefined) return changeColor(box.width - box.beforeShare);
  if (options.classify === undefined) return nameColor(box.name);
  const found = options.classify(box.name);
  const base = options.classes.find((c) => c.name === found)?.color ?? UNCLASSIFIED;
  return shade(base, (hash(box.name) % 1000) / 1000);
}

/** A warm colour from the name. */
function nameColor(name: string): string {
  const h = hash(name);
  return hex(205 + (h % 50), 90 + ((h >>> 8) % 110), 40 + ((h >>> 16) % 45));
}

/** Up to an eighth lighter, so that neighbours of one class can be told apart. */
function shade(color: string, amount: number): string {
  const n = Number.parseInt(color.slice(1), 16);
  const lighter = (channel: number): number => Math.round(channel + (255 - channel) * 0.25 * amount);
  return hex(lighter(n >> 16), lighter((n >> 8) & 255), lighter(n & 255));
}

/** A change of this share of the whole has the full colour. */
const FULL_CHANGE = 0.1;

/** Red for more, blue for less, white for the same. The root of the change keeps small ones visible. */
export function changeColor(change: number): string {
  const strength = Math.sqrt(Math.min(1, Math.abs(change) / FULL_CHANGE));
  const fade = (channel: number): number => Math.round(245 + (channel - 245) * strength);
  return change >= 0 ? hex(fade(214), fade(49), fade(49)) : hex(fade(49), fade(99), fade(214));
}

/** FNV-1a with a final mix, so that names that differ in one letter differ in colour. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}

function hex(r: number, g: number, b: number): string {
  return `#${((r << 16) | (g << 8) | b).toString(16).padStart(6, '0')}`;
}
