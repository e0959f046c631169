"""Charts that several reports, formats and published figures show, each drawn once."""

from __future__ import annotations

from collections.abc import Callable

from analys import leaving
from analys.agreement.once import once
from analys.figures.chart import Chart
from analys.figures.leaving import change_by_municipality
from analys.leaving import Question


@once
def drawn(agreement_id: str, make: Callable[..., Chart], *arguments: object) -> Chart:
    """The chart that ``make`` draws of the agreement and ``arguments``."""
    return make(agreement_id, *arguments)


def if_some_leave(agreement_id: str, question: Question, highlight: str | None) -> Chart:
    """What the rest pay, as a chart that :func:`drawn` can tell from others: by its question."""
    return change_by_municipality(agreement_id, leaving.ask(agreement_id, question), highlight)
