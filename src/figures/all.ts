import { FIG01 } from './fig01';
import { FIG02 } from './fig02';
import { FIG03 } from './fig03';
import { FIG04 } from './fig04';
import { FIG05 } from './fig05';
import { FIG06 } from './fig06';
import { FIG07 } from './fig07';
import { FIG08 } from './fig08';
import { FIG09A } from './fig09a';
import { FIG09B } from './fig09b';
import { FIG10 } from './fig10';
import { FIG11 } from './fig11';
import { FIG12 } from './fig12';
import { FIG13 } from './fig13';
import { FIG14 } from './fig14';
import { FIG15 } from './fig15';
import { FIG16 } from './fig16';
import { FIG17 } from './fig17';
import { FIG18 } from './fig18';
import { FIG19 } from './fig19';
import type { PaperStudy } from './study';

/** The paper's figures, in its order. */
export const FIGURES: readonly PaperStudy[] = [
  FIG01,
  FIG02,
  FIG03,
  FIG04,
  FIG05,
  FIG06,
  FIG07,
  FIG08,
  FIG09A,
  FIG09B,
  FIG10,
  FIG11,
  FIG12,
  FIG13,
  FIG14,
  FIG15,
  FIG16,
  FIG17,
  FIG18,
  FIG19,
];

/** A figure by the paper's number (`10`, `9a`) or by its id (`fig10`). Undefined if there is none. */
export function findFigure(name: string): PaperStudy | undefined {
  const wanted = name.toLowerCase();
  return FIGURES.find((study) => study.figure === wanted || study.id === wanted);
}

/** As `findFigure`. @throws Error if there is no such figure */
export function figureStudy(name: string): PaperStudy {
  const study = findFigure(name);
  if (study === undefined) {
    throw new Error(`no figure ${JSON.stringify(name)}; there are ${FIGURES.map((s) => s.figure).join(', ')}`);
  }
  return study;
}
