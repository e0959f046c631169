"""The annex's first sheet: what it is, for whom, how it is read, the main figures, and the sources."""

from __future__ import annotations

from collections.abc import Sequence

from analys.catalog import package
from analys.export.annex.cells import Book, Formula, Grid
from analys.export.annex.sheets import START
from analys.export.case import Case
from analys.export.chapters.letter import document_in_words
from analys.export.wording import EVIDENCE

_SHEETS = (
    ("Underlag", "Alla indata, en rad per uppgift med enhet, underlag och källa. Gula celler får ändras."),
    ("Fördelning", "Andelar och belopp som formler ur Underlag, avrundade som avtalet gör."),
    ("Per invånare", "Kronor per invånare, i fasta priser och mot jämn fördelning."),
    ("Besparing", "Vad som inte längre betalas om avtalet upphör. Slutdatum och tecken ändras i Underlag."),
    ("Granskning", "Handlingarnas tal bredvid formlernas, och uppgifter som inte kan stämma samtidigt."),
)


def open_sheet(book: Book) -> Grid:
    """The first sheet, empty: it comes first in the workbook, but is filled last."""
    return Grid(book, "Läs mig", START)


def fill(grid: Grid, case: Case, figures: Sequence[tuple[str, Formula, Formula, str]]) -> None:
    """Write the sheet. ``figures``: what, low, high, what it rests on."""

    def line(heading: str, text: str) -> None:
        grid.add([heading, text, None, None, None])

    line("Vad", f"Bilaga till tjänsteskrivelse: {case.agreement.name}. Alla belopp i kronor.")
    line("Avser", case.whom)
    line("Handlingar", _when(case))
    if case.agreement.note:
        line("Observera", case.agreement.note)
    line("Underlag", EVIDENCE)
    line("Tecken", f"{case.sign.convention} Byts i bladet Underlag (Tecken).")
    line("Intervall", "Lägst och högst är gränserna för vad som är möjligt; den övre gränsen är själv inte med.")
    line(
        "Så räknar du om",
        "Ändra en gul cell i Underlag, till exempel en folkmängd eller en kostnad: alla tal följer med.",
    )
    for name, text in _SHEETS:
        line(f"Bladet {name}", text)
    grid.add(["Tal i korthet", "", "Lägst", "Högst", "Underlag"], bold=True)
    for what, low, high, rests_on in figures:
        grid.add(["", what, low, high, rests_on])
    grid.add(["Källor", "", None, None, None], bold=True)
    for document in case.agreement.documents:
        line("Handling", document_in_words(document))
    for entry in package().resources:
        if entry.path.startswith("statistik/"):
            line("Statistik", f"{entry.citation}. Daterad {entry.document_date}, hämtad {entry.retrieved}.")


def _when(case: Case) -> str:
    dates = sorted(str(document.date) for document in case.agreement.documents if document.date != "okand")
    return f"Daterade handlingar från {dates[0]} till {dates[-1]}" if dates else "Handlingarna är odaterade"
