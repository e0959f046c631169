"""A report as a Word memo (tjänsteskrivelse), made from a template that a municipality can replace with its own.

The template's page layout, header and first lines are kept, and the report follows them. ``{{mottagare}}`` in the
header becomes the municipality or group. Everything is shown by the template's styles: those of :data:`STYLES` must be
there. Headings, lists, captions, table header rows and alt texts are real ones, which is what makes the document
accessible.
"""

from __future__ import annotations

import datetime as dt
import io
from functools import singledispatchmethod
from pathlib import Path
from typing import Any, Final

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph

from analys.errors import AnalysError
from analys.export.archive import without_time
from analys.export.blocks import Blank, Block, Figure, Items, Report, Section, Table, Text
from analys.figures.chart import SOURCE_PREFIX

TEMPLATE: Final = Path(__file__).parent / "mallar" / "tjansteskrivelse.docx"
LANGUAGE: Final = "sv-SE"

_TITLE, _SUBTITLE, _HEADING, _CAPTION = "Title", "Subtitle", "Heading {}", "Caption"
_NUMBERED, _BULLETS, _SOURCE, _BLANK = "List Number", "List Bullet", "Källrad", "Att skriva"
_CELL, _PICTURE, _TABLE = "Tabelltext", "Bild", "Rapporttabell"
#: The styles that a template must have.
STYLES: Final = (
    "Normal", _TITLE, _SUBTITLE, "Heading 1", "Heading 2", _CAPTION, _NUMBERED, _BULLETS, _SOURCE, _BLANK, _CELL,
    _PICTURE, _TABLE,
)  # fmt: skip
_RECIPIENT: Final = "{{mottagare}}"
_OWN_ROW: Final = "DCE8F1"
_STAMP: Final = dt.datetime(1980, 1, 1)


def write(report: Report, file: Path, template: Path = TEMPLATE) -> Path:
    """Write the report as a docx file: the same bytes on every run. Returns the file.

    Raises :class:`AnalysError` when the template cannot be read or lacks styles, and names them.
    """
    memo = _Memo(report, _open(template))
    memo.fill()
    buffer = io.BytesIO()
    memo.document.save(buffer)
    file.write_bytes(without_time(buffer.getvalue()))
    return file


def _open(template: Path) -> Document:
    try:
        document = docx.Document(str(template))
    except (PackageNotFoundError, KeyError, ValueError, OSError) as error:
        raise AnalysError(f"{template}: väntade a Word template (.docx), fann something else: {error}") from error
    names = {style.name for style in document.styles}
    missing = [name for name in STYLES if name not in names]
    if missing:
        raise AnalysError(
            f"{template}: the template lacks the styles {', '.join(missing)} - add them in Word (Styles, New style), "
            f"or start from {TEMPLATE.name}"
        )
    return document


