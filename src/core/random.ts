/**
 * Seeded random numbers: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state.
 * There is no global generator: whoever draws owns a stream, and streams are derived by name,
 * so that adding a consumer does not shift the numbers of the others.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number | string, stream = '') {
    const text = `${seed}\u0000${stream}`;
    this.a = fnv1a(text, 0x811c9dc5);
    this.b = fnv1a(text, 0x9e3779b9);
    this.c = fnv1a(text, 0x85ebca6b);
    for (let i = 0; i < 16; i++) this.uint32();
  }

  /** Uniform on 0 … 2^32 − 1. */
  uint32(): number {
    const t = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  /** Uniform on [0, 1), 32 bits of resolution. */
  uniform(): number {
    return this.uint32() / 4294967296;
  }

  /** Uniform integer on 0 … n − 1. */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  exponential(mean: number): number {
    return -mean * Math.log1p(-this.uniform());
  }

  /** Box–Muller; two uniforms for each draw, so that the stream's position is predictable. */
  normal(mean = 0, deviation = 1): number {
    const radius = Math.sqrt(-2 * Math.log1p(-this.uniform()));
    return mean + deviation * radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Log-normal with the given mean and coefficient of variation (not the parameters of its logarithm). */
  logNormal(mean: number, variation: number): number {
    if (variation === 0) return mean;
    const variance = Math.log1p(variation * variation);
    return Math.exp(this.normal(Math.log(mean) - variance / 2, Math.sqrt(variance)));
  }
}

function fnv1a(text: string, basis: number): number {
  let hash = basis;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash;
}
