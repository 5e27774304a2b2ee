export * from './schema';
export * from './schemas';
export * from './columns';
export * from './table';
export * from './builder';
export * from './danfo';
export * from './stackTree';
export * from './statistics';
