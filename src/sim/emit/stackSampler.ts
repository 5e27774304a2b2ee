import type { Machine } from '../machine';

/** Stack samples of all cores at a fixed frequency. */
export class StackSampler {
  constructor(private readonly machine: Machine) {}

  start(): void {}

  sample(): void {
    void this.machine;
  }

  finish() {
    return {};
  }
}
