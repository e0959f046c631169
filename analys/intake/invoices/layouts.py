"""Column maps: which heading holds what, kept as data in ``analys/intake/layouts`` or in a file of the user's own.

A layout is a TOML file in that folder and nothing more. A ledger fits it when every heading is mapped and every field
that the layout needs is there. A heading that no layout maps, or a field that is missing, is an error that names it and
gives a column map to edit: columns are never dropped in silence.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from itertools import chain, product
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analys.errors import AnalysError, Fault, InputError
from analys.masking import mask
from analys.swedish import fold

FOLDER: Final = Path(__file__).resolve().parent.parent / "layouts"

#: What may stand first in a date such as 05/06/2023 (``forst_i_datum``).
DAY: Final = "dag"
MONTH: Final = "manad"

#: A heading cut shorter than this is not recognised by its beginning.
_SHORTEST_CUT: Final = 4
#: A longer one is a sentence, for which the patterns would take the square of its length.
_LONGEST_HEADING: Final = 100


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
    BELOPP_INKL_MOMS = "belopp_inkl_moms"
    MOMS = "moms"
    DEBET = "debet"
    KREDIT = "kredit"
    VALUTA = "valuta"
    TEXT = "text"
    KALLA = "kalla"
    MAKULERAD = "makulerad"
    STATUS = "status"
    ANVANDS_EJ = "anvands_ej"


#: What a letter that a wrong code page destroyed was, as folded.
_LOST_LETTERS: Final = "ao"
#: More lost letters in a heading have too many readings.
_MOST_LOST: Final = 6

#: What a second column of the same heading cannot be.
_NO_AMOUNT: Final = (Target.ANVANDS_EJ, Target.BELOPP_INKL_MOMS, Target.MOMS)


class Layout(BaseModel):
    """One column map. With ``ordning`` the columns also stand in the map's order, as a city's own export has them.
    ``kommun`` is the code of the municipality whose ledgers these are, where their rows do not say it; it goes before the
    file's name. ``provas`` is its place among the maps that are tried: the first that fits is taken. ``monster`` are
    patterns for headings that ``kolumner`` does not name, on the heading without accents and capitals; the first that
    fits is taken.

    The last five say what cells mean that alone could mean two things; what a map leaves open the columns may decide
    (:mod:`analys.intake.invoices.readings`): what stands first in 05/06/2023, whether 200105 ends in a day or a month,
    the mark that groups thousands in 1.234, the day that plain numbers in a column of dates count from, and whether the
    amount holds the VAT that stands in a column of its own.
    """

    model_config = ConfigDict(extra="forbid")
    id: str
    namn: str
    kalla: str
    kolumner: dict[str, Target] = Field(min_length=1)
    obligatoriska: list[Target]
    minst_ett_av: list[Target] = []
    kommun: str = ""
    monster: dict[str, Target] = {}
    provas: int = 100
    ordning: bool = False
    forst_i_datum: Literal["", "dag", "manad"] = ""
    sist_i_datum: Literal["", "dag", "manad"] = ""
    tusental: Literal["", ".", ","] = ""
    dagnummer_fran: dt.date | None = None
    belopp_ar: Literal["", "netto", "brutto"] = ""

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
            lacking.append(" eller ".join(choice))
        return lacking

    @property
    def _given(self) -> set[Target | None]:
        """What the columns give; debit and credit give an amount, as does one with VAT beside that VAT; a year with or
        without its month gives a date."""
        given = set(self.targets)
        if given >= {Target.DEBET, Target.KREDIT} or given >= {Target.BELOPP_INKL_MOMS, Target.MOMS}:
            given.add(Target.BELOPP)
        if Target.AR in given:
            given.add(Target.DATUM)
        return given

    @property
    def takes_several_cells(self) -> bool:
        """Whether a row's amount or date comes of more than one cell."""
        with_vat = Target.BELOPP not in self.targets or self.layout.belopp_ar == "brutto"
        of_vat = with_vat and Target.MOMS in self.targets
        return of_vat or bool({Target.DEBET, Target.AR} & set(self.targets))

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
                _EXPECTED.get(mistake["type"], mistake["msg"])
                .format(**mistake.get("ctx", {}))
                .replace("' or '", "' eller '"),
                repr(mistake.get("input")),
                f"se {FOLDER.name}/allman.toml för ett exempel",
            )
            for mistake in error.errors()
        ]
        raise InputError(faults) from error
    except (OSError, ValueError) as error:
        raise AnalysError(f"{path}: kolumnkartan kan inte läsas: {error}") from error


#: What pydantic's kinds of mistakes are called.
_EXPECTED: Final = {
    "enum": "något av {expected}",
    "literal_error": "något av {expected}",
    "missing": "ett värde",
    "extra_forbidden": "inget fält med det namnet",
    "string_type": "text",
    "bool_parsing": "true eller false",
    "list_type": "en lista",
    "dict_type": "en tabell",
}


@cache
def bundled() -> tuple[Layout, ...]:
    """The column maps that come with the project, in the order in which they are tried."""
    found = (load(path) for path in FOLDER.glob("*.toml"))
    return tuple(sorted(found, key=lambda layout: (layout.provas, layout.id)))


