"""The chapter on those that stay: its numbers are the published table's, and it is there only where it answers."""

import dataclasses

import pandas as pd
import pytest

from analys import agreement as agreements
from analys.export import report
from analys.export.blocks import Figure, Table
from analys.export.case import Case
from analys.export.chapters import remaining
from analys.export.publish import AGREEMENT, END
from analys.export.wording import Sign, thousands
from analys.project import required
from analys.register import resolve_municipality


def case(member):
    agreement = agreements.load(AGREEMENT)
    own = resolve_municipality(member) if member else None
    return Case(AGREEMENT, agreement, own, report.members(agreement), Sign.SAVING, END)


def table(member):
    return next(block for block in remaining.section(case(member)).blocks if isinstance(block, Table))


@pytest.mark.parametrize(("member", "rows"), [("Ydre", 2), ("Linköping", 2), ("Norrköping", 22), (None, 22)])
def test_one_that_stays_sees_its_own_cost_and_the_others_see_all_that_stay(member, rows):
    shown = table(member)
    assert len(shown.rows) == rows
    assert len(shown.highlighted) == (2 if rows == 2 else 0)
    assert shown.underlag == "skattad"


def test_the_numbers_are_those_of_the_published_table():
    published = pd.read_csv(required().exports / "tabeller" / "om-nagra-lamnar.csv")
    expected = [
        (row.kommun, row.enligt, thousands(row.lagst_skillnad_kr, row.hogst_skillnad_kr))
        for row in published[~published["lamnar"]].sort_values(["kommun", "enligt"]).itertuples()
    ]
    assert [(name, source, more) for name, source, _, _, more, _ in table(None).rows] == expected


def test_the_chart_marks_the_member_that_stays():
    (figure,) = [block for block in remaining.section(case("Ydre")).blocks if isinstance(block, Figure)]
    (axes,) = figure.chart.figure.axes
    bold = [label.get_text() for label in axes.get_yticklabels() if label.get_fontweight() == "bold"]
    assert bold == ["Ydre"]


def test_there_is_no_chapter_where_nobody_leaves_or_everybody_does():
    whole = case("Ydre")
    assert remaining.section(dataclasses.replace(whole, end=None)) is None
    nobody = whole.agreement.model_copy(update={"decisions": ()})
    assert remaining.section(dataclasses.replace(whole, agreement=nobody)) is None
    both = tuple(resolve_municipality(name) for name in ("Norrköping", "Mjölby"))
    assert remaining.section(dataclasses.replace(whole, members=both)) is None
