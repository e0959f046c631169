"""PDF files, scans and pictures: tables with rulings and without, over several pages, and what cannot be read."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from analys import documents
from analys.documents import scan
from analys.documents.model import Certainty
from analys.documents.pages import legible
from analys.documents.pictures import cut_out
from analys.errors import InputError
from tests.documents.samples import TABLE, drawn, pdf, written


def _tables(document: documents.Document) -> list[tuple[tuple[object, ...], ...]]:
    return [tuple(tuple(cell.value for cell in row) for row in grid.rows) for grid in document.grids]


@pytest.mark.parametrize("ruled", [True, False])
def test_a_table_and_the_text_around_it(tmp_path: Path, ruled: bool) -> None:
    page = [written("Bilaga 1", 60, 760), drawn(TABLE, ruled=ruled), written("Kontakt: Ek 850101-1236", 60, 300)]
    document = documents.open(pdf(tmp_path / "a.pdf", ["\n".join(page)]))
    assert _tables(document) == [TABLE]
    (grid,) = document.grids
    assert (grid.name, grid.certainty) == ("sida 1, tabell 1", Certainty.READ)
    cell = grid.rows[3][1]
    assert (cell.value, cell.place) == ("33 000", "sida 1, tabell 1, rad 4, kolumn 2")
    assert cell.box is not None
    assert (cell.box.page, cell.box.left < 170, cell.box.right > 190) == (1, True, True)
    assert [line.text for line in document.lines] == ["Bilaga 1", "Kontakt: Ek ******-****"]
    assert document.lines[0].place == "sida 1, rad 1"


@pytest.mark.parametrize("ruled", [True, False])
@pytest.mark.parametrize(("turned_page", "turned_text"), [(90, 0), (180, 0), (270, 0), (0, 90), (90, 90)])
def test_a_page_that_lies_on_its_side(tmp_path: Path, turned_page: int, turned_text: int, ruled: bool) -> None:
    content = drawn(TABLE, 500, ruled=ruled)
    path = pdf(tmp_path / "a.pdf", [f"q 0 1 -1 0 700 0 cm\n{content}\nQ" if turned_text else content])
    path.write_bytes(path.read_bytes().replace(b"/MediaBox", f"/Rotate {turned_page} /MediaBox".encode()))
    document = documents.open(path)
    assert _tables(document) == [TABLE]
    box = document.grids[0].rows[1][1].box
    assert box is not None
    assert box.turn == (turned_text - turned_page) % 360
    (picture,) = cut_out(path, [box])
    with Image.open(io.BytesIO(picture)) as shown:
        assert shown.width > shown.height


def test_rows_with_space_between_them_under_a_heading_broken_at_a_hyphen(tmp_path: Path) -> None:
    heading, *rows = TABLE
    first = [heading[0], "Folkmängd 2023-", *heading[2:]]
    lines = [first, ["", "12-31", "", ""], [""] * 4, *(line for row in rows for line in (row, [""] * 4))]
    (table,) = _tables(documents.open(pdf(tmp_path / "a.pdf", [drawn(lines)])))
    assert table == ((heading[0], "Folkmängd 2023-12-31", *heading[2:]), *rows)


def test_figures_of_two_columns_that_stand_close_are_two(tmp_path: Path) -> None:
    rows = [("Åmål", "12 000", "20,0 %"), ("Säffle", "15 000", "25,0 %"), ("Örebro", "33 000", "55,0 %")]
    texts = [written("Kommun", 64, 700), written("Folkmängd", 150, 700), written("Andel", 206, 700)]
    for y, (name, inhabitants, share) in enumerate(rows, 1):
        texts += [written(text, x, 700 - 18 * y) for text, x in ((name, 64), (inhabitants, 166), (share, 199))]
    (table,) = _tables(documents.open(pdf(tmp_path / "a.pdf", ["\n".join(texts)])))
    assert table[1:] == tuple(rows)


def test_sections_between_the_drawn_cells_are_rows_of_one_table(tmp_path: Path) -> None:
    heading, *rows = TABLE
    page = [drawn([heading], 700, ruled=True), written("Värmlands län", 64, 700 - 18 - 13)]
    page += [drawn(rows[:2], 700 - 36, ruled=True), written("Örebro län", 64, 700 - 72 - 13)]
    page += [drawn(rows[2:], 700 - 90, ruled=True)]
    (table,) = _tables(documents.open(pdf(tmp_path / "a.pdf", ["\n".join(page)])))
    names = [row[0] for row in table]
    assert names == ["Kommun", "Värmlands län", "Åmål", "Säffle", "Örebro län", "Örebro", "Summa"]


def test_headings_that_stand_above_the_lines_belong_to_the_table_and_a_caption_does_not(tmp_path: Path) -> None:
    (name, _, share, amount), *rows = TABLE
    page = [drawn([(name, "2023", share, amount), *rows], ruled=True), written("Folkmängd", 164, 704)]
    assert _tables(documents.open(pdf(tmp_path / "a.pdf", ["\n".join(page)]))) == [TABLE]
    page = [drawn(TABLE, ruled=True), written("Tabell 1. Vad kommunerna ska betala", 64, 704)]
    assert _tables(documents.open(pdf(tmp_path / "b.pdf", ["\n".join(page)]))) == [TABLE]


def test_two_tables_of_a_page_and_wrapped_headings(tmp_path: Path) -> None:
    wrapped = [["", "Folkmängd", "", "Belopp"], ["Kommun", "2023", "Andel", "2024, kr"], *TABLE[1:]]
    page = "\n".join([drawn(wrapped), written("Tabell 2", 60, 560), drawn(TABLE, 530, ruled=True)])
    assert _tables(documents.open(pdf(tmp_path / "a.pdf", [page]))) == [TABLE, TABLE]


@pytest.mark.parametrize("ruled", [True, False])
def test_a_table_that_goes_on_with_its_headings_on_the_next_page(tmp_path: Path, ruled: bool) -> None:
    pages = [
        "\n".join([drawn(TABLE[:3], 200, ruled=ruled), written("Sida 1 (2)", 60, 40)]),
        "\n".join([written("Dnr 2024-1", 60, 800), drawn([TABLE[0], *TABLE[3:]], 760, ruled=ruled)]),
    ]
    document = documents.open(pdf(tmp_path / "a.pdf", pages))
    assert _tables(document) == [TABLE]
    assert document.grids[0].name == "sida 1, tabell 1 till sida 2"
    assert document.grids[0].rows[3][0].place == "sida 2, tabell 1, rad 2, kolumn 1"


def test_what_a_line_parts_only_in_columns(tmp_path: Path) -> None:
    upright = "\n".join(f"{x} 700 m {x} 610 l S" for x in (60, 160, 290, 380, 500))
    frame = "60 700 m 500 700 l S\n60 610 m 500 610 l S"
    assert _tables(documents.open(pdf(tmp_path / "a.pdf", [f"{drawn(TABLE)}\n{upright}\n{frame}"]))) == [TABLE]


@pytest.mark.parametrize(
    "content", [b"%PDF-1.4\n", b"%PDF-1.4\ntrailer << /Root 1 0 R >>", b"%PDF" + bytes(range(256)) * 9]
)
def test_a_damaged_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.pdf").write_bytes(content)
    with pytest.raises(InputError, match=r"fann en skadad fil|fann inskannade"):
        documents.open(tmp_path / "a.pdf")


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.pdf"])
def test_a_picture_without_the_extra_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(scan, "is_installed", lambda: False)
    content = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(content, {"png": "PNG", "jpg": "JPEG", "pdf": "PDF"}[name[2:]])
    (tmp_path / name).write_bytes(content.getvalue())
    with pytest.raises(InputError, match=r"\[ocr\]"):
        documents.open(tmp_path / name)


@pytest.mark.skipif(not scan.is_installed(), reason="the extra ocr is not installed")
def test_a_picture_of_a_page_askew(tmp_path: Path) -> None:
    import pypdfium2

    whole = pdf(tmp_path / "a.pdf", ["\n".join([written("Bilaga 1", 60, 760), drawn(TABLE, ruled=True)])])
    page = pypdfium2.PdfDocument(whole)[0].render(scale=200 / 72).to_pil().convert("L")
    page.rotate(1.2, fillcolor=255, resample=Image.Resampling.BICUBIC).save(tmp_path / "a.jpg", quality=70)
    document = documents.open(tmp_path / "a.jpg")
    assert [["".join(str(cell).split()) for cell in row] for row in _tables(document)[0]] == [
        ["".join(cell.split()) for cell in row] for row in TABLE
    ]
    assert document.grids[0].certainty is Certainty.RECOGNISED


@pytest.mark.parametrize(
    ("read", "figure"),
    [("l 234O", "12 340"), ("1234 563", "1 234 563"), ("5 4S3", "5 453"), ("4,7S%", "4,75%"), ("1 234 kr", "1 234 kr"),
     ("Boxholm", "Boxholm"), ("O", "O"), ("SO", "SO"), ("0581", "0581"), ("2024", "2024"), ("1,19%", "1,19%")],
)  # fmt: skip
def test_letters_and_blanks_in_figures_of_a_picture(read: str, figure: str) -> None:
    assert legible(read) == figure


@pytest.mark.parametrize("name", ["a.pdf", "a.png"])
def test_a_cut_out_shows_what_stands_around_a_cell(tmp_path: Path, name: str) -> None:
    path = pdf(tmp_path / "a.pdf", [drawn(TABLE, ruled=True)])
    box = documents.open(path).grids[0].rows[3][1].box
    assert box is not None
    if name == "a.png":
        import pypdfium2

        pypdfium2.PdfDocument(path)[0].render(scale=3).to_pil().save(tmp_path / name)
    (content,) = cut_out(tmp_path / name, [box])
    picture = Image.open(io.BytesIO(content)).convert("L")
    assert picture.width > 2 * picture.height
    assert picture.getextrema() == (0, 255) or picture.getextrema()[0] < 80


def _lines(*lines: list[tuple[int, str]]) -> str:
    """Lines of texts, each with where it begins."""
    return "\n".join(written(text, x, 700 - 20 * at) for at, line in enumerate(lines) for x, text in line)


def test_headings_a_section_and_dashes_that_stand_beside_their_figures(tmp_path: Path) -> None:
    """As a spreadsheet prints them: texts to the left of their columns, figures to the right."""
    page = _lines(
        [(60, "Kommun"), (140, "Antal 2023"), (210, "Avgift kr"), (300, "Avgift %")],
        [(60, "Blekinge")],
        [(60, "Ronneby"), (184, "2 937"), (270, "14 686"), (390, "60 %")],
        [(60, "Karlshamn"), (184, "3 240"), (212, "-"), (390, "40 %")],
        [(60, "Halland")],
        [(60, "Hylte"), (184, "1 020"), (270, "10 200"), (390, "90 %")],
        [(60, "Laholm"), (184, "1 030"), (270, "10 300"), (390, "10 %")],
    )
    (table,) = _tables(documents.open(pdf(tmp_path / "a.pdf", [page])))
    assert table == (
        ("Kommun", "Antal 2023", "Avgift kr", "Avgift %"),
        ("Blekinge", None, None, None),
        ("Ronneby", "2 937", "14 686", "60 %"),
        ("Karlshamn", "3 240", "-", "40 %"),
        ("Halland", None, None, None),
        ("Hylte", "1 020", "10 200", "90 %"),
        ("Laholm", "1 030", "10 300", "10 %"),
    )


def test_a_page_of_more_letters_than_anyone_reads_is_refused_before_they_are_placed(tmp_path: Path) -> None:
    line = written("a" * 1_000, 60, 700)
    assert documents.open(pdf(tmp_path / "a.pdf", [line])).lines
    with pytest.raises(InputError, match="väntade högst 50000 tecken på en sida"):
        documents.open(pdf(tmp_path / "a.pdf", ["\n".join([line] * 60)]))


def test_headings_a_blank_apart_that_begin_alike_are_two(tmp_path: Path) -> None:
    """Each stands in the middle over its figures, so that no edge of a column parts them."""
    page = _lines(
        [(60, "Kommun"), (150, "Avgift"), (210, "Andel för 2023 Andel för 2024")],
        [(60, "Ronneby"), (150, "2 937"), (231, "40,0 %"), (301, "46,0 %")],
        [(60, "Karlshamn"), (150, "3 240"), (231, "32,0 %"), (301, "32,0 %")],
        [(60, "Hylte"), (150, "1 020"), (231, "28,0 %"), (301, "22,0 %")],
    )
    (table,) = _tables(documents.open(pdf(tmp_path / "a.pdf", [page])))
    assert table[0] == ("Kommun", "Avgift", "Andel för 2023", "Andel för 2024")
    assert table[1] == ("Ronneby", "2 937", "40,0 %", "46,0 %")
