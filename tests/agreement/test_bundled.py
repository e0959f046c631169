"""The bundled agreement says what the contracts say."""

from __future__ import annotations

import datetime as dt

import pytest

from analys import agreement
from analys.agreement.model import RefundRule
from analys.allocation import Mode, Residual, Unit
from analys.errors import AnalysError


@pytest.fixture(scope="module")
def ostergotland() -> agreement.Agreement:
    return agreement.load("ostergotland")


def test_the_terms_differ_between_the_versions(ostergotland: agreement.Agreement) -> None:
    first, second = ostergotland.versions
    assert (first.valid_from, first.valid_to) == (dt.date(2016, 9, 1), dt.date(2018, 1, 31))
    assert (second.valid_from, second.valid_to) == (dt.date(2018, 1, 1), None)
    assert first.refund.rule is RefundRule.NONE
    assert second.refund.rule is RefundRule.FROM_NEXT_MONTH
    assert first.notice == agreement.UNKNOWN
    assert second.notice.months == 2
    assert (first.vacancy.longer_than_months, second.vacancy.longer_than_months) == (0, 1)
    assert first.vat == second.vat == agreement.UNKNOWN


@pytest.mark.parametrize(
    ("end", "last"),
    [
        ("2024-09-30", "2024-07-31"),
        ("2024-09-15", "2024-07-15"),
        ("2024-12-31", "2024-10-31"),
        ("2024-04-29", "2024-02-28"),
    ],
)
def test_notice_leaves_whole_months_before_the_end(ostergotland: agreement.Agreement, end: str, last: str) -> None:
    notice = ostergotland.version("2018").notice
    assert notice.last_day(dt.date.fromisoformat(end)) == dt.date.fromisoformat(last)


def test_the_first_contract_charges_a_month_more_than_it_covers(ostergotland: agreement.Agreement) -> None:
    first = ostergotland.version("2016")
    assert [invoice.due for invoice in first.billing.invoices] == [dt.date(2016, 12, 10), dt.date(2017, 5, 31)]
    assert sum(invoice.months for invoice in first.billing.invoices) == 18
    assert first.cost.yearly_ore == 701_520_00


def test_january_2018_is_a_stated_exception(ostergotland: agreement.Agreement) -> None:
    (overlap,) = ostergotland.version("2018").overlaps
    assert (overlap.version, overlap.from_date, overlap.to_date) == ("2016", dt.date(2018, 1, 1), dt.date(2018, 1, 31))


def test_the_rounding_rules(ostergotland: agreement.Agreement) -> None:
    first, second = (version.rounding.rule for version in ostergotland.versions)
    assert (first.share_decimals, first.mode, first.unit) == (None, Mode.HALF_UP, Unit.KRONA)
    assert (second.share_decimals, second.mode, second.residual) == (4, Mode.FLOOR, Residual.NONE)


def test_every_citation_names_a_document(ostergotland: agreement.Agreement) -> None:
    known = {document.id for document in ostergotland.documents}
    for version in ostergotland.versions:
        terms = [getattr(version, name) for name in type(version).model_fields]
        cited = {term.citation.document for term in terms if hasattr(term, "citation")}
        assert cited <= known


def test_norrkopings_termination_is_conditional(ostergotland: agreement.Agreement) -> None:
    decision = ostergotland.decisions[0]
    assert (decision.municipality.code, decision.takes_effect) == ("0581", dt.date(2024, 9, 30))
    assert decision.condition == "övriga kommuner i länet fattar motsvarande beslut"


def test_an_unknown_agreement_names_the_bundled_ones() -> None:
    with pytest.raises(AnalysError, match="ostergotland"):
        agreement.load("finns-inte")
