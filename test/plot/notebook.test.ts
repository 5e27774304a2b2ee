import { describe, expect, it } from 'vitest';
import { NotebookDisplay, show, type MimeBundle } from '../../src/plot';
import { messageRatesSchema, TableBuilder } from '../../src/table';
import { drawing, everyPanel, HOSTILE, smallFlames } from './figures';

function recorder(): { display: NotebookDisplay; outputs: MimeBundle[] } {
  const outputs: MimeBundle[] = [];
  return { display: new NotebookDisplay(() => ({ display: (bundle) => outputs.push(bundle) })), outputs };
}

describe('show', () => {
  it('is one output with Plotly’s type, offline HTML and a picture', async () => {
    const { display, outputs } = recorder();
    await display.show(everyPanel());
    expect(outputs).toHaveLength(1);
    expect(Object.keys(outputs[0]).sort()).toEqual([
      'application/vnd.plotly.v1+json',
      'image/png',
      'text/html',
      'text/plain',
    ]);
    const html = String(outputs[0]['text/html']);
    expect(html).not.toMatch(/(src|href)\s*=\s*["']?(https?:)?\/\//);
    expect(html).toContain('data:image/png;base64,');
    expect(Buffer.from(String(outputs[0]['image/png']), 'base64').subarray(1, 4).toString()).toBe('PNG');
  });

  it('puts Plotly into a notebook once, and only for charts', async () => {
    const { display, outputs } = recorder();
    await display.show(smallFlames());
    await display.show(drawing());
    await display.show(everyPanel());
    await display.show(everyPanel());
    const hasBundle = outputs.map((o) => String(o['text/html']).includes('DecompressionStream'));
    expect(hasBundle).toEqual([false, false, true, false]);
    expect(String(outputs[2]['text/html']).length).toBeLessThan(1_000_000);
  });

  it('gives every figure an element of its own', async () => {
    const { display, outputs } = recorder();
    await display.show(everyPanel());
    await display.show(everyPanel());
    const ids = outputs.map((o) => /<div id="([^"]+)"/.exec(String(o['text/html']))?.[1]);
    expect(new Set(ids).size).toBe(2);
  });

  it('says outside a notebook what to use instead', async () => {
    await expect(show(smallFlames())).rejects.toThrow(/toStatic\(\) or toHtml\(\)/);
  });
});

describe('showTable', () => {
  it('shows the first rows of a table, escaped, and says how many there are', () => {
    const { display, outputs } = recorder();
    const builder = new TableBuilder(messageRatesSchema, { source: 'simulated', run: HOSTILE });
    for (let repeat = 1; repeat <= 30; repeat++) {
      builder.push({ flow: 'f', repeat, message_bytes: 16, offered_pps: null, received_pps: 1e5 / 3, duration_s: 1 });
    }
    display.showTable(builder.finish(), { limit: 2, columns: ['run', 'repeat', 'received_pps'] });
    const html = String(outputs[0]['text/html']);
    expect(html).toContain('2 of 30 rows');
    expect(html).toContain('>33333.3<');
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img');
  });

  it('takes plain objects', () => {
    const { display, outputs } = recorder();
    display.showTable([{ claim: 'x', verdict: 'holds' }]);
    expect(outputs[0]['text/plain']).toBe('claim  verdict\nx      holds');
  });
});
