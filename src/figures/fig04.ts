import { barPanel, plotFigure, systemStyle, type BarSeries, type Figure, type Panel, type SeriesSource } from '../plot';
import type { FigureRun } from './cases';
import { fixedCase, INTERRUPT_RATE_PPS } from './experiments/load';
import { pollsCase } from './experiments/mechanisms';
import { interruptRate_per_s, stackPassesPerMessage } from './interrupts';
import { receivedRate_pps } from './measures';
import { barsOf, spreadNote } from './points';
import type { FigureInput, FigureStudy } from './study';

const MODES = ['host', 'overlay'] as const;
type Mode = (typeof MODES)[number];

/** Captured without a NIC: a veth cable raises no hardware interrupt. */
const COUNTERS = ['NET_RX', 'RES', 'CAL'] as const;

const CAPTURES = { host: 'host-udp-16', overlay: 'overlay-udp-16' } as const;

/** Figure 4: hardware and software interrupts of host and overlay. */
export const FIG04: FigureStudy = {
  figure: '4',
  id: 'fig04',
  title: 'Interrupts on the receive path: host and overlay',
  cases: MODES.flatMap((mode) => [fixedCase(mode, INTERRUPT_RATE_PPS), pollsCase(mode)]),
  captures: Object.values(CAPTURES),
  captureNote:
    'The test bed has no NIC: the cable is a veth pair, softirqs run behind the sender’s transmit, and host and overlay ' +
    'were captured at their own highest rates.',
  draw: (input) => [draw(input)],
};

/** The runs of one mode that one bar stands for: the seeds of a case, or one capture. */
interface Sample {
  readonly mode: Mode;
  readonly source: SeriesSource;
  readonly counters: readonly FigureRun[];
  readonly events: readonly FigureRun[];
}

function draw(input: FigureInput): Figure {
  const samples = samplesOf(input);
  const captured = samples.filter((s) => s.source === 'captured');
  const sentences = [
    'UDP 16 B, one flow.',
    input.simulated === undefined
      ? ''
      : `Simulated: ${INTERRUPT_RATE_PPS / 1000} kpps, 100G, Linux 5.4, RPS to core 1, ${spreadNote([fixedCase('host', INTERRUPT_RATE_PPS)])}; ` +
        '(b) at 20 kpps without RPS.',
    'NET_RX: runs of net_rx_action; RES: rescheduling; CAL: function calls (RPS).',
    captured.length === 0 ? '' : `Captured: veth test bed, Linux 6.18, ${capturedRates(captured)}.`,
  ];
  return plotFigure({
    id: 'fig04',
    title: FIG04.title,
    caption: sentences.filter((s) => s !== '').join(' '),
    panels: [ratePanel(samples), passPanel(samples)],
    columns: 1,
    panelHeight_px: 210,
    shareY: 'none',
  });
}

function samplesOf({ simulated, captured }: FigureInput): Sample[] {
  const of = (mode: Mode): Sample[] => {
    const run = captured?.get(CAPTURES[mode]);
    return run === undefined ? [] : [{ mode, source: 'captured', counters: [run], events: [run] }];
  };
  return [
    ...(simulated === undefined
      ? []
      : MODES.map((mode): Sample => ({
          mode,
          source: 'simulated',
          counters: simulated.of(fixedCase(mode, INTERRUPT_RATE_PPS).key),
          events: simulated.of(pollsCase(mode).key),
        }))),
    ...MODES.flatMap(of),
  ];
}

/** Interrupts for each message, so that runs of different rates compare. */
function ratePanel(samples: readonly Sample[]): Panel {
  return barPanel({
    title: '(a) /proc/softirqs and /proc/interrupts',
    x: { title: 'Softirq or interrupt' },
    y: { title: 'Count', unit: 'per 1000 messages' },
    categories: COUNTERS,
    series: samples.map((sample) =>
      bars(
        sample,
        COUNTERS.map((name) =>
          sample.counters.map((run) => (1000 * interruptRate_per_s(run, name)) / receivedRate_pps(run)),
        ),
      ),
    ),
  });
}

/** What the counters hide, since several polls share one run of net_rx_action. */
function passPanel(samples: readonly Sample[]): Panel {
  return barPanel({
    title: '(b) How often a message passes a device’s softirq',
    x: { title: 'Tracepoint' },
    y: { title: 'Passes', unit: 'per message' },
    categories: ['net:netif_receive_skb'],
    series: samples.map((sample) => bars(sample, [sample.events.map(stackPassesPerMessage)])),
  });
}

/** One capture is one number: it gets no interval. */
function bars(sample: Sample, values: readonly (readonly number[])[]): BarSeries {
  const style = systemStyle(sample.mode, sample.source);
  return sample.source === 'captured' ? { style, values: values.map(([v]) => v) } : barsOf(style, values);
}

function capturedRates(samples: readonly Sample[]): string {
  return samples.map((s) => `${s.mode} at ${Math.round(receivedRate_pps(s.counters[0]) / 1000)} kpps`).join(', ');
}
