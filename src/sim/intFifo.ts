/** First in, first out, of 32-bit integers; a ring that doubles when full. */
export class IntFifo {
  private items = new Int32Array(16);
  private head = 0;
  length = 0;

  push(item: number): void {
    if (this.length === this.items.length) this.grow();
    this.items[(this.head + this.length++) & (this.items.length - 1)] = item;
  }

  /** The oldest item; call only if `length > 0`. */
  shift(): number {
    const item = this.items[this.head];
    this.head = (this.head + 1) & (this.items.length - 1);
    this.length--;
    return item;
  }

  /** The i-th oldest. */
  at(i: number): number {
    return this.items[(this.head + i) & (this.items.length - 1)];
  }

  /** Moves all items of another to the end of this one. */
  append(other: IntFifo): void {
    while (other.length > 0) this.push(other.shift());
  }

  private grow(): void {
    const grown = new Int32Array(this.items.length * 2);
    for (let i = 0; i < this.length; i++) grown[i] = this.at(i);
    this.items = grown;
    this.head = 0;
  }
}
