import type { Diagnostic } from '../core';
import type { Source } from '../table';
import type { TraceTables } from '../trace/format';

/** Where a run came from, in words and facts that a caption can print. */
export interface Provenance {
  /** One line: kernel, machine, load, or profile and seed. */
  readonly summary: string;
  /** Capture: the manifest. Simulation: the experiment with all defaults filled in, the profile, the code version. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** An experiment that was carried out, by simulation or on a machine: the tables are all that a figure sees. */
export interface Run {
  readonly id: string;
  readonly source: Source;
  readonly tables: TraceTables;
  readonly provenance: Provenance;
  readonly diagnostics: readonly Diagnostic[];
}
