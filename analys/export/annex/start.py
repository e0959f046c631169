"""The annex's first sheet: what it is, for whom, how it is read, the main figures, and the sources."""

from __future__ import annotations

from collections.abc import Sequence

from analys.export.annex.cells import Book, Grid
from analys.export.annex.results import Figure
from analys.export.annex.sheets import START
from analys.export.blocks import typeset
from analys.export.case import Case
from analys.export.chapters.letter import document_in_words
from analys.export.wording import EVIDENCE
from analys.figures.sources import short

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


def fill(grid: Grid, case: Case, figures: Sequence[Figure], sources: Sequence[str]) -> None:
    """Write the sheet. ``sources``: those that the numbers in ``Underlag`` stand for, the first of them number 1."""

    def line(heading: str, text: str) -> None:
        grid.add([heading, text, None, None, None])

    grid.add(["Talen i korthet", "", "Lägst, kr", "Högst, kr", "Underlag"], bold=True)
    for each in figures:
        grid.add([typeset(each.by), each.label, *(each.ends or (each.value, None)), each.underlag])
    line("Vad", f"Bilaga till tjänsteskrivelse: {case.agreement.name}. Alla belopp i kronor.")
    line("Avser", f"{case.whom[:1].upper()}{case.whom[1:]}")
    line("Handlingar", _when(case))
    if case.agreement.note:
        line("Observera", case.agreement.note)
    line("Underlag", EVIDENCE)
    line("Tecken", f"{case.sign.convention} Byts i bladet Underlag (Tecken).")
    line(
        "Intervall",
        "Lägst och högst är gränserna för vad som är möjligt, den övre själv inte med; skattade belopp är avrundade utåt "
        "till hela kronor.",
    )
    line(
        "Så räknar du om",
        "Ändra en gul cell i Underlag, till exempel en folkmängd eller en kostnad: alla tal följer med.",
    )
    for name, text in _SHEETS:
        line(f"Bladet {name}", text)
    grid.add(["Källor", "", None, None, None], bold=True)
    in_full = {short(document): document_in_words(document) for document in case.agreement.documents}
    for number, source in enumerate(sources, start=1):
        line(f"[{number}]", in_full.get(source, source))


def _when(case: Case) -> str:
    dates = sorted(str(document.date) for document in case.agreement.documents if document.date != "okand")
    return f"Daterade handlingar från {dates[0]} till {dates[-1]}" if dates else "Handlingarna är odaterade"
