export { readClaims, RELATIONS, type Claim, type Relation, type Tolerance } from './claim';
export { judge, type Judgement, type Sample } from './verdict';
export {
  decide,
  scoreboard,
  totals,
  type Basis,
  type ClaimMeasure,
  type ClaimResult,
  type ClaimRule,
  type NotComputable,
  type Totals,
  type Verdict,
} from './scoreboard';
export { casesOf, CLAIM_RULES } from './rules';
