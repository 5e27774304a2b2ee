export * from './format';
export * from './source';
