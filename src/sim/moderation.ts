import type { Moderation } from '../experiment';
import { IxgbeItr } from '../kernel/ixgbeItr';
import { NetDim } from '../kernel/netDim';
import type { PeriodMode } from '../kernel/netDim';
import type { Plan } from './plan';

/** When the interrupt of one receive queue may be raised. */
export interface Moderator {
  /** How long it waits, unless enough packets do: from the interrupt before, or from the last packet. */
  readonly time_ns: number;
  /** Packets at which it waits no longer. */
  readonly frames: number;
  /** The time starts anew with each packet (CQE mode of mlx5). */
  readonly fromPacket: boolean;
  /** A packet came into the ring. */
  count(bytes: number): void;
  /** The polls after an interrupt have emptied the ring. */
  polled(now_ns: number): void;
}

/** Values of the constant `nic.adaptiveScheme`. */
const DIM_FROM_EVENT = 0;
const DIM_FROM_COMPLETION = 1;
const IXGBE_ITR = 2;

export function newModerator(plan: Plan, moderation: Moderation): Moderator {
  switch (moderation.mode) {
    case 'none':
      return new FixedModeration(0, 1);
    case 'fixed':
      return new FixedModeration(moderation.usecs * 1000, moderation.frames);
    case 'adaptive':
      return newAdaptive(plan);
  }
}

function newAdaptive(plan: Plan): Moderator {
  const scheme = plan.constant('nic.adaptiveScheme');
  switch (scheme) {
    case DIM_FROM_EVENT:
      return new DimModeration('event');
    case DIM_FROM_COMPLETION:
      return new DimModeration('completion');
    case IXGBE_ITR:
      return new ItrModeration(1e9 / plan.constant('kernel.hz'));
    default:
      throw new RangeError(`nic.adaptiveScheme is 0, 1 or 2, not ${scheme}`);
  }
}

class FixedModeration implements Moderator {
  readonly fromPacket = false;

  constructor(
    readonly time_ns: number,
    readonly frames: number,
  ) {}

  count(): void {}

  polled(): void {}
}

/** mlx5 with adaptive-rx on: net_dim sets the queue. */
class DimModeration implements Moderator {
  time_ns = 0;
  frames = 0;
  readonly fromPacket: boolean;
  private readonly dim: NetDim;
  private events = 0;
  private packets = 0;
  private bytes = 0;

  constructor(mode: PeriodMode) {
    this.fromPacket = mode === 'completion';
    this.dim = new NetDim(mode);
    this.apply();
  }

  get profile(): number {
    return this.dim.profile;
  }

  count(bytes: number): void {
    this.packets++;
    this.bytes += bytes;
  }

  polled(now_ns: number): void {
    this.events++;
    this.dim.sample(now_ns, this.events, this.packets, this.bytes);
    this.apply();
  }

  private apply(): void {
    this.time_ns = this.dim.moderation.time_us * 1000;
    this.frames = this.dim.moderation.packets;
  }
}

/** ixgbe with dynamic ITR: at least so much time between two interrupts, however many packets wait. */
class ItrModeration implements Moderator {
  time_ns = 0;
  readonly frames = Infinity;
  readonly fromPacket = false;
  private readonly itr = new IxgbeItr();
  private packets = 0;
  private bytes = 0;

  constructor(private readonly jiffy_ns: number) {
    this.time_ns = this.itr.delay_us * 1000;
  }

  count(bytes: number): void {
    this.packets++;
    this.bytes += bytes;
  }

  polled(now_ns: number): void {
    this.itr.update(Math.floor(now_ns / this.jiffy_ns), this.packets, this.bytes);
    this.packets = 0;
    this.bytes = 0;
    this.time_ns = this.itr.delay_us * 1000;
  }
}
