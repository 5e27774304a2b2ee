import { ByteLineSplitter } from '../byteLines';
import { DefaultMachine } from './machine';
import type { LineMachine } from './machine';
import { FlamegraphMachine } from './flamegraphMachine';
import type { CollapseSession } from './session';

export function machineFor(session: CollapseSession): LineMachine {
  return session.rules.compat === 'flamegraph' ? new FlamegraphMachine(session) : new DefaultMachine(session);
}

/** Something that takes the bytes of an input in order. */
export interface ChunkReader {
  push(chunk: Uint8Array): void;
  end(): void;
}

/** Collapses without the kernel: every line goes through the machine. */
export class TextReader implements ChunkReader {
  private readonly machine: LineMachine;
  private readonly splitter: ByteLineSplitter;

  constructor(private readonly session: CollapseSession) {
    this.machine = machineFor(session);
    this.splitter = new ByteLineSplitter((text, line, cut) => this.machine.onLine(text, line, cut));
  }

  push(chunk: Uint8Array): void {
    this.splitter.push(chunk);
  }

  end(): void {
    this.splitter.end();
    this.machine.end();
    this.session.counts.lines += this.splitter.lines;
  }
}
