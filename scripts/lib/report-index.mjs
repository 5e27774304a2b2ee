import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstPicture } from './notebook-file.mjs';

/**
 * Writes `index.html`, which links the pages of all notebooks with their first pictures.
 * Returns its path.
 */
export function writeIndex(out, results, titleOf) {
  const cards = results.map(({ name, seconds, error, notebook }) => {
    const picture = notebook === undefined ? undefined : firstPicture(notebook);
    const title = (notebook && titleOf(notebook)) ?? name;
    const image = picture === undefined ? '' : `<img alt="" src="data:image/png;base64,${picture}">`;
    const state = error === undefined ? `${seconds.toFixed(1)} s` : '<strong>failed</strong>';
    return `<a class="card" href="html/${encodeURIComponent(name)}.html"><h2>${escape(title)}</h2>${image}<p>${escape(name)} · ${state}</p></a>`;
  });
  const path = join(out, 'index.html');
  writeFileSync(
    path,
    `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>falcon-lab: notebooks</title>
<style>
body{font:15px/1.4 Arimo,Arial,Helvetica,sans-serif;margin:24px;color:#222}
main{display:grid;grid-template-columns:repeat(auto-fill,minmax(340px,1fr));gap:16px}
.card{border:1px solid #ddd;border-radius:6px;padding:12px;color:inherit;text-decoration:none}
.card:hover{border-color:#0072b2}
.card h2{font-size:16px;margin:0 0 8px}
.card img{width:100%;height:220px;object-fit:contain}
.card p{margin:8px 0 0;color:#555}
</style></head><body>
<h1>falcon-lab: ${results.length} notebooks</h1>
<main>
${cards.join('\n')}
</main></body></html>
`,
  );
  return path;
}

function escape(text) {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
