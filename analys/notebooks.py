"""Executing the notebooks: two at a time, because starting kernels and importing cost more than the work itself.

An executed notebook is written only when it is whole, and the same results give the same bytes: no time stamps, and
no patch version of Python in the metadata.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from analys.errors import AnalysError
from analys.files import write_atomically

AT_A_TIME: Final = 2
CELL_SECONDS: Final = 120
#: A kernel on this machine's own loopback has no need to warn that the loopback is not encrypted. One that lives for
#: seconds gains nothing from collecting garbage, which takes a fifth of the time that importing takes.
_KERNEL_ARGUMENTS: Final = ["--log-level=ERROR", "--IPKernelApp.exec_lines=import gc; gc.disable()"]


def _failed(cell: nbformat.NotebookNode) -> bool:
    return any(output.output_type == "error" for output in cell.get("outputs", ()))


async def _execute(path: Path) -> str:
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=_KERNEL_ARGUMENTS,
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        await client.async_execute()
    except CellExecutionError as error:
        cell = next(cell.source for cell in notebook.cells if _failed(cell))
        raise AnalysError(
            f"{path.name}: en cell slutade med {error.ename}: {error.evalue}. Öppna anteckningsboken och kör cellen som "
            f"börjar så här:\n  {cell.splitlines()[0]}"
        ) from error
    except (DeadKernelError, TimeoutError) as error:
        raise AnalysError(f"{path.name}: kärnan dog, eller en cell tog mer än {CELL_SECONDS} s: {error}") from error
    notebook.metadata.language_info.pop("version", None)
    return str(nbformat.writes(notebook)) + "\n"


async def execute_all(notebooks: list[Path], report: Callable[[Path], None]) -> None:
    """Execute the notebooks in place, :data:`AT_A_TIME` at a time; ``report`` is called as each is written.

    Raises :class:`AnalysError` naming every notebook that failed; those that did not are written all the same.
    """
    places = asyncio.Semaphore(AT_A_TIME)

    async def execute(path: Path) -> None:
        async with places:
            text = await _execute(path)
        write_atomically(path, text.encode())
        report(path)

    # The largest first, so that no long one is left to run alone at the end.
    largest_first = sorted(notebooks, key=lambda path: -path.stat().st_size)
    outcomes = await asyncio.gather(*(execute(path) for path in largest_first), return_exceptions=True)
    failures = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    for failure in failures:
        if not isinstance(failure, AnalysError):
            raise failure
    if failures:
        raise AnalysError("\n".join(str(failure) for failure in failures))
