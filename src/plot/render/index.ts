export * from './static';
export { toHtml } from './html';
