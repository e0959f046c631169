"""Charts that several reports, formats and published figures show, each drawn once."""

from __future__ import annotations

import functools
from collections.abc import Callable

from analys.export import answers
from analys.figures.chart import Chart
from analys.figures.leaving import change_by_municipality
from analys.leaving import Question


@functools.lru_cache(maxsize=32)
def drawn(make: Callable[..., Chart], *arguments: object) -> Chart:
    """The chart that ``make`` draws of ``arguments``."""
    return make(*arguments)


def if_some_leave(agreement_id: str, question: Question, highlight: str | None) -> Chart:
    """What the rest pay, as a chart that :func:`drawn` can tell from others: by its question."""
    return change_by_municipality(agreement_id, answers.leave(agreement_id, question), highlight)
