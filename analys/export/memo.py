"""A report as a Word memo (tjänsteskrivelse), made from a template that a municipality can replace with its own.

The template's page layout, header and first lines are kept, and the report follows them: the letter, and on a page of
its own the annex, which ends with the sources that the numbers in brackets stand for. ``{{mottagare}}`` in the
header becomes the municipality or group. Everything is shown by the template's styles: those of :data:`STYLES` must be
there. Headings, lists, captions, table header rows and alt texts are real ones, which is what makes the document
accessible.
"""

from __future__ import annotations

import datetime as dt
import functools
import io
import zipfile
import zlib
from collections.abc import Iterator
from functools import singledispatchmethod
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.exceptions import PythonDocxError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph
from lxml import etree
from matplotlib.font_manager import FontProperties, findfont, get_font

from analys.errors import AnalysError
from analys.export.archive import check_clock, without_time
from analys.export.blocks import Blank, Block, Figure, Items, Report, Section, Table, Text
from analys.files import write_atomically
from analys.swedish import NBSP

#: The heading of what follows the letter.
ANNEX: Final = "Bilaga: tabeller, diagram och källor"
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

    Raises :class:`AnalysError` when the template cannot be used, and says why.
    """
    check_clock()
    document = _open(template)
    buffer = io.BytesIO()
    try:
        _Memo(report, document).fill()
        document.save(buffer)
        content = without_time(buffer.getvalue())
        docx.Document(io.BytesIO(content))
    except _DAMAGE as error:
        raise _unusable(template) from error
    write_atomically(file, content)
    return file


#: What python-docx, lxml and the archive raise over a file that is damaged, at reading or when it is written anew.
_DAMAGE: Final = (
    AttributeError, EOFError, IndexError, KeyError, NotImplementedError, OSError, RuntimeError, TypeError, ValueError,
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, etree.LxmlError, PythonDocxError,
)  # fmt: skip
#: Parts that a program which opens the document reads first.
_NEEDED: Final = ("word/document.xml", "word/styles.xml", "word/numbering.xml")


def _unusable(template: Path) -> AnalysError:
    return AnalysError(
        f"{template}: väntade en Wordmall (.docx) som går att öppna, fann en skadad fil eller en annan filtyp; spara "
        f"om "
        f"mallen i Word som .docx, eller utgå från {TEMPLATE.name}"
    )


def _open(template: Path) -> Document:
    try:
        with zipfile.ZipFile(template) as archive:
            damaged = archive.testzip()  # a part that is never read would be copied, damage and all
            for name in archive.namelist():
                if name.endswith((".xml", ".rels")):
                    etree.fromstring(archive.read(name))
            lacking = set(_NEEDED) - set(archive.namelist())
        document = docx.Document(str(template))
        names = {style.name for style in document.styles}
        list(_headers(document))
    except _DAMAGE as error:
        raise _unusable(template) from error
    if damaged or lacking:
        raise _unusable(template)
    missing = [name for name in STYLES if name not in names]
    if missing:
        raise AnalysError(
            f"{template}: mallen saknar formatmallarna {', '.join(missing)}; lägg till dem i Word (Formatmallar, Nytt "
            f"format), eller utgå från {TEMPLATE.name}"
        )
    return document


def _headers(document: Document) -> Iterator[Paragraph]:
    for section in document.sections:
        yield from section.header.paragraphs


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
        if self.report.annex:
            self._paragraph(ANNEX, _HEADING.format(1)).paragraph_format.page_break_before = True
        for section in self.report.annex:
            self._section(section, 2)
        self._sources()

    def _sources(self) -> None:
        if self.report.sources:
            self._paragraph("Källor", _HEADING.format(2))
        for number, source in enumerate(self.report.sources, start=1):
            self._paragraph(f"[{number}] {source}", _SOURCE).paragraph_format.space_after = Pt(2)

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
        for paragraph in _headers(self.document):
            for run in paragraph.runs:
                if _RECIPIENT in run.text:
                    run.text = run.text.replace(_RECIPIENT, self.report.whom)

    def _paragraph(self, text: str, style: str) -> Paragraph:
        paragraph = self.document.add_paragraph(text)
        paragraph._p.style = self._style_ids[style]  # by id: looking a style up by name takes longer than all the rest
        return paragraph

    def _section(self, section: Section, level: int) -> None:
        self._paragraph(section.heading, _HEADING.format(level))
        for block, following in zip_longest(section.blocks, section.blocks[1:]):
            self._add(block)
            if isinstance(block, Text) and isinstance(following, Items):  # a list stays with what introduces it
                self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        for inner in section.sections:
            self._section(inner, level + 1)

    @singledispatchmethod
    def _add(self, block: Block) -> None:
        raise TypeError(f"no way to write a {type(block).__name__}")

    @_add.register
    def _(self, block: Text) -> None:
        self._paragraph(block.text + _noted(block.notes), "Normal")

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
        widths, size = _fitted(block)
        for place, (row, texts) in enumerate(zip(table._tbl.tr_lst, [block.headings, *block.rows], strict=True)):
            _mark_row(row, header=place == 0)
            own = place - 1 in block.highlighted
            for column, (cell, text) in enumerate(zip(row.tc_lst, texts, strict=True)):
                paragraph = Paragraph(cell.p_lst[0], table)
                paragraph._p.style = self._style_ids[_CELL]
                run = paragraph.add_run(text)
                run.bold = True if place == 0 or own else None
                run.font.size = size
                if numeric[column]:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                if place in (0, len(block.rows)) or together:  # the source line stays with its table
                    paragraph.paragraph_format.keep_with_next = True
                if own:
                    _shade(cell, _OWN_ROW)
        _set_widths(table, widths)
        self._source(block)

    @_add.register
    def _(self, block: Figure) -> None:
        self._caption("Figur", block.number, block.caption)
        paragraph = self._paragraph("", _PICTURE)
        paragraph.paragraph_format.keep_with_next = True
        shape = paragraph.add_run().add_picture(io.BytesIO(block.chart.png_bare), width=_TEXT_WIDTH)
        for side in ("distT", "distB", "distL", "distR"):  # unsaid, LibreOffice moves the picture out of the text
            shape._inline.set(side, "0")
        described = shape._inline.docPr
        described.set("name", f"{block.label}")
        described.set("descr", f"{block.chart.title}. {block.chart.alt}")
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
        self._paragraph(f"{underlag}Källa:{_noted(block.notes)}", _SOURCE)


_TEXT_WIDTH: Final = Cm(16)
_MARGINS: Final = Cm(0.42)
#: Points: a table's text, and the least that is still read with ease.
_TABLE_SIZE, _LEAST_SIZE = 9.5, 7.5
#: Tables of figures of up to this many rows are not broken over pages.
_KEPT_TOGETHER: Final = 14


def _noted(notes: tuple[int, ...]) -> str:
    """The numbers of the sources, as they stand after a text."""
    return f"{NBSP}[{f',{NBSP}'.join(map(str, notes))}]" if notes else ""


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


def _fitted(block: Table) -> tuple[list[int], Pt]:
    """The columns' widths and the size of the table's text.

    Each column is as wide as its longest word, and what is left of the text width goes where the texts are longest. The
    text is made smaller where the words do not fit side by side. Measured with a font that is wider than those that Word
    and LibreOffice use, so that no word is broken with any of them.
    """
    columns = list(zip(block.headings, *block.rows, strict=True))
    words = [max(_width(word) for text in texts for word in text.split(" ")) for texts in columns]
    whole = [max(_width(text) for text in texts) for texts in columns]
    room = _TEXT_WIDTH - _MARGINS * len(columns)
    scale = max(_LEAST_SIZE / _TABLE_SIZE, min(1.0, room / sum(words)))
    least = [word * scale for word in words]
    wish = [text * scale - own for text, own in zip(whole, least, strict=True)]
    spare, wanted = max(0.0, room - sum(least)), sum(wish) or 1
    widths = [own + min(spare, wanted) * more / wanted for own, more in zip(least, wish, strict=True)]
    left = max(0.0, room - sum(widths)) / len(columns)
    return [int(width + left + _MARGINS) for width in widths], Pt(int(_TABLE_SIZE * scale * 2) / 2)


@functools.cache
def _width(text: str) -> float:
    """How wide a text is in EMU, in the widest of the usual fonts, bold as a heading is."""
    font = get_font(findfont(FontProperties(family="DejaVu Sans", weight="bold")))  # ships with matplotlib
    font.set_size(_TABLE_SIZE, 72)
    font.set_text(text)
    return float(Pt(font.get_width_height()[0] / 64))


def _set_widths(table: WordTable, widths: list[int]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Emu(width)
    for row in table._tbl.tr_lst:
        for cell, width in zip(row.tc_lst, widths, strict=True):
            cell.width = Emu(width)