def named(name: str | Path) -> Layout:
    """A bundled layout by name (``goteborg``), or the column map in a file."""
    by_name = {layout.id: layout for layout in bundled()}
    if str(name) in by_name:
        return by_name[str(name)]
    if not Path(name).is_file():
        raise AnalysError(f"{name}: väntade en fil med en kolumnkarta, eller någon av {', '.join(by_name)}")
    return load(Path(name))


def tried(layout: Path | str | None, member: str = "") -> list[Layout]:
    """The column maps to try: the one asked for or all bundled ones; ``member`` is the code of whose ledger it is."""
    maps = [named(layout)] if layout else bundled()
    return [each.model_copy(update={"kommun": member}) if member else each for each in maps]


def lay(layout: Layout, headings: Sequence[str]) -> Match:
    """Map each heading: first whole headings, then those cut short, each to the first map entry still free, then those
    that a pattern knows."""
    entries = [(fold(heading), target) for heading, target in layout.kolumner.items()]
    folded = [_mended(heading, {known for known, _ in entries}) for heading in headings]
    whole = dict(entries)
    whole_headings = set(whole)
    targets: list[Target | None] = [whole.pop(heading, None) for heading in folded]
    used = {folded[column] for column, target in enumerate(targets) if target}
    for column, heading in enumerate(folded):
        if targets[column] is None and len(heading) >= _SHORTEST_CUT:
            taken = {target for target in targets if target is not Target.ANVANDS_EJ}
            again = heading in whole_headings
            for full, target in entries:
                if again and target in _NO_AMOUNT:
                    continue  # the same heading twice: the second is no column that nothing uses, nor one with VAT
                if full.startswith(heading) and full not in used and target not in taken:
                    targets[column] = target
                    used.add(full)
                    break
    by_pattern = [None if heading in whole_headings else _by_pattern(layout, heading) for heading in folded]
    targets = [target or pattern for target, pattern in zip(targets, by_pattern, strict=True)]
    return Match(layout, tuple(headings), tuple(targets))


def _mended(heading: str, known: set[str]) -> str:
    """The folded heading; where letters of it are lost (U+FFFD), the one known heading that it can have been."""
    parts = re.split(r"\ufffd+", heading)
    if not 1 < len(parts) <= _MOST_LOST + 1:
        return fold(heading)
    letters = product(_LOST_LETTERS, repeat=len(parts) - 1)
    readings = {fold("".join(chain(*zip(parts, [*lost, ""], strict=True)))) for lost in letters}
    fitting = readings & known
    return fitting.pop() if len(fitting) == 1 else fold(heading)


def _by_pattern(layout: Layout, heading: str) -> Target | None:
    if not 0 < len(heading) <= _LONGEST_HEADING:
        return None
    fitting = (target for pattern, target in layout.monster.items() if re.search(pattern, heading))
    return next(fitting, None)


def best(headings: Sequence[str], layouts: Sequence[Layout]) -> Match:
    """The first layout that fits, else the one that maps the most headings (with its faults)."""
    matches = [lay(layout, headings) for layout in layouts]
    return next((match for match in matches if match.fits), None) or min(
        matches, key=lambda match: (len(match.unmapped) + len(match.missing), -len(match.targets))
    )


class UnmappedError(InputError):
    """Headings that no column map fits; the message ends with one to edit."""

    def __init__(self, faults: Iterable[Fault], match: Match) -> None:
        super().__init__(faults)
        mend = "En kolumnkarta att ändra i: spara den som karta.toml och ange --layout karta.toml"
        self.args = (f"{self.args[0]}\n\n# {mend}\n{draft(match)}",)


def draft(match: Match) -> str:
    """A column map of a file's headings, with what is known of them, as TOML; ``?`` stands where somebody must choose."""
    targets = ", ".join(Target)
    rows = [
        f"{json.dumps(mask(heading), ensure_ascii=False)} = "
        + (f'"{target}"' if target else '"anvands_ej"  # ? okänd rubrik')
        for heading, target in dict(zip(match.headings, match.targets, strict=True)).items()
        if heading
    ]
    lines = [
        'namn = "Min reskontra"',
        'kalla = "Utdrag ur ekonomisystemet"',
        'obligatoriska = ["belopp"]',
        f"# Varje rubrik är något av: {targets}",
        "[kolumner]",
        *rows,
    ]
    return "\n".join(lines)


def faults(match: Match, file: str, place: str) -> list[Fault]:
    """What keeps a file from fitting the layout that comes nearest."""
    headings = ", ".join(map(mask, match.headings))
    known = f"en rubrik i kolumnkartan {match.layout.id!r}"
    mend = "skriv en kolumnkarta och ange den med --layout"
    twice = {heading for heading in match.headings if match.headings.count(heading) > 1}
    found = [
        Fault(
            file,
            f"{place}, kolumn {mask(heading)!r}",
            known,
            "en rubrik som en annan kolumn också har" if heading in twice else "en okänd rubrik",
            mend,
        )
        for heading in match.unmapped
    ]
    found += [Fault(file, place, f"en kolumn för {missing}", f"ingen: {headings}", mend) for missing in match.missing]
    if match.doubled:
        columns = ", ".join(match.doubled)
        found.append(Fault(file, place, "en kolumn med beloppet", columns, f"{mend}, med 'anvands_ej' för de andra"))
    if not found:
        found.append(Fault(file, place, f"kolumnerna i samma ordning som i {match.layout.id!r}", headings, mend))
    return found
