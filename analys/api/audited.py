"""``analys.audit``: the findings of an annex, beside the table that they speak of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analys.agreement import Agreement as Terms
from analys.agreement.load import load
from analys.api import arguments, page
from analys.api.files import document_of
from analys.audit.file import audit_document
from analys.audit.finding import Finding
from analys.audit.report import describe
from analys.audit.single import Audit
from analys.documents.pictures import cut_out
from analys.intake.annex import Annex, Column, Member, TotalRow
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
        return pd.DataFrame(rows, columns=list(_FINDING), dtype=object).astype({"nr": "int64", "effekt_kr": "Int64"})

    @property
    def columns(self) -> pd.DataFrame:
        """One row a column or printed total: whether it is explained, contradicted or not audited, and why."""
        rows = [{"tabell": audit.annex.place, **answer.as_json()} for audit in self.audits for answer in audit.columns]
        return pd.DataFrame(rows)

    @property
    def table(self) -> pd.DataFrame:
        """The annexes' figures as numbers, one row a member; money and shares as they stand, in kronor and parts."""
        return pd.DataFrame([_figures(audit.annex, member) for audit in self.audits for member in audit.annex.members])

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

        file = arguments.FILE("path", path)
        title = f"<title>Granskning av {escape(self.file)}</title>"
        head = f'<!doctype html><html lang="sv"><meta charset="utf-8">{title}'
        write_atomically(file, f"{head}<body>{self._repr_html_()}</body></html>\n".encode())
        return file

    def __repr__(self) -> str:
        lines = []
        for audit in self.audits:
            lines.append(f"{self.file}, {audit.annex.place}: {audit.verdict or f'{len(audit.findings)} fynd'}")
            lines += [f"  {number}. {finding.severity}: {finding.message}" for number, finding in _numbered(audit)]
            lines += [f"  Regel: {rule}" for rule in [_rule(audit)] if rule]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return "".join(_page(self.file, audit, self.source) for audit in self.audits)


@arguments.named
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
    cost_year = arguments.YEAR.unless_none("year", year)
    terms = arguments.Wanted(arguments.AGREEMENT.told, _terms).unless_none("agreement", agreement)
    asked = arguments.FILE_OR_FRAME("source", source)
    document = document_of(asked)
    path = asked if isinstance(asked, Path) else None
    return AuditResult(document.file, audit_document(document, terms=terms, cost_year=cost_year), path)


def _terms(agreement: Any) -> Terms:
    """The terms of what :func:`analys.agreement` has answered, or of what it would answer."""
    return getattr(agreement, "terms", None) or load(Path(agreement))


def _numbered(audit: Audit) -> Iterator[tuple[int, Finding]]:
    return enumerate(audit.findings, start=1)


#: Column of ``findings`` -> the published key of a finding, where it is one of its.
_FINDING: Final = {
    "tabell": "", "nr": "", "allvar": "severity", "kod": "code", "cell": "cell", "kommun": "kommun",
    "vantat": "expected", "funnet": "found", "effekt_kr": "effect_kr", "fynd": "message",
}  # fmt: skip


def _finding(audit: Audit, number: int, finding: Finding) -> dict[str, Any]:
    told = finding.as_json() | {"cell": finding.cell or "", "kommun": finding.kommun or ""}
    told |= {"effect_kr": finding.effect_kr.get(finding.kommunkod or "")}
    return {"tabell": audit.annex.place, "nr": number} | {name: told.get(key) for name, key in _FINDING.items() if key}


def _figures(annex: Annex, member: Member) -> dict[str, str | float]:
    """The member's row: whose it is, and each figure under its heading."""
    who = {"tabell": annex.place, "kommunkod": member.municipality.code, "kommun": member.municipality.name}
    headings = {column.letter: column.heading for column in annex.columns}
    return who | {headings[letter]: float(figure.value) for letter, figure in member.figures.items()}


def _rule(audit: Audit) -> str:
    rule = audit.as_json("")["rule"]
    return describe(rule) if rule else ""


def _page(file: str, audit: Audit, source: Path | None) -> str:
    rule = _rule(audit)
    lines = [audit.verdict or f"{len(audit.findings)} fynd.", *([f"Regel: {rule}"] if rule else [])]
    tables = [_findings_table(audit), _annex_table(audit.annex, _notes(audit)), _unproven_table(audit, source)]
    unseen = [f"{answer.as_json()['status']}: {answer.column.heading} ({answer.why})" for answer in audit.columns]
    return page.shown(f"{file}, {audit.annex.place}", lines, [table for table in tables if table.rows], unseen)


def _findings_table(audit: Audit) -> page.Table:
    rows = []
    for number, finding in _numbered(audit):
        effect = finding.effect_kr.get(finding.kommunkod or "", 0)
        cost = f"{format_kr(abs(effect))} för {'mycket' if effect > 0 else 'lite'}" if effect else ""
        severity = page.Cell(str(finding.severity), str(finding.severity))
        texts = map(page.Cell, (finding.cell or "", finding.message, cost))
        rows.append(page.Row((page.Cell(str(number)), severity, *texts)))
    return page.Table("Fynd", ("Nr", "Allvar", "Cell", "Fynd", "Kommunen betalar"), rows, {0})


def _unproven_table(audit: Audit, source: Path | None) -> page.Table:
    """The figures of a page or a picture that no relation proves, each with its cut-out where the page has its place."""
    figures = audit.to_confirm
    boxes = [each.figure.source.box for each in figures if each.figure.source and each.figure.source.box]
    pictures = [b""] * len(figures)
    if source is not None and source.is_file() and len(boxes) == len(figures):
        pictures = cut_out(source, boxes)
    rows = [
        page.Row(
            (page.Cell(each.figure.cell), page.Cell(each.column.heading), page.Cell(each.figure.text, picture=cut))
        )
        for each, cut in zip(figures, pictures, strict=True)
    ]
    return page.Table("Att bekräfta mot sidan: inget samband styrker dessa tal", ("Plats", "Kolumn", "Läst"), rows)


def _notes(audit: Audit) -> Mapping[str, str]:
    """Cell -> the numbers of its findings."""
    notes: dict[str, str] = {}
    for number, finding in _numbered(audit):
        if finding.cell:
            notes[finding.cell] = f"{notes[finding.cell]}, {number}" if finding.cell in notes else str(number)
    return notes


def _annex_table(annex: Annex, notes: Mapping[str, str]) -> page.Table:
    used = {letter for member in annex.members for letter in member.figures}
    numeric = [column for column in annex.columns if column.letter in used]
    rows = [_row(each, each.municipality.name, numeric, notes, "") for each in (*annex.members, *annex.others)]
    rows += [_row(total, total.label or "Summa", numeric, notes, "total") for total in annex.totals]
    headings = ["Kommun", *(column.heading for column in numeric)]
    return page.Table(annex.title or "Bilagan", headings, rows, set(range(1, len(headings))))


def _row(row: Member | TotalRow, name: str, numeric: Sequence[Column], notes: Mapping[str, str], kind: str) -> page.Row:
    figures = (row.figures.get(column.letter) for column in numeric)
    cells = [_cell(figure.text, figure.cell, notes) if figure else page.Cell("") for figure in figures]
    return page.Row((_cell(name, row.cell, notes), *cells), kind)


def _cell(text: str, place: str, notes: Mapping[str, str]) -> page.Cell:
    note = notes.get(place, "")
    return page.Cell(text, "marked" if note else "", note)
