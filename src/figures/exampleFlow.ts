/**
 * The flow whose cores the diagrams show: the first of Microsoft's RSS verification suite, whose hash
 * anybody can look up.
 */
export const EXAMPLE_FLOW = '66.9.149.187:2794 to 161.142.100.80:1766';

/** Its Toeplitz hash under the suite's key. */
export function exampleHash(): number {
  return 0x51ccc178;
}
