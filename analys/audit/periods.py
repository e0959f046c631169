"""Do the parts of a year (quarters, half-years) add to the year, member by member?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from analys.audit.finding import Code, Finding, Severity
from analys.audit.money import kronor, told
from analys.audit.rule import Charged, Rule
from analys.audit.spec import units_of
from analys.intake.annex import Annex, Column, Kind
from analys.swedish import listed


@dataclass(frozen=True)
class Parts:
    """The columns that make up a whole, ``times`` over: four quarters once, a half-year twice."""

    parts: tuple[Charged, ...]
    whole: Charged
    times: int = 1

    @cached_property
    def gaps(self) -> tuple[int, ...]:
        """What the parts lack of the whole, in öre, for each member."""
        rows = zip(self.whole.amounts_ore, *(part.amounts_ore for part in self.parts), strict=True)
        return tuple(due - self.times * sum(row) for due, *row in rows)

    @cached_property
    def rounding(self) -> int:
        """What rounding each amount by itself may leave over."""
        units = [int(max(units_of(column.amounts_ore))) for column in (*self.parts, self.whole)]
        return self.times * sum(units)

    @property
    def holding(self) -> int:
        """How many members' parts add to the whole: to the öre, where somebody made them add."""
        near = 0 if self.times == 1 else self.rounding
        return sum(abs(gap) <= near for gap in self.gaps)

    @property
    def mostly_hold(self) -> bool:
        """Whether they do for two members of three."""
        return 3 * self.holding >= 2 * len(self.gaps) > 0


def parts_of_wholes(annex: Annex, charges: Mapping[str, Charged]) -> Iterator[Parts]:
    """For each column of a known length, the other columns that are equal parts of it: all of them, or one of several."""
    columns = [column for column in annex.of_kind(Kind.AMOUNT) if column.period.years]
    for whole in columns:
        lengths: dict[Fraction, list[Column]] = {}
        for column in columns:
            if column.period.year in (None, whole.period.year) and column.period.years:
                lengths.setdefault(column.period.years, []).append(column)
        for length, alike in lengths.items():
            times = (whole.period.years or length) / length / len(alike)
            if times.denominator == 1 and whole not in alike and (times == 1 or len(alike) == 1):
                yield Parts(tuple(charges[each.letter] for each in alike), charges[whole.letter], int(times))


def is_left_of_whole(charge: Charged, rule: Rule, sets: Iterable[Parts], i: int) -> bool:
    """Whether the parts add to the whole for a member: the last of them is then what the others leave of it, the others
    may be what rounding leaves over."""
    apart = abs(charge.amounts_ore[i] - rule.expected_ore[i])
    for each in sets:
        letters = [part.letter for part in each.parts]
        if charge.letter in letters and each.times == 1 and each.gaps[i] == 0:
            return charge.letter == letters[-1] or apart <= int(rule.rounding.unit) * len(letters)
    return False


def row_findings(
    annex: Annex, charges: Mapping[str, Charged], rules: Mapping[str, Rule], told_of: Collection[str]
) -> Iterator[tuple[str, Finding]]:
    """The members whose parts do not add to the whole though the others' do, each with the letter of the column that is
    wrong, where no finding tells of their amounts (``told_of``: cells)."""
    known = set(told_of)
    for parts in parts_of_wholes(annex, charges):
        for i, gap in enumerate(parts.gaps if parts.mostly_hold else ()):
            cells = {annex.members[i].figures[column.letter].cell for column in (*parts.parts, parts.whole)}
            # One member may carry what rounding leaves over of all amounts of a column.
            if abs(gap) > len(parts.gaps) * parts.rounding and not cells & known:
                letter, finding = _finding(annex, parts, rules, i)
                known.add(str(finding.cell))
                yield letter, finding


def _finding(annex: Annex, parts: Parts, rules: Mapping[str, Rule], i: int) -> tuple[str, Finding]:
    """One member's parts do not add to the whole: the column that is beside its rule is wrong, else the whole."""
    whole, gap = parts.whole, parts.gaps[i]
    beside = [each for each in (*parts.parts, whole) if each.letter in rules and not rules[each.letter].hits[i]]
    wrong = beside[0] if len(beside) == 1 else whole
    expected = wrong.amounts_ore[i] + (-gap if wrong is whole else round(Fraction(gap, parts.times)))
    headings = {column.letter: column.heading for column in annex.of_kind(Kind.AMOUNT)}
    named = [headings[part.letter] for part in parts.parts]
    member = annex.members[i]
    name, figure = member.municipality.name, member.figures[wrong.letter]
    together = f"gånger {parts.times} är" if parts.times > 1 else "är tillsammans"
    message = (
        f"{name}: {listed(named)} {together} {told(whole.amounts_ore[i] - gap)}, men {headings[whole.letter]} är "
        f"{told(whole.amounts_ore[i])}; för {parts.holding} av {len(annex.members)} kommuner stämmer det."
    )
    effect = {each.municipality.code: 0 for each in annex.members}
    effect[member.municipality.code] = round(kronor(wrong.amounts_ore[i] - expected))
    finding = Finding(
        Code.PERIOD,
        Severity.FEL,
        message,
        member.municipality.code,
        name,
        headings[wrong.letter],
        annex.sheet,
        figure.cell,
        kronor(expected),
        kronor(wrong.amounts_ore[i]),
        {"columns": [*named, headings[whole.letter]]},
        effect,
        "kolumnernas belopp",
    )
    return wrong.letter, finding
