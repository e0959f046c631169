"""The streaming engine gives what the reader for small ledgers gives, row for row."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analys import ledgers
from analys.errors import InputError
from analys.intake import invoices
from analys.ledgers import stream

HEADING = "kopare;faktura_nr;leverantor;leverantor_id;konto_nr;belopp;datum;kommun_id\n"
CODES = ("0581", "0586", "581", "9999", "", "Norrköping", "0114")
AMOUNTS = (
    "1 234,56", "-1\u00a0234,5", "1234.56", "\u22127", "12", "0", "1.234", "12,345", "1e5", "NaN", "", "1 23,0", "- 5",
    "123456789012,99", "1234567890123", "5-", "64 tkr", "1:50", "100 kr",
)  # fmt: skip
DAYS = ("2023-05-31", "20230531", "2023-02-29", "2024-02-29", "202305", "2023", "1900-01-01", "30 september 2023", "")


def expected(path: Path) -> tuple[dict[tuple[str, str], Decimal], Counter[tuple[str, str]], set[int], int]:
    result = invoices.read(path)
    keys = [(code, day[:4]) for code, day in zip(result.frame["kommunkod"], result.frame["datum"], strict=True)]
    sums: dict[tuple[str, str], Decimal] = {}
    for key, amount in zip(keys, result.frame["belopp_kr"], strict=True):
        sums[key] = sums.get(key, Decimal(0)) + amount
    return sums, Counter(keys), {row.row for row in result.reported}, result.rows_in


def compare(path: Path) -> None:
    sums, postings, reported, rows_in = expected(path)
    answer = ledgers.totals([path])
    frame = answer.frame()
    keys = list(zip(frame["kommunkod"], frame["ar"], strict=True))
    assert dict(zip(keys, frame["belopp_kr"], strict=True)) == sums
    assert dict(zip(keys, frame["antal"], strict=True)) == postings
    assert {row.row for row in answer.reported} == reported
    assert answer.rows_in == rows_in == answer.rows_out + answer.rows_reported


row = st.tuples(
    st.sampled_from(["Norrköpings kommun", "2120000480", "Nämnden", ""]), st.sampled_from(["1", ""]),
    st.sampled_from(["Åkeri AB", 'Bok "å" Bild', "A;B", ""]), st.sampled_from(["202100-2270", "8501011236", ""]),
    st.just("4631"), st.sampled_from(AMOUNTS), st.sampled_from(DAYS), st.sampled_from(CODES),
)  # fmt: skip
damage = st.sampled_from(["", "", "", "", "", "", ";x", "\nkort;rad", '\n"öppen;1', "\n", "\n;;;;;;;", "\n;;;;;1;;"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(row, damage), min_size=1, max_size=30), st.sampled_from(["utf-8", "cp1252", "utf-8-sig"]),
       st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())  # fmt: skip
def test_the_same_as_the_reader_for_small_ledgers(
    tmp_path: Path, table: list[tuple[tuple[str, ...], str]], encoding: str, line_end: str, quoted: bool
) -> None:  # fmt: skip
    def cell(written: str) -> str:
        return f'"{written.replace(chr(34), chr(34) * 2)}"' if quoted or ";" in written else written

    lines = HEADING + "".join(";".join(map(cell, cells)) + damaged + "\n" for cells, damaged in table)
    path = tmp_path / "a.csv"
    path.write_bytes(lines.replace("\n", line_end).encode(encoding, errors="replace"))
    compare(path)


def write(path: Path, rows: int, encoding: str = "utf-8") -> Path:
    lines = (f"K;F{i};Åkeri {i % 7} AB;202100-2270;4;{i} 000,{i % 100:02};2023-05-31;0581\n".replace(" 000", "000")
             for i in range(rows))  # fmt: skip
    path.write_bytes((HEADING + "".join(lines)).encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_many_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    monkeypatch.setattr(ledgers, "blocks", lambda path, found, size=1000: stream.blocks(path, found, size))
    compare(write(tmp_path / "a.csv", 500, encoding))


def test_only_the_suppliers_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    numbers = ["202100-2270", "2021002270", "162021002270", "556036-0793", "", "8501011236"]
    path.write_text(
        HEADING + "".join(f"K;{i};L;{number};4;{10**i};2023-05-31;0581\n" for i, number in enumerate(numbers))
    )
    answer = ledgers.totals([path], suppliers=["202100-2270"])
    assert answer.frame().values.tolist() == [["0581", "2023", 3, Decimal("111.00")]]
    assert answer.rows_in == 3


def test_lines_in_another_encoding_are_reported_with_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    good = "K;1;Åkeri;;4;1;2023-05-31;0581\n"
    path.write_bytes((HEADING + good * 5).encode() + good.encode("latin-1") + good.encode())
    answer = ledgers.totals([path])
    assert (answer.rows_out, [row.row for row in answer.reported]) == (6, [7])
    path.write_bytes((HEADING + good * 5).encode("latin-1") + good.encode() + good.encode("latin-1"))
    answer = ledgers.totals([path])
    assert (answer.rows_out, [row.row for row in answer.reported]) == (6, [7])


def test_everything_on_one_line_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(HEADING.encode() + b"x;" * 2_000_000)
    with pytest.raises(InputError, match="expected rows of at most 1024 KiB, found a longer line"):
        ledgers.totals([path])


def test_progress_tells_every_byte(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 100)
    told: list[int] = []
    ledgers.totals([path], progress=told.append)
    assert sum(told) == path.stat().st_size


def test_a_workbook_is_not_for_the_stream(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"PAR1xxxx")
    with pytest.raises(InputError, match="expected a ledger as text with separated columns, found Parquet"):
        ledgers.totals([path])
