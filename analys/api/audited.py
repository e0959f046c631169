"""``analys.audit``: the findings of an annex, beside the table that they speak of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analys.agreement.load import load
from analys.api import page
from analys.api.files import document_of
from analys.audit.file import audit_document
from analys.audit.finding import Finding
from analys.audit.report import describe
from analys.audit.single import Audit
from analys.documents.pictures import cut_out
from analys.errors import AnalysError
from analys.intake.annex import Annex, Member, TotalRow
from analys.swedish import format_kr

if TYPE_CHECKING:
    from analys.api.agreed import Agreement


@dataclass(frozen=True, repr=False)
class AuditResult:
    """The audit of every annex of a file.

    ``findings``, ``columns`` and ``table`` are frames; in a notebook the result shows the findings, the annex with the
    cells that they speak of marked, the rule and what was not audited.
    """

    file: str
    audits: tuple[Audit, ...]
    source: Path | None = None

    @property
    def findings(self) -> pd.DataFrame:
        """One row a finding: ``tabell``, ``nr``, ``allvar``, ``kod``, ``cell``, ``kommun``, ``vantat``, ``funnet``,
        ``effekt_kr`` (whole kronor that the member pays too much) and ``fynd``, a sentence."""
        rows = [_finding(audit, number, finding) for audit in self.audits for number, finding in _numbered(audit)]
        columns = ["tabell", "nr", "allvar", "kod", "cell", "kommun", "vantat", "funnet", "effekt_kr", "fynd"]
        return pd.DataFrame(rows, columns=columns, dtype=object).astype({"nr": "int64", "effekt_kr": "Int64"})

    @property
    def columns(self) -> pd.DataFrame:
        """One row a column or printed total: whether it is explained, contradicted or not audited, and why."""
        rows = [{"tabell": audit.annex.place, **answer.as_json()} for audit in self.audits for answer in audit.columns]
        return pd.DataFrame(rows)

    @property
    def table(self) -> pd.DataFrame:
        """The annexes' figures as numbers, one row a member; money and shares as they stand, in kronor and parts."""
        rows = [
            {"tabell": audit.annex.place, "kommunkod": member.municipality.code, "kommun": member.municipality.name}
            | {
                column.heading: _number(member, column.letter)
                for column in audit.annex.columns
                if column.letter in member.figures
            }
            for audit in self.audits
            for member in audit.annex.members
        ]
        return pd.DataFrame(rows)

    @property
    def rules(self) -> list[str]:
        """The inferred rule of each annex, in words; "" where none was found."""
        return [_rule(audit) for audit in self.audits]

    def to_frame(self) -> pd.DataFrame:
        """:attr:`findings`."""
        return self.findings

    def to_html(self, path: str | Path) -> Path:
        """Write what a notebook shows as a page of its own; returns the file."""
        from analys.files import write_atomically

        head = (
            f'<!doctype html><html lang="sv"><meta charset="utf-8"><title>Granskning av {_escaped(self.file)}</title>'
        )
        write_atomically(Path(path), f"{head}<body>{self._repr_html_()}</body></html>\n".encode())
        return Path(path)

    def __repr__(self) -> str:
        lines = []
        for audit in self.audits:
            lines.append(f"{self.file}, {audit.annex.place}: {audit.verdict or f'{len(audit.findings)} fynd'}")
            lines += [f"  {number}. {finding.severity}: {finding.message}" for number, finding in _numbered(audit)]
            lines += [f"  Regel: {rule}" for rule in [_rule(audit)] if rule]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return "".join(_page(self.file, audit, self.source) for audit in self.audits)


def audit(
    source: str | Path | pd.DataFrame, agreement: Agreement | str | Path | None = None, year: int | None = None
) -> AuditResult:
    """Audit every cost-sharing annex of a file (PDF, Word, Excel, csv, a scan ...) or of a frame.

    ``agreement`` (an id, a path or the answer of :func:`analys.agreement`) holds it against that one's own rule and
    members; ``year`` is the year whose cost is shared, for populations without a date. Raises
    :class:`analys.errors.InputError` with what is wrong and what to do.

    >>> import analys, pandas as pd
    >>> bilaga = pd.DataFrame({"Kommun": ["Mora", "Orsa", "Älvdalen"], "Andel": ["50 %", "30 %", "20 %"],
    ...                        "Belopp 2023": [50000, 30000, 20000]})
    >>> analys.audit(bilaga).findings.empty
    True
    """
    if year is not None and type(year) is not int:
        raise AnalysError(f"väntade ett år som heltal, fann {year!r}; skriv det utan citattecken, som year=2024")
    document = document_of(source)
    terms = load(agreement) if isinstance(agreement, str | Path) else agreement.terms if agreement else None
    path = None if isinstance(source, pd.DataFrame) else Path(source)
    return AuditResult(document.file, audit_document(document, terms=terms, cost_year=year), path)


