export * from './cases';
export * from './study';
export * from './all';
