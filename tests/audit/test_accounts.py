"""Lawful rules that are no plain proportion are no faults; what is wrong beside them is found all the same."""

from __future__ import annotations

from fractions import Fraction

import pytest

from analys.audit import Severity
from analys.audit.bits import of_number, plainest
from analys.population import table as populations
from analys.register import municipalities
from tests.audit.conftest import half_up, serious

MEMBERS = municipalities("05")
PEOPLE = [populations()[member.code, 2021] for member in MEMBERS]


def table(amounts, heading="Kostnad 2022", note=None, total=True):
    """The municipalities of Östergötland with their populations of 2021 and these amounts, in kronor."""
    lines = [["Kommun", "Folkmängd 2021-12-31", heading]]
    lines += [[m.name, people, amount] for m, people, amount in zip(MEMBERS, PEOPLE, amounts, strict=True)]
    lines += [["Summa", sum(PEOPLE), sum(amounts)]] if total else []
    return [*lines, [], [note]] if note else lines


def per_head(rate, people=PEOPLE):
    return [half_up(Fraction(rate) * each) for each in people]


FLOOR = [max(40_000, amount) for amount in per_head(4)]
CAP = [min(400_000, amount) for amount in per_head(4)]
REBATE = [half_up(Fraction(4) * p * (Fraction(9, 10) if p > 100_000 else 1)) for p in PEOPLE]
MARGINAL = [half_up(Fraction(4) * (min(p, 50_000) + Fraction(max(0, p - 50_000), 2))) for p in PEOPLE]
STEPS = [20_000 if p < 8_000 else 45_000 if p < 20_000 else 90_000 if p < 60_000 else 200_000 for p in PEOPLE]
HOST = [amount + (185_000 if i == 3 else 0) for i, amount in enumerate(per_head(4))]
LEFT_OUT = [0 if i in (2, 5) else amount for i, amount in enumerate(per_head(4))]


@pytest.mark.parametrize(
    ("amounts", "told"),
    [
        (FLOOR, "lägst 40\xa0000\xa0kr"),
        (CAP, "högst 400\xa0000\xa0kr"),
        (REBATE, "10 % lägre för de 2 största"),
        (MARGINAL, "över 50\xa0000 invånare 50 % av beloppet per invånare"),
        (STEPS, "trappa i 4 steg"),
        (HOST, "betalar 185\xa0000\xa0kr mer än nyckeln ger"),
        (LEFT_OUT, "inget belopp för"),
    ],
    ids=["floor", "cap", "rebate", "marginal", "steps", "host", "left-out"],
)
def test_a_lawful_rule_is_no_fault_and_is_told(audited, amounts, told) -> None:
    audit = audited(table(amounts))
    assert serious(audit) == []
    (rule,) = audit.rules.values()
    assert told in rule.structure
    assert audit.verdict == ("" if amounts is HOST else "Inga fynd.")


def test_a_member_with_a_rule_of_its_own_is_told_where_no_text_says_so(audited) -> None:
    (note,) = audited(table(HOST)).findings
    assert (note.code, note.severity, note.kommunkod) == ("amount", Severity.UPPLYSNING, MEMBERS[3].code)
    assert audited(table(HOST, note="Värdkommunen betalar ett tillägg.")).findings == ()


def test_a_text_about_one_member_says_nothing_of_another(audited) -> None:
    amounts = per_head(4)
    right, wrong = sum(amounts), 9
    amounts[wrong] += 9_000
    lines = table(amounts, note=f"{MEMBERS[3].name} kommun är värdkommun.")
    next(line for line in lines if line[:1] == ["Summa"])[2] = right
    (finding,) = serious(audited(lines))
    assert (finding.code, finding.kommunkod, finding.expected) == (
        "amount",
        MEMBERS[wrong].code,
        amounts[wrong] - 9_000,
    )


@pytest.mark.parametrize("amounts", [FLOOR, CAP, REBATE, STEPS], ids=["floor", "cap", "rebate", "steps"])
def test_an_amount_beside_a_lawful_rule_is_found(audited, amounts) -> None:
    wrong = list(amounts)
    wrong[9] = half_up(Fraction(wrong[9] * 5, 4))
    lines = table(wrong)
    lines[-1][2] = sum(amounts)
    (finding,) = serious(audited(lines))
    assert (finding.code, finding.kommunkod, finding.expected) == ("vat", MEMBERS[9].code, amounts[9])


def test_a_difference_that_is_no_plain_number_is_a_fault(audited) -> None:
    amounts = per_head(4)
    amounts[9] += 7_777
    (finding,) = serious(audited(table(amounts)))
    assert (finding.code, finding.expected) == ("amount", amounts[9] - 7_777)


