"""Text: encodings, letters that were damaged on the way, separated columns, and tables that stand in a text."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest

from analys import documents
from analys.documents.letters import repaired
from analys.documents.model import Certainty
from analys.errors import InputError
from tests.documents.samples import TABLE


def _read(tmp_path: Path, content: str | bytes, name: str = "bilaga.csv") -> documents.Document:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return documents.open(path)


def _table(document: documents.Document) -> list[tuple[object, ...]]:
    (grid,) = document.grids
    return [tuple(cell.value for cell in row) for row in grid.rows]


def _separated(mark: str) -> str:
    return "".join(mark.join(f'"{cell}"' if mark in cell else cell for cell in row) + "\n" for row in TABLE)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1", "cp850", "mac_roman"])
@pytest.mark.parametrize("mark", [";", "\t", "|", ","])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, mark: str) -> None:
    document = _read(tmp_path, _separated(mark).encode(encoding))
    assert tuple(_table(document)) == TABLE
    assert document.grids[0].rows[2][1].place == "B3"


def test_a_separator_that_the_file_states_and_lines_in_cells(tmp_path: Path) -> None:
    document = _read(tmp_path, 'sep=;\nKommun;"Folkmängd\n2023"\nÅmål;12000\n')
    assert _table(document)[1:] == [("Kommun", "Folkmängd\n2023"), ("Åmål", "12000")]


def test_a_quotation_mark_that_is_never_closed(tmp_path: Path) -> None:
    lines = "".join(f"Ort {number};{number}\n" for number in range(40))
    assert len(_table(_read(tmp_path, f'Kommun;"Antal\n{lines}'))) == 41


@pytest.mark.parametrize(
    ("written", "opened", "told"),
    [
        ("utf-8", "cp1252", "UTF-8 öppnad som windows-1252"),
        ("utf-8", "latin-1", "UTF-8 öppnad som latin-1"),
        ("utf-8", "cp850", "UTF-8 öppnad som DOS-text"),
        ("utf-8", "mac_roman", "UTF-8 öppnad som Mac-text"),
        ("cp437", "cp1252", "DOS-text (437/850) öppnad som windows-1252"),
        ("cp437", "latin-1", "DOS-text (437/850) öppnad som latin-1"),
        ("cp1252", "cp437", "windows-1252 öppnad som DOS-text (437)"),
        ("cp1252", "cp850", "windows-1252 öppnad som DOS-text (850)"),
        ("cp1252", "mac_roman", "windows-1252 öppnad som Mac-text"),
    ],
)
def test_damaged_letters_are_restored_and_told(written: str, opened: str, told: str) -> None:
    text = "Norrköping\nSöderköping\nÅtvidaberg och Ödeshög\nMjölby\nFinspång\nVäsby\n"
    damaged = text.encode(written).decode(opened, errors="surrogateescape")
    damaged = "".join(chr(ord(sign) - 0xDC00) if "\udc80" <= sign <= "\udcff" else sign for sign in damaged)
    assert damaged != text
    assert repaired(damaged) == (text, f"å, ä och ö återställda: {told}")


@pytest.mark.parametrize("text", ["Överenskommelse – ”enligt” § 4 ™", "no Swedish – letters ”at all”", "Curaçao Œuvre"])
def test_text_that_nothing_is_wrong_with_stays(text: str) -> None:
    assert repaired(text) == (text, "")


def test_lost_letters_are_told() -> None:
    assert repaired("Norrk\ufffdping, M\ufffdnsters")[1].startswith("2 tecken är förstörda")


PROSE = "Kommunerna delar på kostnaden, enligt nedan, efter folkmängd.\n"


def test_a_table_with_tabs_within_a_text(tmp_path: Path) -> None:
    rows = "\n".join("\t".join(row) for row in TABLE)
    document = _read(tmp_path, f"{PROSE * 9}\n{rows}\n\n{PROSE}Betalas senast\tden 10 december.\n", "protokoll.txt")
    assert tuple(_table(document)) == TABLE
    assert document.grids[0].rows[1][1].place == "rad 12, kolumn 2"
    assert [line.place for line in document.lines][-2:] == ["rad 17", "rad 18"]


def test_a_table_in_markdown(tmp_path: Path) -> None:
    rows = [" | ".join(row) for row in TABLE]
    rows.insert(1, "--- | ---: | :-: | ---")
    text = "\n".join(f"| {row} |" for row in rows)
    assert tuple(_table(_read(tmp_path, f"# Bilaga\n\n{PROSE}\n{PROSE}\n{text}\n\n{PROSE}", "b.md"))) == TABLE
    assert tuple(_table(_read(tmp_path, text, "b.md"))) == TABLE


LAYOUT = """Bilaga 1

                 Folkmängd      Andel      Belopp
Kommun                2023                2024, kr
Åmål                12 000     20,0 %       12 000
Säffle              15 000     25,0 %       15 000

Örebro              33 000     55,0 %       33 000
Summa               60 000    100,0 %       60 000

    Beloppen faktureras i två delar.
"""


def test_columns_of_blanks(tmp_path: Path) -> None:
    document = _read(tmp_path, LAYOUT, "layout.txt")
    assert tuple(_table(document)) == TABLE
    assert document.grids[0].certainty is Certainty.READ
    assert document.grids[0].rows[1][3].place == "rad 5, kolumn 4"
    assert [line.text for line in document.lines] == ["Bilaga 1", "Beloppen faktureras i två delar."]


def test_a_personal_number_in_a_line(tmp_path: Path) -> None:
    document = _read(tmp_path, f"{PROSE}Kontakt: Ek 850101-1236\n", "a.txt")
    assert document.lines[-1].text == "Kontakt: Ek ******-****"


def test_a_nul_byte_and_a_line_without_end(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="fann en längre rad"):
        _read(tmp_path, "a;b\n" + "x" * 2_000_000)
    with pytest.raises(InputError, match=r"binära data|NUL"):
        _read(tmp_path, "a;b\n\0;1\n")


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        ")",
        " ",
        "\t",
        "|",
        ";",
        ",",
        '"',
        "-",
        "å ",
        "0 ",
        "1 234 ",
        "850101-",
        "\n\n",
        "1  2\n",
        "Ã¥",
        "”",
        "_x0041",
    ],
)
def test_a_megabyte_of_whatever_is_read_in_linear_time(tmp_path: Path, piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        lines = "\n".join(text[at : at + 50_000] for at in range(0, length, 50_000))
        start = time.process_time()
        with suppress(InputError):
            _read(tmp_path, f"Kommun;Antal\n{lines}\n", "a.csv")
        return time.process_time() - start

    assert seconds(1_000_000) < 30 * seconds(100_000) + 0.3
