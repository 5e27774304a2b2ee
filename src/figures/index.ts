export * from './cases';
export * from './study';
export * from './all';
export { interruptRate_per_s, stackPassesPerMessage } from './interrupts';
export {
  coreLoad,
  coreLoads,
  latencyQuantile_us,
  latencyQuantiles_us,
  meanLatency_us,
  netRxCount,
  offeredRate_pps,
  receivedRate_pps,
  rescheduleCount,
  totalLoad,
} from './measures';
export { estimate, type Estimate } from './points';
