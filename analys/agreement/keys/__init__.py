"""The families of allocation keys, one class in one file each; importing this package makes them all a part of the
language. A file beside this that registers a class with ``@family`` needs nothing else.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated

from pydantic import Discriminator

from analys.agreement.fields import Strict
from analys.agreement.keys.base import FAMILIES, KeyRule, Need, Scope, Total
from analys.agreement.keys.measure import PopulationRule, Values

_MODULES = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]

if TYPE_CHECKING:
    Key = KeyRule
else:
    Key = Annotated[reduce(or_, FAMILIES.values()), Discriminator("type")]


def _rebuild(model: type[Strict]) -> None:
    """Tables with keys in them could not be read before all families were known."""
    for own in model.__subclasses__():
        if not own.__pydantic_complete__ and own.__module__.startswith(__name__):
            own.model_rebuild(force=True)
        _rebuild(own)


for _module in _MODULES:
    _module.__dict__.setdefault("Key", Key)
_rebuild(Strict)

__all__ = ["FAMILIES", "Key", "KeyRule", "Need", "PopulationRule", "Scope", "Total", "Values"]
