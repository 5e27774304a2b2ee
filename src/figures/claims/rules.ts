import type { Case } from '../cases';
import { distinctCases } from '../cases';
import { FIG02_RULES } from './fig02';
import { FIG04_RULES } from './fig04';
import { FIG05_RULES } from './fig05';
import { FIG06_RULES } from './fig06';
import { FIG09_RULES } from './fig09';
import { FIG10_RULES } from './fig10';
import { FIG11_RULES } from './fig11';
import { FIG12_RULES } from './fig12';
import { FIG13_RULES } from './fig13';
import { FIG14_RULES } from './fig14';
import { FIG15_RULES } from './fig15';
import { FIG16_RULES } from './fig16';
import { FIG17_RULES } from './fig17';
import { FIG19_RULES } from './fig19';
import type { ClaimRule } from './scoreboard';
import { TEXT_RULES } from './text';

/** How every claim of the paper is measured. */
export const CLAIM_RULES: readonly ClaimRule[] = [
  ...FIG02_RULES,
  ...FIG04_RULES,
  ...FIG05_RULES,
  ...FIG06_RULES,
  ...FIG09_RULES,
  ...FIG10_RULES,
  ...FIG11_RULES,
  ...FIG12_RULES,
  ...FIG13_RULES,
  ...FIG14_RULES,
  ...FIG15_RULES,
  ...FIG16_RULES,
  ...FIG17_RULES,
  ...FIG19_RULES,
  ...TEXT_RULES,
];

/** Experiments that rules read, each once. */
export function casesOf(rules: readonly ClaimRule[]): Case[] {
  return distinctCases(rules.flatMap((rule) => ('cases' in rule ? rule.cases : [])));
}
