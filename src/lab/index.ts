export * from './figureRuns';
export * from './paperClaims';
export * from './overview';
export * from './figureClaims';
export * from './calibrate';
