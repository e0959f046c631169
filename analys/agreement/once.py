"""What follows from an agreement, worked out once for as long as its file is the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from analys.agreement.load import edition

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")

#: Answers that each function keeps: more than the charts of one agreement's reports.
_KEPT: Final = 64


def once(
    work: Callable[Concatenate[str, _Asked], _Answer],
) -> Callable[Concatenate[str, _Asked], _Answer]:
    """``work``, a function of an agreement's id, that does not work again for the same edition of the same agreement.

    The arguments must be hashable; the answers are shared, so they must not be changed.
    """

    @lru_cache(maxsize=_KEPT)
    def remembered(_: tuple[Path, int], /, *arguments: Any, **named: Any) -> _Answer:
        return work(*arguments, **named)

    @wraps(work)
    def asked(agreement_id: str, /, *arguments: _Asked.args, **named: _Asked.kwargs) -> _Answer:
        return remembered(edition(agreement_id), agreement_id, *arguments, **named)  # type: ignore[arg-type]

    return asked