def test_amounts_follow_a_printed_column(audited) -> None:
    cases = [120, 45, 310, 64, 88, 501, 97, 2200, 1900, 140, 650, 77, 300]
    amounts = [half_up(Fraction(3_000_000 * each, sum(cases))) for each in cases]
    amounts[4] *= 1000
    lines = [["Kommun", "Antal ärenden 2021", "Kostnad 2022"]]
    lines += [[m.name, each, amount] for m, each, amount in zip(MEMBERS, cases, amounts, strict=True)]
    audit = audited([*lines, ["Summa", sum(cases), 3_000_000]])
    (finding,) = serious(audit)
    assert (finding.code, finding.kommunkod) == ("unit", MEMBERS[4].code)
    assert [rule.key.name for rule in audit.rules.values()] == ["Antal ärenden 2021"]


def test_a_mixture_of_a_printed_column_and_the_populations(audited) -> None:
    cases = [120, 45, 310, 64, 88, 501, 97, 2200, 1900, 140, 650, 77, 300]
    parts = [
        Fraction(3 * each, 10 * sum(cases)) + Fraction(7 * p, 10 * sum(PEOPLE))
        for each, p in zip(cases, PEOPLE, strict=True)
    ]
    amounts = [half_up(2_000_000 * part) for part in parts]
    lines = [["Kommun", "Folkmängd 2021-12-31", "Antal ärenden 2021", "Kostnad 2022"]]
    lines += [[m.name, p, each, amount] for m, p, each, amount in zip(MEMBERS, PEOPLE, cases, amounts, strict=True)]
    audit = audited(lines)
    assert serious(audit) == []
    (rule,) = audit.rules.values()
    assert (rule.key.name, rule.reproduced) == ("mixed 30/70 Antal ärenden 2021/folkmängd", 13)


