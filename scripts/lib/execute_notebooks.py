"""Executes notebooks and tells how it goes, one JSON object a line on stdout.

Input (stdin): {"jobs": [{"name", "source", "executed", "html"}], "parallel": n, "timeout_s": n}

tslab reports a failed cell as text on stderr and an execute_reply of status "error" without a name, so
the cell's own stderr is the message. Rejections that nobody awaited are only printed, in a cell that
counts as fine: they fail the notebook too.

As many kernels as notebooks run at a time; each executes one notebook after the other, and is restarted in
between. The kernel (notebook-kernel.mjs) restarts without a new process, which saves most of a short notebook's time.
"""

import asyncio
import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter

KERNEL = "falcon-lab-runner"
STARTUP_TIMEOUT_S = 120
UNCAUGHT = re.compile(r"^(UncaughtException|UnhandledPromiseRejection):", re.MULTILINE)
# Pages must not need a network; nbconvert links require.js, jQuery and MathJax, which our outputs do not use.
EXTERNAL_SCRIPT = re.compile(r'<script[^>]*\ssrc="[^"]*"[^>]*>\s*</script>')


def tell(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


def stderr_of(cell):
    texts = (o.get("text", "") for o in cell.get("outputs", []) if o.get("name") == "stderr")
    return "".join(texts)


class Client(NotebookClient):
    """Reports each cell when it starts."""

    def __init__(self, nb, name, **options):
        super().__init__(nb, **options)
        self.name = name
        self.code_cells = [i for i, c in enumerate(nb.cells) if c.cell_type == "code" and c.source.strip()]
        self.current = None

    async def async_execute_cell(self, cell, cell_index, **options):
        if cell_index in self.code_cells:
            self.current = cell_index
            done = self.code_cells.index(cell_index)
            tell("cell", name=self.name, done=done, total=len(self.code_cells))
        result = await super().async_execute_cell(cell, cell_index, **options)
        if UNCAUGHT.search(stderr_of(cell)):
            raise RuntimeError(stderr_of(cell))
        return result


class Kernel:
    """A kernel process for notebooks in turn: started when the first needs it, replaced after a failure."""

    def __init__(self):
        self.manager = None
        # One for all notebooks: the kernel ignores a second client as long as it holds the first one for connected.
        self.client = None

    async def fresh(self, folder):
        """Sees to it that the kernel runs and knows nothing of an earlier notebook."""
        if self.client is not None:
            await self.client.shutdown(restart=True, reply=True, timeout=STARTUP_TIMEOUT_S)
            return
        self.manager = AsyncKernelManager(kernel_name=KERNEL)
        await self.manager.start_kernel(cwd=folder)
        self.client = self.manager.client()
        self.client.start_channels()
        await self.client.wait_for_ready(timeout=STARTUP_TIMEOUT_S)
        self.client.allow_stdin = False

    async def end(self):
        if self.client is not None:
            self.client.stop_channels()
        if self.manager is not None:
            await self.manager.shutdown_kernel(now=True)
        self.client = self.manager = None


async def execute(job, kernel, timeout_s):
    """The executed notebook, and what is to be told of it."""
    await kernel.fresh(job["folder"])
    nb = nbformat.read(job["source"], as_version=4)
    nb.metadata["kernelspec"] = {"name": "tslab", "display_name": "TypeScript", "language": "typescript"}
    client = Client(
        nb,
        job["name"],
        km=kernel.manager,
        timeout=timeout_s,
        iopub_timeout=30,
        resources={"metadata": {"path": job["folder"]}},
    )
    client.kc = kernel.client
    error = None
    try:
        await client.async_execute()
    except CellTimeoutError:
        error = f"no end after {timeout_s} s"
    except DeadKernelError:
        error = "the kernel died"
    except (CellExecutionError, RuntimeError) as problem:
        error = (stderr_of(nb.cells[client.current]) if client.current is not None else "") or str(problem)
    if error is None:
        return nb, ("done", {})
    number = client.code_cells.index(client.current) + 1 if client.current is not None else 0
    source = nb.cells[client.current].source if client.current is not None else ""
    return nb, ("failed", {"cell": number, "source": source, "error": error})


def write_results(exporter, nb, job):
    nbformat.write(nb, job["executed"])
    body, _ = exporter.from_notebook_node(nb, {"metadata": {"name": job["name"]}})
    with open(job["html"], "w", encoding="utf-8") as page:
        page.write(EXTERNAL_SCRIPT.sub("", body))


def broken(problem):
    """What is told of a notebook when something outside of its cells failed, e.g. it is not JSON."""
    return ("failed", {"cell": 0, "source": "", "error": f"{type(problem).__name__}: {problem}"})


async def main():
    order = json.load(sys.stdin)
    waiting = list(reversed(order["jobs"]))
    # One thread writes all pages, so that a kernel need not wait for the page of its last notebook.
    writer = ThreadPoolExecutor(max_workers=1)
    exporter = HTMLExporter()
    writes = []

    async def write(nb, job, told):
        try:
            await asyncio.get_running_loop().run_in_executor(writer, write_results, exporter, nb, job)
        except Exception as problem:
            told = broken(problem)
        tell(told[0], name=job["name"], **told[1])

    async def work():
        kernel = Kernel()
        try:
            while waiting:
                job = waiting.pop()
                tell("start", name=job["name"])
                try:
                    nb, told = await execute(job, kernel, order["timeout_s"])
                    writes.append(asyncio.create_task(write(nb, job, told)))
                except Exception as problem:
                    told = broken(problem)
                    tell(told[0], name=job["name"], **told[1])
                if told[0] == "failed":
                    await kernel.end()
        finally:
            await kernel.end()

    await asyncio.gather(*(work() for _ in range(min(order["parallel"], len(waiting)))))
    await asyncio.gather(*writes)


asyncio.run(main())
