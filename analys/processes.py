"""Where the main job's processes come from: forked from one that has imported what they need, where a fork is safe."""

from __future__ import annotations

import gc
import importlib.util
import multiprocessing
import os
import sys
import threading
from multiprocessing.context import BaseContext
from typing import Final

#: Not on macOS, whose own libraries do not bear it.
FORKS: Final = sys.platform == "linux"
#: What is imported once for all; a module that is not installed is passed over.
_PRELOADED: Final = ["ipykernel.kernelapp", "ipykernel.zmqshell", "analys.preloaded"]
#: matplotlib reads it when it is imported, and a kernel sets it before that.
_BACKEND: Final = ("MPLBACKEND", "module://matplotlib_inline.backend_inline")


def context() -> BaseContext:
    """What starts processes. Where they are forked, the first call begins to import what they need."""
    if not FORKS:
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload(_PRELOADED)
    if _BACKEND[0] in os.environ or importlib.util.find_spec("matplotlib_inline") is None:
        forkserver.ensure_running()
    else:
        os.environ[_BACKEND[0]] = _BACKEND[1]
        forkserver.ensure_running()
        del os.environ[_BACKEND[0]]
    return forking


def begin(environment: dict[str, str]) -> None:
    """Prepare a process: it has the environment of the one that asked for it, and ends when that one is gone."""
    os.environ.clear()
    os.environ.update(environment)
    gc.disable()  # it ends with its work, so there is nothing to gain from looking for what can be thrown away
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(143)
