"""The streaming engine gives what the reader for small ledgers gives, row for row."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analys import ledgers
from analys.cli.ledgers import command
from analys.errors import AnalysError, InputError
from analys.intake import invoices
from analys.ledgers import lines, stream, summing, text
from analys.masking import MASK

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
damage = st.sampled_from(
    [
        "",
        "",
        "",
        "",
        "",
        "",
        ";x",
        '\n"K";1;"över\nflera\n\nrader";;4;7;2023-05-31;0581',
        '\nK;1;"";"";4;"";"";""',
        "\nkort;rad",
        '\n"öppen;1',
        "\n",
        "\n;;;;;;;",
        "\n;;;;;1;;",
        ";",
        ";;;",
        ";;x",
        '\nK;1;"a;"b;;4;7;2023-05-31;0581',
        '\nK;1;"a"b"c; d";;4;7;2023-05-31;0581',
        '\nK;a"b;c"d;;4;7;2023-05-31;0581;x',
    ]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(row, damage), min_size=1, max_size=30), st.sampled_from(["utf-8", "cp1252", "utf-8-sig"]),
       st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), st.sampled_from([60, 500, stream.BLOCK]))  # fmt: skip
def test_the_same_as_the_reader_for_small_ledgers(
    tmp_path: Path, table: list[tuple[tuple[str, ...], str]], encoding: str, line_end: str, quoted: bool, block: int
) -> None:  # fmt: skip
    def cell(written: str) -> str:
        return f'"{written.replace(chr(34), chr(34) * 2)}"' if quoted or ";" in written else written

    lines = HEADING + "".join(";".join(map(cell, cells)) + damaged + "\n" for cells, damaged in table)
    path = tmp_path / "a.csv"
    path.write_bytes(lines.replace("\n", line_end).encode(encoding, errors="replace"))
    shutil.rmtree(tmp_path / "store", ignore_errors=True)
    with pytest.MonkeyPatch.context() as small_blocks:
        small_blocks.setattr(stream, "BLOCK", block)
        compare(path)
        compare_stores(path, tmp_path / "store")


def compare_stores(path: Path, store: Path) -> None:
    direct = ledgers.totals([path])
    for _ in ("written", "found"):
        kept = ledgers.totals([path], store=store)
        assert (kept.ore, kept.postings, kept.rows_reported) == (direct.ore, direct.postings, direct.rows_reported)
        assert {row.row for row in kept.reported} == {row.row for row in direct.reported}


def write(path: Path, rows: int, encoding: str = "utf-8") -> Path:
    lines = (f"K;F{i};Åkeri {i % 7} AB;202100-2270;4;{i}000,{i % 100:02};2023-05-31;0581\n"
             for i in range(rows))  # fmt: skip
    path.write_bytes((HEADING + "".join(lines)).encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_many_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    monkeypatch.setattr(stream, "BLOCK", 1000)
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


@given(st.lists(st.sampled_from([b"\n", b"a", b"long line"]), max_size=60).map(b"".join), st.integers(1, 20), st.data())
def test_lines_by_their_numbers(text: bytes, at_once: int, data: st.DataObject) -> None:
    every = text.split(b"\n")
    at = sorted(data.draw(st.sets(st.sampled_from(range(len(every))))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "_IN_CACHE", at_once)
        patch.setattr(lines, "ODD", b"lx")
        found = lines.Text(text)
        assert list(found.lines(at)) == [every[number] for number in at]
        assert found.line_ends == len(every) - 1
        assert (found.may_hold(b"l"), found.may_hold(b"x"), found.may_hold(b"lx")) == (
            b"l" in text,
            False,
            b"l" in text,
        )


@given(
    st.lists(st.sampled_from([b'"a"', b'""', b";", b"x", b'"', b"\n", b"\n"]), max_size=40).map(b"".join),
    st.integers(0, 9),
)
def test_bytes_by_their_lines(text: bytes, at_once: int) -> None:
    every = text.split(b"\n")
    even = b"\n".join([b"heading", *(line for line in every if line.count(b'"') % 2 == 0), b""])
    loose = lines.loosely_quoted(even, ord(";"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "_IN_CACHE", at_once)
        assert lines.counts(text, ord('"')).tolist() == [line.count(b'"') for line in every]
        outside = [line.split(b'"')[::2] for line in even.split(b"\n")]
        assert lines.counts(even, ord(";"), outside_quotes=True).tolist() == [b"".join(o).count(b";") for o in outside]
        assert lines.loosely_quoted(even, ord(";")) == loose


NUMBER = "2021002270"
parted = st.lists(
    st.sampled_from(["", "", "-", " ", "- ", "\u00a0"]), min_size=len(NUMBER) - 1, max_size=len(NUMBER) - 1
)
supplier = st.one_of(
    st.sampled_from(["202100-2270", "162021002270", "SE202100227001", "556036-0793", "202100-227", "8501011236", ""]),
    parted.map(lambda marks: "".join(digit + mark for digit, mark in zip(NUMBER, [*marks, ""], strict=True))),
    st.just("556036-0793, 202100-2270"),
)
loss = st.sampled_from(
    ["", "", "", ";x", "\nkort;rad", '\n202100-2270;1;"öppen', '\nK;1;"a\nb";202100-2270;4;7;2023-05-31;0581']
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(supplier, st.sampled_from(CODES), st.sampled_from(AMOUNTS), loss), min_size=1, max_size=30),
       st.sampled_from(["utf-8", "cp1252", "utf-16"]), st.sampled_from(["\n", "\r\n"]),
       st.sampled_from([300, stream.BLOCK]), st.sampled_from([0, 2, 200]))  # fmt: skip
def test_the_same_suppliers_however_they_are_found(
    tmp_path: Path, table: list[tuple[str, str, str, str]], encoding: str, line_end: str, block: int, few: int
) -> None:  # fmt: skip
    """Row by row, by their columns, or in a store: those in whose number the digits stand, whatever stands between."""
    lines = [f"K;{i};Åkeri {i};{number};4;{amount};2023-05-31;{code}{damaged}\n"
             for i, (number, code, amount, damaged) in enumerate(table)]  # fmt: skip
    path = tmp_path / "a.csv"
    path.write_bytes((HEADING + "".join(lines)).replace("\n", line_end).encode(encoding, errors="replace"))
    shutil.rmtree(tmp_path / "store", ignore_errors=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "BLOCK", block)
        patch.setattr(summing, "_FEW", few)
        answer = ledgers.totals([path], suppliers=["202100-2270"])
        by_columns = ledgers.totals([path], suppliers=["202100-2270"], store=tmp_path / "store")
    assert by_columns == answer
    wanted = [number for number, *_ in table if NUMBER in re.sub("[- \u00a0]", "", number)]
    inner = sum("\nb" in damaged for *_, damaged in table)
    opened = sum("öppen" in damaged for *_, damaged in table)
    assert answer.rows_in == len(wanted) + inner + opened


def test_a_line_too_long_is_found_where_another_is_as_much_too_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(stream, "BLOCK", 1000)
    path = write(tmp_path / "a.csv", 100)
    good = "K;F;L;;4;1;2023-05-31;0581"
    path.write_text(path.read_text() + f"{good}\n{good};;x;y\nK;F;L;;4\n{good}\n")
    compare(path)
    assert {row.row for row in ledgers.totals([path]).reported} == {103, 104}


def test_cells_too_many_that_are_all_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    good = "K;F;L;;4;1;2023-05-31;0581"
    path.write_text(
        HEADING.replace("\n", ";;;\n") + f"{good};;;\n" * 5 + f"{good};;;x\n{good};;;;;\n{good};;;;x\n{good}\n"
    )
    compare(path)
    assert {row.row for row in ledgers.totals([path]).reported} == {7, 9}


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_what_polars_refuses_is_read_row_by_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:  # fmt: skip
    scan = pl.scan_csv

    def refuse(content: bytes, **options: Any) -> pl.LazyFrame:
        if b"F33;" in content:
            raise pl.exceptions.ComputeError("CSV malformed")
        return scan(content, **options)

    monkeypatch.setattr(stream, "BLOCK", 1000)
    path = write(tmp_path / "a.csv", 100, encoding)
    usual = ledgers.totals([path])
    monkeypatch.setattr(pl, "scan_csv", refuse)
    compare(path)
    compare_stores(path, tmp_path / "store")
    assert ledgers.totals([path]) == usual == ledgers.totals([path], suppliers=["202100-2270"])


def test_letters_that_a_sum_does_not_need_are_whole_where_a_row_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    good = "K;1;Åkeri;202100-2270;4;1\u00a0000;2023-05-31;0581\n"
    path.write_bytes(
        (HEADING + good * 3 + good.replace("2023-05-31", "i går").replace("0581", "Växjö")).encode("cp1252")
    )
    for suppliers in ([], ["202100-2270"]):
        answer = ledgers.totals([path], suppliers=suppliers)
        assert answer.frame().values.tolist() == [["0581", "2023", 3, Decimal("3000.00")]]
        assert [row.reason for row in answer.reported] == [
            "datum: väntade ett datum som 2023-05-31, 20230531 eller 202305, fann 'i går'"
        ]


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
    with pytest.raises(InputError, match="väntade rader på högst 1024 KiB, fann en längre rad"):
        ledgers.totals([path])


def test_progress_tells_every_byte(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 100)
    told: list[int] = []
    ledgers.totals([path], progress=told.append)
    assert sum(told) == path.stat().st_size


def test_progress_with_a_store_tells_every_byte_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BLOCK", 1000)
    path = write(tmp_path / "a.csv", 100)
    for _ in ("written", "found"):
        told: list[int] = []
        ledgers.totals([path], store=tmp_path / "store", progress=told.append)
        assert len(told) > 5
        assert sum(told) == path.stat().st_size


def test_a_workbook_is_not_for_the_stream(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"PAR1xxxx")
    with pytest.raises(InputError, match="väntade en reskontra som text med skilda kolumner, fann Parquet"):
        ledgers.totals([path])


def test_the_verb(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 3)
    result = CliRunner().invoke(command, [str(path), "--supplier", "202100-2270"])
    assert (result.exit_code, result.stdout) == (0, "kommunkod,ar,antal,belopp_kr\n0581,2023,3,3000.03\n")
    assert result.stderr == "3 rader in, 3 ut, 0 redovisade\n"
    path.write_text(path.read_text() + "kort;rad\n")
    result = CliRunner().invoke(command, [str(path), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["rows_reported"] == 1
    assert '"belopp_kr": 3000.03\n' in result.stdout
    assert f"{path}, rad 5: väntade 8 celler som i rubrikraden, fann 2" in result.stderr
    result = CliRunner().invoke(command, [str(path), "--supplier", "202100-2271"])
    assert "202100-2271 är inget organisationsnummer" in result.stderr


def test_the_store_is_read_instead_of_the_text_and_holds_no_personal_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    path, folder = tmp_path / "a.csv", tmp_path / "store"
    people = ["8501011236", "850101-1236", "19850101-1236", "850161-1234", "SE850101123601", "850101-12361e999"]
    odd = ["8501011237", "501011233", "85 01 01-1236", "A8501011236B", "850101-1236 / 202100-2270", "8501011237 *"]
    path.write_text(
        HEADING + "".join(f"K;F;Ek {number};{number};4;1;2023-05-31;0581\n" for number in people)
        + "".join(f"K;F;Ek;{number};4;1;2023-05-31;0581\n" for number in odd)
        + "K;850101-1236;kort\nK;F 850101-1236;E;1;4 Ek 850101-1236;850101-1236;850101-1236;850101-1236\n"
        + "K;F850101-1236;E;8501011237;4;1;2023-05-31;0581;;\n"
    )  # fmt: skip
    first = ledgers.totals([path], store=folder)
    text_columns = [
        cell
        for file in folder.rglob("*.parquet")
        for row in pl.read_parquet(file).iter_rows()
        for cell in row
        if isinstance(cell, str)
    ]
    written = " ".join([*text_columns, *(file.read_text() for file in folder.rglob("*.json*"))])
    assert not re.search("85 ?01|50101", written)
    assert written.count(MASK) >= 22
    assert ledgers.totals([path], store=folder, suppliers=["202100-2270"]).rows_out == 1
    monkeypatch.setattr(text, "blocks", None)
    assert ledgers.totals([path], store=folder) == first
    assert [file.name for file in folder.iterdir() if file.name.startswith(".")] == []


def test_a_changed_ledger_is_read_again(tmp_path: Path) -> None:
    path, folder = write(tmp_path / "a.csv", 2), tmp_path / "store"
    assert ledgers.totals([path], store=folder).rows_out == 2
    write(path, 3)
    assert ledgers.totals([path], store=folder).rows_out == 3


def test_a_ledger_without_dates(tmp_path: Path) -> None:
    path = tmp_path / "Umeå 2023-05.csv"
    rows = ["F1;Åkeri AB;12,50", "F2;Åkeri AB;-2", "NULL;;10,50", ";Åkeri AB;1", ";Summa;99"]
    path.write_text("Fakturanr;Leverantör;Belopp\n" + "\n".join(rows) + "\n")
    compare(path)
    assert ledgers.totals([path]).frame().values.tolist() == [["2480", "2023", 3, Decimal("11.50")]]


def test_spark_that_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    result = CliRunner().invoke(command, [str(write(tmp_path / "a.csv", 3)), "--engine", "spark"])
    assert isinstance(result.exception, AnalysError)
    assert str(result.exception).startswith("engine spark: väntade pyspark och pyarrow, fann ")
    assert "med tillägget [spark]" in str(result.exception)


def test_damaged_letters_are_told_and_the_headings_found(tmp_path: Path) -> None:
    whole = "Leverantör;Orgnr;Fakturanr;Fakturadatum;Konto;Belopp\nLänsstyrelsen;202100-2270;1;2023-01-05;4631;7\n"
    path = tmp_path / "a.csv"
    path.write_bytes(whole.encode().decode("cp1252").encode())
    assert sum(ledgers.totals([path]).ore.values()) == 700
    assert text.damage(path).startswith("a.csv: å, ä och ö är skadade (UTF-8 öppnad som windows-1252) och lagas inte")
    path.write_text(whole, encoding="utf-8")
    assert text.damage(path) == ""
