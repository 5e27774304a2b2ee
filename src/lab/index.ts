export * from './figureRuns';
export * from './paperClaims';
