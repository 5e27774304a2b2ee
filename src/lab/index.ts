export * from './figureRuns';
