import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure, FlameFigure, PlotFigure } from '../figure';
import { packFlames } from '../flame/packed';
import { escapeHtml, scriptJson } from '../text';
import { bundleScript } from './bundle';
import { framedSvg } from './svgFigure';

/**
 * The part of a page that shows one figure. `fallback` stands in its place until (or unless) scripts
 * run. A chart expects `bundleScript()` somewhere in the page.
 *
 * @param elementId unique within the page
 */
export function figureFragment(figure: Figure, elementId: string, fallback: string): string {
  const id = escapeHtml(elementId);
  if (figure.kind === 'svg') return `<div id="${id}">${framedSvg(figure)}</div>`;
  const script = figure.kind === 'plot' ? plotScript(figure, elementId) : flameScript(figure, elementId);
  const heading =
    figure.kind === 'flame'
      ? `<div style="font:bold 18px Arimo,Arial,sans-serif">${escapeHtml(figure.title)}</div>`
      : '';
  const caption =
    figure.kind === 'flame'
      ? `<div style="font:12.5px Arimo,Arial,sans-serif;color:#555;margin-bottom:6px">${escapeHtml(figure.caption)}</div>`
      : '';
  return `${heading}${caption}<div id="${id}" style="background:#fff">${fallback}</div><script>${script}</script>`;
}

/** A page that needs nothing but itself. */
export function toHtml(figure: Figure): string {
  const bundle = figure.kind === 'plot' ? bundleScript() : '';
  const noScript = '<noscript>This figure is drawn by a script in this file.</noscript>';
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(figure.title)}</title></head>
<body style="margin:16px;background:#fff">
${bundle}
${figureFragment(figure, figure.id, noScript)}
</body></html>
`;
}

/** Waits for the bundle, which unpacks itself in the background. */
function plotScript(figure: PlotFigure, elementId: string): string {
  const content = scriptJson({ data: figure.data, layout: figure.layout });
  const config = '{displaylogo:false,modeBarButtonsToRemove:["select2d","lasso2d","autoScale2d"]}';
  return `(function go(n){var e=document.getElementById(${scriptJson(elementId)});
if(!e||!window.Plotly){if(n<400)setTimeout(function(){go(n+1)},50);return}
var f=${content};e.textContent="";Plotly.newPlot(e,f.data,f.layout,${config})})(0);`;
}

/** The frames are only read by the browser's own drawing code; names never become markup. */
function flameScript(figure: FlameFigure, elementId: string): string {
  const client = readFileSync(join(__dirname, '../browser/flameGraph.js'), 'utf8');
  return `(function(){${client}
(function go(n){var e=document.getElementById(${scriptJson(elementId)});
if(!e){if(n<400)setTimeout(function(){go(n+1)},50);return}
falconFlameGraph(e,${scriptJson(packFlames(figure))})})(0)})();`;
}
