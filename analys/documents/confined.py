"""Libraries that trust a file read it in a process of their own, which may take so much memory and time and no more.

Whatever a file makes of its few bytes then ends in one sentence. The process hands its results back in pickles, one
after the other, and has no other way out.
"""

from __future__ import annotations

import importlib
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from analys.documents.files import MIB, damaged, unusable
from analys.errors import InputError

#: The clock runs on while other programs have the processor.
_CLOCK: Final = 4
#: How a panic of a library in Rust arrives: it is no ``Exception``.
_PANIC: Final = "PanicException"


@dataclass(frozen=True)
class Bounds:
    """What the process may take: ``memory`` in bytes, ``seconds`` of the processor, and several times that of the clock."""

    memory: int = 800 * MIB
    seconds: int = 8


def confined(
    job: Callable[..., Iterator[Any]], path: Path, *arguments: object, bounds: Bounds | None = None
) -> Iterator[Any]:
    """What ``job(path, *arguments)`` yields, done in a process of its own.

    Raises :class:`InputError` for what the job found unusable, for a file that its library takes for damaged, and for
    one that takes more than the bounds.
    """
    bounds = bounds or Bounds()
    start = f"import sys; sys.path[:] = {sys.path!r}; from analys.documents.confined import work; work()"
    request = pickle.dumps((job.__module__, job.__name__, path, arguments, bounds))
    # No core on it: a process that is ended for its hunger leaves nothing behind.
    with subprocess.Popen(
        [sys.executable, "-I", "-c", start], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        watch = threading.Timer(_CLOCK * bounds.seconds, process.kill)
        watch.daemon = True
        watch.start()
        try:
            process.stdin.write(request)
            process.stdin.close()
            yield from _answers(process.stdout, path, bounds)
        except BrokenPipeError as error:
            raise _exhausted(path, bounds) from error
        finally:
            watch.cancel()
            process.kill()


def _answers(pipe: IO[bytes], path: Path, bounds: Bounds) -> Iterator[Any]:
    while True:
        try:
            told, content = pickle.load(pipe)
        except (EOFError, pickle.UnpicklingError, OSError) as error:  # it ended in the middle
            raise _exhausted(path, bounds) from error
        if told == "done":
            return
        if told == "refused":
            raise InputError(content)
        if told == "damaged":
            raise damaged(
                path, "en hel fil", content, "öppna den i sitt program och spara den på nytt, eller be om den igen"
            )
        if told == "exhausted":
            raise _exhausted(path, bounds)
        yield content


def _exhausted(path: Path, bounds: Bounds) -> InputError:
    expected = f"en fil som läses med högst {bounds.memory // MIB} MB minne på {bounds.seconds} s"
    action = "spara den del som har tabellen som en egen fil (csv eller xlsx)"
    return unusable(path, expected, "en som kräver mer", action)


def work() -> None:
    """The process: one job from standard input, its results to standard output."""
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    module, name, path, arguments, bounds = pickle.load(sys.stdin.buffer)
    job = getattr(importlib.import_module(module), name)
    _limit(bounds)
    answer: tuple[str, object] = ("done", None)
    try:
        for item in job(path, *arguments):
            pickle.dump(("item", item), answers, pickle.HIGHEST_PROTOCOL)
    except InputError as error:
        answer = ("refused", error.faults)
    except (MemoryError, RecursionError):
        answer = ("exhausted", None)
    except Exception as error:  # libraries raise anything at all on a file that is not whole
        answer = ("damaged", f"{type(error).__name__}: {error}"[:300])
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        answer = ("damaged", str(error)[:300])
    pickle.dump(answer, answers)
    answers.flush()
    os._exit(0)  # without the time that it takes to take everything down


def _limit(bounds: Bounds) -> None:
    if sys.platform == "win32":
        return  # the clock alone watches there
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (bounds.memory, bounds.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (bounds.seconds, bounds.seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