def _numbered(audit: Audit) -> Iterator[tuple[int, Finding]]:
    return enumerate(audit.findings, start=1)


def _finding(audit: Audit, number: int, finding: Finding) -> dict[str, Any]:
    told = finding.as_json()
    return {
        "tabell": audit.annex.place,
        "nr": number,
        "allvar": told["severity"],
        "kod": told["code"],
        "cell": finding.cell or "",
        "kommun": finding.kommun or "",
        "vantat": told["expected"],
        "funnet": told["found"],
        "effekt_kr": finding.effect_kr.get(finding.kommunkod or ""),
        "fynd": finding.message,
    }


def _number(member: Member, letter: str) -> float:
    return float(member.figures[letter].value)


def _rule(audit: Audit) -> str:
    rule = audit.as_json("")["rule"]
    return describe(rule) if rule else ""


def _page(file: str, audit: Audit, source: Path | None) -> str:
    annex = audit.annex
    lines = [audit.verdict] if audit.verdict else [f"{len(audit.findings)} fynd."]
    lines += [f"Regel: {rule}" for rule in [_rule(audit)] if rule]
    tables = [_findings_table(audit)] if audit.findings else []
    tables += [_annex_table(annex, _notes(audit)), *_unproven_table(audit, source)]
    unseen = [f"{answer.as_json()['status']}: {answer.column.heading} ({answer.why})" for answer in audit.columns]
    return page.shown(f"{file}, {annex.place}", lines, tables, unseen)


def _findings_table(audit: Audit) -> page.Table:
    rows = []
    for number, finding in _numbered(audit):
        effect = finding.effect_kr.get(finding.kommunkod or "", 0)
        cost = f"{format_kr(abs(effect))} för {'mycket' if effect > 0 else 'lite'}" if effect else ""
        cells = (str(number), str(finding.severity), finding.cell or "", finding.message, cost)
        rows.append(
            page.Row(tuple(page.Cell(text, str(finding.severity) if n == 1 else "") for n, text in enumerate(cells)))
        )
    return page.Table("Fynd", ("Nr", "Allvar", "Cell", "Fynd", "Kommunen betalar"), rows, {0})


def _unproven_table(audit: Audit, source: Path | None) -> list[page.Table]:
    """The figures of a page or a picture that no relation proves, each with its cut-out; none where all are proven."""
    figures = audit.reviewed.to_confirm if audit.reviewed else ()
    if not figures:
        return []
    boxes = [each.figure.source.box if each.figure.source else None for each in figures]
    pictures = dict.fromkeys(range(len(figures)), b"")
    if source is not None and source.is_file() and all(boxes):
        pictures = dict(enumerate(cut_out(source, [box for box in boxes if box])))
    rows = [
        page.Row(
            (page.Cell(each.figure.cell), page.Cell(each.column.heading), page.Cell(each.figure.text, picture=picture))
        )
        for each, picture in zip(figures, pictures.values(), strict=True)
    ]
    return [page.Table("Att bekräfta mot sidan: inget samband styrker dessa tal", ("Plats", "Kolumn", "Läst"), rows)]


def _notes(audit: Audit) -> Mapping[str, str]:
    """Cell -> the numbers of its findings."""
    notes: dict[str, list[str]] = {}
    for number, finding in _numbered(audit):
        if finding.cell:
            notes.setdefault(finding.cell, []).append(str(number))
    return {cell: ", ".join(numbers) for cell, numbers in notes.items()}


def _annex_table(annex: Annex, notes: Mapping[str, str]) -> page.Table:
    numeric = [column for column in annex.columns if any(column.letter in member.figures for member in annex.members)]
    headings = ["Kommun", *(column.heading for column in numeric)]
    rows = [_row(member.municipality.name, member.cell, member, numeric, notes, "") for member in annex.members]
    rows += [_row(party.municipality.name, party.cell, party, numeric, notes, "") for party in annex.others]
    rows += [_row(total.label or "Summa", total.cell, total, numeric, notes, "total") for total in annex.totals]
    return page.Table(annex.title or "Bilagan", headings, rows, set(range(1, len(headings))))


def _row(
    name: str, place: str, row: Member | TotalRow, numeric: Sequence[Any], notes: Mapping[str, str], kind: str
) -> page.Row:
    cells = [_cell(name, place, notes)]
    for column in numeric:
        figure = row.figures.get(column.letter)
        cells.append(_cell(figure.text, figure.cell, notes) if figure else page.Cell(""))
    return page.Row(tuple(cells), kind)


def _cell(text: str, place: str, notes: Mapping[str, str]) -> page.Cell:
    note = notes.get(place, "")
    return page.Cell(text, "marked" if note else "", note)


def _escaped(text: str) -> str:
    from html import escape

    return escape(text)
