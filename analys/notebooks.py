"""Executing the notebooks: two at a time, in kernels forked from a process that has imported their libraries already.

Starting kernels and importing cost more than the work itself. An executed notebook is written only when it is whole,
and the same results give the same bytes: no time stamps, and no patch version of Python in the metadata. Where there
is no safe fork (macOS, Windows) each kernel is started as Jupyter does it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

import nbformat
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from analys import processes
from analys.errors import AnalysError
from analys.files import write_atomically

AT_A_TIME: Final = 2
CELL_SECONDS: Final = 120
#: A kernel on this machine's own loopback has no need to warn that the loopback is not encrypted. One that lives for
#: seconds gains nothing from collecting garbage, which takes a fifth of the time that importing takes.
_KERNEL_ARGUMENTS: Final = ["--log-level=ERROR", "--IPKernelApp.exec_lines=import gc; gc.disable()"]
_LAUNCHER: Final = "ipykernel_launcher"


class _Forked:
    """A forked kernel as Jupyter sees a process that it has started."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess) -> None:
        self._process = process
        process.start()
        assert process.pid is not None
        self.pid: int = process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()


class _Provisioner(LocalProvisioner):
    """Starts a kernel by a fork."""

    opened = ""

    async def launch_kernel(self, cmd: list[str], **settings: Any) -> Any:
        arguments = cmd[cmd.index(_LAUNCHER) + 1 :]
        work = (arguments, str(settings["cwd"]), dict(settings["env"]), self.opened)
        forked = _Forked(processes.context().Process(target=_kernel, args=work))  # type: ignore[attr-defined]
        self.process = forked  # type: ignore[assignment]
        self.pid = self.pgid = forked.pid
        self.cwd = settings["cwd"]
        return self.connection_info


class _Client(NotebookClient):
    """Executes a notebook in a forked kernel, which writes the names of the files that it opens into ``opened``."""

    opened = ""

    def create_kernel_manager(self) -> KernelManager:
        manager = super().create_kernel_manager()
        if processes.FORKS:
            manager.provisioner = _Provisioner(
                parent=manager, kernel_id=manager.kernel_id, kernel_spec=manager.kernel_spec
            )
            manager.provisioner.opened = self.opened
        return manager


def _kernel(arguments: list[str], folder: str, environment: dict[str, str], opened: str) -> None:
    """A kernel, in a process that was forked for it."""
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    processes.begin(environment)
    os.chdir(folder)
    if not sys.flags.safe_path:
        del sys.path[0]  # the main job's own folder
    _note_opened(opened)
    IPKernelApp.launch_instance(argv=[*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])


def _note_opened(into: str) -> None:
    sink = os.open(into, os.O_WRONLY | os.O_APPEND)

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str | os.PathLike):
            os.write(sink, os.fsencode(os.path.abspath(arguments[0])) + b"\0")  # noqa: PTH100 - keeps links

    sys.addaudithook(note)


def _failed(cell: nbformat.NotebookNode) -> bool:
    return any(output.output_type == "error" for output in cell.get("outputs", ()))


async def _execute(path: Path) -> tuple[str, list[str]]:
    """The executed notebook, and the names of the files that it opened."""
    notebook = nbformat.read(path, as_version=4)
    client = _Client(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=_KERNEL_ARGUMENTS,
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(path.parent)}},
    )
    with tempfile.NamedTemporaryFile(prefix="analys-") as opened:
        client.opened = opened.name
        try:
            await client.async_execute()
        except CellExecutionError as error:
            cell = next(cell.source for cell in notebook.cells if _failed(cell))
            raise AnalysError(
                f"{path.name}: en cell slutade med {error.ename}: {error.evalue}. Öppna anteckningsboken och kör cellen "
                f"som börjar så här:\n  {cell.splitlines()[0]}"
            ) from error
        except (DeadKernelError, TimeoutError) as error:
            raise AnalysError(f"{path.name}: kärnan dog, eller en cell tog mer än {CELL_SECONDS} s: {error}") from error
        names = os.fsdecode(opened.read()).split("\0")[:-1]
    notebook.metadata.language_info.pop("version", None)
    return str(nbformat.writes(notebook)) + "\n", names


async def execute_all(notebooks: Iterable[Path], report: Callable[[Path, list[str]], None]) -> None:
    """Execute the notebooks in place, :data:`AT_A_TIME` at a time; ``report`` is called as each is written, with the
    names of the files that it opened.

    Raises :class:`AnalysError` naming every notebook that failed; those that did not are written all the same.
    """
    places = asyncio.Semaphore(AT_A_TIME)

    async def execute(path: Path) -> None:
        async with places:
            text, opened = await _execute(path)
        write_atomically(path, text.encode())
        report(path, opened)

    # The largest first, so that no long one is left to run alone at the end.
    largest_first = sorted(notebooks, key=lambda path: -path.stat().st_size)
    outcomes = await asyncio.gather(*(execute(path) for path in largest_first), return_exceptions=True)
    failures = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    for failure in failures:
        if not isinstance(failure, AnalysError):
            raise failure
    if failures:
        raise AnalysError("\n".join(str(failure) for failure in failures))
