"""What contradicts itself whatever the rule: amounts beside shares that they do not follow, sections and their totals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import product
from typing import Final

from analys.audit.finding import Code, Finding, Severity
from analys.audit.relations import Numbers, by_share
from analys.audit.rule import Rule
from analys.intake.annex import Annex, Column, Kind, Section, TotalRow
from analys.swedish import format_number

#: Shares of the inhabitants, or of an ownership, that the amounts need not follow.
_OF_OTHERS: Final = re.compile(r"inv[åa]nare|folk|befolk|äg[ao]r|röst", re.I)
#: Where no more than one amount in so many follows its share, the column does not.
_ONE_OF: Final = 5
#: Of fewer members one amount may differ for a reason of its own.
_FEWEST: Final = 3
TOTALS: Final = {
    Kind.POPULATION: Code.TOTAL_POPULATION,
    Kind.SHARE: Code.TOTAL_SHARE,
    Kind.AMOUNT: Code.TOTAL_AMOUNT,
}


def against_shares(annex: Annex, rules: Mapping[str, Rule]) -> Iterator[Finding]:
    """Columns of amounts that no rule gives, and that do not follow the shares printed beside them."""
    ruled = {letter for letter, rule in rules.items() if rule.is_worth_telling}
    share = next((each for each in annex.of_kind(Kind.SHARE) if not _OF_OTHERS.search(each.heading)), None)
    if share is None or len(annex.members) < _FEWEST:
        return
    following = {column: _following(annex, column, share) for column in annex.of_kind(Kind.AMOUNT)}
    # Shares that one column follows are that column's; others have rules of their own.
    if _ONE_OF * max(following.values(), default=0) <= len(annex.members):
        unknown = (column for column in following if column.letter not in ruled)
        yield from (_not_followed(annex, column, share, following[column]) for column in unknown)


def _following(annex: Annex, column: Column, share: Column) -> int:
    """How many amounts are their shares of what the amounts add to, but for rounding."""
    amounts, shares = (Numbers.of(each, annex.values(each)) for each in (column, share))
    return int(by_share(amounts, shares).hits.sum())


def _not_followed(annex: Annex, column: Column, share: Column, following: int) -> Finding:
    message = (
        f"Beloppen i {column.heading} följer inte andelarna i {share.heading}: {following} av {len(annex.members)} är "
        "sin andel av summan, och ingen annan regel är funnen."
    )
    return Finding(
        Code.AMOUNT,
        Severity.OFORENLIGT,
        message,
        column=column.heading,
        sheet=annex.sheet,
        cell=column.cell,
        explanation={"columns": [share.heading, column.heading]},
        evidence="andelarna och beloppen",
    )


def section_totals(annex: Annex) -> Iterator[Finding]:
    """Totals of a section that are the sum neither of its members nor of all its parties."""
    summed = [column for column in annex.columns if column.kind in TOTALS]
    for section, column in product(annex.sections, summed):
        for row in section.totals:
            if column.letter in row.figures and (finding := _of_section(annex, section, column, row)):
                yield finding


def _of_section(annex: Annex, section: Section, column: Column, row: TotalRow) -> Finding | None:
    """A section's total that its rows do not add to."""
    total, rows = row.figures[column.letter], (*section.members, *section.others)
    figures = {each.row: each.figures[column.letter] for each in rows if column.letter in each.figures}
    parties = {each.row for each in section.others}
    members = sum((figure.value for at, figure in figures.items() if at not in parties), Decimal(0))
    everybody = sum((figure.value for figure in figures.values()), Decimal(0))
    # What stands between the members and the total belongs to it.
    above = sum((figure.value for at, figure in figures.items() if at not in parties or at < row.row), Decimal(0))
    # A share's total may be the section's part of the whole or one; an amount's may be what was shared out.
    right = [members, everybody, *([Decimal(1)] if column.kind is Kind.SHARE else [])]
    slack = sum((figure.step for figure in figures.values()), total.step) / 2
    if min(abs(total.value - each) for each in right) <= slack:
        return None
    message = (
        f"Summan {format_number(total.value)} för {column.heading} i {section.label or 'avsnittet'} (cell "
        f"{total.cell}) är inte radernas summa, {format_number(above)}."
    )
    return Finding(
        TOTALS[column.kind],
        Severity.FEL,
        message,
        column=column.heading,
        sheet=annex.sheet,
        cell=total.cell,
        expected=above,
        found=total.value,
        evidence="avsnittets rader",
    )
