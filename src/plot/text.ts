import { readFileSync } from 'node:fs';
import { parse, type Font } from 'opentype.js';
import { THEME } from './theme';

/** The font files that static pictures are drawn with: a machine without fonts gives the same picture. */
export const FONT_FILES = {
  regular: '@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf',
  bold: '@expo-google-fonts/arimo/700Bold/Arimo_700Bold.ttf',
} as const;

export type FontWeight = keyof typeof FONT_FILES;

export function fontPath(weight: FontWeight): string {
  return require.resolve(FONT_FILES[weight]);
}

/** Parsed once: a font is constant, so this cache cannot be told from its absence. */
const fonts = new Map<FontWeight, Font>();

function font(weight: FontWeight): Font {
  let known = fonts.get(weight);
  if (known === undefined) {
    const bytes = readFileSync(fontPath(weight));
    known = parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    fonts.set(weight, known);
  }
  return known;
}

/** Width of a line of text in CSS pixels. */
export function textWidth_px(text: string, size_px: number, weight: FontWeight = 'regular'): number {
  const face = font(weight);
  let units = 0;
  for (const character of text) units += face.charToGlyph(character).advanceWidth ?? 0;
  return (units / face.unitsPerEm) * size_px;
}

/** Breaks a text at spaces so that no line is wider than asked (a single longer word stays whole). */
export function wrapText(text: string, width_px: number, size_px: number, weight: FontWeight = 'regular'): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth_px(longer, size_px, weight) > width_px) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/**
 * How much wider than Arimo a browser may set a text: without Arimo, Arial, Helvetica or Liberation Sans it takes the
 * machine's own sans-serif. DejaVu Sans, the widest common one, sets the captions of our figures 1.10 to 1.17 times as
 * wide (measured with both fonts), their short labels no more.
 */
export const FALLBACK_STRETCH = 1.17;

/**
 * A caption in lines that stay within the width in any of those fonts. The last line is no
 * stub where that can be helped: a single word there looks like a mistake.
 */
export function wrapCaption(text: string, width_px: number): string[] {
  const room_px = width_px / FALLBACK_STRETCH;
  const lines = wrapText(text, room_px, THEME.captionSize_px);
  // The narrowest width that takes as many lines, but no column at the left: found by halving, to the pixel.
  let [tooNarrow, enough] = [0.85 * room_px, room_px];
  while (enough - tooNarrow > 1) {
    const middle = (tooNarrow + enough) / 2;
    if (wrapText(text, middle, THEME.captionSize_px).length > lines.length) tooNarrow = middle;
    else enough = middle;
  }
  return wrapText(text, enough, THEME.captionSize_px);
}

/**
 * SVG attributes that hold a text to the width it was laid out with, whatever font it is drawn in; in Arimo they
 * change nothing.
 */
export function heldToWidth(text: string, size_px: number, weight: FontWeight = 'regular'): string {
  const width = Math.round(textWidth_px(text, size_px, weight) * 100) / 100;
  return width > 0 ? `textLength="${width}" lengthAdjust="spacingAndGlyphs"` : '';
}

/** Cuts a text to a width, with an ellipsis; empty if not even three characters fit. */
export function fitText(text: string, width_px: number, size_px: number): string {
  if (textWidth_px(text, size_px) <= width_px) return text;
  const room = width_px - textWidth_px('…', size_px);
  let used = 0;
  let fitting = '';
  for (const character of text) {
    used += textWidth_px(character, size_px);
    if (used > room) break;
    fitting += character;
  }
  return fitting.length < 3 ? '' : `${fitting}…`;
}

/** For text and attribute values in HTML and SVG. Control characters, which XML forbids, become U+FFFD. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

/** For names inside Plotly texts, which know a few HTML tags and `%{…}` templates. */
export function escapePlotly(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/%\{/g, '%\u200b{');
}

/** JSON that may stand inside a `<script>` element. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/</g, '\\u003c')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
}
