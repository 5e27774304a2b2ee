import { DictionaryColumn } from '../../table';
import { utf8 } from '../byteLines';
import { ByteMemo } from './byteMemo';

/** Numbers that grow by doubling. */
export class Doubles {
  private values = new Float64Array(64);
  private count = 0;

  push(value: number): void {
    if (this.count === this.values.length) {
      const grown = new Float64Array(this.count * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.count++] = value;
  }

  finish(): Float64Array {
    return this.values.subarray(0, this.count);
  }
}

/** Small integers that grow by doubling. */
export class Integers {
  private values = new Int32Array(64);
  private count = 0;

  push(value: number): void {
    if (this.count === this.values.length) {
      const grown = new Int32Array(this.count * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.count++] = value;
  }

  get length(): number {
    return this.count;
  }

  finish(): Int32Array {
    return this.values.subarray(0, this.count);
  }
}

/** NULL_CODE, as a signed number. */
const NULL = -1;

/** Texts that repeat, each stored once. Given as latin-1, kept as UTF-8. */
export class Names {
  private readonly codes = new Integers();
  private readonly codeOf = new Map<string, number>();
  private readonly names: string[] = [];
  private readonly byBytes = new ByteMemo<number>((latin1) => this.codeFor(latin1));

  push(latin1: string | null): void {
    this.codes.push(latin1 === null ? NULL : this.codeFor(latin1));
  }

  /** As `push`, the text between two places; null if `start` is negative. */
  pushBytes(bytes: Buffer, start: number, end: number): void {
    this.codes.push(start < 0 ? NULL : this.byBytes.get(bytes, start, end));
  }

  private codeFor(latin1: string): number {
    let code = this.codeOf.get(latin1);
    if (code === undefined) {
      // A slice of a line would keep the whole line alive.
      const own = Buffer.from(latin1, 'latin1').toString('latin1');
      code = this.names.push(utf8(own)) - 1;
      this.codeOf.set(own, code);
    }
    return code;
  }

  get length(): number {
    return this.codes.length;
  }

  finish(): DictionaryColumn {
    const codes = this.codes.finish();
    return new DictionaryColumn(new Uint32Array(codes.buffer, codes.byteOffset, codes.length), this.names);
  }
}
