"""What contradicts itself whatever the rule: amounts beside shares that they do not follow, sections and their totals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final

from analys.audit.finding import Code, Finding, Severity
from analys.audit.rule import Rule
from analys.intake.annex import Annex, Column, Kind, Section
from analys.swedish import format_number

#: Shares of the inhabitants, or of an ownership, that the amounts need not follow.
_OF_OTHERS: Final = re.compile(r"inv[åa]nare|folk|befolk|äg[ao]r|röst", re.I)
#: Where no more than one amount in so many follows its share, the column does not.
_ONE_OF: Final = 5
TOTALS: Final = {
    Kind.POPULATION: Code.TOTAL_POPULATION,
    Kind.SHARE: Code.TOTAL_SHARE,
    Kind.AMOUNT: Code.TOTAL_AMOUNT,
}


def against_shares(annex: Annex, rules: Mapping[str, Rule]) -> Iterator[Finding]:
    """Columns of amounts that no rule gives, and that do not follow the shares printed beside them."""
    unknown = [
        column
        for column in annex.of_kind(Kind.AMOUNT)
        if column.letter not in rules or not rules[column.letter].is_worth_telling
    ]
    shares = [column for column in annex.of_kind(Kind.SHARE) if not _OF_OTHERS.search(column.heading)]
    for share in shares[:1]:
        following = {column: following_shares(annex, column, share) for column in annex.of_kind(Kind.AMOUNT)}
        # Shares that one column follows are that column's; others have rules of their own.
        if len(annex.members) > 2 and _ONE_OF * max(following.values(), default=0) <= len(annex.members):
            yield from (_not_followed(annex, column, share, following[column]) for column in unknown)


def following_shares(annex: Annex, column: Column, share: Column) -> int:
    """How many amounts are their shares of what the amounts add to, but for rounding."""
    amounts = [Fraction(figure.value) for figure in annex.values(column)]
    whole = sum(amounts, Fraction(0))
    pairs = zip(amounts, annex.values(share), strict=True)
    return sum(abs(amount - whole * Fraction(f.value)) <= abs(whole) * Fraction(f.step) + 1 for amount, f in pairs)


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
    for section in annex.sections:
        for column in annex.columns:
            if column.kind in TOTALS:
                yield from _of_section(annex, section, column)


def _of_section(annex: Annex, section: Section, column: Column) -> Iterator[Finding]:
    own = [member.figures[column.letter] for member in section.members if column.letter in member.figures]
    parties = [(party.row, party.figures[column.letter]) for party in section.others if column.letter in party.figures]
    more = [figure for _, figure in parties]
    of_members = sum((figure.value for figure in own), Decimal(0))
    sums = (of_members, of_members + sum((figure.value for figure in more), Decimal(0)))
    slack = sum((figure.step for figure in (*own, *more)), Decimal(0)) / 2
    for row in section.totals:
        total = row.figures.get(column.letter)
        # A share's total may be the section's part of the whole or one; an amount's may be what was shared out.
        if total is None or any(abs(total.value - each) <= slack + total.step / 2 for each in sums):
            continue
        if column.kind is Kind.SHARE and total.value == 1:
            continue
        # What stands between the members and the total belongs to it.
        right = of_members + sum((figure.value for at, figure in parties if at < row.row), Decimal(0))
        message = (
            f"Summan {format_number(total.value)} för {column.heading} i {section.label or 'avsnittet'} (cell "
            f"{total.cell}) är inte radernas summa, {format_number(right)}."
        )
        yield Finding(
            TOTALS[column.kind],
            Severity.FEL,
            message,
            column=column.heading,
            sheet=annex.sheet,
            cell=total.cell,
            expected=right,
            found=total.value,
            evidence="avsnittets rader",
        )