class _Memo:
    """A Word document that is being written."""

    def __init__(self, report: Report, document: Document) -> None:
        self.report, self.document = report, document
        self._style_ids = {style.name: style.style_id for style in document.styles}

    def fill(self) -> None:
        """Everything, in reading order."""
        self._properties()
        self._recipient()
        self._paragraph(self.report.title, _TITLE)
        self._paragraph(self.report.whom, _SUBTITLE)
        for section in self.report.sections:
            self._section(section, 1)

    def _properties(self) -> None:
        properties = self.document.core_properties
        properties.title = f"{self.report.title}: {self.report.whom}"
        properties.subject, properties.language = "Tjänsteskrivelse", LANGUAGE
        properties.author = properties.last_modified_by = "analys"
        properties.created = properties.modified = _STAMP
        defaults = self.document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
        if defaults is not None:
            language = defaults.find(qn("w:lang"))
            if language is None:
                language = OxmlElement("w:lang")
                defaults.append(language)
            language.set(qn("w:val"), LANGUAGE)

    def _recipient(self) -> None:
        for section in self.document.sections:
            for paragraph in section.header.paragraphs:
                for run in paragraph.runs:
                    if _RECIPIENT in run.text:
                        run.text = run.text.replace(_RECIPIENT, f"{self.report.title}, {self.report.whom}")

    def _paragraph(self, text: str, style: str) -> Paragraph:
        paragraph = self.document.add_paragraph(text)
        paragraph._p.style = self._style_ids[style]  # by id: looking a style up by name takes longer than all the rest
        return paragraph

    def _section(self, section: Section, level: int) -> None:
        self._paragraph(section.heading, _HEADING.format(level))
        for block in section.blocks:
            self._add(block)
        for inner in section.sections:
            self._section(inner, level + 1)

    @singledispatchmethod
    def _add(self, block: Block) -> None:
        raise TypeError(f"no way to write a {type(block).__name__}")

    @_add.register
    def _(self, block: Text) -> None:
        self._paragraph(block.text, "Normal")

    @_add.register
    def _(self, block: Blank) -> None:
        self._paragraph(f"[Att skriva: {block.text}]", _BLANK)

    @_add.register
    def _(self, block: Items) -> None:
        paragraphs = [self._paragraph(item, _NUMBERED if block.numbered else _BULLETS) for item in block.items]
        if block.numbered:
            self._restart(paragraphs)

    def _restart(self, paragraphs: list[Paragraph]) -> None:
        """Let a numbered list begin at 1, also when the document has one before it."""
        style = self.document.styles[_NUMBERED].element
        of_style = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
        if of_style is None:
            return
        numbering = self.document.part.numbering_part.element
        abstract = numbering.num_having_numId(int(of_style.get(qn("w:val")))).abstractNumId.val
        number = numbering.add_num(abstract)
        number.add_lvlOverride(ilvl=0).add_startOverride(1)
        for paragraph in paragraphs:
            properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_ilvl().val, properties.get_or_add_numId().val = 0, number.numId

    @_add.register
    def _(self, block: Table) -> None:
        self._caption("Tabell", block.number, block.caption)
        table = self.document.add_table(len(block.rows) + 1, len(block.headings), style=_TABLE)
        _describe_table(table, block)
        numeric = block.numeric
        together = any(numeric) and len(block.rows) <= _KEPT_TOGETHER
        for place, (row, texts) in enumerate(zip(table._tbl.tr_lst, [block.headings, *block.rows], strict=True)):
            _mark_row(row, header=place == 0)
            own = place - 1 in block.highlighted
            for column, (cell, text) in enumerate(zip(row.tc_lst, texts, strict=True)):
                paragraph = Paragraph(cell.p_lst[0], table)
                paragraph._p.style = self._style_ids[_CELL]
                run = paragraph.add_run(text)
                run.bold = True if place == 0 or own else None
                if numeric[column]:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                if place == 0 or together:
                    paragraph.paragraph_format.keep_with_next = True
                if own:
                    _shade(cell, _OWN_ROW)
        _set_widths(table, block)
        self._source(block)

    @_add.register
    def _(self, block: Figure) -> None:
        paragraph = self._paragraph("", _PICTURE)
        shape = paragraph.add_run().add_picture(io.BytesIO(block.chart.png_without_source), width=_TEXT_WIDTH)
        for side in ("distT", "distB", "distL", "distR"):  # unsaid, LibreOffice moves the picture out of the text
            shape._inline.set(side, "0")
        described = shape._inline.docPr
        described.set("name", f"{block.label}")
        described.set("descr", f"{block.chart.title}. {block.chart.alt}")
        self._caption("Figur", block.number, block.caption)
        self._source(block)

    def _caption(self, kind: str, number: int, text: str) -> None:
        """A caption whose number is a real field, so that lists of tables and figures can be made from it."""
        paragraph = self._paragraph(f"{kind}\u00a0", _CAPTION)
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), f" SEQ {kind} \\* ARABIC ")
        paragraph._p.append(field)
        run = paragraph.add_run(str(number))
        field.append(run._r)
        paragraph.add_run(f". {text}")

    def _source(self, block: Table | Figure) -> None:
        underlag = f"Underlag: {block.underlag}. " if block.underlag else ""
        self._paragraph(f"{underlag}{SOURCE_PREFIX}{block.source}.", _SOURCE)


_TEXT_WIDTH: Final = Cm(16)
#: Of the table text's letters, the width of an average one; and a cell's margins.
_LETTER: Final = Cm(0.18)
_MARGINS: Final = Cm(0.4)
#: Tables of figures of up to this many rows are not broken over pages.
_KEPT_TOGETHER: Final = 14


def _flag(parent: Any, name: str, **attributes: str) -> None:
    element = OxmlElement(name)
    for attribute, value in attributes.items():
        element.set(qn(f"w:{attribute}"), value)
    parent.append(element)


def _mark_row(row: Any, *, header: bool) -> None:
    """A row is not broken over pages; the header row is repeated on each."""
    properties = row.get_or_add_trPr()
    _flag(properties, "w:cantSplit")
    if header:
        _flag(properties, "w:tblHeader")


def _shade(cell: Any, fill: str) -> None:
    _flag(cell.get_or_add_tcPr(), "w:shd", val="clear", color="auto", fill=fill)


def _describe_table(table: WordTable, block: Table) -> None:
    """The table's title and description for those who cannot see it; its first row and column are headers."""
    properties = table._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    if look is not None:
        properties.remove(look)
    _flag(properties, "w:tblLook", val="00A0", firstRow="1", firstColumn="1", noHBand="1", noVBand="1")
    _flag(properties, "w:tblCaption", val=block.label)
    _flag(
        properties, "w:tblDescription", val=f"{block.caption}. {len(block.rows)} rader, {len(block.headings)} kolumner."
    )


def _set_widths(table: WordTable, block: Table) -> None:
    """Each column is as wide as its longest word; what is left of the text width goes where the texts are longest."""
    columns = list(zip(block.headings, *block.rows, strict=True))
    least = [max(len(word) for text in texts for word in text.split(" ")) * _LETTER + _MARGINS for texts in columns]
    wish = [
        max(len(text) for text in texts) * _LETTER + _MARGINS - own for texts, own in zip(columns, least, strict=True)
    ]
    spare = max(0, _TEXT_WIDTH - sum(least))
    wanted = sum(wish) or 1
    widths = [int(own + spare * more / wanted) for own, more in zip(least, wish, strict=True)]
    scale = _TEXT_WIDTH / sum(widths)
    table.autofit = False
    exact = [Emu(int(width * scale)) for width in widths]
    for column, width in zip(table.columns, exact, strict=True):
        column.width = width
    for row in table._tbl.tr_lst:
        for cell, width in zip(row.tc_lst, exact, strict=True):
            cell.width = width
