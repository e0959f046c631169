"""What a hand does to a right figure, each with its price: VAT, a thousand, digits, an exchange; else any figure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from analys.audit import bits
from analys.audit.finding import Code
from analys.audit.population import lone_change
from analys.audit.rule import Charged

VAT: Final = Fraction(5, 4)
THOUSAND: Final = 1000
_BY_VAT: Final = {
    VAT: "; beloppet är 1,25 gånger större, som med moms",
    1 / VAT: "; beloppet är utan moms",
}
#: That a total was added up after the amounts went wrong.
_ADDED: Final = 2.0


@dataclass(frozen=True)
class Edit:
    """How a wrong amount came of the right one: the finding's code, its data, and the end of its sentence."""

    code: Code
    explanation: dict[str, Any]
    text: str


def explained(found: int, right: int, slack: int, least: int | None = None) -> Edit | None:
    """The slip of the hand that made ``found`` of ``right``, each known to ``slack``, in öre; ``None`` for none. VAT is
    told of no amounts nearer than ``least``, eight times the slack where nothing else is said."""
    apart = abs(found - right)
    if found and right:
        for factor, text in _BY_VAT.items():
            if abs(found - right * factor) <= VAT * slack and apart > (8 * slack if least is None else least):
                return Edit(Code.VAT, {"factor": float(factor)}, text)
        if abs(found * THOUSAND - right) <= max(50_000, slack):
            return Edit(Code.UNIT, {"factor": 0.001}, "; beloppet är skrivet i tkr")
        if abs(found - right * THOUSAND) <= slack * THOUSAND:
            return Edit(Code.UNIT, {"factor": 1000}, "; beloppet är tusen gånger för stort")
    slip = lone_change(right // 100, found // 100) if right % 100 == found % 100 else None
    return Edit(Code.AMOUNT, {"slip": slip}, "") if slip else None


def of_faults(column: Charged, given: Sequence[int], faults: Collection[int], unit: int) -> float:
    """What it costs to say that these amounts are wrong; two that have changed places are one fault."""
    cost, n, paired = 0.0, len(given), set()
    # Somebody who makes amounts add to a total moves a few by a unit; where they do not add, nobody has.
    has_rest = column.adds_up or not column.totals_ore
    for i in faults:
        found, right = column.amounts_ore[i], given[i]
        swap = next((j for j in faults if j != i and given[j] == found and column.amounts_ore[j] == right), None)
        if swap is None:
            cost += of_fault(found, right, n, unit, has_rest=has_rest)
        elif i not in paired:
            paired.add(swap)
            cost += bits.of_amount_fault(found, n**2, True)
    return cost


def of_fault(found: int, right: int, members: int, unit: int, *, has_rest: bool = True) -> float:
    """What one amount beside the account costs: a few units are a rest, by its size, where somebody handed one out."""
    apart = abs(found - right)
    if not apart:
        return 0.0
    if has_rest and apart <= 2 * unit:
        return bits.of_choice(members) + 2 * bits.of_choice(1 + apart // unit)
    return bits.of_amount_fault(found, members, explained(found, right, unit) is not None)


def of_total(column: Charged, given: Sequence[int], unit: int) -> float:
    """What a printed total costs: nothing where it is what the amounts should add to, a little where they were added as
    they stand, and more where it is so round that such a sum would make it by chance alone; else a figure of its own."""
    if not column.totals_ore:
        return 0.0
    slack, whole = unit * len(given), sum(given)
    if any(abs(total - whole) <= slack for total in column.totals_ore):
        return 0.0
    if any(abs(total - column.sum_ore) <= slack for total in column.totals_ore):
        total = column.totals_ore[0]
        return _ADDED + max(0.0, bits.of_any(total // unit) - bits.of_number(total))
    return bits.of_amount_fault(column.totals_ore[0], 1, False)
