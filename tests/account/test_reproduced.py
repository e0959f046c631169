"""The annexes reproduced to the krona, and what the wrong population figure cost whom."""

from decimal import Decimal
from fractions import Fraction

import pytest

from analys.account import account, reproduced
from analys.errors import AnalysError

AGREEMENT = "ostergotland"


def test_all_shares_and_all_amounts_are_reproduced():
    counts = reproduced.figures(AGREEMENT).groupby(["version", "storhet"])["stammer"].agg(["sum", "count"])
    assert counts.to_dict("index") == {
        ("2016", "andel"): {"sum": 13, "count": 13},
        ("2016", "belopp"): {"sum": 39, "count": 39},
        ("2018", "andel"): {"sum": 13, "count": 13},
        ("2018", "belopp"): {"sum": 13, "count": 13},
    }


def test_the_base_is_solved_from_the_amounts_alone():
    (column,) = (each for each in reproduced.columns(account(AGREEMENT).folder) if each.annex == "2018")
    base = column.implied()
    assert float(base.low) == pytest.approx(764029.2276, abs=1e-4)
    assert float(base.high) == pytest.approx(764030.3031, abs=1e-4)
    whole = [krona for krona in range(764000, 764100) if krona in base]
    assert whole == [764030]
    assert column.base_ore == Fraction(76403000)


def test_printed_totals_beside_the_amounts_sums():
    rules = reproduced.rules(AGREEMENT).set_index(["version", "kolumn"])
    assert rules.loc[("2016", "Belopp/år"), ["tryckt_summa_kr", "summa_av_beloppen_kr"]].tolist() == [701520, 701521]
    assert rules.loc[("2018", "Kostnad per kommun 2018"), "tryckt_summa_kr"] == 763945
    assert (rules["aterskapade"] == rules["av"]).all()


def test_what_the_stale_population_cost_each_municipality():
    frame = reproduced.stale_population(AGREEMENT, "2018").set_index("kommun")
    by_rule, exact = frame["skillnad_bilagans_regel_kr"], frame["skillnad_exakta_andelar_kr"]
    assert by_rule.to_dict() == {
        "Boxholm": 153, "Finspång": 535, "Kinda": 229, "Linköping": 4202, "Mjölby": 687, "Motala": 1146,
        "Norrköping": -8405, "Söderköping": 382, "Vadstena": 229, "Valdemarsvik": 229, "Ydre": 76, "Åtvidaberg": 305,
        "Ödeshög": 152,
    }  # fmt: skip
    assert exact["Norrköping"] == Decimal("-8409.50")
    assert abs(exact.sum()) < 1
    differing = frame[frame["folkmangd_bilaga"] != frame["folkmangd_scb"]]
    assert differing[["folkmangd_bilaga", "folkmangd_scb"]].to_dict("index") == {
        "Norrköping": {"folkmangd_bilaga": 133749, "folkmangd_scb": 140927}
    }


def test_an_undated_population_is_not_called_stale():
    with pytest.raises(AnalysError, match="avtalet anger inte vilken dag folkmängden i bilaga 2016 avser"):
        reproduced.stale_population(AGREEMENT, "2016")


def test_of_what_one_was_charged_too_little_the_others_were_not_charged_all():
    moved = reproduced.stale_in_short(reproduced.stale_population(AGREEMENT, "2018"))
    assert (moved.underpaid_kr, moved.overpaid_kr, moved.rounding_kr) == (8405, 8325, 80)


def test_only_a_wrong_population_of_a_stated_day_is_stale():
    assert reproduced.stale_annexes(AGREEMENT) == ["2018"]
    assert reproduced.stale_day(AGREEMENT, "2018") == "2017-12-31"


def test_an_annex_that_is_not_there_is_told():
    with pytest.raises(AnalysError, match="bilaga 2020 finns inte"):
        reproduced.stale_population(AGREEMENT, "2020")


class TestAnotherCase:
    """The made-up case of another county: a mixed key, a floor and a host that bears the rest."""

    CASE = "exempel-energiradgivning"

    def test_every_amount_of_three_annexes_under_two_rules_is_reproduced(self):
        rules = reproduced.rules(self.CASE)
        assert rules["aterskapade"].tolist() == rules["av"].tolist() == [7, 7, 6]
        assert rules["avrundning"].tolist() == ["närmaste hel krona", *["närmaste hundratal kronor"] * 2]

    def test_the_wrong_population_is_found_inside_a_mixed_key(self):
        frame = reproduced.stale_population(self.CASE, "2024").set_index("kommun")
        wrong = frame[frame["folkmangd_bilaga"] != frame["folkmangd_scb"]]
        assert wrong[["folkmangd_bilaga", "folkmangd_scb"]].to_dict("index") == {
            "Nybro": {"folkmangd_bilaga": 21045, "folkmangd_scb": 20145}
        }
        assert frame.loc["Nybro", "skillnad_bilagans_regel_kr"] > 0
        assert reproduced.stale_annexes(self.CASE) == ["2024"]
