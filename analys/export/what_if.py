"""A scenario as a report of its own: what was asked, what is assumed, what each municipality would pay."""

from __future__ import annotations

from pathlib import Path

import analys.agreement as agreements
from analys.export import memo, page
from analys.export.blocks import Figure, Items, Report, Section, Table, Text, numbered, typeset
from analys.export.chapters.letter import document_in_words
from analys.export.wording import EVIDENCE
from analys.figures.leaving import change_by_municipality
from analys.figures.sources import documents, official_population, short
from analys.figures.table import swedish_table
from analys.leaving import Answer
from analys.swedish import format_date, format_percent


def write(agreement_id: str, answer: Answer, folder: Path, highlight: str | None = None) -> list[Path]:
    """Write ``<agreement>-scenario.docx`` and ``.html`` in ``folder``; returns the files."""
    content = report(agreement_id, answer, highlight)
    folder.mkdir(parents=True, exist_ok=True)
    stem = content.file_name
    return [memo.write(content, folder / f"{stem}.docx"), page.write(content, folder / f"{stem}.html")]


def report(agreement_id: str, answer: Answer, highlight: str | None = None) -> Report:
    """The content of the scenario's report."""
    agreement, question = agreements.load(agreement_id), answer.question
    figure = Figure("scenario", lambda: change_by_municipality(agreement_id, answer, highlight), "skattad")
    content = Report(
        agreement_id,
        None,
        f"{agreement.id}-scenario",
        f"{agreement.name}: scenario",
        "Samtliga kommuner",
        (
            Section("Frågan", (Items(asked(answer)), Text(EVIDENCE))),
            Section(f"Vad kommunerna skulle betala helåret {question.year}", (figure, _table(agreement_id, answer))),
        ),
    )
    return numbered(content, {short(document): document_in_words(document) for document in agreement.documents})


def asked(answer: Answer) -> tuple[str, ...]:
    """The question and its assumptions, a sentence each."""
    question = answer.question
    gone = [region.name for region in question.leaving]
    return tuple(
        typeset(sentence)
        for sentence in (
            f"Sista dag med avtalet oförändrat: {format_date(question.end)}.",
            f"Lämnar: {', '.join(gone) or 'ingen'}.",
            f"Av de utträdandes kostnad finns {format_percent(question.stranded, 0)} kvar.",
            f"Beloppen är i {answer.price_year} års priser, räknade på {answer.base_year} års belopp.",
            *answer.assumptions,
        )
    )


def _table(agreement_id: str, answer: Answer) -> Table:
    shown = swedish_table(answer.changes.drop(columns=["kommunkod", "kalla"])).text.reset_index()
    sources = documents(agreement_id, ", ".join(answer.changes["kalla"].unique()))
    return Table(
        "scenario-belopp",
        f"Vad varje kommun skulle betala {answer.question.year}, kr",
        tuple(str(name) for name in shown),
        tuple(tuple(str(cell) for cell in row) for row in shown.to_numpy()),
        f"{sources}; {official_population()}",
    )
