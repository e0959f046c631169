"""Files as they come, read to the canonical table; every row that is not in it is reported."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from analys import catalog
from analys.errors import InputError
from analys.intake.population import COLUMNS, read
from analys.intake.population.observations import GET_TOTALS
from analys.intake.result import ReadResult
from analys.register import municipalities, regions

from . import samples


def _read(
    path: Path, content: str | bytes | None = None, encoding: str = "utf-8", by: tuple[str, ...] = ()
) -> ReadResult:
    if content is not None:
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    result = read(path, by)
    assert result.rows_in == len(result.frame) + len(result.reported)
    assert list(result.frame)[:5] == list(COLUMNS)
    assert result.frame["folkmangd"].dtype == "int64"
    return result


def _figures(result: ReadResult) -> dict[tuple[str, str], int]:
    frame = result.frame
    return dict(zip(zip(frame["regionkod"], frame["referensdatum"], strict=True), frame["folkmangd"], strict=True))


def _reasons(result: ReadResult) -> dict[int, str]:
    return {entry.row: entry.reason for entry in result.reported}


def _expected(rows: list[tuple[str, str, int, int]]) -> dict[tuple[str, str], int]:
    return {(code, f"{year}-12-31"): people for code, _, year, people in rows}


@pytest.mark.parametrize("codes", ["text", "int"])
def test_yearly_workbook(tmp_path: Path, codes: str) -> None:
    samples.yearly_workbook(tmp_path / "be0101.xlsx", 2023, codes=codes)
    result = _read(tmp_path / "be0101.xlsx")
    assert _figures(result) == {(code, "2023-12-31"): people for code, people in samples.population(2023).items()}
    assert not result.reported
    assert result.frame["region"].tolist() == [region.name for region in regions().values()]
    assert result.frame["kalla"][0].startswith("Folkmängd i riket, län och kommuner 31 december 2023")
    for words in (
        "folkmängd i kolumn 3 (Folkmängd)",
        "3 rader med anmärkningar under",
        "blad Män: bara män",
        "blad Information",
    ):
        assert words in result.why


def test_sheets_of_men_and_women_on_request(tmp_path: Path) -> None:
    samples.yearly_workbook(tmp_path / "be0101.xlsx", 2023)
    result = _read(tmp_path / "be0101.xlsx", by=("kon",))
    assert result.frame["kon"].value_counts().to_dict() == {"totalt": 312, "män": 312, "kvinnor": 312}


def test_sheets_of_several_years(tmp_path: Path) -> None:
    workbook = Workbook()
    for year in (2022, 2023):
        sheet = workbook.create_sheet(str(year))
        sheet.append(["Kommun", "Folkmängd"])
        sheet.append(["Norrköpings kommun", year])
    workbook.save(tmp_path / "a.xlsx")
    assert _figures(_read(tmp_path / "a.xlsx")) == {("0581", "2022-12-31"): 2022, ("0581", "2023-12-31"): 2023}


ROWS = samples.database_rows((2022, 2023))


@pytest.mark.parametrize(
    ("name", "content", "encoding"),
    [
        ("one cell", "region;år;Folkmängd\n" + "".join(f"{c} {n};{y};{p}\n" for c, n, y, p in ROWS), "latin-1"),
        ("quoted", '"region","år","Folkmängd"\n' + "".join(f'"{c} {n}","{y}",{p}\n' for c, n, y, p in ROWS), "utf-8"),
        ("two cells", "kod;region;tid;värde\n" + "".join(f"{c};{n};{y};{p}\n" for c, n, y, p in ROWS), "utf-8-sig"),
        (
            "English",
            "region\tyear\tPopulation\n"
            + "".join(f"{c} {n.replace('s län', ' county')}\t{y}\t{p}\n" for c, n, y, p in ROWS),
            "utf-16",
        ),
        ("codes alone", "regionkod,ar,folkmangd\n" + "".join(f"{int(c)},{y},{p}\n" for c, n, y, p in ROWS), "ascii"),
        (
            "names alone, CR",
            "Region;År;Antal invånare\r" + "".join(f"{n};{y};{p:,}\r".replace(",", " ") for c, n, y, p in ROWS),
            "mac_roman",
        ),
        (
            "wide",
            "Folkmängd efter region och år\n\nregion;Folkmängd 2022;Folkmängd 2023\n"
            + "".join(f"{a[0]} {a[1]};{a[3]};{b[3]}\n" for a, b in zip(ROWS[::2], ROWS[1::2], strict=True))
            + "\nSenaste uppdatering: 20240222\nKälla: SCB\n",
            "cp850",
        ),
        (
            "wide, years alone",
            "kod,namn,2022,2023\n"
            + "".join(f"{a[0]},{a[1]},{a[3]},{b[3]}\n" for a, b in zip(ROWS[::2], ROWS[1::2], strict=True)),
            "utf-8",
        ),
    ],
)
def test_separated_text(tmp_path: Path, name: str, content: str, encoding: str) -> None:
    result = _read(tmp_path / "export.csv", content, encoding)
    assert _figures(result) == _expected(ROWS)
    assert not result.reported


def test_the_projects_own_raw_files() -> None:
    result = _read(catalog.resource("folkmangd").file)
    assert (len(result.frame), result.reported) == (312 * 12, ())
    months = _read(catalog.resource("folkmangd-norrkoping-manad").file)
    assert _figures(months)["0581", "2016-06-30"] == 137985


def test_database_workbook_that_writes_a_region_once(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (
        ["Folkmängd efter region, kön och år"],
        [],
        [None, None, None, "2022", "2023"],
        ["0581", "Norrköping", "män", 1, 2],
        [None, None, "kvinnor", 10, 20],
        ["0586", "Mjölby", "män", 3, 4],
        [None, None, "kvinnor", 30, 40],
        [],
        ["Källa:"],
        ["SCB"],
    ):
        sheet.append(row)
    workbook.save(tmp_path / "BE0101.xlsx")
    result = _read(tmp_path / "BE0101.xlsx")
    assert _figures(result) == {
        ("0581", "2022-12-31"): 11,
        ("0581", "2023-12-31"): 22,
        ("0586", "2022-12-31"): 33,
        ("0586", "2023-12-31"): 44,
    }
    assert {entry.reason for entry in result.reported} == {
        "summerad med rad 4: män och kvinnor ger totalen",
        "summerad med rad 6: män och kvinnor ger totalen",
    }


@pytest.mark.parametrize("measures", [("Folkmängd", "Folkökning"), ("Folkökning", "Folkmängd")])
def test_database_export_that_names_a_measure_once_above_its_years(tmp_path: Path, measures: tuple[str, str]) -> None:
    figures = {"Folkmängd": [11, 12], "Folkökning": [7, -8]}
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (
        ["Folkmängd och folkökning efter region, tabellinnehåll och år"],
        [],
        [None, None, measures[0], None, measures[1], None],
        [None, None, "2022", "2023", "2022", "2023"],
        ["0581", "Norrköping", *figures[measures[0]], *figures[measures[1]]],
        ["0586", "Mjölby", *figures[measures[0]], *figures[measures[1]]],
    ):
        sheet.append(row)
    workbook.save(tmp_path / "a.xlsx")
    years = {"2022-12-31": 11, "2023-12-31": 12}
    expected = {(code, day): people for code in ("0581", "0586") for day, people in years.items()}
    assert _figures(_read(tmp_path / "a.xlsx")) == expected


def test_column_of_measures_under_any_heading(tmp_path: Path) -> None:
    """SCB's English exports call the column of measures "observations"."""
    content = "region,observations,2023\n0581 Norrköping,Population,7\n0581 Norrköping,Population growth,1\n"
    result = _read(tmp_path / "a.csv", content)
    assert _figures(result) == {("0581", "2023-12-31"): 7}
    assert _reasons(result) == {3: "ett annat mått: Population growth"}


