import { Int32Histogram } from 'hdr-histogram-js';
import type { JsHistogram } from 'hdr-histogram-js';
import RecordedValuesIterator from 'hdr-histogram-js/dist/RecordedValuesIterator';

/** Longest time that is told apart, in ns. */
const HIGHEST_NS = 1e11;

/**
 * Finds the bin of a 32-bit value by counting leading zeros, where the library takes a logarithm and two powers:
 * a tenth of the simulator's time. The bins are the same.
 */
class NanosecondHistogram extends Int32Histogram {
  private readonly halfBits: number;

  constructor(digits: number) {
    super(1, HIGHEST_NS, digits);
    // The library's sub-buckets: the least power of two that tells 2 × 10^digits values apart, halved.
    this.halfBits = Math.ceil(Math.log2(2 * 10 ** digits)) - 1;
  }

  override countsArrayIndex(value: number): number {
    if (!(value >= 1 && value <= 0x7fffffff)) return super.countsArrayIndex(value);
    const bucket = Math.max(0, 31 - Math.clz32(value) - this.halfBits);
    return (bucket << this.halfBits) + (value >>> bucket);
  }
}

/** An HdrHistogram of integer nanoseconds up to 100 s. */
export function newHistogram(digits: 1 | 2 | 3): JsHistogram {
  const histogram = new NanosecondHistogram(digits);
  histogram.autoResize = false;
  return histogram;
}

/** The values that occurred, each at the middle of its bin, with their counts. */
export function* recordedValues(histogram: JsHistogram): Generator<{ value: number; count: number }> {
  const values = new RecordedValuesIterator(histogram);
  while (values.hasNext()) {
    const { valueIteratedTo, countAddedInThisIterationStep } = values.next();
    yield { value: histogram.medianEquivalentValue(valueIteratedTo), count: countAddedInThisIterationStep };
  }
}

const MANTISSA_BITS = 5;
const MANTISSA = 1 << MANTISSA_BITS;

/**
 * A coarse histogram (bins 3% wide) for what is recorded several times for each packet, where an HdrHistogram
 * would take a sixth of the simulator's time. Whole numbers from 0 to 2^31.
 */
export class FastHistogram {
  private readonly counts = new Float64Array((32 - MANTISSA_BITS) * MANTISSA);
  private total = 0;

  record(value: number): void {
    const exponent = Math.max(0, 32 - MANTISSA_BITS - Math.clz32(value) - 1);
    this.counts[exponent * MANTISSA + (value >>> exponent)]++;
    this.total++;
  }

  /** Middle of the bin in which the percentile lies; 0 if empty. */
  percentile(percent: number): number {
    let left = Math.ceil((percent / 100) * this.total);
    for (let i = 0; i < this.counts.length; i++) {
      left -= this.counts[i];
      if (left <= 0 && this.counts[i] > 0) return middleOf(i);
    }
    return 0;
  }
}

/** Bins of exponent e hold mantissas MANTISSA … 2 × MANTISSA − 1 (from 0 for e = 0), each 2^e wide. */
function middleOf(index: number): number {
  const exponent = Math.max(0, Math.floor(index / MANTISSA) - 1);
  const mantissa = index - exponent * MANTISSA;
  return mantissa * 2 ** exponent + (2 ** exponent - 1) / 2;
}
