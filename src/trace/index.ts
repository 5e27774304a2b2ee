export * from './format';
export * from './source';
export * from './formats';
export * from './systemFormats';
export * from './detect';
export * from './perfScript';
export * from './folded';
