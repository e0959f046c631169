"""The kronor that a fault costs each member, reckoned here from the rule that made the annex."""

from __future__ import annotations

from fractions import Fraction

import pytest

from analys.population import table as populations
from tests.audit.conftest import half_up, serious

CODES = {"Ånge": "2260", "Älvkarleby": "0319", "Ydre": "0512", "Kungälv": "1482", "Luleå": "2580", "Kil": "1715"}
PEOPLE = {name: populations()[code, 2021] for name, code in CODES.items()}
#: Luleå's figure as it was four years before.
STALE = PEOPLE | {"Luleå": populations()["2580", 2017]}
TOTAL = 3_000_000


def equally(people):
    return {name: half_up(Fraction(TOTAL, len(people))) for name in people}


def by_people(people, total=TOTAL):
    return {name: half_up(Fraction(total * figure, sum(people.values()))) for name, figure in people.items()}


def mixed(people):
    shared = by_people(people, TOTAL * 3 // 4)
    return {name: half_up(Fraction(TOTAL, 4 * len(people))) + amount for name, amount in shared.items()}


def with_fee(people):
    shared = by_people(people, TOTAL - 25_000 * len(people))
    return {name: 25_000 + amount for name, amount in shared.items()}


def annex(people, amounts):
    lines = [["Kommun", "Folkmängd 2021", "Kostnad 2022"], *([name, people[name], amounts[name]] for name in people)]
    return [*lines, ["Summa", sum(people.values()), TOTAL]]


def told(finding):
    return {name: finding.effect_kr[code] for name, code in CODES.items()}


@pytest.mark.parametrize("rule", [by_people, mixed, with_fee])
def test_amounts_made_of_a_stale_figure_cost_what_the_rule_says(rule, audited) -> None:
    (finding,) = serious(audited(annex(STALE, rule(STALE))))
    due, paid = rule(PEOPLE), rule(STALE)
    assert finding.code == "population-date"
    assert told(finding) == pytest.approx({name: paid[name] - due[name] for name in PEOPLE}, abs=2)
    assert told(finding)["Luleå"] < -5_000


@pytest.mark.parametrize("rule", [by_people, mixed, with_fee, equally])
def test_a_figure_that_the_amounts_were_not_made_of_costs_nobody_anything(rule, audited) -> None:
    (finding,) = serious(audited(annex(STALE, rule(PEOPLE))))
    assert (finding.code, set(finding.effect_kr.values())) == ("population-date", {0})


def test_given_shares_owe_nothing_to_a_wrong_figure(audited) -> None:
    shares = dict(zip(CODES, (10, 5, 15, 35, 25, 10), strict=True))
    rows = annex(STALE, {name: TOTAL * share // 100 for name, share in shares.items()})
    for row, share in zip(rows, ["Andel", *(f"{share},00%" for share in shares.values()), "100,00%"], strict=True):
        row.insert(2, share)
    (finding,) = serious(audited(rows))
    assert (finding.code, set(finding.effect_kr.values())) == ("population-date", {0})


def test_who_carries_the_rest_hides_no_effect(audited) -> None:
    swapped = PEOPLE | {"Kil": PEOPLE["Ydre"], "Ydre": PEOPLE["Kil"]}
    paid, due = by_people(swapped), by_people(PEOPLE)
    for amounts in (paid, due):
        amounts["Ånge"] += TOTAL - sum(amounts.values())
    both = serious(audited(annex(swapped, paid)))
    assert [finding.code for finding in both] == ["population-swapped"] * 2
    for finding in both:
        assert told(finding) == pytest.approx({name: paid[name] - due[name] for name in PEOPLE}, abs=2)


def test_an_amount_that_follows_a_wrong_share_is_told_in_kronor(audited) -> None:
    whole = sum(PEOPLE.values())
    shares = {name: half_up(Fraction(figure * 1_000_000, whole)) for name, figure in PEOPLE.items()}
    shares["Luleå"] += 2_000
    amounts = {name: half_up(Fraction(TOTAL * share, 1_000_000)) for name, share in shares.items()}
    rows = annex(PEOPLE, amounts)
    printed = ["Andel", *(f"{share / 10_000:.4f}%".replace(".", ",") for share in shares.values()), "100,0000%"]
    for row, share in zip(rows, printed, strict=True):
        row.insert(2, share)
    finding = next(each for each in serious(audited(rows)) if each.code == "share")
    assert told(finding) == pytest.approx(dict.fromkeys(CODES, 0) | {"Luleå": TOTAL * 2_000 // 1_000_000}, abs=2)


def test_a_wrong_population_costs_in_the_year_whose_amounts_were_made_of_it(rows, audited) -> None:
    """Two years side by side, the later one dearer: the wrong figure of the earlier one costs in the earlier one."""
    members = [member.municipality.code for member in audited(rows).annex.members]
    people = [[populations()[code, year] for code in members] for year in (2017, 2018)]
    people[0][9] += 40_000
    lines: list[list[object]] = [["Kommun", "Folkmängd 2017", "Kostnad 2018", "Folkmängd 2018", "Kostnad 2019"]]
    for i, row in enumerate(rows[1:14]):
        line: list[object] = [row[0]]
        for year, total in zip(people, (763_900, 900_000), strict=True):
            line += [year[i], half_up(Fraction(total * year[i], sum(year)))]
        lines.append(line)
    (finding,) = serious(audited(lines))
    assert finding.kommunkod == members[9]
    assert finding.effect_kr[members[9]] > 10_000
