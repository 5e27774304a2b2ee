export * from './static';
export { toHtml } from './html';
export { toJson } from './json';
