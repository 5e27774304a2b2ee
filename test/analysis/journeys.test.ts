import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packetJourneys, softirqTimeline, summarizeJourneys } from '../../src/analysis';
import { eventsSchema, tableFromRows } from '../../src/table';
import type { Row } from '../../src/table';
import { openTrace } from '../../src/trace';

const CAPTURES = join(__dirname, '../../data/captures');

type Event = Row<typeof eventsSchema>;

/** `12 0 net:netif_rx eth0 a` → an event at 12 µs on CPU 0. */
function eventsOf(lines: string): Event[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [time_us, cpu, event, device, skb] = line.trim().split(/\s+/);
      const value = event.startsWith('irq:softirq') ? 3 : event === 'napi:napi_poll' ? Number(device) : null;
      const isNet = event.startsWith('net:') || event.startsWith('skb:');
      return {
        source: 'captured',
        run: 'r',
        time_s: Number(time_us) / 1e6,
        cpu: Number(cpu),
        comm: 'x',
        pid: 1,
        event,
        device: isNet && device !== '-' ? device : null,
        skb: isNet ? skb : null,
        length_bytes: 60,
        value,
        payload: '',
      };
    });
}

function journeysOf(lines: string) {
  const { journeys, counts } = packetJourneys(tableFromRows(eventsSchema, eventsOf(lines)));
  const us = (time_s: number | null) => (time_s === null ? '-' : Math.round(time_s * 1e6));
  const rows = Array.from(
    journeys.rows(),
    (r) => `${r.packet} ${r.stage} ${r.device} cpu${r.cpu} ${us(r.enqueued_s)} ${us(r.started_s)} ${us(r.ended_s)}`,
  );
  return { rows, counts, journeys };
}

