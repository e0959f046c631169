"""Reconstruct, audit, compare and report jointly financed municipal services in Sweden.

The way of the data is the way of the folders: ``data/raw`` (what documents and statistics say)
-> ``data/processed`` (tidy tables) -> ``notebooks`` (questions and answers) -> ``exports``.

Public names, each with an example: :func:`agreement`, :func:`audit`, :func:`read`. They are imported when they are used.
``agreement`` and ``audit`` are rooms of the package too: what is called is the function.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from analys.api.agreed import agreement
    from analys.api.audited import audit
    from analys.api.files import read

__version__ = "0.2.0"
__all__ = ["agreement", "audit", "read"]

#: Public name -> the module that holds it.
_PUBLIC: Final = {"agreement": "analys.api.agreed", "audit": "analys.api.audited", "read": "analys.api.files"}


def _public(name: str) -> Any:
    return getattr(importlib.import_module(_PUBLIC[name]), name)


class _Room(ModuleType):
    """A room of the package that bears a public name: called, it is that function."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return _public(self.__name__.rpartition(".")[2])(*arguments, **named)


class _Face(ModuleType):
    """The package: its public names are imported when they are asked for."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _PUBLIC and isinstance(value, ModuleType):  # the import of a room binds its name here
            value.__class__ = _Room
        super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        if name in _PUBLIC:
            return _public(name)
        raise AttributeError(f"analys har inget {name!r}; det finns {', '.join(sorted(_PUBLIC))}")

    def __dir__(self) -> list[str]:
        return sorted([*_PUBLIC, "__version__"])


sys.modules[__name__].__class__ = _Face
