"""Ledgers that look whole and would give wrong amounts or dates if they were believed, and forms that few ledgers have."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from analys import ledgers
from analys.errors import InputError
from analys.intake import invoices
from analys.intake.invoices import payer
from analys.intake.result import ReadResult
from analys.ledgers import delivery
from analys.ledgers.select import Wanted

HEADING = "Datum;Leverantör;Orgnr;Fakturanr;Belopp\n"
ACME = "Acme AB;556036-0793"


def read(path: Path, content: str) -> ReadResult:
    """The ledger; the reader of large ledgers gives the same sums."""
    path.write_text(content, encoding="utf-8")
    result = invoices.read(path)
    assert result.rows_in == len(result.frame) + len(result.reported)
    large = ledgers.totals([path])
    assert sum(large.ore.values()) == sum(result.frame["belopp_kr"]) * 100
    assert {row.row for row in large.reported} == {row.row for row in result.reported}
    return result


def amounts(result: ReadResult) -> list[str]:
    return [str(amount) for amount in result.frame["belopp_kr"]]


def reasons(result: ReadResult) -> list[str]:
    return [row.reason for row in result.reported]


def test_months_put_together_with_their_heading_rows(tmp_path: Path) -> None:
    result = read(tmp_path / "a.csv", f"{HEADING}2021-01-05;{ACME};1;1,00\n{HEADING}2021-02-05;{ACME};2;2,00\n")
    assert amounts(result) == ["1.00", "2.00"]
    assert reasons(result) == ["väntade en post, fann en rubrikrad igen"]


REORDERED = f"{HEADING}2021-01-05;{ACME};1;1,00\nDatum;Leverantör;Orgnr;Belopp;Fakturanr\n2021-02-05;{ACME};200,00;3\n"


def test_a_heading_row_again_in_another_order_rules_the_rows_below_it(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(REORDERED, encoding="utf-8")
    result = invoices.read(path)
    assert amounts(result) == ["1.00", "200.00"]
    assert list(result.frame["faktura_nr"]) == ["1", "3"]
    assert reasons(result) == ["väntade en post, fann en rubrikrad igen"]


def test_a_large_ledger_in_two_orders_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not read row after row, so it cannot tell what stands below; also where only some postings are wanted."""
    path = tmp_path / "a.csv"
    path.write_text(REORDERED, encoding="utf-8")
    monkeypatch.setattr(delivery, "WHOLE", 0)
    message = (
        f"{path}, rad 3: väntade samma kolumnordning i hela filen, fann en andra rubrikrad med annan "
        "ordning; dela filen där"
    )
    for question in (
        lambda: ledgers.totals([path]),
        lambda: delivery.read_all([path], Wanted(["202100-2270"], [], [])),
    ):
        with pytest.raises(InputError) as error:
            question()
        assert str(error.value) == message


def test_a_second_heading_row_with_unknown_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADING}2021-01-05;{ACME};1;1,00\nDatum;Leverantör;Hemligt;Belopp;Datum\n", encoding="utf-8")
    path.write_text(path.read_text("utf-8").replace(";Belopp;Datum\n", ";Orgnr;Belopp\n"), encoding="utf-8")
    with pytest.raises(InputError) as error:
        invoices.read(path)
    assert str(error.value).startswith(
        f"{path}, rad 3, en andra rubrikrad, kolumn 'Hemligt': väntade en rubrik i kolumnkartan 'allman', fann en "
        "okänd rubrik"
    )


