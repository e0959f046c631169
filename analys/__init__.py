"""Reconstruct, audit, compare and report jointly financed municipal services in Sweden.

The way of the data is the way of the folders: ``data/raw`` (what documents and statistics say)
-> ``data/processed`` (tidy tables) -> ``notebooks`` (questions and answers) -> ``exports``.

Public names, each with an example: :func:`agreement`, :func:`audit`, :func:`read`. They are imported when they are used.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
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


class _Public:
    """A public name: called, or asked for its help or its signature, it is the function."""

    def __init__(self, name: str) -> None:
        self.__name__ = self.__qualname__ = f"analys.{name}"

    @property
    def __wrapped__(self) -> Callable[..., Any]:
        name = self.__name__.removeprefix("analys.")
        return getattr(importlib.import_module(_PUBLIC[name]), name)  # type: ignore[no-any-return]

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return self.__wrapped__.__doc__

    def __get__(self, instance: object, owner: object = None) -> _Public:
        """What has this method is a routine to ``help``, which shows those with their signature."""
        return self

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self.__wrapped__(*arguments, **named)

    def __repr__(self) -> str:
        return f"<{self.__name__}: se help({self.__name__})>"


class _Room(_Public):
    # A public name that a room of the package bears too: what else is asked of it is the room's. A docstring here would
    # hide the function's.
    __doc__ = _Public.__doc__

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


class _Face(ModuleType):
    """The package. The import of a room would bind its name here: a public name stays what it is."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in _PUBLIC or not isinstance(value, ModuleType):
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"analys har inget {name!r}; det finns {', '.join(_PUBLIC)}")

    def __dir__(self) -> list[str]:
        return sorted([*_PUBLIC, "__version__"])


if not TYPE_CHECKING:
    agreement, audit, read = _Room("agreement"), _Room("audit"), _Public("read")
sys.modules[__name__].__class__ = _Face
