"""The Excel annex: LibreOffice recalculates it to the engine's figures, also after an input has been changed."""

import datetime as dt
import re
import zipfile
from decimal import Decimal
from fractions import Fraction

import openpyxl
import pytest

from analys import account as accounts
from analys import burden, savings
from analys.account import Basis, account, reproduced
from analys.account import key as keys
from analys.allocation import split, split_by_shares
from analys.allocation.split import shares
from analys.evidence import Interval
from analys.export import annex_workbook, headlines
from analys.export.annex.cells import Book, Column, Formula, Grid
from analys.export.annex.shared_cost import Sharing, share
from analys.export.annex.sheets import SHARING, Inputs
from analys.export.report import case_of
from analys.export.wording import Sign
from analys.rounding import Mode, Residual, Rounding, Unit
from tests.export.conftest import AGREEMENT, converted, needs_libreoffice, recalculated

SHEETS = ["Läs mig", "Underlag", "Fördelning", "Per invånare", "Besparing", "Granskning"]
END = dt.date(2024, 9, 30)
OWN = "Norrköpings 376\u00a0tkr"


@pytest.fixture(scope="module")
def annex(written):
    return written("Norrköping", "xlsx")


def table(book, sheet):
    """A sheet's rows as dictionaries by heading."""
    head, *body = book[sheet].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in body]


def cents(value):
    return Decimal(repr(value)).quantize(Decimal("0.01"))


# --- the file ----------------------------------------------------------------------------------------------------------


def test_the_sheets_are_six_frozen_filtered_and_set_up_for_print(annex):
    book = openpyxl.load_workbook(annex)
    assert book.sheetnames == SHEETS
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert not sheet.merged_cells.ranges
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToWidth == 1
        assert sheet.print_title_rows == "$1:$1"
    assert sum(sheet.page_setup.fitToHeight for sheet in book) < 10
    assert all(book[name].auto_filter.ref for name in SHEETS[1:])


def test_there_are_no_macros_links_or_time_stamps(annex):
    with zipfile.ZipFile(annex) as archive:
        names = archive.namelist()
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        sheets = b"".join(archive.read(name) for name in names if name.endswith(".xml"))
    assert not [name for name in names if "vba" in name.lower() or "external" in name.lower()]
    assert not re.findall(rb"<f>[^<]*\[\d", sheets)


def test_shares_and_amounts_are_formulas_over_typed_inputs(annex):
    book = openpyxl.load_workbook(annex)
    for row in book["Fördelning"].iter_rows(min_row=2, min_col=5, max_col=10):
        assert [cell.data_type for cell in row] == ["f"] * 6
    inputs = [row for row in book["Underlag"].iter_rows(min_row=2) if row[4].data_type != "f"]
    assert {row[4].data_type for row in inputs} <= {"n", "d"}
    assert all(row[4].fill.fgColor.rgb.endswith("FFF2CC") for row in inputs)
    assert "0560" in {row[2].value for row in inputs}


def test_inputs_are_named(annex):
    names = set(openpyxl.load_workbook(annex).defined_names)
    assert {"arskostnad_2016", "arskostnad_2018", "slutdatum", "tecken", "kpi_2023"} <= names


def test_charts_are_native_with_alt_text(annex):
    with zipfile.ZipFile(annex) as archive:
        drawings = [archive.read(n).decode() for n in archive.namelist() if re.match(r"xl/drawings/drawing\d", n)]
    assert len(drawings) == 3
    assert all(re.search(r'name="Diagram" descr="Liggande staplar[^"]{40,}"', drawing) for drawing in drawings)


def test_charts_begin_at_zero_with_the_decimals_of_their_figures_and_say_their_values(annex):
    with zipfile.ZipFile(annex) as archive:
        charts = [archive.read(n).decode() for n in archive.namelist() if re.match(r"xl/charts/chart\d", n)]
    formats = [re.findall(r'<valAx>.*?formatCode="([^"]+)"', chart, re.DOTALL)[0] for chart in charts]
    assert formats == ["#,##0", "0.00", "#,##0"]
    amounts, deviations, saved = charts
    assert amounts.count('<min val="0"') == saved.count('<min val="0"') == 1
    assert '<min val="0"' not in deviations  # its bars go both ways from zero
    assert all('<showVal val="1"' in chart and "<majorGridlines" not in chart for chart in charts)


@needs_libreoffice
def test_it_prints_on_fewer_than_ten_pages(written, tmp_path):
    printed = converted([written("Norrköping", "xlsx"), written(None, "xlsx")], tmp_path / "ut", "pdf")
    pages = [len(re.findall(rb"/Type\s*/Page\b(?!s)", file.read_bytes())) for file in printed]
    assert all(5 < count < 10 for count in pages), pages


