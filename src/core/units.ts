/**
 * Units are in names (`time_s`, `service_ns`) and, where a bare number travels far, in types.
 * The types are aliases, not brands: they document, and arithmetic stays plain.
 */
export type Seconds = number;
export type Microseconds = number;
export type Nanoseconds = number;
export type Bytes = number;
export type PacketsPerSecond = number;
export type GigabitsPerSecond = number;

export const NS_PER_US = 1e3;
export const NS_PER_MS = 1e6;
export const NS_PER_S = 1e9;

/** `1234567` → `1.23 M`; for logs and captions, never for data. */
export function formatSi(value: number, unit = ''): string {
  const steps: [number, string][] = [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ];
  for (const [size, prefix] of steps) {
    if (Math.abs(value) >= size) return `${trim(value / size)} ${prefix}${unit}`;
  }
  return unit === '' ? trim(value) : `${trim(value)} ${unit}`;
}

function trim(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
