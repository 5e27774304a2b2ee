/** Steps, bounds and flag of the delays. drivers/net/ethernet/intel/ixgbe/ixgbe.h, 4.15 and later. */
const STEP_US = 2;
const LEAST_US = 10;
const MOST_US = 126;
/** Marks a delay that was chosen for latency; it also makes it the greater of two, whatever the delays. */
const LATENCY = 0x80;
/** Delay that a vector with a receive ring starts with: 20,000 interrupts a second (IXGBE_20K_ITR). */
const START_US = 50;

/** Packets since the last update, from which on the delay is raised, kept, halved, or computed from their size. */
const RAISE = 4;
const KEEP = 48;
const HALVE = 96;
const COMPUTE = 256;
/** Bytes from which on few packets are bulk too. */
const BULK_BYTES = 9000;

/**
 * Dynamic interrupt throttling of ixgbe (X550) for one vector with a receive and a transmit ring, the driver's default:
 * after the polls of an interrupt it sets how long the next interrupt must at least keep off, aiming at 48 to 95 packets
 * each, or by the size of the packets when there are few or very many.
 *
 * Read against ixgbe_update_itr() and ixgbe_set_itr() of drivers/net/ethernet/intel/ixgbe/ixgbe_main.c in a recent
 * tree; the algorithm is that of b4ded8327fea (4.15), with the fix to its size limits of 5.4, at a link of 10 Gbit/s.
 * The transmit ring counts as idle, so that it only limits how fast the delay grows.
 */
export class IxgbeItr {
  delay_us = START_US;
  private receive = MOST_US | LATENCY;
  private transmit = MOST_US | LATENCY;
  private nextUpdate_jiffy = 1;

  /** @param packets and bytes (frames without FCS): those polled since the last update */
  update(jiffy: number, packets: number, bytes: number): void {
    const late = jiffy > this.nextUpdate_jiffy;
    this.nextUpdate_jiffy = jiffy + 1;
    this.transmit = late ? LEAST_US | LATENCY : this.raised() + (this.transmit & LATENCY);
    this.receive = late ? LEAST_US | LATENCY : this.forReceive(packets, bytes);
    this.delay_us = Math.min(this.receive, this.transmit) & ~LATENCY;
  }

  private forReceive(packets: number, bytes: number): number {
    if (packets === 0) return this.raised() + (this.receive & LATENCY);
    if (packets < RAISE && bytes < BULK_BYTES) return LATENCY + delayBySize(bytes / packets, true);
    if (packets < KEEP) return this.raised();
    if (packets < HALVE) return this.delay_us;
    if (packets < COMPUTE) return Math.max(LEAST_US, this.delay_us >> 1);
    return delayBySize(bytes / packets, false);
  }

  private raised(): number {
    return Math.min(MOST_US, this.delay_us + STEP_US);
  }
}

/** The delay, in steps, for packets of an average size: 50,000 interrupts a second to 8,000, twice that for latency. */
function delayBySize(average_bytes: number, latency: boolean): number {
  const size = Math.floor(average_bytes);
  const delay_256thUs = latency ? sizeDelay(size) >> 1 : sizeDelay(size);
  return Math.ceil(delay_256thUs / (STEP_US * 256)) * STEP_US;
}

function sizeDelay(bytes: number): number {
  if (bytes <= 60) return 5120;
  if (bytes <= 316) return 40 * bytes + 2720;
  if (bytes <= 1084) return 15 * bytes + 11452;
  return bytes < 1968 ? 5 * bytes + 22420 : 32256;
}