def test_the_same_annex_is_the_same_bytes(annex, tmp_path):
    again = annex_workbook.write(AGREEMENT, "Norrköping", tmp_path / "igen.xlsx")
    assert again.read_bytes() == annex.read_bytes()


@pytest.mark.parametrize("text", ["=1+1", "+46", "-5", "@A1", '=HYPERLINK("http://x")'])
def test_text_that_looks_like_a_formula_stays_text(text, tmp_path):
    book = Book("t")
    Grid(book, "Blad", [Column("a", "A", 10)]).add([text])
    (tmp_path / "t.xlsx").write_bytes(book.content())
    cell = openpyxl.load_workbook(tmp_path / "t.xlsx")["Blad"]["A2"]
    assert (cell.data_type, cell.value) == ("s", text)


def test_a_formula_without_the_engines_value_cannot_be_written():
    book = Book("t")
    grid = Grid(book, "Blad", [Column("a", "A", 10)])
    grid.add([Formula("1+1", None)])
    with pytest.raises(TypeError, match="a formula's value is a number"):
        book.content()


# --- the values that are stored beside the formulas ----------------------------------------------------------------------


def test_the_stored_values_are_the_published_figures(annex):
    book = openpyxl.load_workbook(annex, data_only=True)
    published = accounts.amounts_by_municipality_year(AGREEMENT, Basis.TWELVE_MONTHS)
    expected = {
        (r.ar, r.enligt, r.kommunkod): whole(r.underlag, r.lagst_kr, r.hogst_kr) for r in published.itertuples()
    }
    found = {}
    for row in table(book, "Fördelning"):
        label = {"regeln i Avtalet 2018": "bilaga 2018"}.get(row["Enligt"], row["Enligt"])
        if row["Kommunkod"] and (row["År"], label, row["Kommunkod"]) in expected:
            found[row["År"], label, row["Kommunkod"]] = (
                cents(row["Belopp, lägst, kr"]),
                cents(row["Belopp, högst, kr"]),
            )
    assert len(found) == 13 * 7
    assert found == {place: expected[place] for place in found}


def whole(underlag, low, high):
    """The bounds as the workbook has them: those of an estimate to the krona, away from each other."""
    return (low.__floor__(), high.__ceil__()) if underlag == "skattad" else (low, high)


def test_rates_and_savings_are_the_published_ones(annex):
    book = openpyxl.load_workbook(annex, data_only=True)
    rates = burden.burden_by_municipality_year(AGREEMENT, Basis.TWELVE_MONTHS)
    columns = (
        "lagst_kr_per_invanare", "hogst_kr_per_invanare", "lagst_kr_per_invanare_2023_ars_priser",
        "lagst_avvikelse_kr_per_invanare",
    )  # fmt: skip
    expected = {(r["ar"], r["enligt"], r["kommunkod"]): tuple(r[c] for c in columns) for _, r in rates.iterrows()}
    columns = (
        "Kr per invånare, lägst", "Kr per invånare, högst", "I 2023 års priser, lägst", "Avvikelse, lägst",
    )  # fmt: skip
    found = {
        (row["År"], row["Enligt"], row["Kommunkod"]): tuple(cents(row[column]) for column in columns)
        for row in table(book, "Per invånare")
    }
    assert len(found) == 13 * 9
    assert found == expected
    saved = savings.savings_by_municipality(AGREEMENT, END)
    expected = {
        (r.enligt, r.kommunkod): whole(r.underlag, r.innevarande_ar_lagst_kr, r.helar_hogst_kr)
        for r in saved.itertuples()
    }
    sums = savings.whole_group(saved)
    found = {
        (row["Enligt"], row["Kommunkod"]): (cents(row["Slutåret, lägst, kr"]), cents(row["Helåret, högst, kr"]))
        for row in table(book, "Besparing")
        if row["Kommunkod"]
    }
    assert found == expected
    found = {row["Enligt"]: row["Helåret, lägst, kr"] for row in table(book, "Besparing") if row["Kommun"] == "Summa"}
    assert found.keys() == set(sums["enligt"])
    assert all(abs(found[row.enligt] - row.helar_lagst_kr) <= 1 for row in sums.itertuples())


@pytest.mark.parametrize("member", ["Norrköping", "Ydre", None])
def test_the_first_sheet_has_the_reports_headline_values_linked_to_the_other_sheets(written, member):
    file = written(member, "xlsx")
    read = {
        (row[0].value, row[1].value): row[2:5] for row in openpyxl.load_workbook(file)["Läs mig"].iter_rows(min_row=3)
    }
    found = headlines.headlines(case_of(AGREEMENT, member))
    assert len(found) >= 4
    for each in found:
        for by in each.by:
            low, high, underlag = read[by, each.label]
            assert (low.data_type, high.data_type, underlag.value) == ("f", "f", each.underlag)
    values = openpyxl.load_workbook(file, data_only=True)["Läs mig"]
    if member == "Norrköping":
        assert [cell.value for cell in values[4]][1:] == [
            "Delårseffekt 2024 (besparing, 3 månader) om avtalet upphör 30\u00a0september 2024", 93875, 94125, "beräknad",
        ]  # fmt: skip


