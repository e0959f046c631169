"""Which explanation makes a payment agree with its bill: the candidates, in the order of how much they assume."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from analys.reconcile.bills import Bill, Bills
from analys.swedish import format_percent

#: An explanation may leave this much unexplained: a bill in kronor computed from figures in öre.
TOLERANCE_ORE: Final = 100
#: VAT rates that Sweden has had since 1996, as parts of one.
VAT_RATES: Final = (Fraction(25, 100), Fraction(12, 100), Fraction(6, 100))
_ROUNDING_STEPS: Final = {1_000: "tio kronor", 10_000: "hundra kronor", 100_000: "tusen kronor"}
_MONTHS: Final = range(1, 25)


class Kind(StrEnum):
    """What made the difference, in the order of how much it assumes."""

    ROUNDING = "avrundning"
    CREDITED = "krediterad"
    TWICE = "betald_tva_ganger"
    OTHER_YEAR = "annat_ar"
    VAT = "moms"
    PART_YEAR = "del_av_ar"
    OTHER_POPULATION = "annan_folkmangd"
    PART_YEAR_WITH_VAT = "del_av_ar_med_moms"


@dataclass(frozen=True)
class Explanation:
    """``said`` is Swedish. ``left_ore`` is what it does not explain, at most :data:`TOLERANCE_ORE` either way."""

    kind: Kind
    said: str
    left_ore: int = 0


def explain(bill: Bill, paid_ore: int, bills: Bills) -> list[Explanation]:
    """The explanations that fit, best first; none for a bill of unknown amount that equals no other bill.

    ``bills`` are the agreement's: the same member's amount of another year is an explanation.
    """
    fitting = [
        Explanation(kind, said, int(paid_ore - ore))
        for kind, said, ore in _candidates(bill, paid_ore, bills)
        if abs(paid_ore - ore) <= TOLERANCE_ORE and _differs(bill, kind, ore)
    ]
    order = list(Kind)
    return sorted(fitting, key=lambda explanation: (order.index(explanation.kind), abs(explanation.left_ore)))


def _differs(bill: Bill, kind: Kind, ore: Fraction) -> bool:
    """Whether the amount is another than the bill's: what would give the bill itself explains nothing."""
    return kind is Kind.ROUNDING or bill.amount_ore is None or abs(ore - bill.amount_ore) > TOLERANCE_ORE


def _candidates(bill: Bill, paid: int, bills: Bills) -> Iterator[tuple[Kind, str, Fraction]]:
    """Kind, description and the amount in öre that it would give."""
    expected = bill.amount_ore
    for other in bills.agreed:
        if other.code == bill.code and other.amount_ore and other.amount_ore != expected:
            yield (
                Kind.OTHER_YEAR,
                f"beloppet är det för {other.covers} (version {other.version})",
                Fraction(other.amount_ore),
            )
    if not expected:
        return
    if 0 < abs(paid - expected) < 100:
        yield Kind.ROUNDING, "skillnaden är mindre än en krona", Fraction(paid)
    for step, name in _ROUNDING_STEPS.items():
        if paid % step == 0 and abs(paid - expected) < step and paid != expected:
            yield Kind.ROUNDING, f"avrundat till {name}", Fraction(paid)
    for rate in VAT_RATES:
        shown = format_percent(rate, 0)
        yield Kind.VAT, f"{shown} moms har lagts till", expected * (1 + rate)
        yield Kind.VAT, f"{shown} moms har räknats bort", expected / (1 + rate)
    for months in _MONTHS:
        part = Fraction(expected * months, bill.months)
        said = f"{months} månader i stället för {bill.months}"
        yield Kind.PART_YEAR, said, part
        if months < bill.months:
            yield (
                Kind.PART_YEAR_WITH_VAT,
                f"{said}, med {format_percent(VAT_RATES[0], 0)} moms",
                part * (1 + VAT_RATES[0]),
            )
    yield Kind.TWICE, "dubbelt belopp på en faktura", Fraction(2 * expected)
    for year, ore in bills.with_population(bill):
        yield Kind.OTHER_POPULATION, f"allas folkmängd den 31 december {year}", Fraction(ore)
