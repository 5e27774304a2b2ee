export * from './cases';
export * from './study';
export * from './all';
export { interruptRate_per_s, stackPassesPerMessage } from './interrupts';
export { panelRuns as latencyPanelRuns } from './claims/fig12';
export { STRESS_SIZES, stressRates_pps } from './experiments/stress';
export {
  coreLoad,
  coreLoads,
  latencyQuantile_us,
  latencyQuantiles_us,
  meanLatency_us,
  netRxCount,
  offeredRate_pps,
  operationValues,
  receivedRate_pps,
  rescheduleCount,
  totalLoad,
} from './measures';
export * from './beyond';
export { drawLayers } from './fig01';
export { drawReceivePath, type ReceivePath } from './fig03';
export { drawCallGraph } from './fig03CallGraph';
export { coreLanes, type LanesOptions } from './coreLanes';
export * from './claims';
export { claimsOfFigure, claimsTable } from './figureClaims';
export { drawScoreboard } from './scoreboardFigure';
