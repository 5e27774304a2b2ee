/** A value of each representation, by MIME type; a front end shows the richest that it knows. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** Where a notebook's outputs go. */
export interface NotebookOutput {
  display(bundle: MimeBundle): void;
}

/** The part of tslab that sends one output of several representations. */
interface TslabJupyter {
  lastWriteDisplayData?: (
    content: { data: MimeBundle; metadata: Record<string, unknown>; transient: Record<string, unknown> },
    update: boolean,
  ) => void;
}

/**
 * The tslab kernel that runs this process. tslab's public `display` sends one MIME type at a time,
 * which would show every figure two or three times; the function below is what it calls itself.
 *
 * @throws Error outside a tslab notebook
 */
export function tslabOutput(): NotebookOutput {
  let jupyter: TslabJupyter;
  try {
    // Loaded here and not at the top, so that the library works where tslab is not installed.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    jupyter = require('tslab/dist/jupyter') as TslabJupyter;
  } catch {
    throw new Error('show() needs the tslab kernel: use toStatic() or toHtml() outside a notebook');
  }
  return {
    display(bundle) {
      const write = jupyter.lastWriteDisplayData;
      if (typeof write !== 'function') {
        throw new Error('show() works in a running tslab notebook: use toStatic() or toHtml() elsewhere');
      }
      write({ data: bundle, metadata: {}, transient: {} }, false);
    },
  };
}

/**
 * What stands for the notebook that runs this code, to keep its state by: tslab makes a new one whenever it begins a
 * notebook, also in a process that ran another before.
 */
export function tslabNotebook(): object {
  return (globalThis as { __tslab__?: object }).__tslab__ ?? globalThis;
}
