import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, makeFolder } from '../core';
import { FIGURES, findFigure, type PaperStudy } from '../figures';
import { FIGURE_SOURCES, figureInput, type FigureSource } from '../lab';
import { StaticRenderer, toHtml, toJson, type Figure } from '../plot';
import type { FiguresCommandOptions } from './commands/figures';
import { ProgressLine } from './progressLine';

const FORMATS = ['svg', 'png', 'html', 'json'] as const;
type Format = (typeof FORMATS)[number];

/**
 * Draws figures into files, their names on stdout, one a line. A figure that the source cannot show
 * (no capture can) is named on stderr and left out.
 * @throws InputError for an unknown figure, source or format
 */
export async function drawFigures(ids: readonly string[], options: FiguresCommandOptions): Promise<void> {
  const source = oneOf<FigureSource>('--source', options.source, FIGURE_SOURCES);
  const format = oneOf<Format>('--format', options.format, FORMATS);
  const studies = ids.length === 0 ? FIGURES : ids.map(studyOf);
  await makeFolder(options.out);
  const renderer = new StaticRenderer();
  for (const study of studies) {
    const figures = await figuresOf(study, source, options.captures);
    if (figures.length === 0) process.stderr.write(`${study.id}: nothing ${source}. ${study.captureNote ?? ''}\n`);
    for (const figure of figures) {
      const path = join(options.out, `${figure.id}.${format}`);
      await writeFile(path, await render(figure, format, renderer));
      process.stdout.write(`${path}\n`);
    }
  }
}

async function figuresOf(study: PaperStudy, source: FigureSource, capturesFolder?: string): Promise<readonly Figure[]> {
  const progress = new ProgressLine(process.stderr);
  try {
    const onProgress = (at: Parameters<ProgressLine['show']>[0]): void => progress.show({ ...at, label: study.id });
    return await study.draw(await figureInput(study, { source, capturesFolder, onProgress }));
  } finally {
    progress.clear();
  }
}

async function render(figure: Figure, format: Format, renderer: StaticRenderer): Promise<string | Uint8Array> {
  if (format === 'svg') return renderer.svg(figure);
  if (format === 'png') return renderer.png(figure);
  return format === 'html' ? toHtml(figure) : toJson(figure);
}

function studyOf(id: string): PaperStudy {
  const study = findFigure(id);
  if (study === undefined) {
    const known = FIGURES.map((s) => s.figure).join(', ');
    throw InputError.expected({ file: 'figures' }, `one of the figures ${known}`, id);
  }
  return study;
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  if ((allowed as readonly string[]).includes(value)) return value as T;
  throw InputError.expected({ file: option }, `one of ${allowed.join(', ')}`, value);
}
