export * from './layout';
export { flameFigure, type FlameFigureSpec } from './flameFigure';
export { flameSvg } from './svg';
