"""Ledgers in rows and columns, in the layouts that municipalities publish."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analys.errors import InputError
from analys.intake import invoices
from analys.intake.invoices import COLUMNS, layouts
from analys.intake.result import ReadResult
from analys.swedish import fold


def read(path: Path, content: str, encoding: str = "utf-8", layout: Path | str | None = None) -> ReadResult:
    path.write_bytes(content.encode(encoding))
    result = invoices.read(path, layout=layout)
    assert result.rows_in == len(result.frame) + len(result.reported)
    assert tuple(result.frame.columns) == COLUMNS
    return result


def rows(result: ReadResult, *columns: str) -> list[tuple[object, ...]]:
    return list(result.frame[list(columns)].itertuples(index=False, name=None))


NATIONAL = "kopare,faktura_nr,leverantor,leverantor_id,konto_nr,belopp,datum,kommun_id\n"


def test_national_specification(tmp_path: Path) -> None:
    result = read(
        tmp_path / "reskontra.csv",
        NATIONAL + "Norrköpings kommun,F-1,Länsstyrelsen Östergötland,202100-2270,46310,188000.00,2023-05-31,0581\n"
        'Norrköpings kommun,F-2,"Bok & Papper, AB",5560360793,46310,"-1 250,5",20230601,581\n',
    )
    assert result.format.startswith("Nationell specifikation")
    assert rows(result, "kommunkod", "leverantor_id", "faktura_nr", "datum", "konto_nr", "belopp_kr") == [
        ("0581", "202100-2270", "F-1", "2023-05-31", "46310", Decimal("188000.00")),
        ("0581", "556036-0793", "F-2", "2023-06-01", "46310", Decimal("-1250.50")),
    ]
    assert [str(amount) for amount in result.frame["belopp_kr"]] == ["188000.00", "-1250.50"]
    assert result.frame["kalla"][0] == "reskontra.csv, rad 2"


def test_version_with_buyer_number_and_bare_carriage_returns(tmp_path: Path) -> None:
    """Regions and cities name the columns otherwise within the same specification; one ends its lines with CR only."""
    result = read(
        tmp_path / "a.csv",
        "kopare_id;kopare;verifikationsnummer;leverantor;leverantor_id;konto_nr;konto_text;bokforingsdatum;"
        "forvaltning;fakturanummer;nettobelopp\r"
        "2120000480;MJÖLBY KOMMUN;77;Länsstyrelsen;2021002270;46310;Köp av verksamhet;2023-05-31;KS;-;100.00\r",
    )
    assert rows(result, "kommunkod", "kopare", "faktura_nr", "text") == [
        ("0586", "MJÖLBY KOMMUN", "77", "Köp av verksamhet")
    ]


def test_goteborg_in_latin_1_with_the_month_in_the_file_name(tmp_path: Path) -> None:
    result = read(
        tmp_path / "goteborg-leverantorsfakturor-202001.csv",
        "Förvaltning;Leverantör;Organisationsnummer;Fakturanummer;Konto;Kontotext;Belopp\n"
        "KS;Åkeri AB;556036-0793;1001;4631;Köp;1 234,56\nKS;Öl AB;SAKNAS;1002;4631;Köp;-1\u00a0234,56\n",
        "latin-1",
    )
    assert result.format.startswith("Göteborg")
    assert "latin-1" in result.why
    assert rows(result, "kommunkod", "leverantor", "leverantor_id", "datum", "belopp_kr") == [
        ("1480", "Åkeri AB", "556036-0793", "2020-01", Decimal("1234.56")),
        ("1480", "Öl AB", "", "2020-01", Decimal("-1234.56")),
    ]


def test_goteborg_in_utf_16(tmp_path: Path) -> None:
    result = read(tmp_path / "a.csv", NATIONAL + "Göteborgs stad,1,Åkeri,556036-0793,4,\"3270,50\",2026-07-02,1480\n",
                  "utf-16")  # fmt: skip
    assert rows(result, "leverantor", "belopp_kr") == [("Åkeri", Decimal("3270.50"))]


def test_umea_with_months_and_hidden_parties(tmp_path: Path) -> None:
    result = read(
        tmp_path / "umea-2020.csv",
        "Period;Förvaltning;Leverantör;Organisationsnummer;Konto;Kontotext;Belopp;Fakturanummer\n"
        "202003;KS;***;***********;4631;Köp;10,00;99\n",
    )
    assert result.format.startswith("Umeå")
    assert rows(result, "kommunkod", "datum", "leverantor", "leverantor_id") == [("2480", "2020-03", "", "")]


def test_orebro_with_headings_cut_short_and_account_text_in_one_cell(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Förvaltnin", "Leverantör", "Leverantör", "Fakturanum", "Konto som ", "Konterat b"])
    sheet.append(["KS", "Kontorsbolaget AB", "556036-0793", 123456, "64310 Kontorsmateriel", 1234.5600000000002])
    sheet.append(["KS", "Kredit AB", "NULL", "K7", "64310 Kontorsmateriel", -10])
    sheet.append(["KS", "Två nummer AB", "556036-0793 5562311111", "9", "64310 Kontorsmateriel", 1])
    path = tmp_path / "Orebro.2016-03.xlsx"
    book.save(path)
    result = invoices.read(path)
    assert not result.reported
    assert result.format.startswith("Örebro")
    assert rows(result, "kommunkod", "datum", "leverantor_id", "faktura_nr", "konto_nr", "text", "belopp_kr") == [
        ("1880", "2016-03", "556036-0793", "123456", "64310", "Kontorsmateriel", Decimal("1234.56")),
        ("1880", "2016-03", "", "K7", "64310", "Kontorsmateriel", Decimal("-10.00")),
        ("1880", "2016-03", "556036-0793", "9", "64310", "Kontorsmateriel", Decimal("1.00")),
    ]


def test_a_column_map_in_a_file(tmp_path: Path) -> None:
    layout = tmp_path / "min.toml"
    layout.write_text(
        'namn = "Vår export"\nkalla = "Ekonomisystemet"\nobligatoriska = ["belopp"]\n'
        '[kolumner]\nLev = "leverantor"\nNetto = "belopp"\nDag = "datum"\nIntern = "anvands_ej"\n',
        encoding="utf-8",
    )
    result = read(tmp_path / "a.csv", "Utdrag\n\nLev;Netto;Dag;Intern\nA;1,00;2023-01-02;z\n", layout=layout)
    assert result.format == "Vår export"
    assert rows(result, "leverantor", "belopp_kr", "datum") == [("A", Decimal("1.00"), "2023-01-02")]


def test_an_unmapped_column_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read(tmp_path / "a.csv", NATIONAL.strip() + ",hemligt\n" + "a,b,c,d,4,1,2023-01-01,0581,x\n")
    (fault,) = error.value.faults
    assert (fault.place, fault.found) == ("rad 1, kolumn 'hemligt'", "en okänd rubrik")
    assert fault.expected == "en rubrik i kolumnkartan 'nationell'"


def test_an_unknown_heading_gives_a_column_map_that_can_be_used_when_it_is_edited(tmp_path: Path) -> None:
    text = NATIONAL.strip() + ",hemligt\nNorrköpings kommun,F-1,Bok,5560360793,46310,5,2023-05-31,0581,x\n"
    with pytest.raises(InputError) as error:
        read(tmp_path / "a.csv", text)
    _, _, drafted = str(error.value).partition("\n\n")
    assert '"hemligt" = "anvands_ej"  # ? okänd rubrik' in drafted
    (tmp_path / "karta.toml").write_text(drafted, encoding="utf-8")
    result = read(tmp_path / "a.csv", text, layout=tmp_path / "karta.toml")
    assert rows(result, "kommunkod", "leverantor", "belopp_kr") == [("0581", "Bok", Decimal("5.00"))]


def test_a_missing_column_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="väntade en kolumn för belopp, fann ingen: Leverantör, Fakturanummer, Datum"):
        read(tmp_path / "a.csv", "Leverantör;Fakturanummer;Datum\nA;1;2023-01-01\n")


def test_a_file_without_the_headings_of_its_map(tmp_path: Path) -> None:
    expected = r"väntade en rubrikrad med rubrikerna i kolumnkartan 'kanonisk': kommunkod, kopare, .*, fann ingen bland"
    with pytest.raises(InputError, match=expected):
        read(tmp_path / "a.csv", "Lev;Netto\nA;5\n", layout="kanonisk")


def test_a_mistake_in_a_column_map_is_named(tmp_path: Path) -> None:
    layout = tmp_path / "fel.toml"
    layout.write_text('namn="x"\nkalla="x"\nobligatoriska=[]\n[kolumner]\nA="beloop"\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"kolumner\.A: väntade .*'belopp'.* fann 'beloop'"):
        read(tmp_path / "a.csv", "A;B\n1;2\n", layout=layout)


def test_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="väntade en rubrikrad för en reskontra"):
        read(tmp_path / "a.csv", "hej\npå dig\n")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("1000000000000000000000000000000", "belopp: väntade ett belopp under 1e+12 kr"),
        ("NaN", "belopp: väntade ett tal i svensk form"),
        ("Infinity", "belopp: väntade ett tal i svensk form"),
        ("1.234", "belopp: väntade ett entydigt tal"),
        ("12,345", "belopp: väntade ett belopp med högst två decimaler, fann '12,345'"),
        ("64 tkr", "belopp: väntade ett belopp i kronor, inte i tkr"),
        ("", "belopp: väntade ett tal i svensk form, som 1 234,50, fann inget"),
        ("=1+1", "belopp: väntade ett tal i svensk form"),
    ],
)
def test_a_bad_amount_is_reported_and_the_rest_kept(tmp_path: Path, cell: str, reason: str) -> None:
    result = read(tmp_path / "a.csv", NATIONAL + f'K,1,L,,4,"{cell}",2023-01-01,0581\nK,2,L,,4,5,2023-01-01,0581\n')
    assert rows(result, "faktura_nr") == [("2",)]
    assert (result.reported[0].row, result.reported[0].reason[: len(reason)]) == (2, reason)


@pytest.mark.parametrize("day", ["1900-01-01", "9999-12-31", "2023-02-30", "190001", "31/12"])
def test_an_impossible_date_is_reported(tmp_path: Path, day: str) -> None:
    result = read(tmp_path / "a.csv", NATIONAL + f"K,1,L,,4,1,{day},0581\n")
    assert "datum: väntade ett datum" in result.reported[0].reason


def test_shifted_columns_total_rows_and_other_currencies_are_reported(tmp_path: Path) -> None:
    result = read(
        tmp_path / "a.csv",
        NATIONAL.strip() + ",valuta\nK,1,L,,4,1,2023-01-01,0581,SEK\nK,2,L,,4,1,2023-01-01,0581\n"
        "K,3,,L,,4,1,2023-01-01,0581,SEK\nK,4,L,,4,1,2023-01-01,0581,EUR\n,,,,,1,,,\nK,5,L,,4,1,2023-01-01,9999,\n",
    )
    assert rows(result, "faktura_nr") == [("1",)]
    assert [reported.row for reported in result.reported] == [3, 4, 5, 6, 7]
    assert [reported.reason[:40] for reported in result.reported] == [
        "väntade 9 celler som i rubrikraden, fann",
        "väntade 9 celler som i rubrikraden, fann",
        "valuta: väntade SEK: beloppet i kronor ä",
        "väntade en post, fann varken datum eller",
        "kommun_id: väntade en kommuns kod eller ",
    ]


@pytest.mark.parametrize(
    ("row", "is_total"),
    [
        ("K,,Summa,,,6.00,,", True), ("K,,,Totalt:,,6.00,,", True), ("Delsumma,,Ek AB,,,6.00,,", True),
        ("K,,Ek AB,,,6.00,,", False), ("K,7,Summa,,,6.00,,", False), ("K,,Summa AB,,,6.00,,", False),
        ("K,,Summa,,,6.00,2023-01-01,", False), ("K,,Summa Ek AB,5560360793,,6.00,,", True),
        ("K,,Delsumma för Ek,,,6.00,,", True), ("K,7,Totalt Ek AB,,,6.00,,", False),
    ],
)  # fmt: skip
def test_a_row_that_adds_up_the_others_is_no_posting(tmp_path: Path, row: str, is_total: bool) -> None:
    result = read(tmp_path / "a.csv", NATIONAL + row + "\n")
    assert len(result.reported) == is_total


def test_an_open_quotation_mark_spoils_its_own_row_only(tmp_path: Path) -> None:
    good = "".join(f"K,{number},L,,4,1,2023-01-01,0581\n" for number in range(2, 40))
    result = read(tmp_path / "a.csv", NATIONAL + 'K,1,"L,,4,1,2023-01-01,0581\n' + good)
    assert len(result.frame) == 39  # the mark is part of the name
    result = read(tmp_path / "a.csv", NATIONAL + 'K,1,"L;4,1\n' + good)
    assert (len(result.frame), result.reported[0].row) == (38, 2)
    assert result.reported[0].reason == "väntade hela celler, fann ett citattecken som aldrig stängs"


def test_other_line_separators_within_a_cell_end_no_row(tmp_path: Path) -> None:
    """Spreadsheets write a line break in a cell as a vertical tab, word processors as U+2028."""
    result = read(tmp_path / "a.csv", NATIONAL + "K,1,A\x0bB\u2028C\x85D,,4,1,2023-01-01,0581\n")
    assert not result.reported
    assert len(result.frame) == 1


def test_rows_in_another_encoding_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        NATIONAL.encode() + "K,1,Åkeri,,4,1,2023-01-01,0581\nK,2,Öl,,4,1,2023-01-01,0581\n".encode()
        + "K,3,Ärt,,4,1,2023-01-01,0581\n".encode("latin-1")
    )  # fmt: skip
    result = invoices.read(path)
    assert rows(result, "faktura_nr") == [("1",), ("2",)]
    assert result.reported[0].row == 4
    assert "en annan teckenkodning" in result.reported[0].reason


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    first = read(tmp_path / "a.csv", NATIONAL + "K,1,L,8501011236,4631,1,2023-01,0581\n").frame
    again = read(tmp_path / "b.csv", first.to_csv(index=False)).frame
    assert again.equals(first)


def test_a_year_alone_is_read_again(tmp_path: Path) -> None:
    undated = NATIONAL.replace("datum", "grund") + "K,1,L,2021002270,4631,1,,0581\n"
    first = read(tmp_path / "reskontra 2018.csv", undated).frame
    assert first["datum"].tolist() == ["2018"]
    assert read(tmp_path / "b.csv", first.to_csv(index=False)).frame.equals(first)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.text(alphabet='a1,;"-. \n\r\tåäö*=', max_size=8), max_size=9), max_size=8))
def test_no_row_is_lost_whatever_the_cells_hold(tmp_path: Path, table: list[list[str]]) -> None:
    body = "\n".join(",".join(cells) for cells in table)
    read(tmp_path / "a.csv", NATIONAL + "K,1,L,,4,1,2023-01-01,0581\n" + body)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(min_value=-(10**13), max_value=10**13))
def test_amounts_are_exact_to_the_ore(tmp_path: Path, ore: int) -> None:
    kronor, part = divmod(abs(ore), 100)
    written = f"{'-' if ore < 0 else ''}{kronor:_}".replace("_", " ") + f",{part:02}"
    result = read(tmp_path / "a.csv", NATIONAL + f'K,1,L,,4,"{written}",2023-01-01,0581\n')
    assert result.frame["belopp_kr"][0] * 100 == ore


def test_every_bundled_column_map_holds_what_it_needs_once() -> None:
    """A map whose headings become the same when folded would hide one of them."""
    for layout in layouts.bundled():
        folded = [fold(heading) for heading in layout.kolumner]
        assert len(set(folded)) == len(folded), layout.id
        assert set(layout.obligatoriska) <= set(layout.kolumner.values())


def test_headings_of_a_finance_system_in_any_order(tmp_path: Path) -> None:
    result = read(
        tmp_path / "Mjölby utdrag.csv",
        "Bokf.datum\tFakt.nr\tBelopp exkl. moms\tLev.namn\tOrg.nr\tKonto\n"
        + "2018-12-10\t17\t45 841\tLänsstyrelsen\t2021002270\t45310\n",
    )
    assert result.format == "Leverantörsreskontra med svenska rubriker"
    assert rows(result, "kommunkod", "datum", "belopp_kr") == [("0586", "2018-12-10", Decimal("45841.00"))]


def test_two_columns_with_the_same_heading_are_not_taken_for_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"kolumn 'belopp': väntade .* fann en rubrik som en annan"):
        read(tmp_path / "a.csv", "leverantor;belopp;belopp;leverantor_id;konto_nr\nA;1;2;3;4\n")


def test_a_sheet_that_begins_in_column_b(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    headings = [None, "Leverantör", "Org nr", None, "Fakturanr", "Datum", "Konto", "Belopp"]
    for row in [["Reskontra 2023"], headings, [None, "Lst", "202100-2270", None, 7, "2023-05-31", 4631, 5]]:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    result = invoices.read(tmp_path / "a.xlsx")
    assert rows(result, "leverantor", "faktura_nr", "kalla") == [("Lst", "7", "a.xlsx, blad Sheet, rad 3")]
    book.active["D3"] = "x"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(InputError, match=r"rad 2, kolumn '': väntade en rubrik i kolumnkartan .* en okänd rubrik"):
        invoices.read(tmp_path / "a.xlsx")


def test_a_layout_is_a_file_in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for source in layouts.FOLDER.glob("*.toml"):
        (tmp_path / source.name).write_bytes(source.read_bytes())
    (tmp_path / "prov.toml").write_text(
        'namn = "Prov"\nkalla = "Prov"\nobligatoriska = ["belopp"]\n'
        '[kolumner]\n"Säljare X" = "leverantor"\n"Utlagt" = "belopp"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(layouts, "FOLDER", tmp_path)
    layouts.bundled.cache_clear()
    try:
        assert {layout.id for layout in layouts.bundled()} >= {"prov", "allman", "kanonisk"}
        assert read(tmp_path / "a.csv", "Säljare X;Utlagt\nA;5,00\n").format == "Prov"
    finally:
        layouts.bundled.cache_clear()


@pytest.mark.parametrize("rate", [25, 12, 6])
def test_the_vat_beside_an_amount_tells_whether_it_holds_it(tmp_path: Path, rate: int) -> None:
    """Rows of another rate, and without VAT, are read the same way."""
    net, vat = 1000, 10 * rate
    head = "Leverantör;Orgnr;Fakturanr;Fakturadatum;Fakturabelopp;Moms\n"
    gross = read(
        tmp_path / "a.csv", head + f"A;556036-0793;1;2023-01-01;{net + vat},00;{vat},00\nB;;2;2023-01-02;50,00;0\n"
    )
    assert list(gross.frame["belopp_kr"]) == [Decimal(1000), Decimal(50)]
    assert "Fakturabelopp är med moms: den dras ifrån, enligt Moms på 1 rader" in gross.why
    plain = read(tmp_path / "b.csv", head + f"A;556036-0793;1;2023-01-01;{net},00;{vat},00\n")
    assert list(plain.frame["belopp_kr"]) == [Decimal(1000)]
    assert "Fakturabelopp är utan moms" in plain.why


def test_an_amount_with_vat_alone_needs_the_vat(tmp_path: Path) -> None:
    head = "Leverantör;Fakturanr;Fakturadatum;Belopp inkl moms;Moms\n"
    result = read(tmp_path / "a.csv", head + "A;1;2023-01-01;1 250,00;250,00\n")
    assert list(result.frame["belopp_kr"]) == [Decimal(1000)]
    with pytest.raises(InputError, match="väntade en kolumn för belopp"):
        read(tmp_path / "b.csv", "Leverantör;Fakturanr;Fakturadatum;Belopp inkl moms\nA;1;2023-01-01;5,00\n")


def test_rates_that_contradict_each_other_are_told_and_nothing_is_taken_away(tmp_path: Path) -> None:
    head = "Leverantör;Fakturanr;Fakturadatum;Belopp;Moms\n"
    result = read(tmp_path / "a.csv", head + "A;1;2023-01-01;1000;250\nA;2;2023-01-01;1250;250\n")
    assert list(result.frame["belopp_kr"]) == [Decimal(1000), Decimal(1250)]
    assert "Belopp och Moms säger inte entydigt" in result.why


def test_a_list_of_invoices_with_voided_ones(tmp_path: Path) -> None:
    result = read(
        tmp_path / "lista.csv",
        "Fakturanr;Levnr;Leverantör;Fakturadatum;Förfallodatum;Total;Saldo;Bokförd;Makulerad\n"
        "100;7;Länsstyrelsen;2023-05-01;2023-05-31;500,00;0,00;Ja;Nej\n"
        "101;7;Länsstyrelsen;2023-05-01;2023-05-31;900,00;900,00;Nej;Ja\n",
    )
    assert list(result.frame["belopp_kr"]) == [Decimal(500)]
    assert [(row.row, row.reason) for row in result.reported] == [(3, "Makulerad: raden är makulerad och räknas inte")]
    assert "filen säger inte om Total är med eller utan moms" in result.why


@pytest.mark.parametrize(
    "heading",
    [
        "UTFALL",
        "Netto",
        "Konterat belopp exklusive moms",
        "Belopp (SEK) exkl. moms",
        "Nettobelopp kr",
        "Utfall i kronor",
    ],
)
def test_headings_of_amounts_that_publishers_use(tmp_path: Path, heading: str) -> None:
    head = f"RN1/FÖRVALTNING;LEVERANTÖR;Organisationsnummer på leverantören;FAKT NR;KONTO;Bokföringsdatum;{heading}\n"
    result = read(tmp_path / "a.csv", head + "KS;Bok AB;556036-0793;9;46300 Köp;2023-05-31;-3,5\n")
    assert rows(result, "leverantor_id", "faktura_nr", "konto_nr", "belopp_kr") == [
        ("556036-0793", "9", "46300", Decimal("-3.50"))
    ]


@pytest.mark.parametrize("hidden", ["[innehåller personuppgifter]", "*", "Sekretess", "<dold>", "Maskerad uppgift"])
def test_a_placeholder_is_neither_a_supplier_nor_an_invoice_number(tmp_path: Path, hidden: str) -> None:
    text = f"Leverantör;Orgnr;Fakturanummer;Konto;Belopp\n{hidden};{hidden};{hidden};46300;500,00\n"
    result = read(tmp_path / "varberg-2023-05.csv", text)
    assert rows(result, "leverantor_id", "leverantor", "faktura_nr", "belopp_kr") == [("", "", "", Decimal(500))]


@pytest.mark.parametrize("wrap", ["[%s]", '{"data": [%s]}', '{"result": {"total": 1, "records": [%s]}}'])
def test_the_national_specification_in_json(tmp_path: Path, wrap: str) -> None:
    record = (
        '{"kopare": "Norrköpings kommun", "faktura_nr": "F-1", "leverantor": "Bok", "leverantor_id": "5560360793",'
        ' "konto_nr": 46310, "belopp": 188000.10, "datum": "2023-05-31", "kommun_id": "0581"}'
    )
    result = read(tmp_path / "reskontra.json", wrap % record)
    assert rows(result, "kommunkod", "leverantor_id", "konto_nr", "belopp_kr") == [
        ("0581", "556036-0793", "46310", Decimal("188000.10"))
    ]
    with pytest.raises(InputError, match="JSON utan en sådan lista"):
        read(tmp_path / "annat.json", '{"a": 1}')


def test_a_formula_that_was_never_calculated_is_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Leverantör", "Fakturanr", "Datum", "Belopp"])
    for number, amount in enumerate(("=2+3", 5)):
        book.active.append(["Bok", number, "2023-05-31", amount])
    book.save(tmp_path / "a.xlsx")
    result = invoices.read(tmp_path / "a.xlsx")
    assert [row.reason.rpartition("fann ")[2] for row in result.reported] == [
        "en tom cell, eller en formel som aldrig har räknats"
    ]
