from decimal import Decimal
from fractions import Fraction

import pytest

from analys import burden
from analys.account import Basis
from analys.errors import AnalysError
from analys.figures.burden import burden_by_year
from tests.terms import agreement, version


def of(frame, municipality, year):
    return frame[(frame["kommun"] == municipality) & (frame["ar"] == year)].iloc[0]


def test_burden_by_invoice_2018():
    frame = burden.burden_by_municipality_year("ostergotland", Basis.INVOICE, [2018])
    per_head = frame.set_index("kommun")["lagst_kr_per_invanare"]
    assert per_head.map(str).to_dict() == {
        "Ödeshög": "1.71", "Ydre": "1.69", "Kinda": "1.69", "Boxholm": "1.70", "Åtvidaberg": "1.71",
        "Finspång": "1.68", "Valdemarsvik": "1.69", "Linköping": "1.67", "Norrköping": "1.60",
        "Söderköping": "1.68", "Motala": "1.69", "Vadstena": "1.68", "Mjölby": "1.67",
    }  # fmt: skip
    assert set(frame["lagst_jamn_kr_per_invanare"]) == {Decimal("1.66")}
    assert (frame["lagst_kr_per_invanare"] == frame["hogst_kr_per_invanare"]).all()


def test_burden_in_the_prices_of_2023():
    frame = burden.burden_by_municipality_year("ostergotland")
    column = "lagst_kr_per_invanare_2023_ars_priser"
    assert of(frame, "Norrköping", 2017)[column] == Decimal("2.05")
    assert of(frame, "Norrköping", 2018)[column] == Decimal("2.16")
    estimated = frame[(frame["kommun"] == "Norrköping") & (frame["ar"] == 2023)].set_index("enligt")
    assert estimated[[column, "hogst_kr_per_invanare_2023_ars_priser"]].map(str).to_numpy().tolist() == [
        ["2.22", "2.27"],
        ["2.58", "2.60"],
    ]


def test_deviations_weigh_up_over_the_group():
    frame = burden.burden_by_municipality_year("ostergotland", Basis.INVOICE, [2018])
    weighted = (frame["lagst_avvikelse_kr_per_invanare"] * frame["folkmangd"].map(Decimal)).sum()
    assert abs(weighted) <= Decimal("0.005") * int(frame["folkmangd"].sum())


def test_the_price_factor_is_the_ratio_of_annual_means():
    assert burden.price_factor(2023, 2023) == 1
    assert float(burden.price_factor(2018, 2023)) == pytest.approx(403.70 / 328.40)


def test_a_year_without_a_price_index_is_told():
    with pytest.raises(AnalysError, match="2024"):
        burden.price_factor(2024, 2023)


def test_a_shorter_series_shows_the_prices_of_its_own_last_year_and_leaves_later_years_out():
    assert burden.prices("pkv").years == [2014, 2015, 2016, 2017, 2018]
    assert burden.latest_prices("ostergotland", "pkv") == 2018
    frame = burden.burden_by_municipality_year("ostergotland", series="pkv")
    fixed = frame[frame["kommun"] == "Norrköping"].set_index("ar")["lagst_kr_per_invanare_2018_ars_priser"]
    assert fixed[2018] == of(frame, "Norrköping", 2018)["lagst_kr_per_invanare"]
    assert fixed[fixed.index > 2018].isna().all()
    factor = float(burden.price_factor(2016, 2018, "pkv"))
    assert factor == pytest.approx(1.028 * 1.03)


def test_the_agreements_own_index_is_a_price_series_where_its_folder_has_the_figures():
    index = {"serie": "lci", "basar": 2020, "efterslapning": 1, "varden": {"2019": "110", "2020": "121", "2021": "124"}}
    own = burden.prices("avtal", agreement(version(index=index)))
    assert own.factor(2019, 2020) == Fraction(11, 10)
    assert own.latest([2018, 2020, 2025]) == 2020
    with pytest.raises(AnalysError, match="inga egna indextal"):
        burden.prices("avtal", agreement())


def test_the_title_of_a_single_year_says_the_figure_once():
    title = burden_by_year("brandkaren-norra-dalarna", "Mora").title
    assert title.count("kr 2021") == 1
    assert burden_by_year("exempel-energiradgivning", "Kalmar").title.count("kr 20") == 2
