import { SaxesParser } from 'saxes';
import type { SaxesAttributePlain } from 'saxes';
import { InputError, quote } from '../core';
import type { DrawnFrame, Drawing } from './flamegraphLayout';
import { treeOfDrawing } from './flamegraphLayout';
import type { Detection, ParseContext, Trace, TraceFormat } from './format';
import type { ByteSource } from './source';
import { stacksOfTree } from './stacksOfTree';

/**
 * Flame graphs drawn as SVG by flamegraph.pl, by inferno, and by ourselves, back to stacks.
 *
 *   flamegraph.pl, in random order, x and width rounded to 0.1 px:
 *     <title>tcp_v4_rcv (1,234 samples, 11.89%)</title><rect x="141.1" y="101" width="3.6" height="15.0" … />
 *   inferno, exact in samples, x and width in percent:
 *     <title>tcp_v4_rcv (34 samples, 11.89%)</title><rect x="17.4825%" y="1028" … fg:x="50" fg:w="34"/>
 *   differential:
 *     <title>tcp_v4_rcv (34 samples, 11.89%; +0.70%)</title>
 */
export const flamegraphSvgFormat: TraceFormat = {
  id: 'flamegraph-svg',
  title: 'flame graph SVG (flamegraph.pl, inferno)',
  fills: ['stacks'],
  detect,
  parse,
};

/** Text between two tags may be long (a script), but not endless. */
const LONGEST_TOKEN_BYTES = 64 * 2 ** 20;

function detect(prefix: Uint8Array, complete: boolean): Detection {
  const head = Buffer.from(prefix.buffer, prefix.byteOffset, prefix.length)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '');
  const root = rootElement(head);
  if (root === undefined) return complete ? 'no' : 'more';
  return root === 'svg' ? 'yes' : 'no';
}

