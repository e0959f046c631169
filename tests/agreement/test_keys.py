"""Each family of keys: what it gives by hand, that its formulas give the same, and how it is worded."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from analys.agreement.keys import FAMILIES, Key, KeyRule
from analys.agreement.keys.base import family
from analys.agreement.question import Figure, Question
from analys.agreement.traced import Traced, formula, total
from analys.allocation.year import allocate_year
from analys.errors import AnalysError
from analys.population import population
from analys.register import Region, resolve_municipality
from tests.terms import agreement, version

MEMBERS = tuple(resolve_municipality(name) for name in ("Linköping", "Norrköping", "Mjölby"))
LINKOPING, NORRKOPING, MJOLBY = (region.code for region in MEMBERS)
ORDERED = tuple(sorted(MEMBERS, key=lambda region: region.code))
POPULATION = {"typ": "folkmangd", "referensdag": "12-31"}
PUPILS = {"matt": "elever", "varden": {2020: {"tal": {"Linköping": 60, "Norrköping": 30, "Mjölby": 10}}}}
BY_PUPILS = {"typ": "kolumn", **PUPILS}


def key(terms: dict[str, Any]) -> KeyRule:
    made: KeyRule = TypeAdapter(Key).validate_python(terms)
    return made


def ask(total_kr: int | None = 1_000_000, year: int = 2020, **more: Any) -> Question:
    ore = None if total_kr is None else Fraction(total_kr * 100)
    return Question(Path(), year, ORDERED, "avtal.toml:1", ore, **more)


def kronor(terms: dict[str, Any], total_kr: int = 1_000_000, **more: Any) -> dict[str, Fraction]:
    """What each payer pays of the total."""
    return {payer: part * total_kr for payer, part in key(terms).weigh(ask(total_kr, **more)).items()}


def inhabitants(code: str, year: int = 2019) -> int:
    return population(Region(code, ""), dt.date(year, 12, 31))


# One of each family, and the amounts that it gives of a million.

TARIFFS: dict[str, dict[str, Any]] = {
    "kr_per_invanare": {
        "typ": "kr_per_invanare",
        "kr_per_invanare": "2,50",
        "grundavgift_kr": 7,
        "referensdag": "12-31",
    },
    "kr_per_enhet": {"typ": "kr_per_enhet", "enhet": "elev", "kr_per_enhet": 1250, **PUPILS},
    "trappa": {
        "typ": "trappa",
        "referensdag": "12-31",
        "steg": [{"till_och_med": 30_000, "avgift_kr": 50_000}, {"avgift_kr": 80_000, "kr_per_invanare": "0,50"}],
    },
}
SHARING: dict[str, dict[str, Any]] = {
    "folkmangd": POPULATION,
    "kolumn": BY_PUPILS,
    "lika": {"typ": "lika"},
    "andelar": {"typ": "andelar", "andelar": {"Linköping": "50 %", "Norrköping": "30 %", "Mjölby": "20 %"}},
    "belopp": {"typ": "belopp", "belopp_kr": {"Mjölby": 40_000}, "ovriga": BY_PUPILS},
    "blandad": {
        "typ": "blandad",
        "delar": [{"vikt": "30 %", "nyckel": {"typ": "lika"}}, {"vikt": "70 %", "nyckel": BY_PUPILS}],
    },
    "grupper": {
        "typ": "grupper",
        "grupper": [
            {"namn": "kansli", "belopp_kr": 300_000, "nyckel": {"typ": "lika"}},
            {"kommuner": ["Mjölby"], "avgift_kr": 50_000},
            {"andel": "1/4", "part": "staten"},
            {"andel": "3/4", "nyckel": {"typ": "grundavgift", "grundavgift_kr": 10_000, "referensdag": "12-31"}},
        ],
    },
    "vard": {"typ": "vard", "kommun": "Linköping", "andel": "10 %", "nyckel": BY_PUPILS},
    "grundavgift": {"typ": "grundavgift", "grundavgift_kr": 50_000, "referensdag": "12-31"},
}
EACH = [*SHARING.values(), *TARIFFS.values()]
HOURS = {"tal": {"Linköping": 1, "Norrköping": 2, "Mjölby": 3}}
MORE = [
    {"typ": "vard", "kommun": "Linköping", "paslag": "5 %", "nyckel": {"typ": "lika"}},
    {"typ": "vard", "kommun": "Linköping", "belopp_kr": 100_000, "nyckel": POPULATION},
    {"typ": "vard", "kommun": "Linköping", "mellanskillnad": True, "nyckel": TARIFFS["kr_per_enhet"]},
    {"typ": "folkmangd", "referensdag": "01-01", "ar_bakat": 0},
    {"typ": "kolumn", "matt": "timmar", "medel_ar": 2, "varden": {2019: HOURS, **PUPILS["varden"]}},
]


def test_there_is_one_of_each_family_here() -> None:
    assert {terms["typ"] for terms in EACH} == set(FAMILIES)


def test_equal_parts() -> None:
    assert set(kronor(SHARING["lika"], 300).values()) == {100}


def test_a_column_and_a_mix_of_it_with_equal_parts() -> None:
    assert kronor(BY_PUPILS) == {LINKOPING: 600_000, NORRKOPING: 300_000, MJOLBY: 100_000}
    assert kronor(SHARING["blandad"]) == {LINKOPING: 520_000, NORRKOPING: 310_000, MJOLBY: 170_000}


def test_some_keep_agreed_kronor_and_the_others_share_the_rest() -> None:
    assert kronor(SHARING["belopp"]) == {MJOLBY: 40_000, LINKOPING: 640_000, NORRKOPING: 320_000}
    # half a year carries half of the kronor
    assert kronor(SHARING["belopp"], 500_000, part=Fraction(1, 2))[MJOLBY] == 20_000


def test_agreed_kronor_for_all_must_make_the_cost() -> None:
    terms = {"typ": "belopp", "belopp_kr": {"Linköping": 700, "Norrköping": 200, "Mjölby": 100}}
    assert kronor(terms, 1000) == {LINKOPING: 700, NORRKOPING: 200, MJOLBY: 100}
    for wrong, word in ((999, "mer än"), (1001, "mindre än")):
        with pytest.raises(AnalysError, match=rf"de fasta beloppen 2020 är 1\s000,00\skr, {word} kostnaden"):
            kronor(terms, wrong)
    with pytest.raises(AnalysError, match="inget belopp för Norrköping"):
        kronor({"typ": "belopp", "belopp_kr": {"Linköping": 1000}})


def test_kronor_by_year_hold_until_a_later_year_is_stated() -> None:
    terms = {**SHARING["belopp"], "belopp_per_ar_kr": {2020: {"Mjölby": 50_000}, 2023: {"Mjölby": 60_000}}}
    terms["ovriga"] = {"typ": "lika"}
    paid = {year: kronor(terms, year=year)[MJOLBY] for year in (2019, 2020, 2022, 2023, 2024)}
    assert paid == {2019: 40_000, 2020: 50_000, 2022: 50_000, 2023: 60_000, 2024: 60_000}


def test_blocks_fees_and_parts_in_one_agreement() -> None:
    # 300 000 in three, 50 000 on Mjölby, and of the 650 000 left a quarter on the state and 487 500 to share: 10 000
    # each, and 457 500 by inhabitants.
    people = {code: inhabitants(code) for code in (LINKOPING, NORRKOPING, MJOLBY)}
    expected = {
        code: 110_000 + 50_000 * (code == MJOLBY) + Fraction(457_500 * own, sum(people.values()))
        for code, own in people.items()
    }
    assert kronor(SHARING["grupper"]) == expected | {"staten": 162_500}


def test_a_members_own_cost_comes_first() -> None:
    own = {"kommuner": ["Mjölby"], "belopp_kr": 100_000}
    terms = {"typ": "grupper", "grupper": [own, {"andel": 1, "nyckel": BY_PUPILS}]}
    assert kronor(terms) == {MJOLBY: 190_000, LINKOPING: 540_000, NORRKOPING: 270_000}


def test_a_block_by_year_that_has_none_for_the_year_says_so() -> None:
    block = {"namn": "kansli", "belopp_per_ar_kr": {2021: 5}, "nyckel": {"typ": "lika"}}
    terms = {"typ": "grupper", "grupper": [block, {"andel": 1, "nyckel": {"typ": "lika"}}]}
    assert sum(kronor(terms, year=2021).values()) == 1_000_000
    with pytest.raises(AnalysError, match=r"gruppen kansli .* har inget belopp för 2020"):
        kronor(terms)


def test_what_a_host_bears() -> None:
    assert kronor(SHARING["vard"]) == {LINKOPING: 640_000, NORRKOPING: 270_000, MJOLBY: 90_000}
    surcharge, first, gap = (kronor(terms) for terms in MORE[:3])
    assert surcharge[LINKOPING] / surcharge[MJOLBY] == Fraction(105, 100)
    assert sum(surcharge.values()) == sum(first.values()) == 1_000_000
    people = sum(inhabitants(region.code) for region in MEMBERS)
    assert first[MJOLBY] == Fraction(900_000 * inhabitants(MJOLBY), people)
    assert gap == {NORRKOPING: 30 * 1250, MJOLBY: 10 * 1250, LINKOPING: 1_000_000 - 40 * 1250}
    with pytest.raises(AnalysError, match="de andras avgifter 2020 är mer än kostnaden"):
        kronor(MORE[2], 49_999)
    with pytest.raises(AnalysError, match="värden Motala är inte medlem 2020"):
        kronor({**SHARING["vard"], "kommun": "Motala"})


def test_weights_that_slide_from_year_to_year() -> None:
    terms = {
        "typ": "blandad",
        "delar": [
            {"vikt_per_ar": {2020: 1, 2021: "50 %", 2023: 0}, "nyckel": {"typ": "lika"}},
            {"vikt_per_ar": {2020: 0, 2021: "50 %", 2023: 1}, "nyckel": SHARING["andelar"]},
        ],
    }
    paid = {year: kronor(terms, 300, year=year)[LINKOPING] for year in (2020, 2021, 2022, 2023, 2024)}
    assert paid == {2020: 100, 2021: 125, 2022: 125, 2023: 150, 2024: 150}
    with pytest.raises(AnalysError, match="vikten är inte angiven för 2019; den första är för 2020"):
        kronor(terms, year=2019)
    with pytest.raises(ValidationError, match=r"vikter \(vikt\) 2021 som tillsammans är 100 %, inte 90 %"):
        key({"typ": "blandad", "delar": [
            {"vikt_per_ar": {2020: 1, 2021: "40 %"}, "nyckel": {"typ": "lika"}},
            {"vikt_per_ar": {2021: "50 %"}, "nyckel": {"typ": "lika"}}]})  # fmt: skip


def test_tariffs_make_the_total() -> None:
    tariff = ask(None)
    assert key(TARIFFS["kr_per_enhet"]).weigh(tariff) == {
        LINKOPING: 60 * 125_000,
        NORRKOPING: 30 * 125_000,
        MJOLBY: 1_250_000,
    }
    assert key(TARIFFS["kr_per_invanare"]).weigh(ask(None))[MJOLBY] == 700 + 250 * inhabitants(MJOLBY)
    assert key(TARIFFS["trappa"]).weigh(ask(None))[MJOLBY] == 50_000_00


def test_a_rate_on_other_units_is_never_kronor_an_inhabitant() -> None:
    terms = agreement(version(nyckel=TARIFFS["kr_per_enhet"], kostnad={"typ": "taxa"}))
    result = allocate_year(terms, 2020)
    assert {row.per_unit for row in result.rows} == {("elev", Fraction(1250))}
    assert "invånare" not in terms.versions[0].key.told()  # type: ignore[union-attr]


def test_the_first_of_january_is_the_last_of_december() -> None:
    question = ask(year=2024)
    weights = key(MORE[3]).weigh(question)
    people = {region.code: inhabitants(region.code, 2023) for region in MEMBERS}
    assert weights == {code: Fraction(own, sum(people.values())) for code, own in people.items()}
    assert question.figures[0].reference == "2024-01-01"


def test_a_day_that_the_statistics_lack_is_named() -> None:
    with pytest.raises(AnalysError, match=r"folkmängden för Linköping \(0580\) 2019-11-01 finns inte i tabellen"):
        kronor({"typ": "folkmangd", "referensdag": "11-01"})


def test_a_day_that_is_missing_for_everybody_is_told_once() -> None:
    names = ["Linköping", "Mjölby", "Motala", "Kinda", "Ydre"]
    question = replace(ask(), members=tuple(resolve_municipality(name) for name in names))
    with pytest.raises(AnalysError, match=r"2019-11-01 finns inte i tabellen.*\ndetsamma gäller 4 medlemmar till"):
        key({"typ": "folkmangd", "referensdag": "11-01"}).weigh(question)


def test_printed_populations_stand_in_for_a_day_that_the_statistics_lack() -> None:
    figures = {"Linköping": 3, "Norrköping": 2, "Mjölby": 1}
    terms = {"typ": "folkmangd", "referensdag": "11-01", "varden": {"2020": {"tal": figures}}}
    question = ask(year=2022)
    weights = key({**terms, "saknas": "senaste"}).weigh(question)
    assert sorted(weights.values()) == [Fraction(1, 6), Fraction(1, 3), Fraction(1, 2)]
    assert question.remarks == ["Uppgift (folkmängd) för 2022 finns inte än; 2020 års används, som avtalet säger."]


def test_the_latest_figures_stand_in_where_the_agreement_says_so_and_it_is_said() -> None:
    terms = {**BY_PUPILS, "saknas": "senaste"}
    question = ask(year=2022)
    assert key(terms).weigh(question) == key(BY_PUPILS).weigh(ask())
    assert question.remarks == ["Uppgift (elever) för 2022 finns inte än; 2020 års används, som avtalet säger."]
    assert question.assumptions == []
    with pytest.raises(AnalysError, match=r"uppgifter \(elever\) saknas för 2022; nyckel.varden har 2020"):
        kronor(BY_PUPILS, year=2022)
    with pytest.raises(AnalysError, match="saknas för 2019"):
        kronor(terms, year=2019)
    future = ask(year=2031)
    key({**POPULATION, "saknas": "senaste"}).weigh(future)
    assert future.remarks[0].startswith("Folkmängden 2030-12-31 är inte känd;")
    assert future.assumptions == []


def test_the_figures_of_each_part_are_kept_by_name() -> None:
    question = ask()
    mixed = {"typ": "blandad", "delar": [{"vikt": "1/2", "nyckel": POPULATION}, {"vikt": "1/2", "nyckel": BY_PUPILS}]}
    key(mixed).weigh(question)
    assert [(figure.name, figure.unit, figure.values[MJOLBY]) for figure in question.figures] == [
        ("Folkmängd", "invånare", inhabitants(MJOLBY)),
        ("elever", "", 10),
    ]
    result = allocate_year(agreement(version(nyckel=mixed)), 2020)
    (row,) = [row for row in result.rows if row.code == MJOLBY]
    assert (row.value, [value.name for value in row.values]) == (None, ["Folkmängd", "elever"])


@pytest.mark.parametrize("terms", [*EACH, *MORE], ids=lambda terms: terms["typ"])
def test_every_family_has_words_for_a_sentence(terms: dict[str, Any]) -> None:
    words = key(terms).told()
    assert words
    assert words[0].islower() or words[0].isdigit() or words.startswith("Linköping")
    assert not words.endswith(".")
    assert "None" not in words


@pytest.mark.parametrize(
    ("years_back", "words"), [(0, "samma år"), (1, "året före"), (2, "två år före"), (4, "4 år före")]
)
def test_the_population_of_the_same_year_has_one_wording(years_back: int, words: str) -> None:
    assert key({**POPULATION, "ar_bakat": years_back}).told() == f"folkmängden 31\xa0december {words}"


@pytest.mark.parametrize("terms", [*EACH, *MORE], ids=lambda terms: terms["typ"])
def test_what_a_key_needs(terms: dict[str, Any]) -> None:
    """The figures that it says are those that it looks up."""
    question = ask(None if terms["typ"] in TARIFFS else 1_000_000, year=2020)
    made = key(terms)
    made.weigh(question)
    assert {need.what.casefold() for need in made.needs(2020)} == {own.name.casefold() for own in question.figures}


def test_a_family_that_is_not_final_is_refused() -> None:
    with pytest.raises(TypeError, match="is not @final"):
        family("prov")(KeyRule)
    assert "prov" not in FAMILIES


# The formulas.


class Sheet:
    """A workbook in which each number has an address, and Excel's arithmetic on them."""

    operators: ClassVar[str] = r"[-+*/(),]"

    def __init__(self) -> None:
        self.values: dict[str, Fraction] = {}

    def _put(self, value: Fraction) -> str:
        address = f"Indata!$C${len(self.values) + 1}"
        self.values[address] = Fraction(value)
        return address

    def figure(self, figure: Figure, payer: str) -> str:
        return self._put(figure.values[payer])

    def agreed(self, name: str, value: Fraction, unit: str) -> str:
        assert name
        assert unit
        return self._put(value)

    def reckon(self, text: str) -> Fraction:
        spread = re.sub(r"(Indata!\$C\$)(\d+):\$C\$(\d+)", self._cells, text)
        python = re.sub(r"Indata!\$C\$\d+", lambda match: f"V['{match[0]}']", spread).replace("SUM(", "S(")
        python = re.sub(r"(?<![\w$'.])(\d+(?:\.\d+)?)", r"F('\1')", python)
        return eval(python, {"V": self.values, "F": Fraction, "S": lambda *own: sum(own, Fraction(0))})

    @staticmethod
    def _cells(match: re.Match[str]) -> str:
        return ",".join(f"{match[1]}{row}" for row in range(int(match[2]), int(match[3]) + 1))