@pytest.mark.parametrize(
    "title", ["Belopp i tkr", "Leverantörsreskontra 2021 (tkr)", "Alla belopp anges i tusental kronor"]
)
def test_a_title_that_says_thousands_is_refused(tmp_path: Path, title: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{title}\n{HEADING}2021-01-05;{ACME};1;125,5\n", encoding="utf-8")
    for reader in (invoices.read, lambda path: ledgers.totals([path])):
        with pytest.raises(InputError) as error:
            reader(path)
        assert str(error.value).startswith(f"{path}, rad 1: väntade belopp i kronor, fann 't")
        assert str(error.value).endswith(f" i titeln {title!r}; skriv beloppen i kronor, utan den titeln")


def test_a_title_may_name_thousands(tmp_path: Path) -> None:
    result = read(tmp_path / "a.csv", f"Fakturor över 100 tkr\n{HEADING}2021-01-05;{ACME};1;125 000\n")
    assert amounts(result) == ["125000.00"]


def test_a_sheet_of_sums_is_no_ledger(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "Per leverantör"
    book.active.append(["Leverantör", "Orgnr", "Summa"])
    book.active.append(["Acme AB", "556036-0793", 30])
    sheet = book.create_sheet("Fakturor")
    for row in (
        ["Datum", "Leverantör", "Orgnr", "Fakturanr", "Belopp", "Text"],
        [dt.date(2021, 1, 5), "Acme AB", "556036-0793", "1", 30, ""],
        [None, dt.date(2021, 1, 6), "Acme AB", "556036-0793", 1001, 40],
    ):
        sheet.append(row)
    path = tmp_path / "a.xlsx"
    book.save(path)
    result = invoices.read(path)
    assert amounts(result) == ["30.00"]
    assert [(row.sheet, row.row, row.reason) for row in result.reported] == [
        ("Per leverantör", 1,
         "väntade datum eller fakturanummer som i de andra bladen, fann summor: bladet läses inte"),
        ("Fakturor", 3, "väntade ett datum i Datum, fann '2021-01-06' i en annan kolumn: förskjutna kolumner"),
    ]  # fmt: skip


def test_the_number_of_a_company_or_person_is_no_amount(tmp_path: Path) -> None:
    rows = [f"2021-01-05;{ACME};{at};{amount}\n" for at, amount in
            enumerate(("5560360793", "198112289874", "1500000000", "5 560 360 793", "5560360793,00"))]  # fmt: skip
    result = read(tmp_path / "a.csv", HEADING + "".join(rows))
    assert amounts(result) == ["1500000000.00", "5560360793.00", "5560360793.00"]
    assert reasons(result) == [
        "Belopp: väntade ett belopp, inte ett organisations- eller personnummer: förskjutna kolumner, fann '5560360793'",
        "Belopp: väntade ett belopp, inte ett organisations- eller personnummer: förskjutna kolumner, fann '******-****'",
    ]


def test_debit_and_credit_in_columns_of_their_own(tmp_path: Path) -> None:
    rows = ("1 000,00;", ";250,00", "100,00;0,00", "0;12,50", "-5,00;", "100;30", ";", "x;")
    body = "".join(f"2021-01-05;{ACME};{at};{sides}\n" for at, sides in enumerate(rows))
    result = read(tmp_path / "a.csv", "Datum;Leverantör;Orgnr;Fakturanr;Debet;Kredit\n" + body)
    assert amounts(result) == ["1000.00", "-250.00", "100.00", "-12.50", "-5.00"]
    assert reasons(result) == [
        "väntade ett belopp i antingen Debet eller Kredit, fann båda",
        "väntade ett belopp i antingen Debet eller Kredit, fann inget",
        "Debet: väntade ett tal i svensk form, som 1 234,50, fann 'x'",
    ]


def test_an_amount_beside_debit_and_credit(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Datum;Leverantör;Belopp;Debet;Kredit\n2021-01-05;Acme AB;1;1;\n", encoding="utf-8")
    with pytest.raises(InputError, match="väntade en kolumn med beloppet, fann Belopp, Debet, Kredit"):
        invoices.read(path)


def test_year_and_month_in_columns_of_their_own(tmp_path: Path) -> None:
    months = ("3", "03", "mars", "", "2021-03-04", "202103", "13", "2020-03-04")
    body = "".join(f"2021;{month};{ACME};{at};1\n" for at, month in enumerate(months))
    body += f";2020-05-06;{ACME};9;1\n"
    result = read(tmp_path / "a.csv", "År;Månad;Leverantör;Orgnr;Fakturanr;Belopp\n" + body)
    assert list(result.frame["datum"]) == [
        "2021-03",
        "2021-03",
        "2021-03",
        "2021",
        "2021-03-04",
        "2021-03",
        "2020-05-06",
    ]
    assert reasons(result) == [
        "Månad: väntade en månad från 1 till 12, fann '13'", "Månad: väntade ett datum i 2021, fann 2020-03-04"
    ]  # fmt: skip


def test_six_digits_that_are_a_month_or_a_day(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"

    def dates(heading: str, *written: str) -> tuple[list[str], list[str]]:
        body = "".join(f"{date};{ACME};{at};1\n" for at, date in enumerate(written))
        result = read(path, HEADING.replace("Datum", heading) + body)
        return list(result.frame["datum"]), reasons(result)

    assert dates("Datum", "200105", "200131") == (["2020-01-05", "2020-01-31"], [])
    assert dates("Datum", "201205", "201305") == (["2012-05", "2013-05"], [])
    assert dates("Period", "201205", "201206") == (["2012-05", "2012-06"], [])
    assert dates("Datum", "210105", "190531") == (["2021-01-05", "2019-05-31"], [])
    unknown = "Datum: väntade ett datum som 2023-05-31 (kolumnen visar inte om dag eller månad står sist), fann "
    assert dates("Datum", "200105") == ([], [unknown + "'200105'"])
    assert dates("Datum", "200105", "200131", "201305") == (["2020-01-31", "2013-05"], [unknown + "'200105'"])


def test_other_forms_of_amounts_and_numbers(tmp_path: Path) -> None:
    written = ("(123,45)", "SEK 99,00", "kr 1 234,50", "(1.234,50)", "(-5)", "SEK", '"=""12,50"""')
    rows = "".join(f"2021-01-05;{ACME};{at};{amount}\n" for at, amount in enumerate(written))
    result = read(tmp_path / "a.csv", HEADING + rows)
    assert amounts(result) == ["-123.45", "99.00", "1234.50", "-1234.50", "12.50"]
    numbers = ("SE5560360793", "SE556036079301", '"=""5560360793"""', "'5560360793", "SE8112289874")
    body = "".join(f'2021-01-05;A;{number};"=""00{at}""";1\n' for at, number in enumerate(numbers))
    result = read(tmp_path / "b.csv", HEADING + body)
    assert list(result.frame["leverantor_id"]) == ["556036-0793"] * 4 + ["******-****"]
    assert list(result.frame["faktura_nr"]) == ["000", "001", "002", "003", "004"]


def test_english_headings(tmp_path: Path) -> None:
    result = read(
        tmp_path / "a.csv",
        "Buyer;Supplier;Supplier ID;Invoice number;Invoice date;Account;Amount;Currency;Description\n"
        "Mjölby kommun;Acme AB;SE556036079301;INV-1;2021-04-05;6110;1234,56;SEK;Paper\n",
    )
    (row,) = result.frame.to_dict("records")
    assert (row["kommunkod"], row["leverantor_id"], row["belopp_kr"]) == ("0586", "556036-0793", Decimal("1234.56"))
    assert (row["faktura_nr"], row["datum"], row["konto_nr"], row["text"]) == ("INV-1", "2021-04-05", "6110", "Paper")


def test_the_reader_says_which_date_it_took(tmp_path: Path) -> None:
    heading = "Fakturadatum;Bokföringsdatum;Leverantör;Orgnr;Fakturanr;Belopp\n"
    result = read(tmp_path / "a.csv", f"{heading}2021-12-30;2022-01-03;{ACME};1;1\n;2022-01-04;{ACME};2;1\n")
    assert list(result.frame["datum"]) == ["2021-12-30", "2022-01-04"]
    assert "datumet är det första som raden har av Fakturadatum, Bokföringsdatum" in result.why
    result = read(tmp_path / "reskontra 2019-03.csv", f"Leverantör;Orgnr;Fakturanr;Belopp\n{ACME};1;1\n")
    assert result.why.endswith("; filens namn säger när: 2019-03")


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("reskontra 2016-2018", ""), ("uttag 20220115 faktura 2019", "2019"), ("reskontra-202003", "2020-03"),
        ("2021-01 till 2021-03", "2021"), ("mars 2020", "2020-03"), ("2020 mars uttag 2021-04-01", "2020-03"),
        ("januari-mars 2020", "2020"), ("reskontra 2020-12 och 2021-01", ""), ("5560360793", ""),
    ],
)  # fmt: skip
def test_what_a_file_name_says_of_the_time(name: str, period: str) -> None:
    assert payer.period_in_name(name) == period


def test_a_name_that_is_a_word_too() -> None:
    assert payer.municipality_in_name("mark och exploatering 2020") == ""
    assert payer.municipality_in_name("reskontra marks kommun 2020") == "1463"


@pytest.mark.parametrize("heading", ["Status", "Fakturastatus", "Text", "Attest"])
@pytest.mark.parametrize("says", ["Makulerad", "ANNULLERAD 2021-03-01", "Återförd", "utgår", "Fakturan är ogiltig"])
def test_a_row_that_says_it_does_not_count_is_never_summed(tmp_path: Path, heading: str, says: str) -> None:
    content = f"Datum;Leverantör;Orgnr;Fakturanr;Belopp;{heading}\n"
    content += f"2021-01-05;{ACME};1;10,00;Betald\n2021-01-06;{ACME};2;10,00;{says}\n"
    result = read(tmp_path / "a.csv", content)
    assert amounts(result) == ["10.00"]
    assert reasons(result) == [f"{heading}: raden är {says!r} och räknas inte"]


def test_what_only_speaks_of_voiding_is_summed(tmp_path: Path) -> None:
    content = "Datum;Leverantör;Orgnr;Fakturanr;Belopp;Text\n"
    content += f"2021-01-05;{ACME};1;10,00;Makulering av papper\n2021-01-06;{ACME};2;20,00;Ej makulerad\n"
    content += f"2021-01-07;{ACME};3;30,00;Utgångsskyltar\n2021-01-07;{ACME};4;40,00;Återföring av periodisering\n"
    assert amounts(read(tmp_path / "a.csv", content)) == ["10.00", "20.00", "30.00", "40.00"]


@pytest.mark.parametrize("columns", ["Summa;Moms;Netto", "Netto;Moms;Totalbelopp"])
def test_of_two_amounts_the_one_that_makes_the_other_with_its_vat_is_taken(tmp_path: Path, columns: str) -> None:
    bills = [("125,00", "25,00", "100,00"), ("112,00", "12,00", "100,00"), ("70,00", "0,00", "70,00")]
    rows = [";".join(bill if columns.startswith("Summa") else bill[::-1]) for bill in bills]
    content = f"Datum;Leverantör;Orgnr;Fakturanr;{columns}\n"
    content += "".join(f"2021-01-05;{ACME};F{at};{row}\n" for at, row in enumerate(rows))
    result = read(tmp_path / "a.csv", content)
    assert amounts(result) == ["100.00", "100.00", "70.00"]
    total = next(name for name in columns.split(";") if name.startswith(("Summa", "Total")))
    assert f"Netto är utan moms: Netto + Moms = {total} på 3 av 3 rader" in result.why
    (tmp_path / "b.csv").write_text(content.replace("125,00", "126,00"), encoding="utf-8")
    with pytest.raises(InputError, match="väntade en kolumn med beloppet"):
        invoices.read(tmp_path / "b.csv")


def test_a_heading_with_lost_letters_is_the_one_known_heading_that_fits(tmp_path: Path) -> None:
    content = f"Bokf\ufffdringsdatum;Leverant\ufffdr;Orgnr;Fakturanr;Belopp\n2021-01-05;{ACME};1;10,00\n"
    result = read(tmp_path / "a.csv", content)
    assert (amounts(result), list(result.frame["datum"])) == (["10.00"], ["2021-01-05"])
    assert "Bokf\ufffdringsdatum, Leverant\ufffdr" in result.why