/** Name of the first element, `''` if this is no XML, undefined if the prefix ends before it. */
function rootElement(head: string): string | undefined {
  let at = 0;
  for (;;) {
    while (/\s/.test(head.charAt(at))) at++;
    if (at >= head.length) return undefined;
    if (head[at] !== '<') return '';
    const rest = head.slice(at, at + 9);
    const closing = rest.startsWith('<!--')
      ? '-->'
      : rest.startsWith('<?')
        ? '?>'
        : /^<!DOCTYPE/i.test(rest)
          ? '>'
          : '';
    if (closing === '') {
      const name = /^<([A-Za-z_][\w.:-]*)[\s/>]/.exec(head.slice(at, at + 80));
      if (name !== null) return name[1];
      return head.length - at < 80 ? undefined : '';
    }
    // `<!DOCTYPE svg [` has an internal subset: ours to refuse with a reason.
    if (closing === '>' && /^<!DOCTYPE\s+svg\b[^>]*\[/i.test(head.slice(at, at + 500))) return 'svg';
    const end = head.indexOf(closing, at);
    if (end < 0) return undefined;
    at = end + closing.length;
  }
}

async function parse(source: ByteSource, context: ParseContext): Promise<Trace> {
  const drawing = await readDrawing(source, context);
  if (drawing.frames.length === 0) {
    throw InputError.expected(
      { file: context.file },
      'a flame graph',
      `an SVG with ${drawing.rects} rectangles, none with a title`,
    );
  }
  const { tree, missing, metadata } = treeOfDrawing(drawing, context);
  return {
    format: flamegraphSvgFormat.id,
    tables: { stacks: stacksOfTree(tree, context) },
    metadata: new Map([...metadata, ['missing_samples', String(missing)]]),
  };
}

/** An element that may hold the title of a frame: `<g>`, or `<a>` where frames are links. */
interface Group {
  readonly depth: number;
  title: string | undefined;
}

async function readDrawing(source: ByteSource, context: ParseContext): Promise<Drawing & { rects: number }> {
  const parser = new SaxesParser({ xmlns: false, position: true });
  const place = () => ({ file: context.file, line: parser.line });
  const drawing = { frames: [] as DrawnFrame[], title: '', totalSamples: undefined as number | undefined, rects: 0 };
  const groups: Group[] = [];
  let depth = 0;
  let text: string | undefined;
  let tokenStart = 0;
  let read = 0;

  parser.on('error', (error) => {
    const problem = error.message.replace(/^\S+ /, '');
    if (/unclosed tag|unexpected end|must contain a root/.test(problem)) {
      throw new InputError(place(), `the SVG is damaged or cut short: ${problem}`);
    }
    context.diagnostics.count('flamegraph-svg/xml', 'places where the SVG is not well-formed XML', place(), problem);
  });
  parser.on('doctype', (doctype) => {
    if (/\[|<!ENTITY/i.test(doctype)) {
      throw new InputError(
        place(),
        'the DOCTYPE declares entities or other markup; refused, since a flame graph needs none',
      );
    }
  });
  parser.on('opentag', (tag) => {
    tokenStart = read;
    if (depth === 0 && tag.name !== 'svg') {
      throw InputError.expected(place(), 'an <svg> element', `<${quote(tag.name)}>`);
    }
    depth++;
    if (tag.name === 'svg') drawing.totalSamples ??= numberOf(tag.attributes['total_samples']);
    else if (tag.name === 'g' || tag.name === 'a') groups.push({ depth, title: undefined });
    else if (tag.name === 'title' || tag.name === 'text') text = '';
    else if (tag.name === 'rect') {
      drawing.rects++;
      const title = innermostTitle(groups);
      if (title !== undefined) drawing.frames.push(frameOf(title, tag.attributes, parser.line));
    }
  });
  parser.on('text', (data) => {
    if (text !== undefined) text += data;
  });
  parser.on('closetag', (tag) => {
    tokenStart = read;
    if (tag.name === 'title' && text !== undefined && groups.length > 0) groups[groups.length - 1].title = text;
    // The headline: the only text that stands before the frames and says something.
    if (tag.name === 'text' && groups.length === 0 && drawing.title === '') drawing.title = (text ?? '').trim();
    if (tag.name === 'title' || tag.name === 'text') text = undefined;
    if (groups.length > 0 && groups[groups.length - 1].depth === depth) groups.pop();
    depth--;
  });

  const decoder = new TextDecoder('utf-8');
  for await (const chunk of source) {
    context.signal?.throwIfAborted();
    read += chunk.length;
    parser.write(decoder.decode(chunk, { stream: true }));
    if (read - tokenStart > LONGEST_TOKEN_BYTES) {
      throw new InputError(place(), `no tag within ${LONGEST_TOKEN_BYTES} bytes`);
    }
    context.onProgress?.({
      done: source.consumedBytes(),
      total: source.storedBytes,
      unit: 'bytes',
      label: context.file,
    });
  }
  parser.write(decoder.decode());
  parser.close();
  return drawing;
}

function innermostTitle(groups: readonly Group[]): string | undefined {
  for (let i = groups.length - 1; i >= 0; i--) if (groups[i].title !== undefined) return groups[i].title;
  return undefined;
}

type Attributes = Record<string, string | SaxesAttributePlain>;

function frameOf(title: string, attributes: Attributes, line: number): DrawnFrame {
  return {
    ...parseTitle(title),
    line,
    x: numberOf(attributes['x']) ?? 0,
    width: numberOf(attributes['width']) ?? 0,
    y: numberOf(attributes['y']) ?? 0,
    exactX: numberOf(attributes['fg:x']),
    exactWidth: numberOf(attributes['fg:w']),
    exactSelf: numberOf(attributes['fg:self']),
  };
}

/** `"17.5%"` → 17.5. */
function numberOf(value: string | SaxesAttributePlain | undefined): number | undefined {
  const number = typeof value === 'string' ? Number.parseFloat(value) : NaN;
  return Number.isFinite(number) ? number : undefined;
}

//            (1,234       samples, 11.89     %; +0.70%)
//             └count      └unit    └percent    └delta, in our own words `, +0.7 % against before`
const COUNT = /^\((\d[\d,.]*) ([^]*?), (\d[\d.,]*) ?%([;,] [-+−]?[\d.,]+ ?%[^()]*)?\)$/;

/** A count name may itself hold ` (`, hence more than one try; a name has any number, hence not all. */
const TRIES = 8;

/**
 * Splits `name (count unit, percent%)` from the right, since names hold anything:
 * `operator()(int) (1,234 samples, 0.10%)`.
 */
export function parseTitle(title: string): Pick<DrawnFrame, 'name' | 'count' | 'unit' | 'whole' | 'differential'> {
  let at = title.length;
  for (let i = 0; i < TRIES && at > 0; i++) {
    at = title.lastIndexOf(' (', at - 1);
    if (at < 0) break;
    const match = COUNT.exec(title.slice(at + 1));
    if (match === null) continue;
    return {
      name: title.slice(0, at),
      count: Number(match[1].replaceAll(',', '')),
      unit: match[2],
      whole: match[3] === '100',
      differential: match[4] !== undefined,
    };
  }
  return { name: title, count: undefined, unit: '', whole: false, differential: false };
}