def test_two_columns_may_round_each_in_its_own_way(audited) -> None:
    first = [half_up(Fraction(51_521 * p, sum(PEOPLE))) for p in PEOPLE]
    second = [55_990 * p // sum(PEOPLE) for p in PEOPLE]
    lines = [["Kommun", "Folkmängd 2021-12-31", "Kostnad 2022", "Kostnad 2023"]]
    lines += [[m.name, p, a, b] for m, p, a, b in zip(MEMBERS, PEOPLE, first, second, strict=True)]
    audit = audited(lines)
    assert serious(audit) == []
    assert all(rule.reproduced == 13 for rule in audit.rules.values())


@pytest.mark.parametrize("factor", [Fraction(1000), Fraction(1, 1000)])
def test_a_thousand_between_three_members_is_never_silent(audited, factor) -> None:
    amounts = [half_up(Fraction(12_000_000 * p, sum(PEOPLE[:3]))) for p in PEOPLE[:3]]
    lines = [["Kommun", "Folkmängd 2021-12-31", "Kostnad 2022"]]
    lines += [[m.name, p, a] for m, p, a in zip(MEMBERS, PEOPLE, amounts, strict=False)]
    lines[2][2] = half_up(lines[2][2] * factor)
    (finding,) = serious(audited(lines))
    assert (finding.code, finding.kommunkod) == ("unit", MEMBERS[1].code)


def test_the_total_that_leaves_out_the_last_row_is_named(audited) -> None:
    amounts = [half_up(Fraction(5_180 * p, sum(PEOPLE))) * 100 for p in PEOPLE]
    lines = [["Kommun", "Kostnad 2022"], *([m.name, a] for m, a in zip(MEMBERS, amounts, strict=True))]
    lines += [["Summa", sum(amounts[:-1])], [], [f"Total kostnad 2022: {sum(amounts)} kr"]]
    (finding,) = serious(audited(lines))
    assert (finding.code, finding.explanation) == ("total-amount", {"left_out": MEMBERS[-1].name})


def test_the_figures_of_a_day_within_the_year_that_changed_places(audited) -> None:
    people = [round((populations()[m.code, 2022] + 5 * populations()[m.code, 2023]) / 6) for m in MEMBERS]
    lines = [["Kommun", "Folkmängd 1/11 2023"], *([m.name, p] for m, p in zip(MEMBERS, people, strict=True))]
    assert serious(audited(lines)) == []
    lines[1][1], lines[9][1] = lines[9][1], lines[1][1]
    found = serious(audited(lines))
    assert [(f.code, f.kommunkod, f.expected) for f in found] == [
        ("population-swapped", MEMBERS[0].code, people[0]),
        ("population-swapped", MEMBERS[8].code, people[8]),
    ]


def test_some_ages_are_not_the_whole_population(audited) -> None:
    lines = table(per_head(4))
    lines[0][1] = "Invånare 65 år och äldre 2021-12-31"
    assert serious(audited(lines)) == []


def test_populations_in_whole_hundreds_are_rounded_and_not_wrong(audited) -> None:
    lines = [
        ["Kommun", "Folkmängd 2021-12-31"],
        *([m.name, half_up(Fraction(p, 100)) * 100] for m, p in zip(MEMBERS, PEOPLE, strict=True)),
    ]
    assert serious(audited(lines)) == []


def test_shares_that_add_to_four_times_the_whole_are_never_silent(audited) -> None:
    whole = sum(PEOPLE) // 4
    lines = [["Kommun", "Andel", "Kostnad 2022"]]
    lines += [
        [m.name, f"{p / whole * 100:.2f}%".replace(".", ","), half_up(Fraction(800_000 * p, whole))]
        for m, p in zip(MEMBERS, PEOPLE, strict=True)
    ]
    assert [f.code for f in serious(audited(lines))] == ["total-share"]


def test_amounts_that_contradict_the_shares_beside_them(audited) -> None:
    amounts = [50_000, 9_000, 7_000, 19_000, 8_000, 31_000, 12_000, 55_000, 70_000, 21_000, 14_000, 33_000, 41_000]
    lines = [["Kommun", "Folkmängd 2021-12-31", "Andel", "Kostnad 2022"]]
    lines += [
        [m.name, p, f"{p / sum(PEOPLE) * 100:.2f}%".replace(".", ","), a]
        for m, p, a in zip(MEMBERS, PEOPLE, amounts, strict=True)
    ]
    (finding,) = serious(audited(lines))
    assert (finding.code, finding.severity, finding.column) == ("amount", Severity.OFORENLIGT, "Kostnad 2022")


@pytest.mark.parametrize(("low", "high", "expected"), [(11_999, 12_001, 12_000), (1, 9, 5), (337, 338, 337)])
def test_the_plainest_number_of_an_interval(low, high, expected) -> None:
    assert plainest(Fraction(low), Fraction(high)) == expected


def test_a_round_number_costs_less_than_one_that_is_not() -> None:
    assert of_number(33_000_000) < of_number(33_100_000) < of_number(33_123_457)


@pytest.mark.parametrize("row", [0, -1])
def test_totals_of_several_columns_that_leave_out_the_same_end_row_are_a_row_short(audited, row) -> None:
    """Of a range that is a row short, one hand made one fault: nobody is a member too many."""
    amounts = [half_up(Fraction(763_900 * p, sum(PEOPLE))) for p in PEOPLE]
    lines = table(amounts, total=False)
    lines.append(["Summa", sum(PEOPLE) - PEOPLE[row], sum(amounts) - amounts[row]])
    found = serious(audited(lines))
    assert [str(finding.code) for finding in found] == ["total-population", "total-amount"]
    assert all(finding.explanation == {"left_out": MEMBERS[row].name} for finding in found)


def test_a_last_row_that_shares_and_totals_leave_out_is_a_member_too_many(audited) -> None:
    whole = sum(PEOPLE[:-1])
    lines = [["Kommun", "Folkmängd 2021-12-31", "Andel", "Kostnad 2022"]]
    for member, people in zip(MEMBERS, PEOPLE, strict=True):
        share = half_up(Fraction(10_000 * people, whole))
        lines.append(
            [member.name, people, f"{share // 100},{share % 100:02}%", half_up(Fraction(700_000 * people, whole))]
        )
    lines.append(["Summa", whole, "100,00%", 700_000])
    (finding,) = serious(audited(lines))
    assert (finding.code, finding.kommunkod) == ("member-extra", MEMBERS[-1].code)


def test_a_dash_is_no_amount_and_no_fault(audited) -> None:
    amounts: list[object] = [half_up(Fraction(600_000 * p, sum(PEOPLE) - PEOPLE[4])) for p in PEOPLE]
    amounts[4] = "–"
    audit = audited(table(amounts, total=False))
    assert serious(audit) == []
    (rule,) = audit.rules.values()
    assert (rule.reproduced, rule.structure) == (13, f"inget belopp för {MEMBERS[4].name}")


def test_parts_of_a_table_without_totals_share_sums_of_their_own(audited) -> None:
    lines = [["Kommun", "Folkmängd 2021-12-31", "Kostnad 2022"]]
    for title, rows, rate in (("Norra delen", range(6), 11), ("Södra delen", range(6, 13), 7)):
        lines.append([title])
        lines += [[MEMBERS[i].name, PEOPLE[i], half_up(Fraction(rate) * PEOPLE[i])] for i in rows]
    audit = audited(lines)
    assert serious(audit) == []
    assert [rule.reproduced for rule in audit.rules.values()] == [13]


@pytest.mark.parametrize("counts", [True, False])
def test_a_plain_sum_more_is_a_rival_of_a_slip_only_where_the_total_counts_it(audited, counts) -> None:
    amounts = [half_up(Fraction(600_000 * p, sum(PEOPLE))) for p in PEOPLE]
    total = sum(amounts)
    lines = table(amounts, total=False)
    lines[2][2] += 5_000  # Ydre: one digit changed, or a surcharge
    lines.append(["Summa", sum(PEOPLE), total + 5_000 * counts])
    (finding,) = [finding for finding in audited(lines).findings if finding.kommunkod == MEMBERS[1].code]
    assert (finding.severity is Severity.FEL) is not counts
    assert ("betalar 5\u00a0000\u00a0kr mer" in finding.message) is counts
