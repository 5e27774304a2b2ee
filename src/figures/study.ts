import type { Figure } from '../plot';
import type { Case, CaseRuns, FigureRun } from './cases';

/** What a figure is drawn from: simulated runs, captured runs, or both overlaid. */
export interface FigureInput {
  readonly simulated?: CaseRuns;
  /** By the id of the capture folder. */
  readonly captured?: ReadonlyMap<string, FigureRun>;
}

/** One figure of the paper: the experiments that it needs and how it is drawn from their runs. */
export interface FigureStudy {
  /** As the paper numbers it, e.g. `10` or `9a`. */
  readonly figure: string;
  /** Usable as a file name, e.g. `fig10`. */
  readonly id: string;
  readonly title: string;
  readonly cases: readonly Case[];
  /** Capture folders that it can show. */
  readonly captures: readonly string[];
  /** Why no capture can show it, or what the captures stand in for. */
  readonly captureNote?: string;
  /** One picture, or several where one would be too full. */
  draw(input: FigureInput): readonly Figure[];
}

/** A figure that takes time to lay out: the diagrams. Whoever draws any study awaits it. */
export interface DiagramStudy extends Omit<FigureStudy, 'draw'> {
  draw(input: FigureInput): Promise<readonly Figure[]>;
}

/** Any figure: data figures are drawn at once, diagrams take a moment. Await the drawing of either. */
export type PaperStudy = FigureStudy | DiagramStudy;
