// The kernel in which `npm start` executes notebooks: tslab, but a restart is a new notebook in the same process.
//   node scripts/lib/notebook-kernel.mjs CONNECTION_FILE
//
// A tslab process spends 3 to 4 s of processor time before its first cell ends: it loads a compiler and reads
// some hundred declaration files, then loads falcon-lab. All of that is the same for every notebook. What belongs to
// one notebook (variables, types of earlier cells, the count of executions) is in tslab's executor and handler, which are new
// after a restart. Modules stay loaded, so what they keep must not depend on the notebook.
import { createConverter } from 'tslab/dist/converter.js';
import { createExecutor } from 'tslab/dist/executor.js';
import { JupyterHandlerImpl, ZmqServer } from 'tslab/dist/jupyter.js';

/** How often to look whether the process that started this one is still there. */
const PARENT_CHECK_MS = 2000;

/** Compiles the cells of all notebooks, one after the other; it keeps declaration files only. */
const converters = {
  node: createConverter({ isJS: false, isBrowser: false }),
  close() {
    this.node.close();
  },
};

class NotebookHandler extends JupyterHandlerImpl {
  restarting = false;

  constructor() {
    super(createExecutor(process.cwd(), converters, { log: console.log, error: console.error }), false);
  }

  handleShutdown(request) {
    this.restarting = request.restart === true;
    return { restart: this.restarting };
  }
}

class NotebookServer extends ZmqServer {
  /** Called by tslab after it has answered a request to shut down. */
  close() {
    if (this.handler.restarting) this.handler = new NotebookHandler();
    else super.close();
  }
}

const server = new NotebookServer(new NotebookHandler(), process.argv[2]);
process.on('SIGINT', () => server.handler.executor.interrupt());
// As tslab does it: the notebook runner looks for these words.
process.on('uncaughtException', (error) => console.error('UncaughtException:', error));
process.on('unhandledRejection', (reason) => console.error('UnhandledPromiseRejection:', reason));
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(1), PARENT_CHECK_MS).unref();
void server.init();
