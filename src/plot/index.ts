export * from './figure';
export * from './plotly';
export * from './theme';
export * from './build';