@pytest.mark.parametrize("terms", [*EACH, *MORE], ids=lambda terms: terms["typ"])
@pytest.mark.parametrize("part", [Fraction(1), Fraction(1, 2)])
def test_the_formula_of_every_weight_gives_the_weight(terms: dict[str, Any], part: Fraction) -> None:
    sheet = Sheet()
    whole = None if terms["typ"] in TARIFFS else 1_000_000
    question = ask(whole, cells=sheet, part=part)
    if question.total_ore is not None:
        question.total_ore = Traced(question.total_ore, sheet.agreed("Kostnad", question.total_ore, "kr"))
    traced = key(terms).weigh(question)
    plain = key(terms).weigh(ask(whole, part=part))
    assert traced == plain
    for weight in traced.values():
        assert sheet.reckon(formula(weight)) == weight
        assert isinstance(weight, Traced) or terms["typ"] == "lika"
        assert len(formula(weight)) < 8000


@given(st.fractions(max_denominator=10**6), st.fractions(max_denominator=10**6).filter(bool))
def test_traced_numbers_reckon_as_plain_ones(first: Fraction, second: Fraction) -> None:
    one, two = Traced(first, "A1"), Traced(second, "B1")
    for result, plain, text in (
        (one + two, first + second, "(A1+B1)"),
        (one - two, first - second, "(A1-B1)"),
        (one * two, first * second, "(A1*B1)"),
        (one / two, first / second, "(A1/B1)"),
        (1 - two, 1 - second, "(1-B1)"),
        (3 / two, 3 / second, "(3/B1)"),
        (second + one, first + second, f"({formula(second)}+A1)" if second else "A1"),
    ):
        assert isinstance(result, Traced)
        assert (Fraction(result), result.formula) == (plain, text)
    assert total([one, two]) == first + second
    assert formula(total([one])) == "SUM(A1)"
    assert 0 + one is one
    assert 1 * one is one


