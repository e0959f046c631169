"""Do the parts of a year (quarters, half-years) add to the year, member by member?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from analys.audit.finding import Code, Finding, Severity
from analys.audit.money import kronor, told
from analys.audit.phrases import listed
from analys.audit.rule import Charged, Rule
from analys.audit.spec import units_of
from analys.intake.annex import Annex, Column, Kind


def parts_of_whole(annex: Annex, column: Column, charges: Mapping[str, Charged]) -> tuple[Charged, ...]:
    """The columns of equal parts that make up a whole (quarters, half-years) and, last, the whole; empty where the column
    is not one of them."""
    columns = annex.of_kind(Kind.AMOUNT)
    for whole in columns:
        alike = [
            other
            for other in columns
            if other.period.years and other.period.year in (None, whole.period.year) and other is not whole
        ]
        alike = [other for other in alike if other.period.years == alike[0].period.years]
        adds = len(alike) > 1 and whole.period.years == len(alike) * (alike[0].period.years or 0)
        if adds and column in (*alike, whole):
            return tuple(charges[each.letter] for each in (*alike, whole))
    return ()


def _gaps(parts: Sequence[Charged]) -> list[int]:
    """What the parts lack of the whole, in öre, for each member."""
    *alike, whole = (each.amounts_ore for each in parts)
    return [due - sum(row) for due, *row in zip(whole, *alike, strict=True)]


def adds_in_most_rows(parts: Sequence[Charged]) -> bool:
    """Whether the parts add to the whole to the öre for two members of three: then somebody made them add."""
    gaps = _gaps(parts) if parts else []
    return 3 * sum(gap == 0 for gap in gaps) >= 2 * len(gaps) > 0


def is_left_of_whole(charge: Charged, rule: Rule, parts: Sequence[Charged], i: int) -> bool:
    """Whether the parts add to the whole for a member: the last of them is then what the others leave of it, the others
    may be what rounding leaves over."""
    if charge not in parts[:-1] or _gaps(parts)[i]:
        return False
    rounding = int(rule.rounding.unit) * (len(parts) - 1)
    return charge is parts[-2] or abs(charge.amounts_ore[i] - rule.expected_ore[i]) <= rounding


def row_findings(
    annex: Annex, charges: Mapping[str, Charged], rules: Mapping[str, Rule], told_of: Collection[str]
) -> Iterator[tuple[str, Finding]]:
    """The members whose parts do not add to the whole though the others' do, each with the letter of the column that is
    wrong, where no finding tells of their amounts (``told_of``: cells)."""
    sets = {parts_of_whole(annex, column, charges): None for column in annex.of_kind(Kind.AMOUNT)}
    for parts in sets:
        if not adds_in_most_rows(parts):
            continue
        rounding = len(parts) * max(int(max(units_of(part.amounts_ore))) for part in parts)
        for i, gap in enumerate(_gaps(parts)):
            cells = {annex.members[i].figures[part.letter].cell for part in parts}
            if abs(gap) > rounding and not cells & set(told_of):
                yield _finding(annex, parts, rules, i, gap)


def _finding(
    annex: Annex, parts: Sequence[Charged], rules: Mapping[str, Rule], i: int, gap: int
) -> tuple[str, Finding]:
    """One member's parts do not add to the whole: the column that is beside its rule is wrong, else the whole."""
    *alike, whole = parts
    beside = [part for part in parts if part.letter in rules and not rules[part.letter].hits[i]]
    wrong = beside[0] if len(beside) == 1 else whole
    expected = wrong.amounts_ore[i] + (-gap if wrong is whole else gap)
    columns = {column.letter: column for column in annex.of_kind(Kind.AMOUNT)}
    headings = [columns[part.letter].heading for part in alike]
    member = annex.members[i]
    name, figure = member.municipality.name, member.figures[wrong.letter]
    holds = sum(gap == 0 for gap in _gaps(parts))
    message = (
        f"{name}: {listed(headings)} är tillsammans {told(whole.amounts_ore[i] - gap)}, men "
        f"{columns[whole.letter].heading} är {told(whole.amounts_ore[i])}; summan stämmer för {holds} av "
        f"{len(annex.members)} kommuner."
    )
    effect = {each.municipality.code: 0 for each in annex.members}
    effect[member.municipality.code] = round(kronor(wrong.amounts_ore[i] - expected))
    finding = Finding(
        Code.PERIOD,
        Severity.FEL,
        message,
        member.municipality.code,
        name,
        columns[wrong.letter].heading,
        annex.sheet,
        figure.cell,
        kronor(expected),
        kronor(wrong.amounts_ore[i]),
        {"columns": [*headings, columns[whole.letter].heading]},
        effect,
        "kolumnernas belopp",
    )
    return wrong.letter, finding
