"""Cells that alone could mean two things: the column decides, and says so, or they are reported."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from analys.intake import invoices
from analys.intake.invoices import cells
from analys.intake.result import ReadResult
from analys.ledgers import totals

HEADING = "leverantor;leverantor_id;konto_nr;faktura_nr;belopp;datum;kommun_id\n"


def read(path: Path, *pairs: tuple[str, str]) -> ReadResult:
    """A ledger with these amounts and dates, the same for the reader of large ledgers."""
    rows = (f"Lst;202100-2270;4631;F{at};{amount};{date};0581\n" for at, (amount, date) in enumerate(pairs))
    path.write_text(HEADING + "".join(rows), encoding="utf-8")
    result, large = invoices.read(path), totals([path])
    assert sum(large.ore.values()) == sum(result.frame["belopp_kr"]) * 100
    assert large.rows_reported == len(result.reported)
    return result


def dates(path: Path, *written: str) -> list[str]:
    return list(read(path, *(("1", date) for date in written)).frame["datum"])


def amounts(path: Path, *written: str) -> list[Decimal]:
    return list(read(path, *((amount, "2023-05-31") for amount in written)).frame["belopp_kr"])


def test_a_day_after_the_twelfth_decides_for_its_column(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert dates(path, "05.06.2023", "31.05.2023") == ["2023-06-05", "2023-05-31"]
    assert "; dagen står först i datum som '31.05.2023'" in invoices.read(path).why
    assert dates(path, "05/06/2023", "05/31/2023 12:30") == ["2023-05-06", "2023-05-31"]
    assert "; månaden står först i datum som '05/31/2023 12:30'" in invoices.read(path).why


@pytest.mark.parametrize("written", [("05/06/2023", "07/06/2023"), ("05.31.2023", "31.05.2023", "05.06.2023")])
def test_without_one_or_with_two_that_disagree_each_is_reported(tmp_path: Path, written: tuple[str, ...]) -> None:
    result = read(tmp_path / "a.csv", *(("1", date) for date in written), ("1", "2023-01-01"))
    assert list(result.frame["datum"]) == ["2023-01-01"]
    assert result.reported[-1].reason == (
        "datum: väntade ett datum som 2023-05-31 (kolumnen visar inte om dag eller månad står först), "
        f"fann {written[-1]!r}"
    )


def test_between_points_the_day_stands_first(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert dates(path, "05.06.2023", "7.6.2023") == ["2023-06-05", "2023-06-07"]
    assert "; dagen står först i datum med punkter, som '05.06.2023'" in invoices.read(path).why


def test_dates_that_can_mean_one_thing_only(tmp_path: Path) -> None:
    written = ["2023/05/31", "2023.5.31", "31/5 2023", "2023-05-31T10:00:00+02:00", "maj 2023", "Maj-2023", "2023/05"]
    assert dates(tmp_path / "a.csv", *written) == ["2023-05-31"] * 4 + ["2023-05"] * 3


def test_amounts_that_can_mean_one_thing_only(tmp_path: Path) -> None:
    written = ["1.234,56", "-1.234.567", "1,234.50", "1.234,5 kr", "1.234,50-"]
    expected = ["1234.56", "-1234567.00", "1234.50", "1234.50", "-1234.50"]
    assert [str(amount) for amount in amounts(tmp_path / "a.csv", *written)] == expected


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (["1.234", "1.234,56", "999"], ["1234.00", "1234.56", "999.00"]),
        (["1,234", "1,234,567"], ["1234.00", "1234567.00"]),
        (["1.234", "999"], ["999.00"]),  # a thousand, or little more than one
        (["1.234", "1.234,56", "12.50"], ["1234.56", "12.50"]),  # the column contradicts itself
        (["12.34.567", "0.123,45", "1.2345,6", "1"], ["1.00"]),
    ],
)
def test_thousands(tmp_path: Path, written: list[str], read_as: list[str]) -> None:
    assert [str(amount) for amount in amounts(tmp_path / "a.csv", *written)] == read_as


def test_what_groups_thousands_is_said(tmp_path: Path) -> None:
    read(tmp_path / "a.csv", ("1.234", "2023"), ("1.234,56", "2023"))
    assert invoices.read(tmp_path / "a.csv").why.endswith("; '.' skiljer tusental, som i '1.234,56'")


def test_a_column_map_decides_too(tmp_path: Path) -> None:
    (tmp_path / "karta.toml").write_text(
        'namn = "x"\nkalla = "x"\nobligatoriska = ["belopp"]\nforst_i_datum = "dag"\ntusental = "."\n'
        '[kolumner]\nDag = "datum"\nKr = "belopp"\nLev = "leverantor"\n',
        encoding="utf-8",
    )
    (tmp_path / "a.csv").write_text("Dag;Kr;Lev\n05/06/2023;1.234;Lst\n", encoding="utf-8")
    frame = invoices.read(tmp_path / "a.csv", layout=tmp_path / "karta.toml").frame
    assert (frame["datum"][0], frame["belopp_kr"][0]) == ("2023-06-05", Decimal(1234))


def workbook(path: Path, *days: object, epoch: dt.datetime | None = None) -> ReadResult:
    book = Workbook()
    if epoch:
        book.epoch = epoch
    assert book.active is not None
    book.active.append(["Leverantör", "Org nr", "Fakturanr", "Datum", "Konto", "Belopp"])
    for day in days:
        book.active.append(["Lst", "202100-2270", "7", day, "4631", 1])
    book.save(path)
    return invoices.read(path)


def test_day_numbers_of_a_spreadsheet(tmp_path: Path) -> None:
    result = workbook(tmp_path / "a.xlsx", 45077, dt.date(2023, 6, 1), 45078.5, None)
    assert list(result.frame["datum"]) == ["2023-05-31", "2023-06-01", "2023-06-01", ""]
    assert "datumen är dagnummer: 45077 är 2023-05-31" in result.why


def test_day_numbers_of_an_old_mac(tmp_path: Path) -> None:
    result = workbook(tmp_path / "a.xlsx", 45077 - 1462, dt.date(2023, 6, 1), epoch=dt.datetime(1904, 1, 1))
    assert list(result.frame["datum"]) == ["2023-05-31", "2023-06-01"]


@pytest.mark.parametrize("other", [230531, 29_999, "x"])
def test_numbers_beside_something_else_are_no_day_numbers(tmp_path: Path, other: object) -> None:
    result = workbook(tmp_path / "a.xlsx", 45077, other)
    assert "2023-05-31" not in [day for day in result.frame["datum"] if other != 230531]
    assert result.reported[0].reason.startswith("Datum: väntade ett datum")


def test_in_text_five_digits_are_no_date() -> None:
    with pytest.raises(ValueError, match="ett datum som"):
        cells.date("45077", day_zero=dt.date(1899, 12, 30))
