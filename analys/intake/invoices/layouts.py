"""Column maps: which heading holds what, kept as data in ``analys/intake/layouts`` or in a file of the user's own.

A ledger fits a layout when every heading is mapped and every field that the layout needs is there. A heading that
no layout maps, or a field that is missing, is an error that names it: columns are never dropped in silence.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analys.errors import AnalysError, Fault, InputError
from analys.masking import mask
from analys.swedish import fold

FOLDER: Final = Path(__file__).resolve().parent.parent / "layouts"

#: Tried in this order; the first that fits is taken.
BUNDLED: Final = ("kanonisk", "nationell", "umea", "goteborg", "orebro", "allman", "engelsk")

#: What may stand first in a date such as 05/06/2023 (``forst_i_datum``).
DAY: Final = "dag"
MONTH: Final = "manad"

#: A heading cut shorter than this is not recognised by its beginning.
_SHORTEST_CUT: Final = 4


class Target(StrEnum):
    """What a column of a ledger can hold. The values are those that a column map writes."""

    KOMMUN = "kommun"
    KOPARE = "kopare"
    KOPARE_ID = "kopare_id"
    KOPARE_TEXT = "kopare_text"
    LEVERANTOR = "leverantor"
    LEVERANTOR_ID = "leverantor_id"
    LEVERANTOR_NR = "leverantor_nr"
    FAKTURA_NR = "faktura_nr"
    VERIFIKATION = "verifikation"
    DATUM = "datum"
    AR = "ar"
    KONTO = "konto"
    BELOPP = "belopp"
    DEBET = "debet"
    KREDIT = "kredit"
    VALUTA = "valuta"
    TEXT = "text"
    KALLA = "kalla"
    ANVANDS_EJ = "anvands_ej"


class Layout(BaseModel):
    """One column map. With ``ordning`` the columns also stand in the map's order, as a city's own export has them.

    The last four say what cells mean that alone could mean two things; what a map leaves open the columns may decide
    (:mod:`analys.intake.invoices.readings`): what stands first in 05/06/2023, whether 200105 ends in a day or a month,
    the mark that groups thousands in 1.234, and the day that plain numbers in a column of dates count from.
    """

    model_config = ConfigDict(extra="forbid")
    id: str
    namn: str
    kalla: str
    kolumner: dict[str, Target] = Field(min_length=1)
    obligatoriska: list[Target]
    minst_ett_av: list[Target] = []
    ordning: bool = False
    forst_i_datum: Literal["", "dag", "manad"] = ""
    sist_i_datum: Literal["", "dag", "manad"] = ""
    tusental: Literal["", ".", ","] = ""
    dagnummer_fran: dt.date | None = None

    @cached_property
    def headings(self) -> frozenset[str]:
        """The headings that it maps, folded."""
        return frozenset(map(fold, self.kolumner))


@dataclass(frozen=True)
class Match:
    """A layout laid on a file's headings: ``targets[i]`` is what column i holds (``None``: not mapped)."""

    layout: Layout
    headings: tuple[str, ...]
    targets: tuple[Target | None, ...]

    @property
    def unmapped(self) -> list[str]:
        return [heading for heading, target in zip(self.headings, self.targets, strict=True) if target is None]

    @property
    def missing(self) -> list[str]:
        lacking = [str(target) for target in self.layout.obligatoriska if target not in self._given]
        choice = self.layout.minst_ett_av
        if choice and not set(choice) & set(self.targets):
            lacking.append(" or ".join(choice))
        return lacking

    @property
    def _given(self) -> set[Target | None]:
        """What the columns give; debit and credit give an amount, a year with or without its month a date."""
        given = set(self.targets)
        if given >= {Target.DEBET, Target.KREDIT}:
            given.add(Target.BELOPP)
        if Target.AR in given:
            given.add(Target.DATUM)
        return given

    @property
    def tells_postings_apart(self) -> bool:
        """Whether there is a date or a number of invoice or voucher: sums by supplier have neither."""
        return bool({Target.DATUM, Target.AR, Target.FAKTURA_NR, Target.VERIFIKATION} & set(self.targets))

    @property
    def doubled(self) -> list[str]:
        """The headings of several columns with amounts, of which one must be chosen."""
        amounts = [(heading, target) for heading, target in zip(self.headings, self.targets, strict=True)
                   if target in (Target.BELOPP, Target.DEBET, Target.KREDIT)]  # fmt: skip
        targets = [target for _, target in amounts]
        alone = len(set(targets)) == len(targets) and not (Target.BELOPP in targets and len(targets) > 1)
        return [] if alone else [heading for heading, _ in amounts]

    @property
    def fits(self) -> bool:
        return not (self.unmapped or self.missing or self.doubled) and (not self.layout.ordning or self._in_order)

    @property
    def _in_order(self) -> bool:
        order = list(dict.fromkeys(self.layout.kolumner.values()))
        places = [order.index(target) for target in self.targets if target is not None]
        return places == sorted(places)


