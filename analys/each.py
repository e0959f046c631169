"""For the notebooks that a project begins with: an answer for every agreement of the project, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from IPython.display import Markdown, display

from analys.agreement import load
from analys.errors import AnalysError
from analys.project import required


def each(show: Callable[[str], Iterable[object]]) -> None:
    """Display what ``show`` gives for each agreement, under its name. What an agreement has no facts for is said in its
    place, so that one that is not filled in yet hides nothing of the others."""
    for agreement_id in required().agreements():
        try:
            display(Markdown(f"### {load(agreement_id).name}"))  # type: ignore[no-untyped-call]
            for thing in show(agreement_id):
                display(thing)  # type: ignore[no-untyped-call]
        except AnalysError as error:
            display(Markdown(f"**{agreement_id}:** {error}"))  # type: ignore[no-untyped-call]
