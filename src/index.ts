/**
 * falcon-lab, in reading order: the vocabulary, the tables, the kernel's facts, the experiment,
 * the two sources of runs (simulation and traces), and what is made of them.
 */
export * from './core';
export * from './table';
export * from './kernel';
export * from './experiment';
export * from './sim';
export * from './trace';
export * from './run';
export * from './capture';
export * from './analysis';
export * from './verify';
export * from './plot';
export * from './figures';
export * from './lab';
