"""Word documents and web pages: tables with what is merged in them, and the text around."""

from __future__ import annotations

import time
import zipfile
from contextlib import suppress
from pathlib import Path

import docx
import pytest

from analys import documents
from analys.errors import InputError
from tests.documents.samples import TABLE, changed


def _tables(document: documents.Document) -> list[list[list[object]]]:
    return [[[cell.value for cell in row] for row in grid.rows] for grid in document.grids]


def test_a_word_document(tmp_path: Path) -> None:
    written = docx.Document()
    written.add_paragraph("Avtal. Kontakt: Ek 850101-1236")
    table = written.add_table(3, 3)
    for y, row in enumerate([["Kommun", "2024", ""], ["", "Belopp", "Andel"], ["Åmål", "12 000", "20 %"]]):
        for x, cell in enumerate(row):
            table.cell(y, x).text = cell
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(2, 2).add_table(1, 2).cell(0, 0).text = "inre"
    written.add_paragraph("Betalas i december.")
    written.save(str(tmp_path / "a.docx"))
    document = documents.open(tmp_path / "a.docx")
    assert _tables(document)[0] == [["Kommun", "2024", None], [None, "Belopp", "Andel"], ["Åmål", "12 000", "20 %"]]
    assert document.grids[0].merged == ((0, 0, 1, 0), (0, 1, 0, 2))
    assert document.grids[0].rows[2][1].place == "tabell 1, rad 3, kolumn 2"
    assert document.grids[1].name == "tabell 1, inre tabell 1"
    assert [(line.text, line.place) for line in document.lines] == [
        ("Avtal. Kontakt: Ek ******-****", "stycke 1"), ("Betalas i december.", "stycke 3")
    ]  # fmt: skip


def test_damaged_and_hostile_word_documents(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    docx.Document().save(str(path))
    whole = path.read_bytes()
    for content in (whole[:-400], whole[:100] + bytes(200) + whole[300:]):
        path.write_bytes(content)
        with pytest.raises(InputError, match="en skadad fil"):
            documents.open(path)
    path.write_bytes(whole)
    with zipfile.ZipFile(path) as package:
        names = package.namelist()
    bomb = "<!DOCTYPE a [" + "".join(f'<!ENTITY e{at} "{f"&e{at - 1};" * 10 if at else "x" * 99}">' for at in range(9))
    changed(path, {name: f"{bomb}]><a>&e8;</a>" for name in names if name == "word/document.xml"})
    with pytest.raises(InputError):
        documents.open(path)


PAGE = """<!DOCTYPE html><html><head><title>x</title><style>p {{}}</style></head><body><div>Bilaga <b>1</b></div>
<table><tr><th rowspan=2>Kommun<th colspan="2">2024</tr><tr><th>Belopp<th>Andel</tr>
<tr><td>Åmål<td>12&nbsp;000<td>20&nbsp;%</table><p>Ek 850101-1236</p>{more}<script>var a = 1</script></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16"])
def test_a_web_page(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.xls").write_bytes(PAGE.format(more="").encode(encoding))
    document = documents.open(tmp_path / "a.xls")
    assert _tables(document) == [[["Kommun", "2024", None], [None, "Belopp", "Andel"], ["Åmål", "12 000", "20 %"]]]
    assert document.grids[0].merged == ((0, 0, 1, 0), (0, 1, 0, 2))
    assert [line.text for line in document.lines] == ["Bilaga 1", "Ek ******-****"]
    assert "fast namnet slutar på .xls" in document.why


def test_captions_and_boxes_of_text_are_lines_that_tell_where_they_stand(tmp_path: Path) -> None:
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in TABLE)
    grid = f"<table><caption>Kostnad 2023</caption>{rows}</table>"
    box = "<table><tr><td>Belopp i tkr</td></tr></table>"
    (tmp_path / "a.html").write_text(f"<body><h2>Ett</h2>{grid}<p>Not</p>{box}{grid}Slut</body>", encoding="utf-8")
    document = documents.open(tmp_path / "a.html")
    assert len(document.grids) == 2
    assert [(line.text, line.above, line.heads) for line in document.lines] == [
        ("Ett", 0, True), ("Kostnad 2023", 0, True), ("Not", 1, False), ("Belopp i tkr", 1, False),
        ("Kostnad 2023", 1, True), ("Slut", 2, False),
    ]  # fmt: skip


def test_a_table_that_only_places_tables(tmp_path: Path) -> None:
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in TABLE)
    outer = f"<table><tr><td>meny</td><td><table>{rows}</table></td></tr><tr><td>a</td><td>b</td></tr></table>"
    (tmp_path / "a.html").write_text(f"<html><body>{outer}</body></html>", encoding="utf-8")
    assert _tables(documents.open(tmp_path / "a.html")) == [[list(row) for row in TABLE]]


@pytest.mark.parametrize(
    "more",
    [
        "<table><tr><td colspan=1000 rowspan=65534>x<td>y</tr>" + "<tr><td>1<td>2</tr>" * 400,
        "<div>" * 30_000,
        "<" * 500_000,
    ],
)
def test_pages_made_to_do_harm_end_in_time(tmp_path: Path, more: str) -> None:
    (tmp_path / "a.html").write_text(PAGE.format(more=more), encoding="utf-8")
    start = time.monotonic()
    with suppress(InputError):
        documents.open(tmp_path / "a.html")
    assert time.monotonic() - start < 30
