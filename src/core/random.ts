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

  /**
   * By the ziggurat method (Marsaglia and Tsang, 2000): in 99 of 100 draws one 32-bit number and no
   * logarithm, since arrivals and service times are drawn once an event. 8 bits choose the layer,
   * 24 others the place in it.
   */
  exponential(mean: number): number {
    let tail = 0;
    for (;;) {
      const bits = this.uint32();
      const layer = bits & (ZIGGURAT_LAYERS - 1);
      const x = (bits >>> 8) * ZIGGURAT_SCALE[layer];
      if (x < ZIGGURAT_X[layer + 1]) return mean * (tail + x);
      if (layer === 0) {
        // Beyond the base layer the distribution starts anew: it has no memory.
        tail += ZIGGURAT_TAIL;
        continue;
      }
      const low = Math.exp(-ZIGGURAT_X[layer]);
      const high = Math.exp(-ZIGGURAT_X[layer + 1]);
      if (low + this.uniform() * (high - low) < Math.exp(-x)) return mean * (tail + x);
    }
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

const ZIGGURAT_LAYERS = 256;
/** Where the tail begins, for 256 layers of one area. */
const ZIGGURAT_TAIL = 7.69711747013104972;

/** Right ends of the layers, widest (the base, widened by the tail's area) first; the last is 0. */
const ZIGGURAT_X = zigguratEnds();
/** From 24 random bits to a place in a layer. */
const ZIGGURAT_SCALE = ZIGGURAT_X.map((x) => x / 2 ** 24);

function zigguratEnds(): Float64Array {
  const area = (ZIGGURAT_TAIL + 1) * Math.exp(-ZIGGURAT_TAIL);
  const ends = new Float64Array(ZIGGURAT_LAYERS + 1);
  ends[0] = area * Math.exp(ZIGGURAT_TAIL);
  ends[1] = ZIGGURAT_TAIL;
  for (let i = 2; i < ZIGGURAT_LAYERS; i++) ends[i] = -Math.log(area / ends[i - 1] + Math.exp(-ends[i - 1]));
  return ends;
}

function fnv1a(text: string, basis: number): number {
  let hash = basis;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash;
}
