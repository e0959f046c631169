"""Reports of agreements made by ``analys new``: another county, one member or sixty, a leaver, little filled in."""

import itertools
import re
from pathlib import Path

import docx
import openpyxl
import pytest

from analys.agreement.create import create
from analys.draft import draft
from analys.errors import AnalysError
from analys.export import page, report_set
from analys.export.blocks import Figure
from analys.export.report import report
from analys.export.report_set import Format
from analys.register import municipalities, resolve_municipality

FILLED = """
[version.kostnad]
typ = "fast"
belopp_kr = 1000000
kalla = { dokument = "avtal", stalle = "3 §" }

[version.nyckel]
typ = "folkmangd"
referensdag = "12-31"
ar_bakat = 1
kalla = { dokument = "avtal", stalle = "4 §" }

[version.avrundning]
enhet = "krona"
regel = "halv_upp"
rest = "storsta_rest"
kalla = { dokument = "avtal", stalle = "4 §" }
"""
LEAVES = """
[[beslut]]
kommun = "Växjö"
typ = "uppsagning"
status = "beslut"
datum = 2024-05-01
verkan = 2024-12-31
kalla = { dokument = "avtal", stalle = "6 §", citat = "=HYPERLINK(1) Växjö säger upp avtalet." }
"""
THREE = [resolve_municipality(name) for name in ("Alvesta", "Ljungby", "Växjö")]


@pytest.fixture
def agreement(tmp_path):
    """The id of a new agreement: nothing known but its members, cost, key and rounding."""

    def make(members, extra=""):
        file = create("Överförmyndare <Åsnen> & Åby", tmp_path, 2024, members)
        known = re.sub(r'(?m)^(kostnad|nyckel|avrundning) = "okand"\n', "", file.read_text(encoding="utf-8"))
        file.write_text(known + FILLED + extra, encoding="utf-8")
        return str(file)

    return make


def texts(file):
    document = docx.Document(str(file))
    tables = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs] + tables


def write(agreement, member, folder):
    return report_set.write(agreement, member, [Format.DOCX, Format.XLSX, Format.HTML], folder)


@pytest.mark.parametrize(("count", "whom"), [(1, "Alvesta"), (2, "Samtliga 2 kommuner"), (3, "Samtliga 3 kommuner")])
def test_a_few_members_are_counted_in_plain_swedish(count, whom, agreement, tmp_path):
    memo, _, page = write(agreement(THREE[:count]), None, tmp_path / "ut")
    words = texts(memo)
    assert whom in words
    assert not [text for text in words if re.search(r"\b1 kommuner|okand", text)]
    assert "Överförmyndare &lt;Åsnen&gt; &amp; Åby" in page.read_text(encoding="utf-8")


def test_one_of_two_has_one_other(agreement, tmp_path):
    memo, *_ = write(agreement(THREE[:2]), "Alvesta", tmp_path / "ut")
    assert any("övriga 1 kommun i avtalet" in text.lower() for text in texts(memo))


def test_a_leaver_is_told_of_and_its_quotation_stays_text(agreement, tmp_path):
    memo, book, _ = write(agreement(THREE, LEAVES), "Växjö", tmp_path / "ut")
    words = texts(memo)
    assert "Uppsägning av avtalet Överförmyndare <Åsnen> & Åby" in words
    said = "Beloppen räknas med alla medlemmar; en uppsägning från bara Växjö ändrar dem inte här."
    assert any(said in text for text in words)
    assert "=HYPERLINK(1) Växjö säger upp avtalet." in words
    formulas = [
        cell.value for sheet in openpyxl.load_workbook(book) for row in sheet.iter_rows() for cell in row
        if cell.data_type == "f"
    ]  # fmt: skip
    assert formulas
    assert not [formula for formula in formulas if "HYPERLINK" in formula]


def test_an_edited_agreement_is_reported_as_it_now_reads(agreement):
    file = Path(agreement(THREE))
    assert _shared(report(str(file))) == 1_000_000
    file.write_text(file.read_text(encoding="utf-8").replace("1000000", "2000000"), encoding="utf-8")
    assert _shared(report(str(file))) == 2_000_000


def _shared(content):
    """The kronor in the report's chart of who shall pay."""
    return _who_pays(content).data["belopp_kr"].sum()


def _who_pays(content):
    charts = [block.chart for block in content.blocks() if isinstance(block, Figure)]
    return next(chart for chart in charts if "belopp_kr" in chart.data.columns)


def test_the_chart_of_sixty_members_has_room_on_a_page(agreement):
    chart = _who_pays(report(agreement(municipalities()[:60])))
    assert chart.figure.get_size_inches()[1] * 2.54 <= 21
    (axes,) = chart.figure.axes
    boxes = [label.get_window_extent() for label in axes.get_yticklabels()]
    assert len(boxes) == 60
    overlaps = [above for above, below in itertools.pairwise(boxes) if above.y0 < below.y1 - 1]
    assert overlaps == []


def test_an_annex_in_word_has_a_workbook_though_its_cells_have_commas(tmp_path):
    table = docx.Document()
    grid = table.add_table(0, 3)
    people = {"Borlänge": 52000, "Falun": 59800, "Gagnef": 10400}
    amounts = {"Borlänge": 425532, "Falun": 489362, "Gagnef": 85106}
    lines = [("Kommun", "Folkmängd", "Kostnad 2024 (kr)")]
    lines += [(name, str(people[name]), str(amounts[name])) for name in people]
    for line in [*lines, ("Summa", "122200", "1000000")]:
        for cell, text in zip(grid.add_row().cells, line, strict=True):
            cell.text = text
    table.save(tmp_path / "bilaga.docx")
    draft("Växel Dala", tmp_path, [tmp_path / "bilaga.docx"])
    file = next(tmp_path.rglob("avtal.toml"))
    files = report_set.write(str(file), "Falun", [Format.XLSX], tmp_path)
    texts = [cell.value for sheet in openpyxl.load_workbook(files[0]) for row in sheet.iter_rows() for cell in row]
    assert 489362 in texts


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("", "kostnaden, nyckeln och avrundningen"),
        (FILLED[: FILLED.index("[version.nyckel]")], "nyckeln och avrundningen"),
        (FILLED.replace('referensdag = "12-31"', 'referensdag = "06-30"'), r"folkmängden för Alvesta \(0764\)"),
    ],
)
def test_an_agreement_that_lacks_a_fact_is_refused_with_its_name_in_a_line(text, fact, tmp_path):
    file = create("Prov", tmp_path, 2024, THREE)
    known = file.read_text(encoding="utf-8")
    for name in re.findall(r"\[version\.(\w+)\]", text):
        known = re.sub(rf'(?m)^{name} = "okand"\n', "", known)
    file.write_text(known + text, encoding="utf-8")
    with pytest.raises(AnalysError, match=rf"väntade ett belopp att rapportera, fann inget: .*{fact}") as told:
        report(str(file))
    assert "\n" not in str(told.value)


def test_one_member_that_leaves_has_a_report(agreement):
    assert page.render(report(agreement(THREE[2:], LEAVES)))
