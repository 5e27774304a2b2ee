export { collapsePerfScript } from './collapse';
export type { CollapseResult } from './collapse';
export { COLLAPSE_DEFAULTS } from './options';
export type { CollapseOptions, CollapseRules } from './options';
export type { CollapseCounts } from './session';
export { stripArguments } from './symbols';
