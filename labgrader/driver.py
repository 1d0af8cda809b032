"""Runs a submission's cells in a kernel that can do little, and reports how that went.

It runs as a fork of a warm process (:mod:`labgrader.warm`): whatever a kernel sends, a flood or nonsense, ends at most
this fork.  What it reports, and the executed notebook, is evidence for people; marks come from the host alone.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from labgrader import confine
from labgrader.errors import NotANotebook
from labgrader.submission import open_submission
from labgrader.warm import Line

__all__ = ["prepare", "work"]

#: Messages that a notebook is made of; widgets and their state are not.
_KINDS = {"clear_output", "display_data", "error", "execute_input", "execute_result", "status", "stream"}
#: How long a kernel may take to answer an interrupt.
_GRACE = 10.0
#: What a kernel may send as one message, in bytes; a longer one ends the connection.
_MESSAGE = 32 * 2**20


def prepare() -> None:
    """Load what importing this module does not."""
    nbformat.validate(nbformat.v4.new_notebook())


def work(line: Line, request: dict[str, Any]) -> None:
    """Run one submission.

    The request names its file, its cell (see :mod:`labgrader.confine`), the parameters, and what the kernel is told of
    its lab (:class:`labgrader.briefs.Told`).  The answer holds ``notes``
    (sentences), ``errors`` (number of the cell, text) and ``stopped`` (a sentence, if it was not run to its end).
    """
    confine.hide()
    confine.adopt_orphans()
    cell = confine.Cell.of(request["cell"])
    try:
        wanted = request["parameters"]
        found = open_submission(Path(request["path"]), most=cell.limits.notebook_size, **wanted)
    except NotANotebook as error:
        line.send({"notes": [], "errors": [], "stopped": str(error), "ran": 0})
        return
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in found.cells])
    run = _Run(notebook, cell, cell.environment(wanted["backend"], request["told"]))
    try:
        asyncio.run(run.all())
    finally:
        _kill_all(cell)
    if evidence := request.get("evidence"):
        Path(evidence).write_text(nbformat.writes(notebook), encoding="utf-8", errors="replace")
    line.send({"notes": found.notes, "errors": run.errors, "stopped": run.stopped, "ran": run.ran})


class _Client(NotebookClient):
    """An nbclient that keeps so much output and no more."""

    most_a_cell, most = 0, 0
    _kept_all = 0

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        if msg.get("msg_type") not in _KINDS:
            return None
        return super().process_message(msg, cell, cell_index)

    def output(self, outs: list[Any], msg: dict[str, Any], display_id: str | None, cell_index: int) -> Any:
        size = len(str(msg.get("content", "")))
        kept = sum(out.get("kept", 0) for out in outs[-1:])
        if kept + size > self.most_a_cell or self._kept_all + size > self.most:
            if not outs or outs[-1].get("name") != "cut":
                cut = {"output_type": "stream", "name": "cut", "text": "(more output was cut)\n"}
                outs.append(nbformat.from_dict(cut))
            outs[-1]["kept"] = self.most_a_cell
            return None
        made = super().output(outs, msg, display_id, cell_index)
        self._kept_all += size
        if outs:
            outs[-1]["kept"] = kept + size
        return made


class _Run:
    """One run of a notebook in a confined kernel."""

    def __init__(self, notebook: Any, cell: confine.Cell, environment: dict[str, str]) -> None:
        self.notebook, self.cell, self.environment = notebook, cell, environment
        self.errors: list[tuple[int, str]] = []
        self.stopped = ""
        self.started = False
        self.ran = 0
        self._until = time.monotonic() + cell.limits.total_seconds

    async def all(self) -> None:
        """Run the cells one by one, until the end, the time limit, or the kernel's death."""
        limits = self.cell.limits
        manager = self._manager()
        client = _Client(self.notebook, km=manager, timeout=limits.cell_seconds, allow_errors=True)
        client.interrupt_on_timeout, client.store_widget_state = True, False
        client.most_a_cell, client.most = limits.cell_output, limits.total_output
        try:
            where = str(self.cell.folder)
            await client.async_start_new_kernel(env=self.environment, cwd=where, **self.cell.identity())
            await asyncio.wait_for(client.async_start_new_kernel_client(), 60)
            self.started = True
            await self._cells(client)
        except Exception as error:
            when = f"stopped answering in cell {self.ran + 1}" if self.started else "could not be started"
            self.stopped = self.stopped or f"The kernel {when} ({type(error).__name__})."
        finally:
            _kill_all(self.cell)
            if client.kc is not None:
                client.kc.stop_channels()
            for each in self.notebook.cells:
                _tidy(each)

    async def _cells(self, client: Any) -> None:
        for number, cell in enumerate(self.notebook.cells):
            left = self._until - time.monotonic()
            seconds = min(self.cell.limits.cell_seconds, left)
            if left <= 0:
                self.stopped = f"Stopped before cell {number + 1}: the notebook took over {self._total()} seconds."
                return
            client.timeout = max(1, int(seconds))
            began = time.monotonic()
            try:
                await asyncio.wait_for(client.async_execute_cell(cell, number), seconds + _GRACE)
            except (TimeoutError, CellTimeoutError, DeadKernelError):
                if time.monotonic() - began < seconds:
                    self.stopped = f"The kernel died in cell {number + 1}."
                else:
                    self.stopped = f"Cell {number + 1} ran over {seconds:.0f} seconds and could not be interrupted."
                return
            self.ran += 1
            self.errors += [(number + 1, _words(out)) for out in cell.outputs if out.output_type == "error"][:1]

    def _total(self) -> str:
        return f"{self.cell.limits.total_seconds:.0f}"

    def _manager(self) -> Any:
        """Return a kernel manager that speaks through sockets in the submission's folder."""
        talk = self.cell.folder / ".k"
        talk.mkdir()
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        manager = AsyncKernelManager(transport="ipc", ip=str(talk / "s"), connection_file=str(talk / "c.json"))
        manager._kernel_spec = KernelSpec(argv=self.cell.command(command), language="python", display_name="Python 3")
        manager.context.setsockopt(_MAXMSGSIZE, _MESSAGE)
        manager.write_connection_file()
        self.cell.give(talk)
        return manager


def _maximum_size() -> int:
    import zmq

    return int(zmq.MAXMSGSIZE)


_MAXMSGSIZE = _maximum_size()


def _words(output: Any) -> str:
    return f"{str(output.get('ename'))[:80]}: {str(output.get('evalue'))[:300]}"


def _tidy(cell: Any) -> None:
    for output in cell.outputs:
        output.pop("kept", None)
        if output.get("name") == "cut":
            output["name"] = "stderr"


def _kill_all(cell: confine.Cell) -> None:
    """End the kernel and all that it started: by their user, and by their descent from this process."""
    cell.kill()
    for _ in range(100):
        left = confine.descendants(os.getpid())
        if not left:
            return
        confine.end(left)
