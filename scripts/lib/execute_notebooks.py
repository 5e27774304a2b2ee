"""Executes notebooks and tells how it goes, one JSON object a line on stdout.

Input (stdin): {"jobs": [{"name", "source", "executed", "html"}], "parallel": n, "timeout_s": n}

tslab reports a failed cell as text on stderr and an execute_reply of status "error" without a name, so
the cell's own stderr is the message. Rejections that nobody awaited are only printed, in a cell that
counts as fine: they fail the notebook too.
"""

import asyncio
import json
import re
import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter

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


async def execute(job, timeout_s):
    nb = nbformat.read(job["source"], as_version=4)
    nb.metadata["kernelspec"] = {"name": "tslab", "display_name": "TypeScript", "language": "typescript"}
    client = Client(
        nb,
        job["name"],
        timeout=timeout_s,
        startup_timeout=120,
        iopub_timeout=30,
        resources={"metadata": {"path": job["folder"]}},
    )
    error = None
    try:
        await client.async_execute()
    except CellTimeoutError:
        error = f"no end after {timeout_s} s"
    except DeadKernelError:
        error = "the kernel died"
    except (CellExecutionError, RuntimeError) as problem:
        error = (stderr_of(nb.cells[client.current]) if client.current is not None else "") or str(problem)
    nbformat.write(nb, job["executed"])
    write_page(nb, job)
    if error is None:
        tell("done", name=job["name"])
    else:
        number = client.code_cells.index(client.current) + 1 if client.current is not None else 0
        source = nb.cells[client.current].source if client.current is not None else ""
        tell("failed", name=job["name"], cell=number, source=source, error=error)


def write_page(nb, job):
    exporter = HTMLExporter()
    body, _ = exporter.from_notebook_node(nb, {"metadata": {"name": job["name"]}})
    with open(job["html"], "w", encoding="utf-8") as page:
        page.write(EXTERNAL_SCRIPT.sub("", body))


async def main():
    order = json.load(sys.stdin)
    slots = asyncio.Semaphore(order["parallel"])

    async def one(job):
        async with slots:
            tell("start", name=job["name"])
            try:
                await execute(job, order["timeout_s"])
            except Exception as problem:  # e.g. a notebook that is not JSON: tell, and go on with the others
                tell("failed", name=job["name"], cell=0, source="", error=f"{type(problem).__name__}: {problem}")

    await asyncio.gather(*(one(job) for job in order["jobs"]))


asyncio.run(main())
