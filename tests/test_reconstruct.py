"""Every published number of the cost shares, pinned; the code reaches them from the raw files."""

from decimal import Decimal
from fractions import Fraction

import pytest

from analys import agreement as agreements
from analys import reconstruct
from analys.errors import AnalysError
from analys.evidence import Interval
from analys.reconstruct import View

AGREEMENT = "ostergotland"


@pytest.fixture(scope="module")
def agreement():
    return agreements.load(AGREEMENT)


def totals(view):
    frame = reconstruct.totals_by_year(AGREEMENT, view)
    return {
        (row.ar, row.enligt): (row.underlag, row.lagst_kr, row.hogst_kr, row.oforenlig) for row in frame.itertuples()
    }


def test_totals_by_invoice_year():
    nbsp = "\u00a0"
    exact = Decimal
    assert totals(View.INVOICE) == {
        (2016, "bilaga 2016"): ("dokumenterad", exact("701521.00"), exact("701521.00"), False),
        (2017, "bilaga 2016"): ("dokumenterad", exact("350760.00"), exact("350760.00"), False),
        (2018, "bilaga 2018"): ("dokumenterad", exact("763945.00"), exact("763945.00"), False),
        (2019, f"Mjölbys 47–64{nbsp}tkr"): ("skattad", exact("784116.08"), exact("1087644.89"), False),
        (2020, f"Mjölbys 47–64{nbsp}tkr"): ("skattad", exact("779793.84"), exact("1081649.53"), False),
        (2021, f"Mjölbys 47–64{nbsp}tkr"): ("skattad", exact("776925.85"), exact("1077671.36"), False),
        (2022, f"Mjölbys 47–64{nbsp}tkr"): ("skattad", exact("772621.45"), exact("1071700.74"), False),
        (2023, f"Mjölbys 64{nbsp}tkr"): ("skattad", exact("1052524.04"), exact("1069099.23"), True),
        (2023, f"Norrköpings 376{nbsp}tkr"): ("skattad", exact("1221078.80"), exact("1224330.68"), True),
    }


def test_accrual_moves_documented_kronor_between_years_and_loses_none():
    accrued = totals(View.ACCRUAL)
    assert accrued[2016, "bilaga 2016"][:3] == ("beraknad", Decimal("233840.33"), Decimal("233840.33"))
    assert accrued[2017, "bilaga 2016"][:3] == ("beraknad", Decimal("748288.67"), Decimal("748288.67"))
    assert accrued[2018, "bilaga 2016 och bilaga 2018"][:3] == ("beraknad", Decimal("834097.00"), Decimal("834097.00"))
    for view in View:
        documented = [low for (year, _), (_, low, _, _) in totals(view).items() if year <= 2018]
        assert sum(documented) == Decimal("1816226.00")


def test_the_first_contract_covers_17_months_but_18_are_charged(agreement):
    first = [charge for charge in reconstruct.charges(agreement) if charge.version.id == "2016"]
    assert [charge.months_by_year() for charge in first] == [{2016: 4, 2017: 8}, {2017: 4, 2018: 1}]
    assert [charge.column for charge in first] == ["Belopp/år", "Belopp halvår"]
    assert sum(invoice.months for invoice in agreement.versions[0].billing.invoices) == 18


def test_every_year_has_all_thirteen_municipalities_under_every_source():
    for view in View:
        frame = reconstruct.amounts_by_municipality_year(AGREEMENT, view)
        assert set(frame["ar"]) == set(range(2016, 2024))
        assert (frame.groupby(["ar", "enligt"])["kommunkod"].nunique() == 13).all()
        assert (frame["lagst_kr"] <= frame["hogst_kr"]).all()


@pytest.mark.parametrize(
    ("municipality", "year", "source", "underlag", "low", "high"),
    [
        ("Norrköping", 2016, "bilaga 2016", "dokumenterad", "216193.00", "216193.00"),
        ("Norrköping", 2018, "bilaga 2018", "dokumenterad", "226916.00", "226916.00"),
        ("Mjölby", 2018, "bilaga 2018", "dokumenterad", "45841.00", "45841.00"),
        ("Norrköping", 2022, "Mjölbys 47–64\u00a0tkr", "skattad", "237620.60", "329602.79"),
        ("Norrköping", 2023, "Norrköpings 376\u00a0tkr", "dokumenterad", "375500.00", "376500.00"),
        ("Norrköping", 2023, "Mjölbys 64\u00a0tkr", "skattad", "323666.88", "328764.01"),
        ("Mjölby", 2023, "Mjölbys 64\u00a0tkr", "dokumenterad", "63500.00", "64500.00"),
        ("Mjölby", 2023, "Norrköpings 376\u00a0tkr", "skattad", "73669.10", "73865.30"),
    ],
)
def test_amounts_by_invoice_year(municipality, year, source, underlag, low, high):
    frame = reconstruct.amounts_by_municipality_year(AGREEMENT)
    (row,) = frame[(frame["kommun"] == municipality) & (frame["ar"] == year) & (frame["enligt"] == source)].itertuples()
    assert (row.underlag, row.lagst_kr, row.hogst_kr) == (underlag, Decimal(low), Decimal(high))
    assert bool(row.antagande) == (underlag == "skattad")


def test_the_same_figure_in_two_documents_is_one_statement_with_both_as_source(agreement):
    stated = {statement.member.name: statement.documents for statement in reconstruct.payments(agreement, 2023)}
    assert stated == {
        "Mjölby": "mjolby-skrivelse-2024, mjolby-tjansteskrivelse-2024",
        "Norrköping": "norrkoping-tjansteskrivelse-2024",
    }


def test_shares_by_population_every_year_and_as_printed():
    frame = reconstruct.shares_by_municipality_year(AGREEMENT)
    computed = frame[frame["underlag"] == "beraknad"]
    assert (computed.groupby("ar")["andel"].sum().map(lambda total: abs(total - 1)) < Decimal("0.0000002")).all()
    norrkoping = frame[frame["kommun"] == "Norrköping"].set_index(["ar", "underlag"])["andel"]
    assert norrkoping[2018, "dokumenterad"] == Decimal("0.2970")
    assert norrkoping[2018, "beraknad"] == Decimal("0.30803985")
    assert len(frame) == 13 * 8 + 13 * 3


def test_bounds_are_rounded_outwards_and_points_half_up():
    third = Interval(Fraction(1, 3), Fraction(2, 3))
    assert reconstruct.outward(third) == (Decimal("0.33"), Decimal("0.67"))
    assert reconstruct.outward(Interval.point(Fraction(1, 3))) == (Decimal("0.33"), Decimal("0.33"))


def test_a_year_without_a_version_in_force_is_told(agreement):
    with pytest.raises(AnalysError, match="no version of the agreement is in force in 2010"):
        reconstruct.members(agreement, 2010)