def test_month_in_a_column_beside_the_year(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.csv", "Kommun;År;Månad;Folkmängd\nNorrköping;2023;januari;7\nNorrköping;2023;13;8\n")
    assert _figures(result) == {("0581", "2023-01-31"): 7}
    assert _reasons(result) == {3: "referensdatum: väntade ett år, en månad eller ett datum, fann '2023' och '13'"}


def test_thousands_are_no_number_of_persons(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ingen kolumn med folkmängd bland 'Kommun', 'Folkmängd 2023 "):
        _read(tmp_path / "a.csv", "Kommun;Folkmängd 2023 (tusental)\nKinda;10,0\nYdre;3,6\n")


def test_quarters_and_months_as_headings(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.csv", "region;2023K1;2023M08\n0581 Norrköping;7;8\n")
    assert _figures(result) == {("0581", "2023-03-31"): 7, ("0581", "2023-08-31"): 8}


@pytest.mark.parametrize("table", ["region;2023\n0581;144932\n", "region;år;Folkmängd\n0581;2023;144932\n"])
def test_day_that_a_title_names_without_its_year(tmp_path: Path, table: str) -> None:
    result = _read(tmp_path / "a.csv", f"Folkmängd den 1 november efter region och år\n\n{table}")
    assert _figures(result) == {("0581", "2023-11-01"): 144932}


def test_names_in_their_many_forms(tmp_path: Path) -> None:
    names = {
        "Norrköpings kommun": "0581", "Malmö stad": "1280", "Falu kommun": "2080", "Region Gotland": "0980",
        "Mjölby1)": "0586", "Linköping*": "0580", "0513 Kinda": "0513", "Ydre (0512)": "0512", "Östergötland": "05",
        "Västra Götalands län": "14", "Sweden": "00", "  UPPLANDS\u00a0VÄSBY ": "0114", "Dals Ed": "1438",
        "Aatvidaberg": "0561", "SOEDERKOEPINGS KOMMUN": "0582",
    }  # fmt: skip
    content = "Område;Folkmängd 2023\n" + "".join(f"{name};{at}\n" for at, name in enumerate(names))
    result = _read(tmp_path / "a.csv", content)
    assert result.frame["regionkod"].tolist() == list(names.values())


def test_ambiguous_name_lists_the_candidates(tmp_path: Path) -> None:
    plain = _read(tmp_path / "a.csv", "Kommun,Folkmangd 2023\nHabo,1\nNorrkoping,2\n")
    assert _reasons(plain) == {2: "'Habo' kan vara vilken som helst av Håbo (0305), Habo (0643); skriv koden"}
    alone = _read(tmp_path / "a.csv", "Kommun,Folkmangd 2023\nHabo,1\nBoxholm,2\n")
    assert list(_reasons(alone)) == [2]
    coded = _read(tmp_path / "a.csv", "Kod,Kommun,Folkmangd 2023\n305,Habo,1\n0643,Habo,2\n")
    assert coded.frame["region"].tolist() == ["Håbo", "Habo"]
    swedish = _read(tmp_path / "a.csv", "Kommun,Folkmängd 2023\nHabo,1\nHåbo,2\nNorrköping,2\n")
    assert swedish.frame["regionkod"].tolist() == ["0643", "0305", "0581"]


def test_every_unusable_row_is_reported_with_its_reason(tmp_path: Path) -> None:
    content = """Kod;Kommun;Folkmängd 2023
0581;Norrköping;1e30
0586;Mjölby;NaN
0580;Linköping;Infinity
0582;Söderköping;-5
0583;Motala;43,5
0584;Vadstena;9999999999999999999999999999999
0562;Finspång;=1+1
0561;Åtvidaberg;..
0560;Boxholm;1.234
0512;Ydre;3637
0513;Linköping;7
9999;Kinda;8
;Norrkping;9
0509;Ödeshög
0563;Valdemarsvik;;7567
0512;Ydre;3637
0186;Lidingö;5
0186;Lidingö;6
"""
    result = _read(tmp_path / "a.csv", content)
    assert _figures(result) == {("0512", "2023-12-31"): 3637}
    number = "folkmängd: väntade ett tal i svensk form, som 1 234,50, fann"
    assert _reasons(result) == {
        2: f"{number} '1e30'",
        3: f"{number} 'NaN'",
        4: f"{number} 'Infinity'",
        5: "folkmängd: väntade 0 till 100000000, fann '-5'",
        6: "folkmängd: väntade ett helt antal personer, fann '43,5'",
        7: "folkmängd: väntade 0 till 100000000, fann '9999999999999999999999999999999'",
        8: f"{number} '=1+1'",
        9: "ingen folkmängd: '..'",
        10: "folkmängd: väntade ett entydigt tal: en punkt före tre siffror kan skilja tusental "
        "eller decimaler, fann '1.234'",
        12: "kod 0513 är Kinda, men namnet är 'Linköping'",
        13: "'9999' är ingen kommuns eller läns kod",
        14: "'Norrkping' är ingen svensk kommun och inget län; menade du Norrköping (0581)?",
        15: "2 celler där de andra raderna har 3: kolumnerna kan vara förskjutna",
        16: "4 celler där de andra raderna har 3: kolumnerna kan vara förskjutna",
        17: "samma tal som rad 11",
        18: "Lidingö 2023-12-31 har flera tal: 5 (rad 18), 6 (rad 19)",
        19: "Lidingö 2023-12-31 har flera tal: 5 (rad 18), 6 (rad 19)",
    }


@pytest.mark.parametrize(("mark", "name"), [(".", "punkt"), (",", "komma")])
def test_points_or_commas_between_thousands(tmp_path: Path, mark: str, name: str) -> None:
    """There are no parts of persons; where the whole column is written so, nothing else can be meant."""
    rows = f"Norrköping;144{mark}932\nMotala;43{mark}728\nBjurholm;900\n"
    result = _read(tmp_path / "a.csv", f"Kommun;Folkmängd 2023\n{rows}")
    assert list(result.frame["folkmangd"]) == [144932, 43728, 900]
    assert f"folkmängd i kolumn 2 (Folkmängd 2023) med {name} mellan tusental" in result.why
    for other in ("1234", f"43{'.,'.replace(mark, '')}728", f"43{mark}7"):
        mixed = _read(tmp_path / "a.csv", f"Kommun;Folkmängd 2023\n{rows}Ydre;{other}\n")
        assert {2, 3} <= set(_reasons(mixed))


def test_the_line_that_tells_excel_the_delimiter(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.csv", "sep=;\nKommun;Folkmängd 2023\nMotala;43728\n")
    assert list(result.frame["kalla"]) == ["fil a.csv"]


def test_a_county_beside_its_only_municipality(tmp_path: Path) -> None:
    content = "Län\tKommun\tFolkmängd 2023\nStockholm\tSolna\t85450\nUppsala\tEnköping\t47848\n"
    assert list(_read(tmp_path / "a.txt", content).frame["regionkod"]) == ["0184", "0381"]


def test_a_ledger_is_no_population(tmp_path: Path) -> None:
    content = "kommun_id;leverantor;leverantor_id;konto_nr;belopp\n0581;Lst;202100-2270;4631;188000,00\n"
    (tmp_path / "a.csv").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="fann rubrikerna i en leverantörsreskontra"):
        read(tmp_path / "a.csv")


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_damaged_first_and_last_rows_are_no_headings_and_no_notes(tmp_path: Path, name: str) -> None:
    rows = [["Kommun", "Folkmängd 2023"], ["Linköpng", "x"], ["Norrköping", 144932], ["Mjlby", 5], ["Ydr", ".."]]
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in [*rows, [], ["Källa: SCB"]]:
        sheet.append(row)
    workbook.save(tmp_path / "a.xlsx")
    (tmp_path / "a.csv").write_text("\n".join(f"{name};{value}" for name, value in rows), encoding="utf-8")
    result = _read(tmp_path / name)
    assert _figures(result) == {("0581", "2023-12-31"): 144932}
    assert list(_reasons(result)) == [2, 4, 5]


def test_heading_of_several_rows_with_two_years(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (
        ["Tabell 1. Folkmängd"],
        ["Kommun", "Folkmängd", None, "Förändring"],
        [None, "31 dec 2022", "31 dec 20231)", "antal"],
        ["0114 Upplands Väsby", 49000, 50110, 1110],
        ["The whole country", ".", 10551707, 3],
    ):
        sheet.append(row)
    sheet.merge_cells("B2:C2")
    workbook.save(tmp_path / "a.xlsx")
    result = _read(tmp_path / "a.xlsx")
    assert _figures(result) == {
        ("0114", "2022-12-31"): 49000,
        ("0114", "2023-12-31"): 50110,
        ("00", "2023-12-31"): 10551707,
    }
    assert _reasons(result) == {5: "ingen folkmängd: '.'"}


def test_reference_dates_that_cannot_be(tmp_path: Path) -> None:
    years = ("1900", "9999", "2070", "abc", "", "2023")
    result = _read(tmp_path / "a.csv", "Kod;År;Folkmängd\n" + "".join(f"0581;{year};5\n" for year in years))
    assert _figures(result) == {("0581", "2023-12-31"): 5}
    assert _reasons(result) == {
        2: "referensdatum 1900-12-31: tidigare än 1950, då kommunernas serier börjar",
        3: "referensdatum: väntade ett år, en månad eller ett datum, fann '9999'",
        4: "referensdatum 2070-12-31 har inte varit: en prognos är ingen registrerad folkmängd",
        5: "referensdatum: väntade ett år, en månad eller ett datum, fann 'abc'",
        6: "referensdatum: väntade ett år, en månad eller ett datum, fann ''",
    }


def test_date_cells_of_1900_and_9999(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(["Kommun", "Datum", "Folkmängd"])
    for name, day in (
        ("Ydre", dt.date(1900, 1, 1)),
        ("Kinda", dt.date(9999, 12, 31)),
        ("Motala", dt.date(2023, 6, 30)),
    ):
        sheet.append([name, day, 5])
    sheet.append(["Mjölby", dt.date(2023, 6, 30), "=1+1"])
    workbook.save(tmp_path / "a.xlsx")
    result = _read(tmp_path / "a.xlsx")
    assert _figures(result) == {("0583", "2023-06-30"): 5}
    assert _reasons(result)[5] == "ingen folkmängd: en tom cell, eller en formel som aldrig har räknats"


def test_date_from_the_files_name_is_said(tmp_path: Path) -> None:
    result = _read(tmp_path / "folkmangd_2023.csv", "Norrköping;144932\nMjölby;28000\n")
    assert _figures(result)["0581", "2023-12-31"] == 144932
    assert "referensdatum 2023-12-31 ur filens namn" in result.why
    assert "datum ur filnamnet" in result.frame["kalla"][0]
    without = _read(tmp_path / "folkmangd.csv", "Norrköping;144932\nMjölby;28000\n")
    assert set(_reasons(without).values()) == {"inget referensdatum: varken rubrik, rad, titel eller filnamn säger det"}


def test_men_and_women_make_the_total_before_2025_only(tmp_path: Path) -> None:
    def content(year: int, *parts: str) -> str:
        return "region;kön;år;Folkmängd\n" + "".join(f"0581 Norrköping;{part};{year};{7}\n" for part in parts)

    added = _read(tmp_path / "a.csv", content(2024, "män", "kvinnor"))
    assert _figures(added) == {("0581", "2024-12-31"): 14}
    assert _reasons(added) == {3: "summerad med rad 2: män och kvinnor ger totalen"}
    noisy = _read(tmp_path / "a.csv", content(2025, "män", "kvinnor"))
    assert noisy.frame.empty
    assert "från referensår 2025 lägger SCB på brus" in _reasons(noisy)[2]
    half = _read(tmp_path / "a.csv", content(2024, "kvinnor"))
    assert _reasons(half) == {2: f"bara kvinnor, och ingen total: {GET_TOTALS}"}
    total = _read(tmp_path / "a.csv", content(2025, "totalt", "män", "kvinnor"))
    assert _figures(total) == {("0581", "2025-12-31"): 7}
    assert total.frame["kalla"][0].endswith("SCB:s publicerade total med brus, aldrig summerad")
    assert _reasons(total)[3] == "en del av folkmängden (kon: män); totalerna läses"


def test_columns_nobody_asked_for_are_no_rows(tmp_path: Path) -> None:
    content = "Kommun;Totalt 2023;Män 2023;Kvinnor 2023;Folkökning 2023\nNorrköping;9;4;5;1\nMjölby;8;..;5;1\n"
    result = _read(tmp_path / "a.csv", content)
    assert (_figures(result), result.rows_in) == ({("0581", "2023-12-31"): 9, ("0586", "2023-12-31"): 8}, 2)
    parts = _read(tmp_path / "a.csv", "Kommun;Män 2023;Kvinnor 2023\nNorrköping;4;5\n")
    assert (_figures(parts), parts.rows_in) == ({("0581", "2023-12-31"): 9}, 1)


def test_men_and_women_that_make_another_number_than_the_total_are_told(tmp_path: Path) -> None:
    rows = "0581 Norrköping;totalt;9\n0581 Norrköping;män;4\n0581 Norrköping;kvinnor;4\n"
    result = _read(tmp_path / "a.csv", f"region;kön;2023\n{rows}")
    assert _figures(result) == {("0581", "2023-12-31"): 9}
    assert result.frame["kalla"][0] == "fil a.csv; men källans män och kvinnor ger 8"
    beside = _read(tmp_path / "a.csv", "Kommun;Totalt 2023;Män 2023;Kvinnor 2023\nYdre;9;4;4\nKinda;9;4;5\n")
    assert list(beside.frame["kalla"]) == ["fil a.csv; men källans män och kvinnor ger 8", "fil a.csv"]
    noisy = _read(tmp_path / "a.csv", f"region;kön;2025\n{rows}")
    assert "ger 8" not in noisy.frame["kalla"][0]


def test_a_sum_is_said_to_be_one(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.csv", "Kommun;Män 2023;Kvinnor 2023\nYdre;4;5\n")
    assert list(result.frame["kalla"]) == ["fil a.csv; summan av män och kvinnor"]


def test_men_with_two_figures_are_not_added_to_women(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.csv", "region;kön;2023\n0512 Ydre;män;4\n0512 Ydre;män;5\n0512 Ydre;kvinnor;6\n")
    assert result.frame.empty
    assert set(_reasons(result).values()) == {
        "Ydre 2023-12-31 har flera tal för män: 4 (rad 2), 5 (rad 3); de summeras inte"
    }
    twice = _read(tmp_path / "a.csv", "region;kön;2023\n0512 Ydre;män;4\n0512 Ydre;män;4\n0512 Ydre;kvinnor;6\n")
    assert _figures(twice) == {("0512", "2023-12-31"): 10}
    assert _reasons(twice)[3] == "samma tal som rad 2"


def test_an_empty_cell_in_a_column_of_parts_is_no_total(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.csv", "region;kön;2023\n0512 Ydre;män;4\n0512 Ydre;;5\n0513 Kinda;totalt;9\n")
    assert _figures(result) == {("0513", "2023-12-31"): 9}
    assert _reasons(result) == {2: f"bara män, och ingen total: {GET_TOTALS}", 3: "kön: en tom cell"}


def test_database_workbook_that_writes_every_label_once(tmp_path: Path) -> None:
    """A blank sex or year is that of the row above, not a total: 20 is the number of men of 20-64."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (
        ["Folkmängd efter region, kön, år och ålder"],
        [],
        [None, "kön", "år", "ålder", None],
        ["0581 Norrköping", "män", "2022", "0-19 år", 10],
        [None, None, None, "20+ år", 20],
        [None, None, "2023", "0-19 år", 30],
        [None, None, None, "20+ år", 40],
        [None, "totalt", "2022", "totalt ålder", 70],
        [None, None, "2023", "totalt ålder", 80],
    ):
        sheet.append(row)
    workbook.save(tmp_path / "BE0101.xlsx")
    result = _read(tmp_path / "BE0101.xlsx")
    assert _figures(result) == {("0581", "2022-12-31"): 70, ("0581", "2023-12-31"): 80}
    parts = _read(tmp_path / "BE0101.xlsx", by=("kon", "alder")).frame
    men = parts[parts["kon"] == "män"]
    assert list(zip(men["referensdatum"].str[:4], men["alder"], men["folkmangd"], strict=True)) == [
        ("2022", "0-19 år", 10), ("2022", "20+ år", 20), ("2023", "0-19 år", 30), ("2023", "20+ år", 40),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "heading",
    ["Hushåll", "Antal bilar", "Skattekraft", "Rang", "Postnummer", "Dagbefolkning", "Folkmängd per hektar",
     "Invånare per kvkm", "Antal invånare med utländsk bakgrund", "Folkmängd i centralorten",
     "Befolkning i arbetsför ålder", "Antal personer i arbetskraften"],
)  # fmt: skip
def test_a_column_of_something_else_is_not_the_population(tmp_path: Path, heading: str) -> None:
    with pytest.raises(InputError, match=f"fann ingen kolumn med folkmängd bland 'Kommun', 'År', '{heading}'"):
        _read(tmp_path / "a.csv", f"Kommun;År;{heading}\nYdre;2023;3637\nKinda;2023;9992\n")


@pytest.mark.parametrize(
    "heading",
    ["Inv.", "Antal inv", "Bef", "POP", "Invånarantal", "Befolkningsmängd", "Folkbokförda", "Folkmängd per 31 december",
     "Invånare totalt, antal", "Population (total)", "Antal", "Summa", "Värde"],
)  # fmt: skip
def test_the_population_by_its_other_names(tmp_path: Path, heading: str) -> None:
    result = _read(tmp_path / "a.csv", f"Kommun;År;{heading}\nYdre;2023;3637\nKinda;2023;9992\n")
    assert _figures(result) == {("0512", "2023-12-31"): 3637, ("0513", "2023-12-31"): 9992}


def test_measures_that_only_their_column_names(tmp_path: Path) -> None:
    content = "region;tabellinnehåll;2023\n0512 Ydre;Folkmängd;3637\n0512 Ydre;Hushåll;1700\n"
    result = _read(tmp_path / "a.csv", content)
    assert _figures(result) == {("0512", "2023-12-31"): 3637}
    assert _reasons(result) == {3: "ett annat mått: Hushåll"}


@pytest.mark.parametrize(
    ("title", "why"),
    [
        ("Hushåll efter region och år", "'Hushåll efter region och år', vilket inte är folkmängden"),
        ("Antal personer i arbetskraften", "'Antal personer i arbetskraften', vilket inte är folkmängden"),
        ("Folkmängd 2023. Tusental", "'Folkmängd 2023. Tusental', och tusental är inget antal personer"),
        ("Befolkningsprognos 2022", "'Befolkningsprognos 2022', och en prognos är ingen registrerad folkmängd"),
    ],
)
def test_titles_that_say_that_the_figures_are_others(tmp_path: Path, title: str, why: str) -> None:
    with pytest.raises(InputError) as caught:
        _read(tmp_path / "a.csv", f"{title}\n\nregion;{'Folkmängd ' * title.startswith('Bef')}2023\n0512 Ydre;3637\n")
    assert f"fann titeln säger {why}; kontrollera" in str(caught.value)


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("Folkmängd 31 december 2023, män", f"bara män, och ingen total: {GET_TOTALS}"),
        ("Antal kvinnor per kommun, folkmängd 2023", f"bara kvinnor, och ingen total: {GET_TOTALS}"),
        (
            "Folkmängd 2023, 65 år och äldre",
            f"en del av folkmängden (efter alder), och ingen total: {GET_TOTALS}",
        ),
        ("Befolkning 20–64 år 2023", f"en del av folkmängden (efter alder), och ingen total: {GET_TOTALS}"),
    ],
)
def test_titles_that_limit_the_table_to_a_part(tmp_path: Path, title: str, reason: str) -> None:
    result = _read(tmp_path / "a.csv", f"{title}\n\nKommun;Antal\nYdre;1700\n")
    assert (result.frame.empty, set(_reasons(result).values())) == (True, {reason})


@pytest.mark.parametrize(
    "title",
    [
        "Folkmängd 2023 och andel 65 år och äldre",
        "Number of persons 2023",
        "Folkmängd 2023, män och kvinnor",
        "Folkmängd 2023, ålder 0-100+ år",
        "Folkmängd 2023, kvinnor och män",
    ],
)
def test_titles_that_name_everybody(tmp_path: Path, title: str) -> None:
    result = _read(tmp_path / "a.csv", f"{title}\n\nKommun;Antal\nYdre;3637\n")
    assert _figures(result) == {("0512", "2023-12-31"): 3637}


def test_a_part_by_another_breakdown_is_not_the_population(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.csv", "region;bakgrund;år;Folkmängd\n0512 Ydre;utländsk bakgrund;2023;300\n")
    assert _reasons(result) == {2: f"en del av folkmängden (efter bakgrund), och ingen total: {GET_TOTALS}"}


def test_codes_of_county_and_municipality_side_by_side(tmp_path: Path) -> None:
    content = "Länskod;Län;Kommunkod;Kommun;2023\n01;Stockholms län;0127;Botkyrka;7\n05;Östergötlands län;0512;Ydre;8\n"
    assert list(_read(tmp_path / "a.csv", content).frame["regionkod"]) == ["0127", "0512"]


def test_numbers_that_were_once_floating_point(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.csv", "kommunkod,kommun,år,folkmängd\n512.0,Ydre,2023.0,3637.0\n")
    assert _figures(result) == {("0512", "2023-12-31"): 3637}


def test_the_day_of_a_download_is_no_reference_date(tmp_path: Path) -> None:
    for name, date in (("export 2024-03-05", None), ("bef 2024-11-01", "2024-11-01"), ("bef 2024-06-30", "2024-06-30")):
        result = _read(tmp_path / f"{name}.csv", "Kommun;Invånare\nYdre;3637\n")
        assert list(result.frame["referensdatum"]) == ([date] if date else [])


@pytest.mark.parametrize("heading", ["Län", "County", "Länsnamn"])
def test_short_names_under_a_heading_of_counties_are_counties(tmp_path: Path, heading: str) -> None:
    """Six counties share their short name with a municipality."""
    names = ["Stockholm", "Uppsala", "Jönköping", "Kalmar", "Gotland", "Örebro", "Östergötland", "Skåne", "Riket"]
    rows = "".join(f"{name};{at}\n" for at, name in enumerate(names))
    result = _read(tmp_path / "a.csv", f"{heading};Folkmängd 2023\n{rows}")
    assert list(result.frame["regionkod"]) == ["01", "03", "06", "08", "09", "18", "05", "12", "00"]
    both = _read(tmp_path / "a.csv", f"Kommun;Folkmängd 2023\n{rows}")
    assert list(both.frame["regionkod"])[:6] == ["0180", "0380", "0680", "0880", "0980", "1880"]


def test_counties_in_a_column_of_their_own(tmp_path: Path) -> None:
    head, end = "Län;Kommun;Folkmängd 2023\n", "Östergötlands län;;471912\n;Ydre;3637\n"
    result = _read(tmp_path / "a.csv", f"{head}Uppsala;;404589\n;Uppsala;245329\n{end}")
    assert list(result.frame["regionkod"]) == ["03", "0380", "05", "0512"]
    beside = _read(tmp_path / "a.csv", f"{head}Uppsala;Uppsala;245329\nUppsala;;404589\n")
    assert _reasons(beside) == {3: "ingen region"}


def test_database_export_in_codes(tmp_path: Path) -> None:
    """PxWeb's csv3 calls the column of figures by the table's name."""
    rows = "0512,BE0101N1,2023,3637\n0512,BE0101N2,2023,9\n0513,BE0101N1,2023,9992\n"
    result = _read(tmp_path / "a.csv", f'"Region","ContentsCode","Tid","BefolkningNy"\n{rows}')
    assert _figures(result) == {("0512", "2023-12-31"): 3637, ("0513", "2023-12-31"): 9992}
    assert _reasons(result) == {3: "ett annat mått: BE0101N2"}


def test_key_figures_of_a_part(tmp_path: Path) -> None:
    rows = "Ydre;Invånare totalt, antal;3637,0\nYdre;Invånare 0-19 år, antal;800,0\nYdre;Män, invånare;1800\n"
    result = _read(tmp_path / "a.csv", f"kommun;nyckeltal;2023\n{rows}")
    assert _figures(result) == {("0512", "2023-12-31"): 3637}
    assert _reasons(result) == {
        3: "ett annat mått: Invånare 0-19 år, antal",
        4: "ett annat mått: Män, invånare",
    }


def test_numbers_of_rows_are_no_population(tmp_path: Path) -> None:
    """R writes the rows' numbers without a heading, and an X before a year."""
    years = _read(tmp_path / "a.csv", '"","region","X2022","X2023"\n"1","0512 Ydre",3651,3637\n')
    assert _figures(years) == {("0512", "2022-12-31"): 3651, ("0512", "2023-12-31"): 3637}
    with pytest.raises(InputError, match="fann ingen kolumn med folkmängd bland 'region', 'Hushåll'"):
        _read(tmp_path / "2023.csv", '"","region","Hushåll"\n"1","0512 Ydre",1651\n"2","0513 Kinda",4000\n')


def test_sex_in_codes(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.csv", "region;kön;2023\n0512 Ydre;1;1800\n0512 Ydre;2;1837\n")
    assert _figures(result) == {("0512", "2023-12-31"): 3637}


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_file_that_ends_within_its_last_figure(tmp_path: Path, end: str) -> None:
    lines = ["Kommun;2022;2023", "Ydre;3651;3637", "Norrköping;144458;144932"]
    whole = end.join(lines)
    assert len(_read(tmp_path / "a.csv", whole).frame) == 4
    cut = _read(tmp_path / "a.csv", whole[:-1])
    assert _figures(cut).keys() == {("0512", "2022-12-31"), ("0512", "2023-12-31"), ("0581", "2022-12-31")}
    assert _reasons(cut) == {3: "filen slutar mitt i raden, och 14493 är långt från det registrerade: talet är avkapat"}
    ended = _read(tmp_path / "a.csv", whole[:-1] + end)
    assert _figures(ended)["0581", "2023-12-31"] == 14493
    assert ended.why.endswith(
        "TVEKSAMT: 1 tal är mindre än hälften eller mer än dubbelt mot det registrerade: "
        "Norrköping 2023-12-31: 14493 (rad 3; registrerat 145163)"
    )


def test_women_cut_off_at_the_end_are_not_added(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.csv", "region;kön;2023\n0512 Ydre;män;1800\n0512 Ydre;kvinnor;18")
    assert result.frame.empty
    assert _reasons(result)[2] == f"bara män, och ingen total: {GET_TOTALS}"


def test_a_digit_lost_among_the_women_is_doubted(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.csv", "region;kön;2023\n0512 Ydre;män;1850\n0512 Ydre;kvinnor;178\n")
    assert "TVEKSAMT: 1 tal är" in result.why
    assert "Ydre 2023-12-31: 2028 (rad 2; registrerat " in result.why


def test_a_doubted_figure_after_its_date_is_no_personal_number(tmp_path: Path) -> None:
    assert "Ydre 2023-12-31: 1018 (rad 2;" in _read(tmp_path / "a.csv", "Kommun;2023\nYdre;1018\n").why


def test_nothing_is_said_of_figures_far_from_any_registered_year(tmp_path: Path) -> None:
    assert "TVEKSAMT" not in _read(tmp_path / "a.csv", "Kommun;1970\nYdre;30000").why


def test_a_span_of_years_is_no_reference_date(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.csv", "Folkmängd 31 december 2015–2023\n\nKommun;Antal\nYdre;3637\n")
    assert set(_reasons(result).values()) == {"inget referensdatum: varken rubrik, rad, titel eller filnamn säger det"}


@pytest.mark.parametrize("heading", ["Folkmängd 0–17 år 2023", "Invånare 65+ 2023-12-31", "Befolkning 18-64, 2023"])
def test_a_column_of_some_ages_is_not_the_population(tmp_path: Path, heading: str) -> None:
    result = _read(tmp_path / "a.csv", f"Kommun;{heading}\nNorrköping;9\n")
    assert result.frame.empty
    assert "en del av folkmängden (efter alder)" in _reasons(result)[2]


def test_ages_on_request(tmp_path: Path) -> None:
    content = "region;ålder;år;Folkmängd\n0581 Norrköping;totalt ålder;2023;9\n0581 Norrköping;0 år;2023;1\n"
    assert _figures(_read(tmp_path / "a.csv", content)) == {("0581", "2023-12-31"): 9}
    assert _read(tmp_path / "a.csv", content, by=("alder",)).frame["alder"].tolist() == ["totalt", "0 år"]
    with pytest.raises(ValueError, match="det finns ingen indelning sex; de som finns är kon, alder, civilstand"):
        read(tmp_path / "a.csv", ("sex",))


def test_other_measures_are_reported(tmp_path: Path) -> None:
    content = "region;tabellinnehåll;år;value\n0581 Norrköping;Folkmängd;2023;9\n0581 Norrköping;Folkökning;2023;1\n"
    result = _read(tmp_path / "a.csv", content)
    assert (_figures(result), _reasons(result)) == ({("0581", "2023-12-31"): 9}, {3: "ett annat mått: Folkökning"})


def test_lines_in_another_encoding(tmp_path: Path) -> None:
    head, odd = "Kod;Kommun;Folkmängd 2023\n0581;Norrköping;9\n".encode(), "0586;Mjölby;8\n".encode("latin-1")
    result = _read(tmp_path / "a.csv", head + odd + "0580;Linköping;7\n".encode())
    assert len(result.frame) == 2
    assert _reasons(result) == {3: "bokstäver som inte är i filens teckenkodning, utf-8"}


def test_quote_that_is_never_closed_takes_one_row(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.csv", 'Kommun;Folkmängd 2023\n"Norrköping;9\nMjölby;8\nYdre;7\n')
    assert len(result.frame) == 2
    assert _reasons(result) == {2: "ett citattecken som aldrig stängs"}
    two = _read(tmp_path / "a.csv", 'Kommun;"Folkmängd\n2023"\n"Norrköping;9\n"Mjölby;8\nYdre;7\n')
    assert list(_reasons(two)) == [3, 4]
    assert _figures(two) == {("0512", "2023-12-31"): 7}


def test_preliminary_figures_say_so(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.csv", "region;2022;2023p;2024 (prel.)\n0512 Ydre;3651;3637;3600\n")
    assert list(result.frame["folkmangd"]) == [3651, 3637, 3600]
    assert [kalla.removeprefix("fil a.csv") for kalla in result.frame["kalla"]] == [
        "", "; preliminär enligt källan", "; preliminär enligt källan",
    ]  # fmt: skip


def test_a_line_broken_within_its_last_figure(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.csv", "region;2023\n0512 Ydre;36\n37\n0513 Kinda;9992\n")
    assert _figures(result) == {("0513", "2023-12-31"): 9992}
    assert _reasons(result) == {
        2: "raden under är '37' ensamt: det kan vara resten av den här radens sista tal",
        3: "1 celler där de andra raderna har 2: kolumnerna kan vara förskjutna",
    }
    coded = _read(tmp_path / "a.csv", "kod;namn;2023\n0512;Ydre;3637\n0513\n0560;Boxholm;5400\n")
    assert list(_reasons(coded)) == [3]


def test_a_heading_that_was_lost(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        _read(tmp_path / "a.csv", "region;kön;2023\n0512 Ydre;totalt;3651;3637\n0513 Kinda;totalt;9900;9992\n")
    assert (
        "fann 3 rubriker över 4 kolumner: en har fallit bort, och de andra kan stå över fel tal; kontrollera"
    ) in str(caught.value)


def test_columns_shifted_from_the_middle_on(tmp_path: Path) -> None:
    good = [f"{region.code};{region.name};{at + 9000};5" for at, region in enumerate(municipalities()[:100])]
    bad = [f"{region.code};;{region.name};9000;5" for region in municipalities()[100:150]]
    result = _read(tmp_path / "a.csv", "\n".join(["Kod;Kommun;Folkmängd 2023;Folkökning", *good, *bad]))
    assert (len(result.frame), len(result.reported)) == (100, 50)
    assert _reasons(result)[102] == "5 celler där de andra raderna har 4: kolumnerna kan vara förskjutna"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "Detta är en text.\nUtan tabell.\n", "fann inga rader med en kommun, ett län eller riket"),
        ("a.csv", "Kommun;Folkmängd 2023\n", "fann inga rader med en kommun, ett län eller riket och ett tal"),
        (
            "a.csv",
            "Folkökning efter region\n\nregion;2023\n0581 Norrköping;6\n",
            "fann titeln säger 'Folkökning efter",
        ),
        (
            "a.csv",
            "Kommun;Födda;Döda\nNorrköping;5;6\n",
            "fann ingen kolumn med folkmängd bland 'Kommun', 'Födda', 'Döda'",
        ),
        (
            "a.csv",
            "Kommun;Folkmängd per km2\nNorrköping;5\n",
            "ingen kolumn med folkmängd bland 'Kommun', 'Folkmängd per",
        ),
        ("a.csv", "Kommun;X;Y\nNorrköping;5;6\n", "fann ingen kolumn med folkmängd bland 'Kommun', 'X', 'Y'"),
        (
            "a.xml",
            "<Invoice/>",
            "väntade en tabell över folkmängd, fann XML; be om den som xlsx, csv, px eller json-stat2",
        ),
        ("a.csv", "Kommun;Folkmängd\n" + "x" * 70_000, "rad 2: väntade rader på högst 64 KiB, fann en längre rad"),
    ],
)
def test_unreadable(tmp_path: Path, name: str, content: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        _read(tmp_path / name, content)
    assert message in str(caught.value)


def test_text_of_a_title_never_begins_a_formula(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.csv", "=HYPERLINK(1) Folkmängd\n\nKommun;2023\nNorrköping;9\n")
    assert result.frame["kalla"][0].startswith("HYPERLINK")


REGIONS = st.lists(st.sampled_from(list(regions().values())), min_size=1, max_size=40, unique=True)
DAMAGE = st.sampled_from(["", "x", "..", "-1", "1,5", "NULL", "2023", "Norrköping", '"', ";", "\t"])


@settings(max_examples=60, deadline=None)
@given(chosen=REGIONS, damage=st.dictionaries(st.integers(0, 39), st.tuples(st.integers(0, 2), DAMAGE), max_size=5))
def test_whatever_is_damaged_good_rows_stay_and_bad_rows_are_reported(
    tmp_path_factory: pytest.TempPathFactory, chosen: list, damage: dict[int, tuple[int, str]]
) -> None:
    lines = []
    for at, region in enumerate(chosen):
        cells = [region.code, region.name, str(9000 + at)]
        if at in damage:
            cells[damage[at][0]] = damage[at][1]
        lines.append(";".join(cells))
    path = tmp_path_factory.mktemp("damaged") / "a.csv"
    content = "Kod;Kommun;Folkmängd 2023\n" + "\n".join(lines) + "\n"
    try:
        result = _read(path, content)
    except InputError:
        assert all(at in damage for at in range(len(chosen)))
        return
    assert result.rows_in == len(chosen)
    good = {(region.code, "2023-12-31"): 9000 + at for at, region in enumerate(chosen) if at not in damage}
    figures = _figures(result)
    blamed = {entry.row - 2 for entry in result.reported}
    for key, figure in good.items():
        at = figure - 9000
        # A damaged name may turn a neighbour's row into a contradiction, never into another figure.
        assert figures.get(key) == figure or at in blamed


def test_the_county_s_digits_in_a_column_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "Län;LÄNSKOD;KOMMUNKOD;Folkmängd 2022\nGotlands län;9;80;61001\nNorrbotten;25;80;79244\nx;05;81;144932\n"
    )
    assert list(read(path).frame["regionkod"]) == ["0980", "2580", "0581"]


@pytest.mark.parametrize("heading", ["Typ", "municipality_type", "Regiontyp"])
def test_k_is_the_mark_of_a_municipality(tmp_path: Path, heading: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"Kommun;{heading};2022\nLinköping;K;166673\nNorrköping;K;144932\n")
    assert list(read(path).frame["folkmangd"]) == [166_673, 144_932]


@pytest.mark.parametrize("heading", ["pop2018", "pop_2018", "inv2018", "folkm 2018"])
def test_a_year_right_after_the_word(tmp_path: Path, heading: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"kod,{heading}\n0581,141676\n")
    assert list(read(path).frame["referensdatum"]) == ["2018-12-31"]


def test_destroyed_letters_beside_good_codes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Kod;Kommun;Folkmängd 2022\n0581;Norrk\ufffdping;144932\n0513;Kinda;9968\n0512;Kinda;3700\n")
    result = read(path)
    assert list(result.frame["region"]) == ["Norrköping", "Kinda"]
    assert [entry.reason for entry in result.reported] == ["kod 0512 är Ydre, men namnet är 'Kinda'"]


def test_a_table_without_totals_says_how_to_get_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Kommun;Ålder;Folkmängd 2022\nYdre;0-17 år;700\nYdre;18-64 år;1900\nKinda;0-17 år;2000\n")
    (reason,) = {entry.reason for entry in read(path).reported}
    assert reason.startswith("en del av folkmängden (efter alder), och ingen total: hämta tabellen på nytt med total")


def test_a_personal_number_in_the_name_of_the_file_is_not_in_the_table(tmp_path: Path) -> None:
    result = _read(tmp_path / "19811218-9876 folk.csv", "kommun;2022\n0583 Motala;44002\n0586 Mjölby;28302\n")
    assert len(result.frame) == 2
    assert "9876" not in result.frame.to_csv()


def test_municipalities_in_columns(tmp_path: Path) -> None:
    content = "Invånare 31 december\n\nÅr;Ydre;Kinda;Boxholm\n2022;3 700;9 968;\n2023;3 690;9 950;5 500\nKälla: SCB\n"
    result = _read(tmp_path / "a.csv", content)
    assert list(zip(result.frame["region"], result.frame["referensdatum"], result.frame["folkmangd"], strict=True)) == [
        ("Ydre", "2022-12-31", 3700), ("Kinda", "2022-12-31", 9968),
        ("Ydre", "2023-12-31", 3690), ("Kinda", "2023-12-31", 9950), ("Boxholm", "2023-12-31", 5500),
    ]  # fmt: skip
    assert [entry.row for entry in result.reported if "folkmängd" in entry.reason] == [4]


def test_the_country_as_four_zeros_where_its_name_says_so(tmp_path: Path) -> None:
    content = "kod;kommun;typ;2023\n0512;Ydre;K;3690\n0000;Riket;R;10551707\n0000;Kinda;K;9950\n"
    result = _read(tmp_path / "a.csv", content)
    assert list(result.frame["regionkod"]) == ["0512", "00"]
    assert _reasons(result) == {4: "'0000' är ingen kommuns eller läns kod"}


def test_the_rule_of_a_markdown_table_is_no_row(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.md", "| Kommun | 2023 |\n| :--- | ---: |\n| Ydre | 3 690 |\n| Kinda | 9 950 |\n")
    assert (list(result.frame["folkmangd"]), result.reported) == ([3690, 9950], ())


def test_men_and_women_of_some_ages_are_added_beside_a_total(tmp_path: Path) -> None:
    content = "Kommun;Totalt 2023;Män 0-17 år 2023;Kvinnor 0-17 år 2023\nYdre;3637;400;390\n"
    result = _read(tmp_path / "a.csv", content, by=("alder",))
    assert list(zip(result.frame["alder"], result.frame["folkmangd"], strict=True)) == [
        ("totalt", 3637),
        ("0-17 år", 790),
    ]


def test_sums_of_men_and_women_stand_as_in_the_file(tmp_path: Path) -> None:
    names = [region.name for region in municipalities("05")]
    rows = "".join(f"{name};4;5\n" for name in names)
    result = _read(tmp_path / "a.csv", f"Kommun;Män 2023;Kvinnor 2023\n{rows}")
    assert list(result.frame["region"]) == names
