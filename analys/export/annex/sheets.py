"""The annex's sheets: their columns, and the one that holds the inputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from analys.export.annex.cells import (
    DATE,
    EXACT,
    KR,
    KR_ORE,
    PERCENT,
    PERSONS,
    RATE,
    YEAR,
    Book,
    Column,
    Formula,
    Grid,
    Input,
    Plain,
)
from analys.figures.sources import BETWEEN

START: Final = (
    Column("rubrik", "Läs mig", 26),
    Column("text", "", 80),
    Column("varde", "", 16, KR_ORE),
    Column("till", "", 16, KR_ORE),
    Column("underlag", "", 16),
)
INPUTS: Final = (
    Column("uppgift", "Uppgift", 44),
    Column("avser", "Avser", 26),
    Column("kommunkod", "Kommunkod", 11),
    Column("kommun", "Kommun", 15),
    Column("varde", "Värde", 14, KR_ORE),
    Column("enhet", "Enhet", 10),
    Column("underlag", "Underlag", 14),
    Column("kalla", "Källa", 12),
)
SHARING: Final = (
    Column("fordelning", "Fördelning", 34),
    Column("ar", "År", 7, YEAR),
    Column("kommunkod", "Kommunkod", 12),
    Column("kommun", "Kommun", 16),
    Column("nyckel", "Nyckeltal", 12, PERSONS),
    Column("andel", "Andel", 9, PERCENT),
    Column("exakt_lagst", "Oavrundat, lägst, kr", 15, EXACT),
    Column("exakt_hogst", "Oavrundat, högst, kr", 15, EXACT),
    Column("lagst", "Belopp, lägst, kr", 14, KR_ORE),
    Column("hogst", "Belopp, högst, kr", 14, KR_ORE),
    Column("underlag", "Underlag", 17),
    Column("enligt", "Enligt", 24),
)
PER_HEAD: Final = (
    Column("ar", "År", 7, YEAR),
    Column("enligt", "Enligt", 24),
    Column("kommunkod", "Kommunkod", 12),
    Column("kommun", "Kommun", 16),
    Column("folkmangd", "Folkmängd 31 december", 12, PERSONS),
    Column("lagst", "Kr per invånare, lägst", 12, RATE),
    Column("hogst", "Kr per invånare, högst", 12, RATE),
    Column("fast_lagst", "I {price_year} års priser, lägst", 12, RATE),
    Column("fast_hogst", "I {price_year} års priser, högst", 12, RATE),
    Column("jamn_lagst", "Jämn fördelning, lägst", 12, RATE),
    Column("jamn_hogst", "Jämn fördelning, högst", 12, RATE),
    Column("avvikelse_lagst", "Avvikelse, lägst", 12, RATE),
    Column("avvikelse_hogst", "Avvikelse, högst", 12, RATE),
    Column("underlag", "Underlag", 17),
)
SAVING: Final = (
    Column("enligt", "Enligt", 24),
    Column("kommunkod", "Kommunkod", 12),
    Column("kommun", "Kommun", 16),
    Column("ar", "Slutår", 8, YEAR),
    Column("manader", "Månader utan kostnad", 11, KR),
    Column("del_lagst", "Slutåret, lägst, kr", 14, KR_ORE),
    Column("del_hogst", "Slutåret, högst, kr", 14, KR_ORE),
    Column("helar", "Helår", 8, YEAR),
    Column("helar_lagst", "Helåret, lägst, kr", 14, KR_ORE),
    Column("helar_hogst", "Helåret, högst, kr", 14, KR_ORE),
    Column("netto_lagst", "Helåret netto, lägst, kr", 14, KR_ORE),
    Column("netto_hogst", "Helåret netto, högst, kr", 14, KR_ORE),
    Column("underlag", "Underlag", 17),
)
REVIEW: Final = (
    Column("kontroll", "Kontroll", 40),
    Column("avser", "Avser", 36),
    Column("kommun", "Kommun", 16),
    Column("cell", "Cell", 8),
    Column("dokument", "Dokumentets tal", 16, KR_ORE),
    Column("formel", "Enligt formlerna", 16, KR_ORE),
    Column("skillnad", "Skillnad", 14, KR_ORE),
    Column("resultat", "Resultat", 75),
)

#: The columns of ``Fördelning`` that hold unrounded amounts.
EXACT_ENDS: Final = ("exakt_lagst", "exakt_hogst")
#: Those that hold them as they are charged or shown.
SHOWN_ENDS: Final = ("lagst", "hogst")
SHOWN: Final = {
    "kr": KR_ORE,
    "personer": PERSONS,
    "andel": PERCENT,
    "datum": DATE,
    "månader": KR,
    "": KR,
    "index": RATE,
}


class Inputs:
    """The sheet of inputs: a row each, with its unit, what it rests on and where it stands."""

    def __init__(self, book: Book, own: str) -> None:
        self.book = book
        self.grid = Grid(book, "Underlag", INPUTS, own)
        self.sources: dict[str, int] = {}

    def add(
        self,
        what: str,
        about: str,
        value: Plain | Formula,
        unit: str,
        underlag: str,
        source: str,
        *,
        place: tuple[str, str] = ("", ""),
        name: str = "",
    ) -> str:
        """Add an input (or a figure worked out from inputs); returns its address. ``place``: the member's code and name.

        ``name`` names the cell. The sources are numbered; the first sheet lists them.
        """
        parts = [part for part in source.split(BETWEEN) if part]
        notes = [self.sources.setdefault(part, len(self.sources) + 1) for part in parts]
        shown = replace(value, shown=SHOWN[unit]) if isinstance(value, Formula) else Input(value, SHOWN[unit])
        told = f"[{', '.join(map(str, sorted(notes)))}]" if notes else ""
        row = self.grid.add([what, about, *place, shown, unit, underlag, told])
        if name:
            self.book.name(name, self.grid, "varde", row)
        return self.grid.ref(row, "varde")
