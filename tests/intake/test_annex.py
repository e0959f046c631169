"""The reader of annexes: the bundled ones to the last figure, and other shapes that annexes have."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from analys import project
from analys.finder.dates import find_period
from analys.intake import annex
from analys.intake.annex import Kind, Period
from analys.intake.annex.headings import kind_of, stated_period, stated_unit, stated_vat

OSTERGOTLAND = project.required().raw / "ostergotland"


def test_the_2016_annex_has_thirteen_members_and_three_amounts_with_their_totals() -> None:
    found = annex.read(OSTERGOTLAND / "bilaga-2016.xlsx")
    assert len(found.members) == 13
    assert [column.kind for column in found.columns] == [Kind.NAME, Kind.POPULATION, Kind.SHARE] + [Kind.AMOUNT] * 3
    half, year, whole = found.of_kind(Kind.AMOUNT)
    assert [c.period for c in (half, year, whole)] == [Period(Fraction(n, 2)) for n in (1, 2, 3)]
    totals = [found.total(column) for column in (half, year, whole)]
    assert [(t.cell, t.value) for t in totals if t] == [("D18", 350760), ("E18", 701520), ("F19", 1052280)]
    assert found.totals[1].label == "Totalt belopp för tjänst 1.5år"
    assert found.totals[1].cell == "E19"
    mjolby = next(member for member in found.members if member.municipality.code == "0586")
    assert (mjolby.cell, mjolby.row) == ("A9", 9)
    assert [(f.cell, str(f.value), f.decimals) for f in mjolby.figures.values()] == [
        ("B9", "26639", 0), ("C9", "0.0595", 4), ("D9", "20869", 0), ("E9", "41738", 0), ("F9", "62607", 0)
    ]  # fmt: skip
    assert sum(figure.value for figure in found.values(found.of_kind(Kind.POPULATION)[0])) == 447_744


def test_the_2018_annex_states_its_date_its_year_and_its_sum_in_the_text() -> None:
    found = annex.read(OSTERGOTLAND / "bilaga-2018.xlsx")
    (population,), (share,), (amount,) = (found.of_kind(kind) for kind in (Kind.POPULATION, Kind.SHARE, Kind.AMOUNT))
    assert population.date == dt.date(2017, 12, 31)
    assert amount.period == Period(Fraction(1), 2018)
    norrkoping = found.members[6].figures
    assert (norrkoping["B"].cell, norrkoping["B"].value) == ("B11", 133_749)
    assert (norrkoping["C"].text, norrkoping["C"].value, norrkoping["C"].decimals) == ("29,70%", Decimal("0.2970"), 4)
    total = found.total(share)
    assert total is not None
    assert (total.value, total.step) == (1, Decimal("0.001"))
    assert [(m.text, m.value, m.unit, m.cell) for m in found.mentions] == [("763 945 kronor", 763945, "kr", "A2")]


def test_numbers_in_the_text_are_found_with_their_units() -> None:
    found = annex.read(OSTERGOTLAND / "bilaga-2016.xlsx")
    assert [(mention.value, mention.unit) for mention in found.mentions] == [
        (39_500, "kr"), (Decimal("0.48"), "andel"), (447_744, "personer")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Folkmängd 2017", Kind.POPULATION),
        ("Invånare 31 december 2021", Kind.POPULATION),
        ("Antal invånare", Kind.POPULATION),
        ("Befolkning per 2021-12-31", Kind.POPULATION),
        ("Antal inv.", Kind.POPULATION),
        ("Andel", Kind.SHARE),
        ("Andel (%)", Kind.SHARE),
        ("Andel invånare i länet", Kind.SHARE),
        ("Andel folkmängd", Kind.SHARE),
        ("Procent", Kind.SHARE),
        ("Kostnad per kommun 2018", Kind.AMOUNT),
        ("Belopp/år", Kind.AMOUNT),
        ("Belopp halvår", Kind.AMOUNT),
        ("Avgift", Kind.AMOUNT),
        ("Kommunens andel (kr)", Kind.AMOUNT),
        ("Att betala, tkr", Kind.AMOUNT),
        ("Kostnad utifrån folkmängd", Kind.AMOUNT),
        ("Summa", Kind.AMOUNT),
        ("Folkm. 2019", Kind.POPULATION),
        ("Antal", Kind.POPULATION),
        ("2019-12-31", Kind.POPULATION),
        ("1 november 2019", Kind.POPULATION),
        ("2020-03-31", Kind.OTHER),
        ("Overhead", Kind.AMOUNT),
        ("Skillnad, kr", Kind.OTHER),
        ("Att reglera (kr)", Kind.OTHER),
        ("Faktureringsreferens", Kind.OTHER),
        ("Kr/inv", Kind.PER_HEAD),
        ("Kostnad per invånare", Kind.PER_HEAD),
        ("Kommun", Kind.NAME),
        ("Medlemskommuner", Kind.NAME),
        ("Kommunkod", Kind.CODE),
        ("Org.nr", Kind.ORGANISATION_NUMBER),
        ("Anmärkning", Kind.OTHER),
    ],
)
def test_headings_in_their_many_forms(heading: str, kind: Kind) -> None:
    assert kind_of(heading) is kind


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Folkmängd 2017", dt.date(2017, 12, 31)),
        ("Folkmängd 20171)", dt.date(2017, 12, 31)),
        ("Invånare 31 december 2021", dt.date(2021, 12, 31)),
        ("Invånare 30/6 2016", dt.date(2016, 6, 30)),
        ("Befolkning 2021-11-01", dt.date(2021, 11, 1)),
        ("Befolkning 20211101", dt.date(2021, 11, 1)),
        ("Invånare 1 jan. 2018", dt.date(2018, 1, 1)),
        ("Invånare 31 februari 2018", None),
        ("Invånare 31 december år 2018", dt.date(2018, 12, 31)),
        ("Folkmängd 31/12-19", dt.date(2019, 12, 31)),
        ("Folkmängd 1.1.2020", dt.date(2020, 1, 1)),
        ("Folkmängd 2017 (1/1)", dt.date(2017, 1, 1)),
        ("Folkmängd november 2019", dt.date(2019, 11, 30)),
        ("Folkmängd sept. 2019", dt.date(2019, 9, 30)),
        ("Folkmängd kv 2 2019", dt.date(2019, 6, 30)),
        ("Folkmängd årsskiftet 2019/2020", dt.date(2019, 12, 31)),
        ("Folkmängd 2019/20", dt.date(2019, 12, 31)),
        ("Folkmängd i Majorna 2020", dt.date(2020, 12, 31)),
        ("Folkmängd", None),
    ],
)
def test_reference_dates_as_headings_state_them(text: str, date: dt.date | None) -> None:
    assert find_period(text) == date


@pytest.mark.parametrize(
    ("text", "years", "year"),
    [
        ("Belopp halvår", Fraction(1, 2), None),
        ("Belopp/år", Fraction(1), None),
        ("Belopp/1,5år", Fraction(3, 2), None),
        ("Belopp 18 månader", Fraction(3, 2), None),
        ("Kostnad per kommun 2018", Fraction(1), 2018),
        ("Avgift per kvartal 2020", Fraction(1, 4), 2020),
        ("Avgift", None, None),
    ],
)
def test_periods_as_headings_state_them(text: str, years: Fraction | None, year: int | None) -> None:
    assert stated_period(text) == Period(years, year)


def test_units_and_vat_as_headings_state_them() -> None:
    assert [stated_unit(t) for t in ("Avgift, tkr", "Avgift (kr)", "Tusental kronor", "Avgift")] == [
        "tkr",
        "kr",
        "tkr",
        None,
    ]
    assert [stated_vat(t) for t in ("Avgift inkl. moms", "Avgift exkl moms", "Avgift")] == [True, False, None]


def test_thousands_of_kronor_in_the_heading_make_the_figures_kronor(workbook, table) -> None:
    table[0][3] = "Kostnad 2018, tkr"
    for row, figure in zip(table[1:], ("9,2", 36.6, 17, 62.8), strict=True):
        row[3] = figure
    found = annex.read(workbook(table))
    assert [figure.value for figure in found.values(found.of_kind(Kind.AMOUNT)[0])] == [9200, 36600, 17000]
    assert [figure.step for figure in found.values(found.of_kind(Kind.AMOUNT)[0])] == [100, 100, 1000]


@pytest.mark.parametrize("shares", [(0.0121, 0.0479, 0.9400), (1.21, 4.79, 94.0), ("1,21", "4,79", "94,00")])
def test_shares_without_a_sign_are_told_by_their_sum(workbook, table, shares) -> None:
    for row, share in zip(table[1:], shares, strict=False):
        row[2] = share
    table[4][2] = None
    found = annex.read(workbook(table))
    assert [f.value for f in found.values(found.of_kind(Kind.SHARE)[0])] == [
        Decimal(s) for s in ("0.0121", "0.0479", "0.94")
    ]


def test_title_text_and_another_sheet_surround_the_table(workbook, table) -> None:
    rows = [
        ["Bilaga 1"],
        ["Folkmängd per den 31 december 2016 enligt SCB."],
        [],
        *table,
        [],
        ["Kostnaden är 62 573 kr."],
    ]
    rows[3][1] = "Folkmängd"
    found = annex.read(workbook(Läs=[["Läs mig"], ["Avtal om samordnare"]], Bilaga=rows))
    assert (found.sheet, found.title, len(found.members)) == ("Bilaga", "Bilaga 1", 3)
    assert found.of_kind(Kind.POPULATION)[0].date == dt.date(2016, 12, 31)
    assert [text.cell for text in found.texts] == ["A1", "A2", "A10"]


def test_codes_alone_are_enough(workbook, table) -> None:
    table[0][0] = "Kommunkod"
    for row, code in zip(table[1:], (560, "0562", "513"), strict=False):
        row[0] = code
    assert [m.municipality.name for m in annex.read(workbook(table)).members] == ["Boxholm", "Finspång", "Kinda"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("mark", [";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_text_files_in_their_many_forms(tmp_path, table, encoding, mark, end) -> None:
    path = tmp_path / "bilaga.csv"
    path.write_bytes(end.join(mark.join(str(cell) for cell in row) for row in table).encode(encoding))
    found = annex.read(path)
    assert [figure.value for figure in found.values(found.of_kind(Kind.POPULATION)[0])] == [5453, 21577, 9882]
    assert found.members[1].figures["D"].cell == "D3"


def test_a_member_may_stand_twice_and_alone(workbook, table) -> None:
    assert [m.municipality.name for m in annex.read(workbook([*table[:2], table[1]])).members] == ["Boxholm", "Boxholm"]
    assert len(annex.read(workbook(table[:2])).members) == 1


def test_headings_in_two_rows_are_read_as_one(workbook, table) -> None:
    table[0] = ["Kommun", "Folkmängd", "Andel", "Kostnad"]
    found = annex.read(workbook([["Bilaga"], table[0], [None, 2017, "(%)", "2018, tkr"], *table[1:]]))
    assert [column.heading for column in found.columns] == [
        "Kommun",
        "Folkmängd 2017",
        "Andel (%)",
        "Kostnad 2018, tkr",
    ]
    assert (found.columns[1].cell, found.columns[1].date, found.columns[3].unit) == ("B2", dt.date(2017, 12, 31), "tkr")
    assert found.title == "Bilaga"


def test_points_group_thousands_where_all_large_numbers_of_people_or_kronor_have_them(tmp_path) -> None:
    path = tmp_path / "bilaga.csv"
    path.write_text(
        "Kommun;Folkmängd;Avgift\nBoxholm;5.453;9.244 kr\nFinspång;21.577;1.036.597 kr\nKinda;9.882;732 kr\n"
    )
    found = annex.read(path)
    people, amounts = (found.of_kind(kind)[0] for kind in (Kind.POPULATION, Kind.AMOUNT))
    assert [figure.value for figure in found.values(people)] == [5453, 21577, 9882]
    assert [figure.value for figure in found.values(amounts)] == [9244, 1_036_597, 732]


def test_parties_that_are_no_municipality_are_read_beside_the_members(workbook, table) -> None:
    rows = [*table[:4], ["Region Östergötland", None, None, "62 573 kr"], ["Total", "36 912", "100%", "125 146 kr"]]
    rows.append(["Kommunalförbundet Itsam", "..", "5 %", 1000])
    found = annex.read(workbook(rows))
    assert [(p.municipality.code, p.municipality.name, p.cell) for p in found.others] == [
        ("05", "Region Östergötland", "A5"), ("", "Kommunalförbundet Itsam", "A7")
    ]  # fmt: skip
    amount = found.of_kind(Kind.AMOUNT)[0]
    assert (found.beside(amount), found.own_total(amount)) == ((62_573, 1000), 61_573)


def test_a_running_number_is_no_code_and_a_row_of_totals_among_the_members_is_a_subtotal(workbook, table) -> None:
    rows = [table[0], *table[1:3], ["Summa", "27 030", "6,00%", "45 841 kr"], *table[3:]]
    found = annex.read(workbook([["Nr" if i == 0 else i, *row] for i, row in enumerate(rows)]))
    assert found.columns[0].kind is Kind.OTHER
    total = found.total(found.of_kind(Kind.POPULATION)[0])
    assert total is not None
    assert (total.cell, total.value) == ("C6", 36_912)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Tusen kronor", "tkr"),
        ("Belopp (tusen kr)", "tkr"),
        ("Belopp (1000 kr)", "tkr"),
        ("Belopp i 1 000-tal kr", "tkr"),
        ("Miljoner kronor", "mnkr"),
        ("Kronor", "kr"),
    ],
)
def test_thousands_and_millions_in_words(text: str, unit: str) -> None:
    assert stated_unit(text) == unit


@pytest.mark.parametrize(
    ("heading", "values", "kind"),
    [
        ("Fördelning", ["14,8 %", "58,4 %", "26,8 %"], Kind.SHARE),
        ("Fördelning", ["14,8", "58,4", "26,8"], Kind.SHARE),
        ("Kostnadsfördelning", [0.148, 0.584, 0.268], Kind.SHARE),
        ("Kostnadsfördelning", [9244, 36597, 16732], Kind.AMOUNT),
        ("Kommunens andel", [9244, 36597, 16732], Kind.AMOUNT),
        ("Kommunens del", [9244, 36597, 16732], Kind.AMOUNT),
        ("Helår", [9244, 36597, 16732], Kind.AMOUNT),
        ("Kostnad fördelad per invånare", [19244, 36597, 16732], Kind.AMOUNT),
        ("Kostnad per invånare", [1.7, 1.7, 1.69], Kind.PER_HEAD),
        ("Antal nyanlända", [4, 31, 12], Kind.OTHER),
    ],
)
def test_figures_tell_what_a_heading_leaves_open(workbook, table, heading: str, values, kind: Kind) -> None:
    rows = [[*row[:2], cell] for row, cell in zip(table, [heading, *values], strict=False)]
    assert annex.read(workbook(rows)).columns[2].kind is kind


def test_points_group_thousands_of_kronor_where_the_table_shows_it(tmp_path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("Kommun;Folkmängd 2017;Kostnad (tkr)\nBoxholm;5.453;1.244\nFinspång;21.577;3.597\n")
    found = annex.read(file)
    assert [m.figures["C"].value for m in found.members] == [1_244_000, 3_597_000]
    file.write_text("Kommun;Folkmängd 2017;Kostnad\nBoxholm;5453;1.244,50 kr\nFinspång;21577;3.597,00 kr\n")
    assert annex.read(file).members[0].figures["C"].value == Decimal("1244.50")


def test_headings_in_two_rows_where_some_stand_only_below(workbook, table) -> None:
    rows = [
        ["Deltagande", "Folkmängd", "", "Kostnad"],
        ["kommun", "2017", "Andel", "2018 kr"],
        *table[1:],
    ]
    found = annex.read(workbook(rows))
    assert [c.heading for c in found.columns] == ["Deltagande kommun", "Folkmängd 2017", "Andel", "Kostnad 2018 kr"]
    rows = [["", "Folkmängd", "Kostnad"], ["Kommun", "2023*", "2024"], *([r[0], r[1], r[3]] for r in table[1:])]
    assert annex.read(workbook(rows)).columns[1].heading == "Folkmängd 2023"
    rows = [["Bilaga"], ["", "Folkmängd"], ["Part", "per den 31 december 2017"], *(row[:2] for row in table[1:])]
    assert annex.read(workbook(rows)).columns[1].date == dt.date(2017, 12, 31)


def test_units_under_a_heading_that_says_sum(workbook, table) -> None:
    rows = [["Nr", "Kommun", "Folkmängd 2017", "Summa"], ["", "", "(antal)", "(kr)"]]
    rows += [[i, row[0], row[1], row[3]] for i, row in enumerate(table[1:4], start=1)]
    assert [c.kind for c in annex.read(workbook(rows)).columns[1:]] == [Kind.NAME, Kind.POPULATION, Kind.AMOUNT]


def test_sections_with_subtotals_are_one_table(workbook, table) -> None:
    rows = [
        table[0],
        ["Norra"],
        table[1],
        ["Delsumma", "5 453"],
        ["Södra"],
        *table[2:4],
        ["Delsumma", "31 459"],
        table[4],
    ]
    found = annex.read(workbook(rows))
    assert [m.municipality.name for m in found.members] == ["Boxholm", "Finspång", "Kinda"]
    assert found.columns[0].heading == "Kommun"
    total = found.total(found.columns[1])
    assert total is not None
    assert total.cell == "B9"


def test_rows_of_rounding_and_tax_are_what_totals_may_count(workbook, table) -> None:
    rows = [*table[:4], ["Öresavrundning", "", "", "1 kr"], ["Summa", "36 912", "8,19%", "62 574 kr"]]
    found = annex.read(workbook(rows))
    assert found.own_total(found.columns[3]) == 62_573
    rows = [*table[:4], ["Moms 25 %", "", "", "15 643 kr"], ["Summa inkl. moms", "", "", "78 216 kr"]]
    assert annex.read(workbook(rows)).own_total(found.columns[3]) == 62_573


def test_a_footnote_mark_after_a_heading_or_a_figure_is_no_part_of_it(workbook, table) -> None:
    table[0][1:3] = ["Folkmängd 20171)", "Andel (%)*"]
    table[2][3] = "36 597 kr*"
    table[3][1] = "9 882 1)"
    found = annex.read(workbook(table))
    assert (found.members[1].figures["D"].value, found.members[2].figures["B"].value) == (36_597, 9_882)
    assert [c.heading for c in found.columns[1:3]] == ["Folkmängd 2017", "Andel (%)"]
    assert found.columns[1].date == dt.date(2017, 12, 31)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("Kostnad jan-jun 2020", Period(Fraction(1, 2), 2020)),
        ("Belopp sept–aug", Period(Fraction(1))),
        ("Budget 2020", Period(None, 2020)),
        ("Preliminär kostnad per år", Period()),
        ("Grundavgift per år", Period()),
        ("Rörlig avgift 2020", Period(None, 2020)),
    ],
)
def test_spans_of_months_and_parts_of_amounts(text: str, period: Period) -> None:
    assert stated_period(text) == period


@pytest.mark.parametrize("name", ["Kinda kommun (värd)", "Kinda (0513)", "Kinda, värdkommun", "Kinda k:n", "KINDA*"])
def test_what_stands_after_a_name(workbook, table, name: str) -> None:
    table[3][0] = name
    assert annex.read(workbook(table)).members[2].municipality.code == "0513"


def test_an_amount_with_ore_and_a_year_with_its_source_are_no_codes(workbook, table) -> None:
    table[1][3] = "1283,50"
    rows = [["", "Folkmängd", "", "Kostnad"], ["Kommun", "2021 (SCB)", "Andel", "2022"], *table[1:]]
    assert annex.read(workbook(rows)).members[0].figures["D"].value == Decimal("1283.50")


def test_whom_a_figure_counts_and_how_often_it_is_paid(workbook, table) -> None:
    table[1][1], table[1][3] = "5 453 inv.", "9 244 kr/år"
    figures = annex.read(workbook(table)).members[0].figures
    assert (figures["B"].value, figures["D"].value) == (5453, 9244)
