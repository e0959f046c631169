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
    Formula,
    Grid,
    Input,
    Plain,
    SheetColumn,
)
from analys.figures.sources import BETWEEN

START: Final = (
    SheetColumn("rubrik", "Läs mig", 26),
    SheetColumn("text", "", 80),
    SheetColumn("varde", "", 16, KR_ORE),
    SheetColumn("till", "", 16, KR_ORE),
    SheetColumn("underlag", "", 16),
)
INPUTS: Final = (
    SheetColumn("uppgift", "Uppgift", 44),
    SheetColumn("avser", "Avser", 26),
    SheetColumn("kommunkod", "Kommunkod", 11),
    SheetColumn("kommun", "Kommun", 15),
    SheetColumn("varde", "Värde", 14, KR_ORE),
    SheetColumn("enhet", "Enhet", 10),
    SheetColumn("underlag", "Underlag", 14),
    SheetColumn("kalla", "Källa", 12),
)
SHARING: Final = (
    SheetColumn("fordelning", "Fördelning", 34),
    SheetColumn("ar", "År", 7, YEAR),
    SheetColumn("kommunkod", "Kommunkod", 12),
    SheetColumn("kommun", "Kommun", 16),
    SheetColumn("nyckel", "Nyckeltal", 12, PERSONS),
    SheetColumn("andel", "Andel", 9, PERCENT),
    SheetColumn("exakt_lagst", "Oavrundat, lägst, kr", 15, EXACT),
    SheetColumn("exakt_hogst", "Oavrundat, högst, kr", 15, EXACT),
    SheetColumn("lagst", "Belopp, lägst, kr", 14, KR_ORE),
    SheetColumn("hogst", "Belopp, högst, kr", 14, KR_ORE),
    SheetColumn("underlag", "Underlag", 17),
    SheetColumn("enligt", "Enligt", 24),
)
PER_HEAD: Final = (
    SheetColumn("ar", "År", 7, YEAR),
    SheetColumn("enligt", "Enligt", 24),
    SheetColumn("kommunkod", "Kommunkod", 12),
    SheetColumn("kommun", "Kommun", 16),
    SheetColumn("folkmangd", "Folkmängd 31 december", 12, PERSONS),
    SheetColumn("lagst", "Kr per invånare, lägst", 12, RATE),
    SheetColumn("hogst", "Kr per invånare, högst", 12, RATE),
    SheetColumn("fast_lagst", "I {price_year} års priser, lägst", 12, RATE),
    SheetColumn("fast_hogst", "I {price_year} års priser, högst", 12, RATE),
    SheetColumn("jamn_lagst", "Jämn fördelning, lägst", 12, RATE),
    SheetColumn("jamn_hogst", "Jämn fördelning, högst", 12, RATE),
    SheetColumn("avvikelse_lagst", "Avvikelse, lägst", 12, RATE),
    SheetColumn("avvikelse_hogst", "Avvikelse, högst", 12, RATE),
    SheetColumn("underlag", "Underlag", 17),
)
SAVING: Final = (
    SheetColumn("enligt", "Enligt", 24),
    SheetColumn("kommunkod", "Kommunkod", 12),
    SheetColumn("kommun", "Kommun", 16),
    SheetColumn("ar", "Slutår", 8, YEAR),
    SheetColumn("manader", "Månader utan kostnad", 11, KR),
    SheetColumn("del_lagst", "Slutåret, lägst, kr", 14, KR_ORE),
    SheetColumn("del_hogst", "Slutåret, högst, kr", 14, KR_ORE),
    SheetColumn("helar", "Helår", 8, YEAR),
    SheetColumn("helar_lagst", "Helåret, lägst, kr", 14, KR_ORE),
    SheetColumn("helar_hogst", "Helåret, högst, kr", 14, KR_ORE),
    SheetColumn("netto_lagst", "Helåret netto, lägst, kr", 14, KR_ORE),
    SheetColumn("netto_hogst", "Helåret netto, högst, kr", 14, KR_ORE),
    SheetColumn("underlag", "Underlag", 17),
)
REVIEW: Final = (
    SheetColumn("kontroll", "Kontroll", 40),
    SheetColumn("avser", "Avser", 36),
    SheetColumn("kommun", "Kommun", 16),
    SheetColumn("cell", "Cell", 8),
    SheetColumn("dokument", "Dokumentets tal", 16, KR_ORE),
    SheetColumn("formel", "Enligt formlerna", 16, KR_ORE),
    SheetColumn("skillnad", "Skillnad", 14, KR_ORE),
    SheetColumn("resultat", "Resultat", 75),
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