describe('packet journeys', () => {
  it('follow a packet over a VXLAN overlay', () => {
    const { rows, counts } = journeysOf(`
      1  0 net:netif_rx veth0 a
      2  0 irq:softirq_raise - -
      4  0 irq:softirq_entry - -
      5  0 net:netif_receive_skb veth0 a
      9  0 net:netif_rx eth0 a
      10 0 net:net_dev_xmit eth0 a
      12 0 net:netif_receive_skb eth0 a
      14 0 napi:napi_poll 2 -
      15 0 net:netif_receive_skb vxlan0 a
      17 0 net:netif_rx eth0 a
      18 0 napi:napi_poll 1 -
      19 0 net:netif_receive_skb eth0 a
      23 0 napi:napi_poll 1 -
      24 0 irq:softirq_exit - -
      30 1 skb:skb_copy_datagram_iovec - a`);
    expect(rows).toEqual([
      '0 backlog veth0 cpu0 1 5 12',
      '0 backlog eth0 cpu0 9 12 14',
      '0 gro-cells vxlan0 cpu0 14 15 18',
      '0 backlog eth0 cpu0 17 19 23',
      '0 socket eth0 cpu1 23 30 30',
    ]);
    expect(counts).toMatchObject({ packets: 1, inferredEnqueues: 1, reusedAddresses: 0, neverReceived: 0 });
  });

  it('tell packets apart that have the same address one after the other', () => {
    const { rows, counts } = journeysOf(`
      1  0 net:netif_rx eth0 a
      2  0 net:netif_receive_skb eth0 a
      3  0 napi:napi_poll 1 -
      4  0 net:netif_rx veth0 a
      5  0 net:netif_receive_skb veth0 a
      6  0 napi:napi_poll 1 -`);
    expect(rows).toEqual(['0 backlog eth0 cpu0 1 2 3', '1 backlog veth0 cpu0 4 5 6']);
    expect(counts).toMatchObject({ packets: 2, reusedAddresses: 1 });
  });

  it('know a packet that another CPU takes up before the first is done with it', () => {
    const { rows } = journeysOf(`
      1  0 net:netif_rx veth0 a
      2  0 net:netif_receive_skb veth0 a
      3  0 net:netif_rx eth0 a
      4  1 net:netif_receive_skb eth0 a
      5  0 napi:napi_poll 1 -
      7  1 napi:napi_poll 1 -`);
    expect(rows).toEqual(['0 backlog veth0 cpu0 1 2 5', '0 backlog eth0 cpu1 3 4 7']);
  });

  it('know drivers, bridges, copies, frees and drops', () => {
    const { rows, counts } = journeysOf(`
      1  0 net:napi_gro_receive_entry eth0 a
      2  0 net:netif_receive_skb eth0 a
      3  0 net:netif_receive_skb br0 a
      4  0 net:netif_rx veth1 b
      5  0 net:netif_rx veth0 a
      6  0 napi:napi_poll 1 -
      7  0 skb:kfree_skb - b
      8  0 net:netif_receive_skb veth0 a
      9  0 skb:consume_skb - a
      10 0 net:netif_receive_skb eth0 a
      12 0 napi:napi_poll 1 -`);
    expect(rows).toEqual([
      '0 napi eth0 cpu0 - 1 3',
      '0 inline br0 cpu0 3 3 6',
      '0 backlog veth0 cpu0 5 8 9',
      '2 napi eth0 cpu0 - 10 12',
    ]);
    expect(counts).toMatchObject({
      packets: 2,
      bornInService: 1,
      dropped: 1,
      firstSeenReceived: 2,
      reusedAddresses: 1,
    });
  });

  it('count what is never received, cut off, or stale', () => {
    const { rows, counts } = journeysOf(`
      1      0 net:netif_rx eth0 a
      2      0 net:netif_rx eth0 b
      90000  1 net:netif_receive_skb eth0 b`);
    expect(rows).toEqual([]);
    expect(counts).toMatchObject({ packets: 0, neverReceived: 2, unfinishedServices: 1, staleQueues: 1 });
  });

  it('are what was made, for packets of any number over queues of any length', () => {
    // Truth: two CPUs, each a FIFO; packets are queued on CPU 0, served there, handed to CPU 1, served there.
    const times = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        times,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 40, max: 60 }),
        (gaps, s0, s1, addresses) => {
          const events: [number, number, string][] = [];
          const truth: string[] = [];
          let [arrival, free0, free1] = [0, 0, 0];
          gaps.forEach((gap, i) => {
            const skb = `p${i % addresses}`;
            arrival += gap * 10;
            const start0 = Math.max(arrival + 1, free0);
            free0 = start0 + s0 * 10;
            const start1 = Math.max(free0, free1);
            free1 = start1 + s1 * 10;
            truth.push(
              `${i} backlog eth0 cpu0 ${arrival} ${start0} ${free0 - 1}`,
              `${i} backlog veth0 cpu1 ${free0 - 2} ${start1} ${free1 - 1}`,
            );
            events.push([arrival, 9, `2 net:netif_rx eth0 ${skb}`], [start0, 1, `0 net:netif_receive_skb eth0 ${skb}`]);
            events.push([free0 - 2, 2, `0 net:netif_rx veth0 ${skb}`], [free0 - 1, 3, '0 napi:napi_poll 1 -']);
            events.push([start1, 4, `1 net:netif_receive_skb veth0 ${skb}`], [free1 - 1, 5, '1 napi:napi_poll 1 -']);
          });
          events.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
          const { rows, counts } = journeysOf(events.map(([time, , rest]) => `${time} ${rest}`).join('\n'));
          expect(rows).toEqual(truth);
          expect(counts).toMatchObject({
            packets: gaps.length,
            firstSeenReceived: 0,
            neverReceived: 0,
            unfinishedServices: 0,
          });
        },
      ),
    );
  });
});

describe('summary of journeys', () => {
  it('states queueing, service, CPU changes and reordering by step', () => {
    const { journeys } = journeysOf(`
      1  0 net:netif_rx eth0 a
      2  0 net:netif_rx eth0 b
      4  0 net:netif_receive_skb eth0 a
      5  0 net:netif_rx veth0 a
      6  0 net:netif_receive_skb eth0 b
      7  0 net:netif_rx veth0 b
      8  0 napi:napi_poll 2 -
      9  1 net:netif_receive_skb veth0 b
      11 1 net:netif_receive_skb veth0 a
      15 1 napi:napi_poll 2 -`);
    const [first, second] = summarizeJourneys(journeys);
    expect(first).toMatchObject({
      step: 1,
      stage: 'backlog',
      device: 'eth0',
      packets: 2,
      cpus: [0],
      cpuChanges: 0,
      reordered: 0,
      endHere: 0,
    });
    expect(first.queue_us!.mean).toBeCloseTo(3.5);
    expect(first.service_us.mean).toBeCloseTo(2);
    expect(first.residence_us!.p50).toBeCloseTo(5.5);
    expect(second).toMatchObject({
      step: 2,
      device: 'veth0',
      packets: 2,
      cpus: [1],
      cpuChanges: 2,
      reordered: 1,
      endHere: 2,
    });
  });
});