def test_the_review_reproduces_the_annexes_and_shows_what_differs(annex):
    rows = table(openpyxl.load_workbook(annex, data_only=True), "Granskning")
    printed = [row for row in rows if row["Kontroll"].endswith("mot regeln")]
    assert len(printed) == len(reproduced.figures(AGREEMENT)) == 78
    assert {row["Resultat"] for row in printed} == {"stämmer"}
    assert [row["Kommun"] for row in rows if row["Kontroll"] == "Bilagans folkmängd mot SCB" and row["Skillnad"]] == [
        "Norrköping"
    ]
    assert [row["Resultat"] for row in rows if row["Avser"] == "2023"] == [
        "oförenliga: båda uppgifterna kan inte stämma, om alla delar efter en nyckel"
    ]


def test_the_sign_can_be_switched(tmp_path):
    file = annex_workbook.write(AGREEMENT, "Norrköping", tmp_path / "minus.xlsx", Sign.COST)
    rows = table(openpyxl.load_workbook(file, data_only=True), "Besparing")
    own = [row for row in rows if row["Kommun"] == "Norrköping" and row["Enligt"].startswith("Norrköping")]
    assert [(row["Helåret, lägst, kr"], row["Helåret, högst, kr"]) for row in own] == [(-376500, -375500)]


# --- recalculated --------------------------------------------------------------------------------------------------------


def set_input(book, what, about, value, kommun=None):
    for row in book["Underlag"].iter_rows(min_row=2):
        if (row[0].value, row[1].value, row[3].value) == (what, about, kommun):
            row[4].value = value
            return
    raise AssertionError(f"no input {what}, {about}, {kommun}")


RULES = [
    Rounding(unit=Unit.KRONA, mode=mode, residual=residual, share_decimals=decimals)
    for mode in Mode
    for residual in (Residual.NONE, Residual.LARGEST_MEMBER, Residual.HOST, Residual.LARGEST_REMAINDER)
    for decimals in (None, 4)
    if residual is not Residual.LARGEST_REMAINDER or decimals is None
] + [
    Rounding(unit=unit, residual=residual)
    for unit in (Unit.ORE, Unit.TEN, Unit.TKR)
    for residual in (Residual.NONE, Residual.LARGEST_REMAINDER)
] + [Rounding(share_decimals=4, rescaled=True)]  # fmt: skip


def every_rule(file, total_ore, weights):
    """A workbook in which one cost is shared by each rule; the engine's amounts in kronor, in the rows' order."""
    book = Book("Regler")
    inputs, grid, expected = Inputs(book, ""), Grid(book, "Fördelning", SHARING), []
    cost = inputs.add("Kostnad", "alla", Fraction(total_ore, 100), "kr", "beräknad", "prov")
    names = [(f"{n:04}", f"Medlem {n}") for n in range(len(weights))]
    cells = [
        inputs.add("Nyckeltal", "alla", w, "", "beräknad", "prov", place=p) for w, p in zip(weights, names, strict=True)
    ]
    for rule in RULES:
        amounts = split(total_ore, weights, rule, len(weights) - 1).amounts_ore
        parts = shares(weights, rule.share_decimals, rescaled=rule.rescaled)
        share(
            grid,
            Sharing(
                "prov", 2024, cost, Fraction(total_ore, 100), names, cells, [Fraction(w) for w in weights], parts, amounts,
                rule, len(weights) - 1, "beräknad", "prov",
            ),
        )  # fmt: skip
        expected += [Decimal(ore) / 100 for ore in amounts]
    book.workbook.save(file)  # without the engine's values: nothing but a calculation fills the cells
    return expected


CASES = [
    (70152000, [5356, 21296, 9840, 153563, 26639, 43077, 137985]),
    (384251750, [1, 1, 1]),
    (100001, [0, 7, 7, 3]),
    (123456789, [Fraction(1, 8), Fraction(3, 8), Fraction(1, 2)]),
    (9900, [12]),
    (123456789, list(range(1000, 1060))),
]


