"""Encodings are stated, not guessed in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analys.documents.files import Kind, detect
from analys.documents.text import MAX_LINE, detect_encoding, read_text
from analys.errors import InputError

SWEDISH = "Åtvidaberg;1\nÖdeshög;2\nMjölby;3\n"


def _file(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("encoding", "name", "why"),
    [
        ("utf-8", "utf-8", "varje bytesekvens är giltig UTF-8"),
        ("utf-8-sig", "utf-8-sig", "filen börjar med byteordningsmärket för UTF-8"),
        ("utf-16", "utf-16", "filen börjar med byteordningsmärket för UTF-16"),
        ("utf-32", "utf-32", "filen börjar med byteordningsmärket för UTF-32"),
        ("latin-1", "cp1252", "å, ä och ö är skrivna som i windows-1252 (latin-1)"),
        ("cp437", "cp850", "å, ä och ö är skrivna som i DOS (teckentabell 850 eller 437)"),
        ("mac_roman", "mac_roman", "å, ä och ö är skrivna som i Mac Roman"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_of_swedish_text(tmp_path: Path, encoding: str, name: str, why: str, end: str) -> None:
    path = _file(tmp_path, SWEDISH.replace("\n", end).encode(encoding))
    found = detect_encoding(path)
    assert (found.name, found.odd_lines) == (name, ())
    assert why in found.why
    assert read_text(path)[0] == SWEDISH.replace("\n", end)


def test_undefined_bytes_of_windows_1252_are_kept(tmp_path: Path) -> None:
    assert detect_encoding(_file(tmp_path, b"\xe5\xe4\xf6 \x81")).name == "latin-1"


def test_odd_lines_are_named_and_the_majority_decides(tmp_path: Path) -> None:
    utf8, latin = "Mjölby\n".encode(), "Mjölby\n".encode("latin-1")
    mostly_utf8 = detect_encoding(_file(tmp_path, b"x\n" + utf8 * 3 + latin + utf8))
    assert (mostly_utf8.name, mostly_utf8.odd_lines) == ("utf-8", (5,))
    mostly_latin = detect_encoding(_file(tmp_path, latin * 3 + utf8))
    assert (mostly_latin.name, mostly_latin.odd_lines) == ("cp1252", (4,))


def test_line_without_end(tmp_path: Path) -> None:
    path = _file(tmp_path, b"a;b\n" + b"x" * (3 * MAX_LINE))
    with pytest.raises(InputError, match="rad 2: väntade rader på högst 1024 KiB, fann en längre rad"):
        detect_encoding(path)
    assert detect_encoding(path, max_line=None).name == "utf-8"


def test_long_line_in_the_middle(tmp_path: Path) -> None:
    path = _file(tmp_path, b"a\n" * 10 + b"x" * 200 + b"\n" + b"b\n" * 10)
    with pytest.raises(InputError, match="rad 11: "):
        detect_encoding(path, max_line=100)


def test_nul_byte_far_into_the_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="rad 3: väntade text, fann en NUL-byte"):
        detect_encoding(_file(tmp_path, b"a\nb\nc\0"))


def test_cut_utf16(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="utf-16 som filen börjar med, fann andra eller avklippta byte"):
        detect_encoding(_file(tmp_path, SWEDISH.encode("utf-16")[:-1]))


@given(st.lists(st.sampled_from(["Å", "a;1", "Ö\u2026", "\u20ac", ""])), st.sampled_from(["\n", "\r", "\r\n"]))
def test_valid_utf8_is_never_doubted(tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str) -> None:
    path = tmp_path_factory.mktemp("text") / "a"
    path.write_bytes(end.join(lines).encode())
    assert (detect_encoding(path).name, detect_encoding(path).odd_lines) == ("utf-8", ())


@settings(max_examples=40)
@given(st.integers(0, 30), st.integers(0, 30), st.sampled_from([b"\n", b"\r", b"\r\n"]))
def test_line_numbers_hold_across_blocks(
    tmp_path_factory: pytest.TempPathFactory, before: int, after: int, end: bytes
) -> None:
    path = tmp_path_factory.mktemp("text") / "a"
    path.write_bytes(end.join([b"x" * 60_000] * before + [b"\xe5", *(["Å".encode()] * 9)] + [b"y"] * after))
    assert detect_encoding(path).odd_lines == (before + 1,)


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark(tmp_path: Path, name: str) -> None:
    path = _file(tmp_path, f"Kommun;Antal\n{SWEDISH}".encode(name))
    assert detect(path, 1000).kind is Kind.TEXT
    text, encoding = read_text(path)
    assert (text, encoding.name) == (f"Kommun;Antal\n{SWEDISH}", name)
    assert "utan byteordningsmärke" in encoding.why