describe('captured journeys', () => {
  it('of a VXLAN overlay pass four devices, each packet', async () => {
    const { tables } = await openTrace(join(CAPTURES, 'overlay-udp-16/perf-softirq.txt.gz'));
    const { journeys, counts } = packetJourneys(tables.events!);
    const stages = summarizeJourneys(journeys);
    expect(stages.map((s) => `${s.step} ${s.stage} ${s.device}`)).toEqual([
      '1 backlog veth0',
      '2 backlog eth0',
      '3 gro-cells vxlan0',
      '4 backlog eth0',
    ]);
    expect(stages.map((s) => s.packets)).toEqual([4171, 4171, 4171, 4171]);
    // Nothing is left over: as many stages as receipts.
    const received = [...tables.events!.column('event')].filter((name) => name === 'net:netif_receive_skb');
    expect(journeys.numRows + counts.unfinishedServices).toBe(received.length);
    expect(counts).toMatchObject({ packets: 4171, firstSeenReceived: 0, bornInService: 0, neverReceived: 0 });
    expect(stages.every((s) => s.reordered === 0 && s.cpuChanges === 0)).toBe(true);
  });

  it('of the host path pass one', async () => {
    const { tables } = await openTrace(join(CAPTURES, 'host-udp-16/perf-softirq.txt.gz'));
    const stages = summarizeJourneys(packetJourneys(tables.events!).journeys);
    expect(stages.map((s) => [s.stage, s.device, s.packets])).toEqual([['backlog', 'eth0', 10035]]);
  });

  it('with RPS change the CPU at the outer device', async () => {
    const { tables } = await openTrace(join(CAPTURES, 'overlay-udp-16-rps-eth0/perf-softirq.txt.gz'));
    const { journeys, counts } = packetJourneys(tables.events!);
    const outer = summarizeJourneys(journeys).find((s) => s.step === 2 && s.stage === 'backlog')!;
    expect(outer).toMatchObject({ device: 'eth0', cpus: [1] });
    expect(outer.cpuChanges).toBe(outer.packets);
    const received = [...tables.events!.column('event')].filter((name) => name === 'net:netif_receive_skb');
    expect(journeys.numRows + counts.unfinishedServices).toBe(received.length);
  });
});

describe('softirq timeline', () => {
  it('has the runs of each core with their polls and packets', () => {
    const timeline = softirqTimeline(
      tableFromRows(
        eventsSchema,
        eventsOf(`
          1 0 irq:softirq_exit - -
          2 0 irq:softirq_raise - -
          3 1 irq:softirq_entry - -
          4 0 irq:softirq_raise - -
          5 0 irq:softirq_entry - -
          6 0 napi:napi_poll 7 -
          7 0 irq:irq_handler_entry - -
          8 1 irq:softirq_exit - -
          9 0 napi:napi_poll 2 -
          10 0 irq:softirq_exit - -
          11 0 irq:softirq_entry - -`),
      ),
    );
    const us = (x: number | null) => (x === null ? null : Math.round(x * 1e6));
    expect(
      Array.from(timeline.rows(), (r) => [
        r.cpu,
        us(r.raised_s),
        us(r.started_s),
        us(r.ended_s),
        r.polls,
        r.packets,
        r.interrupts,
      ]),
    ).toEqual([
      [1, null, 3, 8, 0, 0, 0],
      [0, 2, 5, 10, 2, 9, 1],
    ]);
  });

  it('of a captured overlay has three polls and four packets in each run', async () => {
    const { tables } = await openTrace(join(CAPTURES, 'overlay-udp-16/perf-softirq.txt.gz'));
    const runs = [...softirqTimeline(tables.events!).rows()].filter((run) => run.vector === 3);
    expect(runs).toHaveLength(4171);
    expect(runs.reduce((sum, run) => sum + run.polls, 0)).toBe(3 * 4171);
    expect(runs.reduce((sum, run) => sum + run.packets, 0)).toBe(4 * 4171);
  });
});
