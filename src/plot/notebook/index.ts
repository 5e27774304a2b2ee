export * from './display';
export type { MimeBundle, NotebookOutput } from './kernel';
export type { Showable, TableOptions } from './tableHtml';