def load(path: Path) -> Layout:
    """Read a column map. Raises :class:`InputError` that names each mistake in it."""
    try:
        return Layout.model_validate({"id": path.stem, **tomllib.loads(path.read_text(encoding="utf-8"))})
    except ValidationError as error:
        faults = [
            Fault(
                str(path),
                ".".join(str(part) for part in mistake["loc"]),
                mistake["msg"].removeprefix("Input should be "),
                repr(mistake.get("input")),
                f"see {FOLDER.name}/allman.toml for an example",
            )
            for mistake in error.errors()
        ]
        raise InputError(faults) from error
    except (OSError, ValueError) as error:
        raise AnalysError(f"{path}: the column map cannot be read: {error}") from error


@cache
def bundled() -> tuple[Layout, ...]:
    """The column maps that come with the project, in the order in which they are tried."""
    return tuple(load(FOLDER / f"{name}.toml") for name in BUNDLED)


def named(name: str | Path) -> Layout:
    """A bundled layout by name (``goteborg``), or the column map in a file."""
    if str(name) in BUNDLED:
        return load(FOLDER / f"{name}.toml")
    if not Path(name).is_file():
        raise AnalysError(f"{name}: expected a column map file or one of {', '.join(BUNDLED)}")
    return load(Path(name))


def lay(layout: Layout, headings: Sequence[str]) -> Match:
    """Map each heading: first whole headings, then those cut short, each to the first map entry still free."""
    entries = [(fold(heading), target) for heading, target in layout.kolumner.items()]
    folded = [fold(heading) for heading in headings]
    whole = dict(entries)
    whole_headings = set(whole)
    targets: list[Target | None] = [whole.pop(heading, None) for heading in folded]
    used = {folded[column] for column, target in enumerate(targets) if target}
    for column, heading in enumerate(folded):
        if targets[column] is None and len(heading) >= _SHORTEST_CUT:
            taken = {target for target in targets if target is not Target.ANVANDS_EJ}
            again = heading in whole_headings
            for full, target in entries:
                if again and target is Target.ANVANDS_EJ:
                    continue  # the same heading twice: the second is no column that nothing uses
                if full.startswith(heading) and full not in used and target not in taken:
                    targets[column] = target
                    used.add(full)
                    break
    return Match(layout, tuple(headings), tuple(targets))


def best(headings: Sequence[str], layouts: Sequence[Layout]) -> Match:
    """The first layout that fits, else the one that maps the most headings (with its faults)."""
    matches = [lay(layout, headings) for layout in layouts]
    return next((match for match in matches if match.fits), None) or min(
        matches, key=lambda match: (len(match.unmapped) + len(match.missing), -len(match.targets))
    )


def faults(match: Match, file: str, place: str) -> list[Fault]:
    """What keeps a file from fitting the layout that comes nearest."""
    headings = ", ".join(map(mask, match.headings))
    known = f"a heading of the column map {match.layout.id!r}"
    mend = "write a column map (like analys/intake/layouts/allman.toml) and name it as the layout"
    twice = {heading for heading in match.headings if match.headings.count(heading) > 1}
    found = [
        Fault(
            file,
            f"{place}, column {mask(heading)!r}",
            known,
            "a heading that another column has too" if heading in twice else "an unmapped column",
            mend,
        )
        for heading in match.unmapped
    ]
    found += [Fault(file, place, f"a column for {missing}", f"none: {headings}", mend) for missing in match.missing]
    if match.doubled:
        columns = ", ".join(match.doubled)
        found.append(
            Fault(file, place, "one column with the amount", columns, f"{mend}, with 'anvands_ej' for the rest")
        )
    if not found:
        found.append(Fault(file, place, f"the columns in the order of {match.layout.id!r}", headings, mend))
    return found
