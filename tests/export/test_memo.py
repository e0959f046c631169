"""The Word memo: real styles, headers, captions and alt texts; the same bytes; a template that can be replaced."""

import io
import itertools
import random
import re
import shutil
import time
import zipfile

import docx
import numpy as np
import pdfplumber
import pytest
from docx.oxml.ns import qn
from PIL import Image

from analys.errors import AnalysError
from analys.export import archive, memo, pdf
from analys.export.blocks import Blank, Figure, Report, Section, Table, Text
from analys.export.report import report
from analys.figures.chart import PIXELS_PER_INCH
from tests.export.conftest import AGREEMENT, needs_libreoffice

MEMBER = "Norrköping"
#: A report with a single figure, for tests that write one of their own.
SMALL = "exempel-blandad-nyckel"
SHORT = Report("x", None, "x", "Ärende", "Alla", (Section("Förslag till beslut", (Text("Att säga upp avtalet."),)),))


@pytest.fixture(scope="module")
def document(written):
    return docx.Document(str(written(MEMBER, "docx")))


def test_headings_are_real_ones_in_order(document):
    levels = [int(p.style.name[-1]) for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert levels.count(1) == len(report(AGREEMENT, MEMBER).sections) + 1
    assert levels.count(2) == len(report(AGREEMENT, MEMBER).annex) + 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert [p.text for p in document.paragraphs if p.style.name == "Title"] == [
        "Uppsägning av avtal om finansiering av en tjänst som integrationssamordnare"
    ]


def test_every_blank_is_marked(document):
    blanks = [block.text for block in report(AGREEMENT, MEMBER).blocks() if isinstance(block, Blank)]
    marked = [p.text for p in document.paragraphs if p.style.name == "Att skriva" and p.text.startswith("[Att skriva")]
    assert marked == [f"[Att skriva: {text}]" for text in blanks]


def test_every_table_repeats_its_header_row_and_is_described(document):
    tables = [block for block in report(AGREEMENT, MEMBER).blocks() if isinstance(block, Table)]
    assert len(document.tables) == len(tables)
    for written, block in zip(document.tables, tables, strict=True):
        first, *others = written._tbl.tr_lst
        assert first.trPr.find(qn("w:tblHeader")) is not None
        assert all(row.trPr.find(qn("w:tblHeader")) is None for row in others)
        assert written._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == block.label
        assert [cell.text for cell in written.rows[0].cells] == list(block.headings)
        assert [tuple(cell.text for cell in row.cells) for row in written.rows[1:]] == list(block.rows)


def test_every_picture_has_its_alt_text_and_fits_the_text_width(document):
    figures = [block for block in report(AGREEMENT, MEMBER).blocks() if isinstance(block, Figure)]
    shapes = document.inline_shapes
    assert len(shapes) == len(figures) > 3
    for shape, figure in zip(shapes, figures, strict=True):
        assert shape._inline.docPr.get("descr") == f"{figure.chart.title}. {figure.chart.alt}"
        assert shape.width == memo._TEXT_WIDTH


def test_captions_are_fields_and_each_has_its_source_line(document):
    captions = [p for p in document.paragraphs if p.style.name == "Caption"]
    fields = [p._p.find(qn("w:fldSimple")).get(qn("w:instr")).split()[1] for p in captions]
    assert fields.count("Tabell") == len(document.tables)
    assert fields.count("Figur") == len(document.inline_shapes)
    lines = [p.text for p in document.paragraphs if p.style.name == "Källrad"]
    under, listed = lines[: len(captions)], lines[len(captions) :]
    assert all(re.search(r"Källa:\W\[[\d,\W]+\]$", text) for text in under)
    assert listed == [f"[{n}] {source}" for n, source in enumerate(report(AGREEMENT, MEMBER).sources, start=1)]


def test_a_figure_says_its_title_and_source_once(document):
    """The memo has both as text, so its pictures are the published ones between their title and their source line."""
    figures = [block for block in report(AGREEMENT, MEMBER).blocks() if isinstance(block, Figure)]
    for shape, figure in zip(document.inline_shapes, figures, strict=True):
        embedded = document.part.related_parts[shape._inline.graphic.graphicData.pic.blipFill.blip.embed].blob
        cut, whole = (np.asarray(Image.open(io.BytesIO(png)).convert("RGB")) for png in (embedded, figure.chart.png))
        first = int(figure.chart.bare_part[0] * len(whole)) + 1
        assert len(whole) - len(cut) >= 0.4 * PIXELS_PER_INCH
        assert (cut == whole[first : first + len(cut)]).all()
        assert (cut[-6:] == 255).all(), "nothing of the source line is left"


def test_the_document_is_swedish_and_numbers_its_pages(written):
    with zipfile.ZipFile(written(MEMBER, "docx")) as archive:
        styles = archive.read("word/styles.xml").decode()
        header = next(archive.read(n).decode() for n in archive.namelist() if re.match(r"word/header\d", n))
        core = archive.read("docProps/core.xml").decode()
    assert 'w:lang w:val="sv-SE"' in styles
    assert " PAGE " in header
    assert " NUMPAGES " in header
    assert MEMBER in header
    assert "<dc:language>sv-SE</dc:language>" in core
    assert f"{MEMBER}</dc:title>" in core


def test_a_numbered_list_begins_at_one(document):
    numbered = [p for p in document.paragraphs if p.style.name == "List Number"]
    ids = {p._p.pPr.numPr.numId.val for p in numbered}
    assert len(numbered) == 3
    assert len(ids) == 1
    number = document.part.numbering_part.element.num_having_numId(ids.pop())
    assert number.lvlOverride_lst[0].startOverride.val == 1


def test_the_same_report_is_the_same_bytes(tmp_path):
    first = memo.write(report(SMALL), tmp_path / "en.docx")
    again = report.__wrapped__(SMALL)
    assert memo.write(again, tmp_path / "igen.docx").read_bytes() == first.read_bytes()


def test_a_municipality_can_use_its_own_template(tmp_path):
    own = tmp_path / "mall.docx"
    template = docx.Document(str(memo.TEMPLATE))
    template.sections[0].header.paragraphs[0].text = "Mjölby kommun {{mottagare}}"
    template.add_paragraph("Egen inledning")
    template.save(str(own))
    document = docx.Document(str(memo.write(report(SMALL), tmp_path / "ut.docx", own)))
    assert document.sections[0].header.paragraphs[0].text == "Mjölby kommun Samtliga 8 kommuner"
    texts = [p.text for p in document.paragraphs]
    assert texts.index("Egen inledning") < texts.index("Förslag till beslut")


def test_a_template_without_the_styles_is_refused_by_name(tmp_path):
    docx.Document().save(str(tmp_path / "tom.docx"))
    with pytest.raises(AnalysError, match="saknar formatmallarna Källrad, Att skriva, Tabelltext, Bild, Rapporttabell"):
        memo.write(report(SMALL), tmp_path / "ut.docx", tmp_path / "tom.docx")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04damaged"])
def test_a_template_that_is_no_word_file_is_refused(content, tmp_path):
    (tmp_path / "mall.docx").write_bytes(content)
    with pytest.raises(AnalysError, match=r"mall\.docx: väntade en Wordmall"):
        memo.write(report(SMALL), tmp_path / "ut.docx", tmp_path / "mall.docx")


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_template_gives_a_sentence_or_a_document_that_opens(seed, tmp_path):
    chance, content = random.Random(seed), bytearray(memo.TEMPLATE.read_bytes())
    for _ in range(chance.choice([1, 3, 40])):
        content[chance.randrange(len(content))] = chance.randrange(256)
    if seed % 3 == 0:
        del content[chance.randrange(len(content)) :]
    (tmp_path / "mall.docx").write_bytes(content)
    told = ""
    try:
        memo.write(SHORT, tmp_path / "ut.docx", tmp_path / "mall.docx")
    except AnalysError as refused:
        told = str(refused)
    if told:
        assert "mall.docx: " in told
        assert "\n" not in told
        assert not (tmp_path / "ut.docx").exists()
    else:
        assert docx.Document(str(tmp_path / "ut.docx")).paragraphs


@pytest.mark.parametrize("year", [1979, 2108])
def test_a_clock_that_no_archive_can_tell_is_told_in_a_sentence(monkeypatch, year):
    monkeypatch.setattr(archive.time, "localtime", lambda *_: time.struct_time((year, 1, 1, 0, 0, 0, 0, 1, 0)))
    with pytest.raises(AnalysError, match="klocka"):
        archive.check_clock()


@needs_libreoffice
@pytest.mark.parametrize("member", ["Norrköping", "Mjölby", None])
def test_the_letter_is_two_pages(member, written, tmp_path):
    """The annex begins on the third: its heading has a page break before it."""
    content = pdf.convert(written(member, "docx"), tmp_path)
    with pdfplumber.open(content) as pages:
        beginnings = [n for n, page in enumerate(pages.pages, start=1) if memo.ANNEX in (page.extract_text() or "")]
    assert beginnings == [3]


def test_columns_fit_whatever_the_font(document):
    """Each column holds its longest word in the widest of the usual fonts, so that no word is broken."""
    blocks = [block for block in report(AGREEMENT, MEMBER).blocks() if isinstance(block, Table)]
    for block in blocks:
        widths, size = memo._fitted(block)
        assert sum(widths) <= memo._TEXT_WIDTH + 10
        for width, texts in zip(widths, zip(block.headings, *block.rows, strict=True), strict=True):
            words = [word for text in texts for word in text.split(" ")]
            assert max(memo._width(word) for word in words) * size.pt / 9.5 <= width


def test_without_libreoffice_the_message_says_what_to_do(written, tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "program", lambda: None)
    with pytest.raises(AnalysError, match="PDF kräver LibreOffice"):
        pdf.convert(written(MEMBER, "docx"), tmp_path)


def test_a_failing_libreoffice_is_told_apart(written, tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "program", lambda: shutil.which("true"))
    with pytest.raises(AnalysError, match="LibreOffice gjorde ingen PDF av den"):
        pdf.convert(written(MEMBER, "docx"), tmp_path)


@needs_libreoffice
def test_the_pdf_is_tagged_and_swedish(written, tmp_path):
    content = pdf.convert(written(MEMBER, "docx"), tmp_path).read_bytes()
    assert b"/Lang(sv-SE)" in content
    assert b"/MarkInfo<</Marked true>>" in content
    assert b"/DisplayDocTitle true" in content


def test_the_reason_to_skip_says_how_to_get_it():
    assert "apt-get install libreoffice-calc libreoffice-writer" in needs_libreoffice.kwargs["reason"]
