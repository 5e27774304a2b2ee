// Makes a notebook from Markdown: blocks fenced with ```ts become code cells, all else becomes prose.
//   npm run notebooks:new -- FILE.md notebooks/NAME.ipynb
// For writing a new notebook in an editor. Afterwards the notebook is the source; `--print NAME.ipynb`
// prints one as such Markdown, to read or to rewrite it.
import { readFileSync } from 'node:fs';
import { normalise, readNotebook, text, writeNotebook } from './lib/notebook-file.mjs';

const args = process.argv.slice(2);
if (args.length !== 2) {
  process.stderr.write(
    'usage: npm run notebooks:new -- FILE.md notebooks/NAME.ipynb\n       npm run notebooks:new -- --print notebooks/NAME.ipynb\n',
  );
  process.exit(1);
}
if (args[0] === '--print') process.stdout.write(toMarkdown(readNotebook(args[1])));
else writeNotebook(args[1], normalise({ cells: toCells(readFileSync(args[0], 'utf8')) }));

function toCells(markdown) {
  return markdown
    .split(/^```ts\n([\s\S]*?)^```\n?/m)
    .map((source, index) => ({ cell_type: index % 2 === 1 ? 'code' : 'markdown', source: source.trim() }))
    .filter(({ source }) => source !== '');
}

function toMarkdown(notebook) {
  return notebook.cells
    .map(({ cell_type, source }) =>
      cell_type === 'code' ? `\`\`\`ts\n${text(source)}\n\`\`\`\n` : `${text(source)}\n`,
    )
    .join('\n');
}
