import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openTrace } from '../../src/trace';
import { outcomeText } from './traceSupport';

/** Lines that the quick way takes, lines that it must leave to the reader of texts, and some in between. */
const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.constantFrom(
          '   swapper     0 [000]',
          'ET 1 5/6 [013] ',
          ' a',
          '',
          'x: 1.000000:y 7',
          '\u00a0b 1',
          'c 1\u00a03.000001:',
        ),
        fc.constantFrom('  8233.923027:', ' 12.123456789: ', ' 99999999999.999999999:', ' 1.5:', '', '8.000001:'),
        fc.constantFrom(' net:netif_rx:', '    7 irq:softirq_raise:', ' cycles:u:', ' napi:napi_poll:', ' skb:x', ''),
        fc.constantFrom(
          ' vec=3 [action=NET_RX]',
          ' dev=eth0 skbaddr=0xffff len=94 dev=eth1',
          ' napi poll on napi struct 0xff for device eth0 work 1 budget 64 ',
          ' len=x vec=0x1f skbaddr=',
          ' dev=caf\u00e9 ff main (/a)',
          ' len=1234567890123456789 rc=-105',
          '',
        ),
        fc.constantFrom('', '', '\r', '\t'),
      )
      .map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.constantFrom('', '\tff main+0x1 (/a)', '# x', 'odd', ' a.c:12') },
);

describe('tracepoint lines', () => {
  it('give the same rows from bytes as from texts, which single-byte chunks force', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 20 }), async (lines) => {
        const bytes = Buffer.from(`${lines.join('\n')}\n`, 'latin1');
        const options = { format: 'perf-script' };
        const singles = (async function* () {
          for (let at = 0; at < bytes.length; at++) yield bytes.subarray(at, at + 1);
        })();
        expect(await outcomeText(bytes, options)).toBe(await outcomeText(singles, options));
      }),
      { numRuns: 300 * Number(process.env.FALCON_FUZZ ?? 1) },
    );
  });

  it('keep the order of records, and call chains with their tracepoint', async () => {
    const text =
      'a 1 [000] 1.000001: net:netif_rx: dev=eth0 skbaddr=0xff len=9\n' +
      'a 1 [000] 1.000002: net:netif_rx: dev=eth1 skbaddr=0xfe len=8\n\tff main (/a)\n\n' +
      'b 2 [001] 1.000000: net:netif_rx: dev=eth2 skbaddr=0xfd len=7\n';
    const { tables, diagnostics } = await openTrace(Buffer.from(text), { format: 'perf-script' });
    expect([...(tables.events?.column('device') ?? [])]).toEqual(['eth0', 'eth1', 'eth2']);
    expect([...(tables.samples?.column('stack') ?? [])]).toEqual(['main']);
    expect(diagnostics.list().map((d) => [d.kind, d.first.line])).toEqual([['perf-script/time-backwards', 5]]);
  });
});
