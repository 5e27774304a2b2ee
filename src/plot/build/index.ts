export * from './axis';
export * from './panel';
export * from './lines';
export * from './percentiles';
export * from './bars';
export * from './heatmap';
export { spread } from './annotations';
export * from './plotFigure';