def test_numbers_as_a_workbook_writes_them() -> None:
    assert [formula(Fraction(text)) for text in ("5", "-1/4", "1/3", "12.05", "-0.3")] == [
        "5",
        "-0.25",
        "(1/3)",
        "12.05",
        "-0.3",
    ]
    cells = [Traced(Fraction(n), f"Blad!$A${n}") for n in (2, 3, 4)]
    assert formula(total(cells)) == "SUM(Blad!$A$2:$A$4)"
    assert formula(total([cells[0], cells[2]])) == "SUM(Blad!$A$2,Blad!$A$4)"
    assert not isinstance(total([Fraction(1)]), Traced)


# Whatever the key.

BLOCK = {"namn": "kansli", "nyckel": {"typ": "lika"}}
simple = st.sampled_from([{"typ": "lika"}, POPULATION, BY_PUPILS, SHARING["andelar"]])
nested = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(
            lambda a, b, w: {"typ": "blandad", "delar": [{"vikt": w, "nyckel": a}, {"vikt": 1 - w, "nyckel": b}]},
            inner, inner, st.fractions(0, 1, max_denominator=20).map(Fraction),
        ),
        st.builds(
            lambda a, kr: {"typ": "grupper", "grupper": [{**BLOCK, "belopp_kr": kr}, {"andel": 1, "nyckel": a}]},
            inner, st.integers(0, 1000),
        ),
        st.builds(lambda a: {"typ": "vard", "kommun": "Mjölby", "andel": "1/10", "nyckel": a}, inner),
    ),
    max_leaves=4,
)  # fmt: skip


def _written(terms: Any) -> Any:
    """Fractions as the file writes them."""
    if isinstance(terms, dict):
        return {name: _written(value) for name, value in terms.items()}
    if isinstance(terms, list):
        return [_written(value) for value in terms]
    return f"{terms.numerator}/{terms.denominator}" if isinstance(terms, Fraction) else terms


@settings(max_examples=80, deadline=None)
@given(nested, st.integers(10**8, 10**9))
def test_any_composition_shares_the_whole_total_and_traces_to_it(terms: dict[str, Any], total_kr: int) -> None:
    made = key(_written(terms))
    weights = made.weigh(ask(total_kr))
    assert sum(weights.values()) == 1
    assert min(weights.values()) >= 0
    traced = made.weigh(ask(total_kr, cells=Sheet()))
    assert traced == weights
