"""Every published number of the cost shares, pinned; the code reaches them from the raw files."""

import datetime as dt
from decimal import Decimal

import pytest

from analys import account as accounts
from analys.account import Basis, Origin, account
from analys.account import key as keys
from analys.errors import AnalysError

AGREEMENT = "ostergotland"


def totals(basis):
    frame = accounts.totals_by_year(AGREEMENT, basis)
    return {
        (row.ar, row.enligt): (row.underlag, row.lagst_kr, row.hogst_kr, row.oforenlig) for row in frame.itertuples()
    }


def test_totals_by_invoice_year():
    nbsp = "\u00a0"
    exact = Decimal
    assert totals(Basis.INVOICE) == {
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
    accrued = totals(Basis.ACCRUAL)
    assert accrued[2016, "bilaga 2016"][:3] == ("beraknad", Decimal("233840.33"), Decimal("233840.33"))
    assert accrued[2017, "bilaga 2016"][:3] == ("beraknad", Decimal("748288.67"), Decimal("748288.67"))
    assert accrued[2018, "bilaga 2016 och bilaga 2018"][:3] == ("beraknad", Decimal("834097.00"), Decimal("834097.00"))
    for basis in (Basis.INVOICE, Basis.ACCRUAL):
        documented = [low for (year, _), (_, low, _, _) in totals(basis).items() if year <= 2018]
        assert sum(documented) == Decimal("1816226.00")


def test_twelve_months_are_what_years_are_compared_by():
    yearly = totals(Basis.TWELVE_MONTHS)
    assert {year: yearly[year, source][1] for year, source in yearly if year <= 2018} == {
        2016: Decimal("701521.00"), 2017: Decimal("701521.00"), 2018: Decimal("763945.00"),
    }  # fmt: skip
    for year, source in yearly:
        assert yearly[year, source] == totals(Basis.INVOICE).get((year, source)) or year == 2017


def test_the_first_contract_covers_17_months_but_18_are_charged():
    first = [invoice for invoice in account(AGREEMENT).invoices() if invoice.version.id == "2016"]
    assert [invoice.months_by_year() for invoice in first] == [{2016: 4, 2017: 8}, {2017: 4, 2018: 1}]
    assert [invoice.column.heading for invoice in first] == ["Belopp/år", "Belopp halvår"]
    assert [invoice.column.months for invoice in first] == [12, 6]
    assert all(invoice.stated for invoice in first)


def test_an_annex_heads_a_year_and_the_terms_stand_beside_it():
    own = account(AGREEMENT)
    of_2017 = {
        a.origin: a.kronor.low
        for a in own.amounts
        if (a.year, a.basis, a.payer.name) == (2017, Basis.ACCRUAL, "Mjölby")
    }
    assert {Origin.ANNEX, Origin.TERMS} <= set(of_2017)
    assert of_2017[Origin.TERMS] == 41738
    assert own.years_of(Origin.ANNEX) == [2016, 2017, 2018]
    assert own.years_of(Origin.TERMS) == []
    assert own.years_of(Origin.RANGE) == [2019, 2020, 2021, 2022]


def test_every_amount_says_where_it_stands():
    frame = accounts.amounts_by_municipality_year(AGREEMENT)
    assert (frame["kalla"] != "").all()
    places = frame[frame["kommun"] == "Norrköping"].set_index(["ar", "enligt"])["stalle"]
    assert places[2018, "bilaga 2018"] == "Kostnad per kommun 2018, D11"
    assert places[2023, "Norrköpings 376\u00a0tkr"] == "Ekonomiska konsekvenser"


def test_a_range_is_held_against_what_the_annexes_charge():
    frame = accounts.contradicted_ranges(AGREEMENT)
    assert frame[["kommun", "ar", "manader", "bilaga_kr", "inom"]].to_numpy().tolist() == [
        ["Mjölby", 2016, 12, 41738, False], ["Mjölby", 2017, 6, 20869, False], ["Mjölby", 2018, 12, 45841, False],
    ]  # fmt: skip


def test_who_proposes_to_leave_and_when():
    own = account(AGREEMENT)
    assert [region.name for region in own.speakers] == ["Norrköping", "Mjölby"]
    assert own.end() == dt.date(2024, 9, 30)
    assert own.base_year(2024) == own.base_year(2030) == 2023
    assert own.base_year(2020) == 2020


def test_every_year_has_all_thirteen_municipalities_under_every_source():
    for basis in Basis:
        frame = accounts.amounts_by_municipality_year(AGREEMENT, basis)
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
    frame = accounts.amounts_by_municipality_year(AGREEMENT)
    (row,) = frame[(frame["kommun"] == municipality) & (frame["ar"] == year) & (frame["enligt"] == source)].itertuples()
    assert (row.underlag, row.lagst_kr, row.hogst_kr) == (underlag, Decimal(low), Decimal(high))
    assert bool(row.antagande) == (underlag == "skattad")


def test_the_same_figure_in_two_documents_is_one_statement_with_both_as_source():
    stated = {each.payer.name: each.documents for each in account(AGREEMENT).stated(2023, Origin.PAYMENT)}
    assert stated == {
        "Mjölby": ("mjolby-skrivelse-2024", "mjolby-tjansteskrivelse-2024"),
        "Norrköping": ("norrkoping-tjansteskrivelse-2024",),
    }


def test_shares_by_population_every_year_and_as_printed():
    frame = accounts.shares_by_municipality_year(AGREEMENT)
    computed = frame[frame["underlag"] == "beraknad"]
    assert (computed.groupby("ar")["andel"].sum().map(lambda total: abs(total - 1)) < Decimal("0.0000002")).all()
    norrkoping = frame[frame["kommun"] == "Norrköping"].set_index(["ar", "underlag"])["andel"]
    assert norrkoping[2018, "dokumenterad"] == Decimal("0.2970")
    assert norrkoping[2018, "beraknad"] == Decimal("0.30803985")
    assert len(frame) == 13 * 8 + 13 * 3


def test_a_year_without_a_version_in_force_is_told():
    with pytest.raises(AnalysError):
        keys.members(account(AGREEMENT).agreement, 2010)
    assert keys.agreed(account(AGREEMENT).agreement, 2010) is None


def test_only_what_a_member_states_of_itself_is_its_own():
    own = {(each.payer.name, each.according_to) for each in account(AGREEMENT).amounts if each.own}
    assert own == {
        ("Norrköping", "Norrköpings 376\u00a0tkr"),
        ("Mjölby", "Mjölbys 64\u00a0tkr"),
        ("Mjölby", "Mjölbys 47–64\u00a0tkr"),
    }
