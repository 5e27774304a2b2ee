import { describe, expect, it } from 'vitest';
import { drawScoreboard, type ClaimResult } from '../../src/figures';
import { thumbnailsHtml } from '../../src/lab';

const claim = (figure: string, verdict: ClaimResult['verdict'], basis: ClaimResult['basis']): ClaimResult => ({
  id: `${figure}-${verdict}-${basis}`,
  figure,
  expected: 2,
  measured: verdict === 'not computable' ? null : 2.00011,
  interval: verdict === 'not computable' ? null : [1.9, 2.1],
  verdict,
  basis,
});

const RESULTS = [
  claim('10', 'holds', 'predicted'),
  claim('10', 'holds', 'fitted'),
  claim('2b', 'fails', 'predicted'),
  claim('2b', 'not computable', 'predicted'),
];

describe('the scoreboard as a figure', () => {
  it('counts the claims of each figure by verdict and basis, once each', () => {
    const figure = drawScoreboard(RESULTS);
    expect(figure.title).toBe('2 of 3 computable claims hold');
    // The legend has traces of the same names, without values.
    const bars = figure.data.filter((trace) => trace.type === 'bar' && trace.y?.length === 2);
    const counts = new Map(bars.map((trace) => [trace.name, trace.y]));
    // In the order of the figures, panels together: 2, 10.
    expect(counts.get('holds, predicted')).toEqual([null, 1]);
    expect(counts.get('holds, fitted')).toEqual([null, 1]);
    expect(counts.get('fails')).toEqual([1, null]);
    expect(counts.get('not computable')).toEqual([1, null]);
  });
});

describe('thumbnails', () => {
  it('link to their notebook where there is one, and escape titles', () => {
    const html = thumbnailsHtml([
      { id: 'fig10', title: 'a <b> & "c"', notebook: 'fig10-udp-packet-rate.ipynb', png: Uint8Array.of(1, 2, 3) },
      { id: 'q9', title: 'no notebook', png: Uint8Array.of() },
    ]);
    expect(html).toContain('<a href="fig10-udp-packet-rate.ipynb">');
    expect(html).toContain('a &lt;b&gt; &amp; &quot;c&quot;');
    expect(html).toContain('data:image/png;base64,AQID');
    expect(html.match(/<a /g)).toHaveLength(1);
  });
});
