import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** The smallest of Plotly's bundles: bars and lines, which is all that our figures consist of. */
export function bundlePath(): string {
  return require.resolve('plotly.js/dist/plotly-basic.min.js');
}

/** Made once: compressing takes a tenth of a second. */
let script: string | undefined;

/**
 * A `<script>` that loads Plotly from its own text: compressed, since the plain bundle would take
 * most of a notebook's size. `window.define` is hidden from it because classic Jupyter's require.js
 * would otherwise take the bundle for a module.
 */
export function bundleScript(): string {
  return (script ??= packedScript());
}

function packedScript(): string {
  const packed = gzipSync(readFileSync(bundlePath()), { level: 9 }).toString('base64');
  return `<script>(function(){
if(window.Plotly)return;
var packed=Uint8Array.from(atob("${packed}"),function(c){return c.charCodeAt(0)});
new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text().then(function(source){
var define=window.define;window.define=undefined;
try{(0,eval)(source)}finally{window.define=define}
});
})();</script>`;
}
