"""SIE 4: code page 437, dimensions, vouchers that must balance."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from analys.errors import InputError
from analys.intake import invoices
from analys.intake.result import ReadResult

HEAD = (
    '#FLAGGA 0\r\n#FORMAT PC8\r\n#SIETYP 4\r\n#FNAMN "Mjölby kommun"\r\n#ORGNR 212000-0480\r\n'
    '#KONTO 46310 "Köp av verksamhet"\r\n#DIM 1 "Kostnadsställe"\r\n#OBJEKT 1 "100" "Kommunstyrelsen"\r\n'
)
GOOD = (
    '#VER "A" "12" 20230531 "Länsstyrelsen \\"integration\\"" 20230602\r\n{\r\n'
    '\t#TRANS 46310 {1 "100"} 64000.00 20230530\r\n\t#TRANS 24400 {} -64000\r\n}\r\n'
)


def read(path: Path, content: str, encoding: str = "cp437") -> ReadResult:
    path.write_bytes(content.encode(encoding))
    result = invoices.read(path)
    assert result.rows_in == len(result.frame) + len(result.reported)
    return result


def test_a_voucher_in_code_page_437(tmp_path: Path) -> None:
    result = read(tmp_path / "a.se", HEAD + GOOD)
    assert (result.format, "437" in result.why) == ("SIE 4", True)
    first, second = result.frame.to_dict("records")
    assert first == {
        "kommunkod": "0586", "kopare": "Mjölby kommun", "leverantor_id": "", "leverantor": "", "faktura_nr": "A 12",
        "datum": "2023-05-30", "konto_nr": "46310", "belopp_kr": Decimal("64000.00"), "valuta": "SEK",
        "text": 'Länsstyrelsen "integration" [Kostnadsställe 100 Kommunstyrelsen]', "kalla": "a.se, rad 11",
    }  # fmt: skip
    assert (second["datum"], second["belopp_kr"]) == ("2023-05-31", Decimal("-64000.00"))


def test_another_encoding_is_said(tmp_path: Path) -> None:
    result = read(tmp_path / "a.se", HEAD + GOOD, "latin-1")
    assert result.frame["kopare"][0] == "Mjölby kommun"
    assert "windows-1252" in result.why


def test_unbalanced_and_cut_vouchers_are_reported_whole(tmp_path: Path) -> None:
    result = read(
        tmp_path / "a.se",
        HEAD + "#VER A 1 20230101\r\n{\r\n#TRANS 4 {} 10.00\r\n#TRANS 2 {} -10.01\r\n}\r\n" + GOOD
        + "#VER A 2 20230101\r\n{\r\n#TRANS 4 {} 10\r\n",
    )  # fmt: skip
    assert [(row.row, row.reason) for row in result.reported] == [
        (11, "verifikation A 1: väntade rader som summerar till noll, fann summan -0.01"),
        (12, "verifikation A 1: väntade rader som summerar till noll, fann summan -0.01"),
        (21, "verifikation A 2: väntade dess slutparentes, fann filens slut"),
    ]
    assert len(result.frame) == 2


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("#TRANS 4 {} NaN", "verifikation A 1: väntade ett belopp som -1234.50, fann 'NaN' på rad 11"),
        ("#TRANS 4 10", "verifikation A 1: väntade en objektlista i klammer efter kontot, fann '10' på rad 11"),
        ("#TRANS 4 {} 10,00", "verifikation A 1: väntade ett belopp som -1234.50, fann '10,00' på rad 11"),
        ("#TRANS", "verifikation A 1: väntade en objektlista i klammer efter kontot, fann inget på rad 11"),
        (
            "#TRANS 4 {} 1 99991231",
            "verifikation A 1: väntade ett datum från 1970 till 2100, fann '99991231', på rad 11",
        ),
        (
            "#TRANS 4 {1 100 5",
            "verifikation A 1: väntade en objektlista i klammer efter kontot, fann '{1 100 5' på rad 11",
        ),
        ("#TRANS 4 {} 1000000000000.01", "verifikation A 1: väntade ett belopp under 1e+12 kr på rad 11"),
    ],
)
def test_a_bad_row_spoils_its_voucher(tmp_path: Path, row: str, reason: str) -> None:
    result = read(tmp_path / "a.se", HEAD + f"#VER A 1 20230101\r\n{{\r\n{row}\r\n#TRANS 2 {{}} 0\r\n}}\r\n" + GOOD)
    assert [row.reason for row in result.reported] == [reason, reason]
    assert len(result.frame) == 2


def test_struck_and_added_rows_are_not_counted_twice(tmp_path: Path) -> None:
    result = read(
        tmp_path / "a.se",
        HEAD + "#VER A 1 20230101\r\n{\r\n#BTRANS 4 {} 7\r\n#RTRANS 4 {} 8\r\n#TRANS 4 {} 8\r\n#TRANS 2 {} -8\r\n}\r\n",
    )
    assert (len(result.frame), [row.row for row in result.reported]) == (2, [11, 12])


def test_a_line_in_a_voucher_that_is_no_row_of_it_is_reported(tmp_path: Path) -> None:
    voucher = "#VER A 1 20230101\r\n{\r\n#trans 4 {} 8\r\n#TRANSS 4 {} 7\r\n#TRANS 2 {} -8\r\n}\r\n"
    result = read(tmp_path / "a.se", HEAD + voucher)
    assert result.frame["belopp_kr"].tolist() == [8, -8]
    assert [row.reason for row in result.reported] == ["väntade en rad i verifikationen (#TRANS), fann '#TRANSS'"]


def test_vouchers_without_number_are_told_apart_by_their_line(tmp_path: Path) -> None:
    voucher = '#VER B "" 20230101\r\n{\r\n#TRANS 4 {6 P1} 8\r\n#TRANS 2 {} -8\r\n}\r\n'
    result = read(tmp_path / "a.se", HEAD + voucher * 2)
    assert result.frame["faktura_nr"].tolist() == ["B rad 9", "B rad 9", "B rad 14", "B rad 14"]
    assert result.frame["text"][0] == "[Projekt P1]"


def test_numbers_of_persons_in_vouchers(tmp_path: Path) -> None:
    voucher = '#VER L 850101-1236 20230101 "Ek 850101-1236"\r\n{\r\n#TRANS 4 {7 850101-1236} 8 850101-1236\r\n}\r\n'
    balanced = voucher.replace(" 8 850101-1236", " 0")
    result = read(tmp_path / "a.se", HEAD + voucher + balanced)
    assert (len(result.frame), len(result.reported)) == (1, 1)
    assert "850101" not in repr(result.frame.to_dict("records")) + repr(result.reported)


def test_a_file_that_begins_with_another_label(tmp_path: Path) -> None:
    assert len(read(tmp_path / "a.se", '#FNAMN "Mjölby kommun"\r\n#SIETYP 4\r\n' + GOOD).frame) == 2


@pytest.mark.parametrize("row", ["{" * 500_000, '"' + "\\" * 500_000, '{"#TRANS 4 ' * 50_000, '"' * 500_001])
def test_marks_that_never_close_are_read_once(tmp_path: Path, row: str) -> None:
    """A tokeniser that goes back to each of them would need hours."""
    result = read(tmp_path / "a.se", HEAD + f"#VER A 1 20230101\r\n{{\r\n#TRANS 4 {row}\r\n}}\r\n" + GOOD)
    assert (len(result.frame), len(result.reported)) == (2, 1)


def test_balances_only(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"väntade SIE typ 4 med verifikationer \(#VER\), fann typ 1, som bara har"):
        read(tmp_path / "a.se", "#FLAGGA 0\r\n#SIETYP 1\r\n#UB 0 1930 100.00\r\n")


def test_the_same_voucher_twice(tmp_path: Path) -> None:
    result = read(tmp_path / "a.se", HEAD + GOOD + GOOD)
    assert len(result.frame) == 2
    assert {row.reason for row in result.reported} == {"verifikation A 12: väntade den en gång, fann den även på rad 9"}
    other = GOOD.replace("64000", "64001")
    assert len(read(tmp_path / "b.se", HEAD + GOOD + other).frame) == 4


def test_the_dimensions_of_supplier_and_invoice(tmp_path: Path) -> None:
    head = HEAD + '#OBJEKT 9 "2021002270" "Länsstyrelsen"\r\n#OBJEKT 9 "8112289874" "Firma"\r\n'
    lines = GOOD.replace('{1 "100"}', '{1 "100" 9 "2021002270" 10 "F77"}').replace("24400 {}", '24400 {9 "8112289874"}')
    first, second = read(tmp_path / "a.se", head + lines).frame.to_dict("records")
    assert (first["leverantor_id"], first["leverantor"], first["faktura_nr"]) == ("202100-2270", "Länsstyrelsen", "F77")
    assert (second["leverantor_id"], second["leverantor"], second["faktura_nr"]) == ("******-****", "Firma", "A 12")


@pytest.mark.parametrize("amount", ["1 000.00", '"1 000.00"', "-12 345 678"])
def test_blanks_between_thousands_are_named(tmp_path: Path, amount: str) -> None:
    text = HEAD + f'#VER A 1 20240101 ""\n{{\n#TRANS 4600 {{}} {amount}\n#TRANS 2440 {{}} -1000.00\n}}\n'
    result = read(tmp_path / "a.se", text)
    assert all("ett belopp utan blanksteg mellan tusental, som 1000.00" in row.reason for row in result.reported)
    assert len(result.reported) == 2


def test_letters_of_a_wrong_code_page_are_restored_and_told(tmp_path: Path) -> None:
    right = read(tmp_path / "a.se", HEAD + GOOD)
    damaged = (HEAD + GOOD).encode("cp437").decode("cp1252", errors="replace")
    found = read(tmp_path / "b.se", damaged, "utf-8")
    assert list(found.frame["kopare"]) == list(right.frame["kopare"]) == ["Mjölby kommun"] * 2
    assert list(found.frame["text"]) == list(right.frame["text"])
    assert "å, ä och ö återställda: DOS-text (437/850) öppnad som windows-1252" in found.why