@needs_libreoffice
def test_libreoffice_agrees_with_the_engine_before_and_after_a_change(annex, tmp_path):
    """One run of LibreOffice over all workbooks, because starting it is what takes the time."""
    same, other = tmp_path / "lika.xlsx", tmp_path / "andrad.xlsx"
    openpyxl.load_workbook(annex).save(same)  # drops the stored values, so that nothing but a calculation fills them
    changed = openpyxl.load_workbook(annex)
    set_input(changed, "Folkmängd, bilaga 2018", "Avtalet 2018", 140927, "Norrköping")
    set_input(changed, "Kostnad per år", "Avtalet 2018, 2018", 800001)
    set_input(changed, "Månadslön", "Avtalet 2016", 41234)
    set_input(changed, "Betalning 2023, lägst", "Norrköpings 376\u00a0tkr", 400500, "Norrköping")
    set_input(changed, "Betalning 2023, högst (själv inte med)", "Norrköpings 376\u00a0tkr", 401500, "Norrköping")
    set_input(changed, "Avtalets sista dag", "Besparing", dt.datetime(2024, 6, 30))
    changed.save(other)
    rules = [tmp_path / f"regler-{n}.xlsx" for n in range(len(CASES))]
    expected = [every_rule(file, *case) for file, case in zip(rules, CASES, strict=True)]
    first, second, *others = recalculated([same, other, *rules], tmp_path / "ut")

    assert differing(annex, first) == []
    assert_changed(openpyxl.load_workbook(second, data_only=True))
    for file, amounts, case in zip(others, expected, CASES, strict=True):
        rows = table(openpyxl.load_workbook(file, data_only=True), "Fördelning")
        found = [cents(row["Belopp, lägst, kr"]) for row in rows if row["Kommun"] != "Summa"]
        assert found == amounts, case


@needs_libreoffice
def test_libreoffice_agrees_with_the_engine_for_other_agreements(tmp_path):
    """A floor and a host, a mixed key, fixed shares, a settled budget: whatever the terms, the formulas give them."""
    whom = {"exempel-energiradgivning": "Nybro", "brandkaren-norra-dalarna": None, "exempel-andelar-avrakning": None}
    files = [annex_workbook.write(name, own, tmp_path / f"{name}.xlsx") for name, own in whom.items()]
    for stored, anew in zip(files, recalculated(files, tmp_path / "ut"), strict=True):
        assert differing(stored, anew, least=80) == []


def differing(stored, calculated, least=2000):
    """Formulas whose recalculated value is not the engine's, which is stored beside them."""
    formulas = openpyxl.load_workbook(stored)
    engine, anew = (openpyxl.load_workbook(file, data_only=True) for file in (stored, calculated))
    found, count = [], 0
    for sheet in formulas:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            count += 1
            own, other = engine[sheet.title][cell.coordinate].value, anew[sheet.title][cell.coordinate].value
            if isinstance(own, str) or isinstance(other, str) or other is None:
                same = own == other
            else:
                same = abs(own - other) <= 1e-9 * max(1, abs(own))
            if not same:
                found.append((sheet.title, cell.coordinate, cell.value, own, other))
    assert count > least
    return found


def assert_changed(book):
    columns = reproduced.columns(account(AGREEMENT).folder)
    rows = table(book, "Fördelning")

    def amounts(label):
        return [
            cents(row["Belopp, lägst, kr"]) for row in rows if row["Fördelning"] == label and row["Kommun"] != "Summa"
        ]

    last = columns[-1]
    printed = last.charge.question.figures[0].values
    people = [140927 if key == "0581" else int(printed[key]) for key in last.charge.weights]
    by_engine = split_by_shares(80000100, shares(people, last.rounding.share_decimals), last.rounding).amounts_ore
    assert amounts(f"bilaga 2018: {last.column.heading}") == [Decimal(ore) / 100 for ore in by_engine]

    yearly = next(each for each in columns if each.column.heading == "Belopp/år")
    base = Fraction(41234 * 148 * 12)  # öre: the pay with 48 % on it, for twelve months
    parts = list(yearly.shared.parts.values())
    by_engine = split_by_shares(int(base), parts, yearly.rounding).amounts_ore
    assert amounts("bilaga 2016: Belopp/år") == [Decimal(ore) / 100 for ore in by_engine]

    parts = keys.agreed(account(AGREEMENT).agreement, 2023).parts
    implied = [(Interval(400500, 401500) * part / parts["0581"]).outward(0) for part in parts.values()]
    label = next(row["Fördelning"] for row in rows if "Norrköpings" in row["Fördelning"])
    assert amounts(label) == [low for low, _ in implied]

    saving = next(
        row
        for row in table(book, "Besparing")
        if row["Enligt"].startswith("Norrköpings") and row["Kommun"] == "Norrköping"
    )
    assert saving["Månader utan kostnad"] == 6
    assert (saving["Slutåret, lägst, kr"], saving["Helåret, högst, kr"]) == (200250, 401500)
    review = next(row for row in table(book, "Granskning") if row["Avser"] == "2023")
    assert review["Resultat"].startswith("oförenliga")
