"""Postings that several files deliver."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from analys.cli.read import command
from analys.intake import invoices
from analys.intake.result import ReadResult

SPEC = "kopare;faktura_nr;leverantor;leverantor_id;konto_nr;konto_text;belopp;datum\n"
FIRST = "Norrköpings kommun;F1;Länsstyrelsen;202100-2270;46310;Köp;100,00;2023-05-31\n"
SECOND = "Norrköpings kommun;F2;Kontorsbolaget AB;556012-5790;64310;Papper;50,00;2023-06-30\n"
UNNUMBERED = "Norrköpings kommun;;Hyresbolaget AB;556012-5790;60110;Hyra;70,00;2023-06-30\n"


def _settled(folder: Path, **contents: str) -> list[ReadResult]:
    paths = [folder / f"{name}.csv" for name in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        path.write_text(content, encoding="utf-8")
    results = [invoices.read(path) for path in paths]
    settled = invoices.without_copies(results, [path.name for path in paths])
    for before, after in zip(results, settled, strict=True):
        assert after.rows_in == before.rows_in == len(after.frame) + len(after.reported)
        assert len(after.places) == len(after.frame)
    return settled


def _said(result: ReadResult) -> dict[int, str]:
    start = "väntade en ny post, fann en som har levererats två gånger: densamma som "
    assert all(entry.reason.startswith(start) for entry in result.reported)
    return {entry.row: entry.reason.removeprefix(start) for entry in result.reported}


def test_the_later_copy_is_reported_with_the_place_of_the_first(tmp_path: Path) -> None:
    one, two = _settled(tmp_path, one=SPEC + SECOND + FIRST, two=SPEC + FIRST + SECOND.replace("F2", "F3"))
    assert not one.reported
    assert _said(two) == {2: "one.csv, rad 3"}
    assert two.frame["faktura_nr"].tolist() == ["F3"]


def test_alike_rows_of_one_file_are_postings_of_their_own(tmp_path: Path) -> None:
    one, two, three = _settled(tmp_path, one=SPEC + FIRST * 2, two=SPEC + FIRST * 3, three=SPEC + FIRST)
    assert not one.reported
    assert _said(two) == {2: "one.csv, rad 2", 3: "one.csv, rad 3"}
    assert _said(three) == {2: "one.csv, rad 2"}


def test_another_layout_of_the_same_ledger_is_the_same_delivery(tmp_path: Path) -> None:
    other = "Datum;Köpare;Leverantör;Organisationsnummer;Fakturanummer;Konto;Belopp\n"
    other += "20230531;Norrköping;LÄNSSTYRELSEN I ÖSTERGÖTLAND;2021002270;F1;46310 Köp av tjänst;100\n"
    assert _said(_settled(tmp_path, one=SPEC + FIRST, two=other)[1]) == {2: "one.csv, rad 2"}


def test_what_differs_is_another_posting(tmp_path: Path) -> None:
    changes = (
        ("Norrköpings", "Mjölby"),
        ("F1", "F9"),
        ("2270", "2262"),
        ("46310", "46311"),
        ("100,", "101,"),
        ("-31", "-30"),
    )
    others = {f"other{at}": SPEC + FIRST.replace(*change) for at, change in enumerate(changes)}
    assert not any(result.reported for result in _settled(tmp_path, one=SPEC + FIRST, **others))


def test_rows_without_number_are_copies_only_in_a_file_that_repeats(tmp_path: Path) -> None:
    part = _settled(tmp_path, one=SPEC + UNNUMBERED + FIRST, two=SPEC + UNNUMBERED + SECOND)
    assert not part[1].reported
    whole = _settled(tmp_path, one=SPEC + UNNUMBERED + FIRST, two=SPEC + UNNUMBERED + FIRST)
    assert _said(whole[1]) == {2: "one.csv, rad 2", 3: "one.csv, rad 3"}


def test_persons_have_one_mask_and_are_told_apart_by_name(tmp_path: Path) -> None:
    person = FIRST.replace("202100-2270", "850101-1236").replace("Länsstyrelsen", "Ek")
    settled = _settled(tmp_path, one=SPEC + person, two=SPEC + person.replace("Ek", "Alm"), three=SPEC + person)
    assert [len(result.reported) for result in settled] == [0, 0, 1]


def test_empty_files_and_files_of_reported_rows(tmp_path: Path) -> None:
    settled = _settled(tmp_path, one=SPEC, two=SPEC + FIRST.replace("100,00", "x"), three=SPEC + FIRST)
    assert [(len(result.frame), len(result.reported)) for result in settled] == [(0, 0), (0, 1), (1, 0)]


def test_the_verb_says_it(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(SPEC + FIRST, encoding="utf-8")
    result = CliRunner().invoke(command, [str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), "--as", "invoices"])
    assert result.exit_code == 1
    assert result.stdout.count("46310") == 1
    assert f"fann en som har levererats två gånger: densamma som {tmp_path / 'a.csv'}, rad 2" in result.stderr
