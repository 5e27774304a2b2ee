import type { Random } from '../core';

const SIZE = 4096;

/** Multipliers of service times: log-normal with mean 1, drawn once into a table and picked from it at random. */
export class Variation {
  private readonly table = new Float64Array(SIZE);
  private state: number;

  constructor(random: Random, coefficient: number) {
    let sum = 0;
    for (let i = 0; i < SIZE; i++) sum += this.table[i] = random.logNormal(1, coefficient);
    // The mean of the table is exactly 1, so that closed forms hold to rounding.
    for (let i = 0; i < SIZE; i++) this.table[i] *= SIZE / sum;
    this.state = random.uint32() | 1;
  }

  next(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) | 0;
    return this.table[this.state >>> 20];
  }
}
