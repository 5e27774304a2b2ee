import { Int32Histogram } from 'hdr-histogram-js';
import type { JsHistogram } from 'hdr-histogram-js';
import RecordedValuesIterator from 'hdr-histogram-js/dist/RecordedValuesIterator';

/** Longest time that is told apart, in ns. */
const HIGHEST_NS = 1e11;

/** An HdrHistogram of integer nanoseconds up to 100 s. */
export function newHistogram(digits: 1 | 2 | 3): JsHistogram {
  const histogram = new Int32Histogram(1, HIGHEST_NS, digits);
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
