import type { Moderation, Profile } from '../experiment';
import { constantOf } from '../experiment';
import { IxgbeItr, NetDim } from '../kernel';
import type { InterruptModeration, PeriodMode } from '../kernel';

/** When a receive queue with waiting packets interrupts: a time after the interrupt before, or at a number of packets. */
export interface SteadyModeration {
  readonly time_ns: number;
  readonly frames: number;
  /** The time counts from the last packet instead (mlx5's CQE mode). */
  readonly fromPacket: boolean;
  /** To be called when the polls after an interrupt have emptied the ring, if the time follows what they found. */
  readonly polled?: (now_ns: number, packets: number) => void;
}

/** Decisions after which DIM has settled: it parks within some ten, or goes round for good. */
const DECISIONS = 100;

/**
 * How a receive queue is moderated under steady arrivals.
 * @param times_ns when packets arrive
 * @param frame_bytes their mean length
 */
export function steadyModeration(
  moderation: Moderation,
  profile: Profile,
  times_ns: readonly number[],
  frame_bytes: number,
): SteadyModeration {
  switch (moderation.mode) {
    case 'none':
      return { time_ns: 0, frames: 1, fromPacket: false };
    case 'fixed':
      return { time_ns: moderation.usecs * 1000, frames: moderation.frames, fromPacket: false };
    case 'adaptive': {
      const scheme = constantOf(profile, 'nic.adaptiveScheme');
      if (scheme === 2) return new Throttling(1e9 / constantOf(profile, 'kernel.hz'), frame_bytes);
      return settledDim(scheme === 1 ? 'completion' : 'event', times_ns, frame_bytes);
    }
  }
}

/** Where DIM settles, by its own decisions on what its profiles give with these arrivals. */
function settledDim(mode: PeriodMode, times_ns: readonly number[], frame_bytes: number): SteadyModeration {
  const dim = new NetDim(mode);
  const fromPacket = mode === 'completion';
  const set = ({ time_us, packets }: InterruptModeration): SteadyModeration => ({
    time_ns: time_us * 1000,
    frames: packets,
    fromPacket,
  });
  if (times_ns.length < 2) return set(dim.moderation);
  const span_ms = (times_ns[times_ns.length - 1] - times_ns[0]) / 1e6;
  const packets = Math.ceil(times_ns.length / span_ms);
  const known = new Map<InterruptModeration, number>();
  for (let i = 0; i < DECISIONS; i++) {
    const events = known.get(dim.moderation) ?? Math.ceil(interruptsOf(times_ns, set(dim.moderation)) / span_ms);
    known.set(dim.moderation, events);
    dim.decide({ bytes: Math.ceil(frame_bytes * packets), packets, events });
  }
  return set(dim.moderation);
}

/** Interrupts that these arrivals make if polls take no time. */
function interruptsOf(times_ns: readonly number[], { time_ns, frames, fromPacket }: SteadyModeration): number {
  let interrupts = 0;
  let last_ns = -Infinity;
  let due_ns = Infinity;
  let waiting = 0;
  const interrupt = (at_ns: number): void => {
    interrupts++;
    last_ns = at_ns;
    due_ns = Infinity;
    waiting = 0;
  };
  for (const at_ns of times_ns) {
    if (at_ns > due_ns) interrupt(due_ns);
    waiting++;
    if (waiting >= frames) due_ns = at_ns;
    else if (fromPacket) due_ns = at_ns + time_ns;
    else if (due_ns === Infinity) due_ns = Math.max(at_ns, last_ns + time_ns);
    if (due_ns <= at_ns) interrupt(at_ns);
  }
  return interrupts;
}

/** The dynamic throttling of ixgbe, which follows each interrupt's packets. */
class Throttling implements SteadyModeration {
  readonly frames = Infinity;
  readonly fromPacket = false;
  private readonly itr = new IxgbeItr();

  constructor(
    private readonly jiffy_ns: number,
    private readonly frame_bytes: number,
  ) {}

  get time_ns(): number {
    return this.itr.delay_us * 1000;
  }

  polled(now_ns: number, packets: number): void {
    this.itr.update(Math.floor(now_ns / this.jiffy_ns), packets, packets * this.frame_bytes);
  }
}
