// Executed notebooks in a form that changes only when what they show changes.
import { readFileSync, writeFileSync } from 'node:fs';

/** What a committed notebook may weigh. */
export const SIZE_LIMIT_BYTES = 1_500_000;

/**
 * Fills in what tslab leaves out (execution counts), takes out what differs between runs and machines
 * (timings, kernel versions, stream chunks), and orders keys as Jupyter writes them.
 */
export function normalise(notebook) {
  let count = 0;
  return {
    cells: notebook.cells.map((cell, index) => {
      const id = cell.id ?? `cell-${index + 1}`;
      if (cell.cell_type !== 'code') return { cell_type: cell.cell_type, id, metadata: {}, source: lines(cell.source) };
      const ran = text(cell.source).trim() !== '';
      return {
        cell_type: 'code',
        execution_count: ran ? ++count : null,
        id,
        metadata: keepTags(cell.metadata),
        outputs: mergeStreams(cell.outputs ?? []).map(cleanOutput),
        source: lines(cell.source),
      };
    }),
    metadata: {
      kernelspec: { display_name: 'TypeScript', language: 'typescript', name: 'tslab' },
      language_info: { file_extension: '.ts', mimetype: 'text/typescript', name: 'typescript' },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** As Jupyter writes it: one space of indentation, a line end at the end. */
export function writeNotebook(path, notebook) {
  const json = `${JSON.stringify(notebook, null, 1)}\n`;
  writeFileSync(path, json);
  return Buffer.byteLength(json);
}

export function readNotebook(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** The first heading. */
export function titleOf(notebook) {
  for (const cell of notebook.cells) {
    const [, title] = cell.cell_type === 'markdown' ? (/^#\s+(.+)$/m.exec(text(cell.source)) ?? []) : [];
    if (title !== undefined) return title;
  }
  return undefined;
}

/** The first picture, as base64. */
export function firstPicture(notebook) {
  for (const cell of notebook.cells) {
    for (const output of cell.outputs ?? []) {
      const png = output.data?.['image/png'];
      if (png !== undefined) return text(png).replace(/\n/g, '');
    }
  }
  return undefined;
}

export function text(source) {
  return Array.isArray(source) ? source.join('') : source;
}

/** Jupyter's form of a text: an array of lines, each with its line end. */
function lines(source) {
  return text(source).match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function keepTags(metadata) {
  return metadata?.tags === undefined ? {} : { tags: metadata.tags };
}

/** How a stream is cut into messages depends on timing. */
function mergeStreams(outputs) {
  const merged = [];
  for (const output of outputs) {
    const last = merged.at(-1);
    if (output.output_type === 'stream' && last?.output_type === 'stream' && last.name === output.name) {
      last.text = text(last.text) + text(output.text);
    } else {
      merged.push({ ...output });
    }
  }
  return merged;
}

function cleanOutput(output) {
  if (output.output_type === 'stream') return { name: output.name, output_type: 'stream', text: lines(output.text) };
  if (output.data === undefined) return output;
  const data = Object.fromEntries(Object.entries(output.data).map(([type, value]) => [type, clean(type, value)]));
  return { data, metadata: {}, output_type: 'display_data' };
}

function clean(type, value) {
  if (typeof value !== 'string' && !Array.isArray(value)) return value;
  return type.startsWith('image/') && type !== 'image/svg+xml' ? text(value).trim() : lines(value);
}
