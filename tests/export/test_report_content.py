"""What a report says: the sections of a memo, quoted proposals, marked blanks, sources, and Swedish typography."""

import re

import pytest

from analys.errors import AnalysError
from analys.export.blocks import Blank, Figure, Items, Report, Section, Table, Text, typeset
from analys.export.report import file_name, report
from analys.export.wording import Sign, per_head, stated_thousands, thousands
from analys.swedish import MINUS, NBSP

AGREEMENT = "ostergotland"
EVERY = ["Norrköping", "Mjölby", "Ydre", None]


def texts(content: Report) -> list[str]:
    """Everything that is read, figures' own texts left out."""
    found = [content.title, content.whom]
    for block in content.blocks():
        if isinstance(block, Text | Blank):
            found.append(block.text)
        elif isinstance(block, Items):
            found += block.items
        elif isinstance(block, Table):
            found += [block.caption, block.source, *block.headings, *(cell for row in block.rows for cell in row)]
    return found


def section(content: Report, heading: str) -> Section:
    return next(each for each in content.sections if each.heading == heading)


@pytest.mark.parametrize("member", EVERY)
def test_tables_and_figures_are_numbered_and_sourced(member):
    blocks = list(report(AGREEMENT, member).blocks())
    for kind in (Table, Figure):
        found = [block for block in blocks if isinstance(block, kind)]
        assert [block.number for block in found] == list(range(1, len(found) + 1))
        assert all(block.source and block.caption for block in found)


@pytest.mark.parametrize("member", EVERY)
def test_numbers_and_units_are_never_torn_apart(member):
    torn = re.compile(r"\d (?=\d{3}\b|kr\b|tkr\b|mnkr\b|%)|\d-\d{3} ")
    assert [text for text in texts(report(AGREEMENT, member)) if torn.search(text)] == []


def test_file_names_are_plain():
    assert file_name(AGREEMENT, "Åtvidaberg") == "ostergotland-atvidaberg"
    assert file_name(AGREEMENT, None) == "ostergotland-alla"


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (216193, 216193, "216"),
        (5742, 5742, "5,7"),
        (240672, 333836, "241–334"),
        (-94125, -93875, f"{MINUS}94,1{NBSP}till{NBSP}{MINUS}93,9"),
        (99960, 99960, "100,0"),
    ],
)
def test_thousands(low, high, shown):
    assert thousands(low, high) == shown


def test_what_is_stated_in_tkr_is_written_so():
    assert stated_thousands(375500, 376500) == "376"
    assert stated_thousands(46500, 64500) == "46,5–64,5"
    assert stated_thousands(216193, 216193) == "216"
    assert per_head(-1, 1) == f"{MINUS}1,00{NBSP}till{NBSP}1,00"


def test_typesetting_binds_numbers_dates_and_paragraphs():
    assert typeset("§ 88 den 30 september 2024: 1 234 kr, dnr KS/1") == (
        f"§{NBSP}88 den 30{NBSP}september 2024: 1{NBSP}234{NBSP}kr, dnr{NBSP}KS/1"
    )


def test_a_proposal_is_quoted_whole_and_numbered():
    (points,) = [
        b for b in section(report(AGREEMENT, "Norrköping"), "Förslag till beslut").blocks if isinstance(b, Items)
    ]
    assert points.numbered
    assert len(points.items) == 3
    assert points.items[2].startswith("Kommundirektören ges i uppdrag")


def test_what_a_quotation_has_wrong_is_said_beside_it():
    said = " ".join(texts(report(AGREEMENT, "Mjölby")))
    assert "org.nr. 212000-0456, beträffande finansiering" in said.replace(NBSP, " ")
    assert "rätt är 202100-2270" in said


@pytest.mark.parametrize("member", ["Ydre", "Linköping", None])
def test_a_proposal_is_never_invented(member):
    blocks = section(report(AGREEMENT, member), "Förslag till beslut").blocks
    assert [type(block) for block in blocks] == [Blank]


def test_a_range_that_no_annex_lies_within_is_said_to_be_contradicted():
    for member in ("Mjölby", None):
        said = " ".join(texts(report(AGREEMENT, member))).replace(NBSP, " ")
        assert "41 738 kr 2016 och 45 841 kr 2018" in said
        assert "motsägs alltså överallt där det kan prövas" in said


def test_the_day_has_two_readings_and_the_rest_pay_only_if_they_sign():
    said = " ".join(texts(report(AGREEMENT, "Norrköping"))).replace(NBSP, " ")
    assert "upphör avtalet den 30 november 2024 och delårseffekten är en månad, 31 tkr" in said
    assert "bara om de skriver under" in said
    assert "det enda i underlaget; Norrköpings eget (2018-11-18) finns inte i underlaget" in said


def test_a_municipality_outside_the_agreement_is_refused():
    with pytest.raises(AnalysError, match="Stockholm är inte medlem i ostergotland; medlemmarna är Ödeshög, Ydre"):
        report(AGREEMENT, "Stockholm")


def test_the_sign_can_be_switched():
    minus = " ".join(texts(report(AGREEMENT, "Norrköping", Sign.COST)))
    assert "minskad kostnad (besparing) har minustecken" in minus
    assert f"{MINUS}376{NBSP}tkr" in minus
