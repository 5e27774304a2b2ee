export * from './figure';
export * from './plotly';
export * from './theme';
export * from './build';
export * from './diagram';
export * from './flame';
export * from './render';
export * from './notebook';
