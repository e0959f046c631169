"""One quantity has one name and one value: no label bears two values anywhere in what leaves the house.

Every table of every output is read back (docx, xlsx, html, notebooks, csv) and what the verbs print. A cell's label is
its column's heading with whatever tells the row: member, year, source, basis and the day of the end. Cells with the same
label must agree, each as precise as it is written.
"""

import csv
import datetime as dt
import io
import json
import math
import re
from collections import defaultdict
from fractions import Fraction
from html.parser import HTMLParser

import docx
import nbformat
import openpyxl
import pytest
from click.testing import CliRunner

from analys.cli import cli
from analys.csvtext import from_frame
from analys.export import headlines, page, publish
from analys.export.report import case_of, report
from analys.export.workbook import save
from analys.figures.table import heading, swedish_table
from analys.project import required
from analys.swedish import NBSP, parse_number
from tests.export.conftest import AGREEMENT

MEMBERS = ["Norrköping", "Mjölby", "Ydre", None]
#: Headings that tell which row it is, in whatever words an output has for them.
KEYS = {
    "Kommun": "kommun", "Betalare": "kommun", "År": "ar", "Enligt": "enligt", "Ur": "enligt", "Uppgift": "enligt",
    "Vad": "vad", "Räknat på": "vy", "Sista dag": "slut", "Version": "version", "Kolumn": "kolumn", "Cell": "cell",
    "Storhet": "storhet", "Månader": "manader", "Så läses dagen": "slut", "Lämnar": "lamnar", "Antagande": "slut",
    "Angivet": "angivet", "Underlag": "underlag", "Källa": "kalla", "Avviker": "avviker", "Skulle vara": "skulle vara",
    "Råfil": "fil", "Id": "id",
}  # fmt: skip
#: Headings of other tables' rows, or of words.
WORDS = {"Avser", "Villkor", "Skäl", "Effekt", "Ställe", "Form", "Kommunkod"}
#: The unit that a heading or a caption says, and what one of it is in the smallest that is compared.
_UNIT = re.compile(r"\btkr\b")
_SPAN = re.compile(rf"(.+?)(?:–|{NBSP}till{NBSP}| till )(.+)")


def number(text, unit):
    """The interval that a written number stands for: half a step of its last decimal to each side."""
    value = parse_number(text.replace(f"{NBSP}kr", "").replace(f"{NBSP}tkr", "").strip())
    step = Fraction(1, 2 * 10**value.decimals) * unit
    middle = Fraction(value.value) * unit
    return middle - step, middle + step


def interval(cell, unit):
    """The interval of a cell that holds a number, or a low and a high one; otherwise ``None``."""
    try:
        if span := _SPAN.fullmatch(cell):
            return number(span[1], unit)[0], number(span[2], unit)[1]
        return number(cell, unit)
    except ValueError:
        return None


class Values:
    """What each label has been seen with, and where."""

    def __init__(self):
        self.seen = defaultdict(list)

    def table(self, where, caption, headings, rows, context=()):
        names = [KEYS.get(name) for name in headings]
        whole = [row for row in rows if len(row) == len(headings)]  # pandas has a second row of headings
        told_of = [dict(context) | {name: cell for name, cell in zip(names, row, strict=True) if name} for row in whole]
        for row, told in zip(whole, told_of, strict=True):
            if told_of.count(told) > 1:  # nothing in the table's own columns tells these rows apart
                continue
            for name, key, cell in zip(headings, names, row, strict=True):
                if key or name in WORDS or not cell or not name:
                    continue
                unit = 1000 if _UNIT.search(f"{name} {caption}") else 1
                label = re.sub(r", t?kr\b", "", name)
                if (found := interval(str(cell), unit)) is not None:
                    what = re.sub(r"Tabell\W\d+\. ", "", caption)
                    self.seen[(label, what, *sorted(told.items()))].append((found, where))

    def conflicts(self):
        """The labels whose values do not all have a number in common."""
        return {
            label: values
            for label, values in self.seen.items()
            if max(low for (low, _), _ in values) > min(high for (_, high), _ in values)
        }


class Tables(HTMLParser):
    """The tables of a page as (caption, headings, rows)."""

    def __init__(self, text):
        super().__init__()
        self.found, self.cell = [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.found.append(["", []])
        elif tag == "tr" and self.found:
            self.found[-1][1].append([])
        elif tag in ("th", "td", "caption") and self.found:
            self.cell = ""

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data

    def handle_endtag(self, tag):
        if tag == "caption":
            self.found[-1][0] = " ".join(self.cell.split())
        elif tag in ("th", "td"):
            self.found[-1][1][-1].append(" ".join(self.cell.split(" ")).strip())
        if tag in ("th", "td", "caption"):
            self.cell = None


@pytest.fixture(scope="module")
def values(written):
    found = Values()
    for member in MEMBERS:
        whom = (("for", member or "alla"),)
        content = report(AGREEMENT, member)
        document = docx.Document(str(written(member, "docx")))
        blocks = [block for block in content.blocks() if hasattr(block, "rows")]
        for table, block in zip(document.tables, blocks, strict=True):
            cells = [[cell.text for cell in row.cells] for row in table.rows]
            found.table(f"docx {member}", block.caption, cells[0], cells[1:], whom)
        for caption, (first, *rows) in Tables(page.render(content)).found:
            found.table(
                f"html {member}", caption.partition(". ")[2].partition("Underlag")[0].rstrip(". "), first, rows, whom
            )
        for each in headlines.headlines(case_of(AGREEMENT, member)):
            found.seen[(each.label, *whom)].append((interval(each.value.split(" eller ")[0], 1), "rubrikvärde"))
    for name, frame in publish.tables(AGREEMENT):
        shown = swedish_table(frame).text.reset_index()
        read = list(csv.reader(io.StringIO(from_frame(frame))))
        assert len(read) == len(frame) + 1
        found.table(f"csv {name}", "", list(shown.columns), shown.to_numpy().tolist(), (("fil", name),))
    for path in required().notebook_files()[:5]:
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                for caption, (first, *rows) in Tables(output.get("data", {}).get("text/html", "")).found:
                    found.table(path.stem, caption, first, rows, (("anteckningsbok", path.stem),))
    return found


def test_every_output_is_read(values):
    places = {where.split()[0] for seen in values.seen.values() for _, where in seen}
    assert {"docx", "html", "csv", "rubrikvärde", "04_besparing"} <= places
    assert sum(len(seen) for seen in values.seen.values()) > 3000


def test_no_label_bears_two_values(values):
    assert values.conflicts() == {}


def test_a_second_value_would_be_found(values):
    label, seen = next((label, seen) for label, seen in values.seen.items() if seen[0][0][0] > 0)
    low, high = seen[0][0]
    seen.append(((high * 2 + 1, high * 2 + 2), "en annan"))
    try:
        assert label in values.conflicts()
    finally:
        seen.pop()
    assert low <= high


#: The words that a headline quantity is told with, wherever it is told, and how many values it may have.
PHRASES = {
    r"(\d[\d\W]*?) kr för lite": 1,
    r"De övriga debiteras (\d[\d\W]*?) kr för mycket": 1,
    r"minst (\d[\d\W]*?) tkr isär": 1,
    r"måste uppsägningen lämnas senast den (\d+ \w+ \d+)": 1,
}


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_quantity_that_is_told_in_words_is_the_same_everywhere(phrase):
    texts = [page.render(report(AGREEMENT, member)).replace(NBSP, " ").replace("&nbsp;", " ") for member in MEMBERS]
    found = {match for text in texts for match in re.findall(phrase, text)}
    assert len(found) == PHRASES[phrase], found


def printed_by(*arguments):
    """What a verb prints."""
    return CliRunner().invoke(cli, list(arguments), catch_exceptions=False).stdout


@pytest.mark.parametrize("member", MEMBERS)
def test_the_workbook_has_the_headline_values_of_the_memo(member, written):
    """By the same name, from the same source: what the first sheet reckons is what the memo says, as precisely."""
    book = openpyxl.load_workbook(written(member, "xlsx"), data_only=True)["Läs mig"]
    cells = {(row[0], row[1]): row[2:4] for row in book.iter_rows(values_only=True)}
    for each in headlines.headlines(case_of(AGREEMENT, member)):
        value, unit = each.value.rsplit(NBSP, 1)
        told = dict.fromkeys(value.split(" eller "))
        for by in each.by:
            low, high = (Fraction(end) for end in cells[by, each.label])
            as_told = [interval(text, {"tkr": 1000, "kr": 1}[unit]) for text in told]
            assert any(first <= high and low <= last for first, last in as_told), (each.label, by, low, high)


def test_the_audit_says_the_totals_that_are_published():
    """``audit --json`` to the krona, the published table to the öre: both rounded outwards."""
    audits = [json.loads(line) for line in printed_by("audit", "--agreement", AGREEMENT, "--json").splitlines()]
    (implied,) = [
        finding["explanation"]["implied_kr"]
        for each in audits
        for finding in each.get("findings", ())
        if "implied_kr" in finding["explanation"]
    ]
    published = dict(publish.tables(AGREEMENT))["uppgifternas-totaler"].query("oforenlig")
    bounds = sorted([math.floor(row.lagst_kr), math.ceil(row.hogst_kr)] for row in published.itertuples())
    assert sorted(implied.values()) == bounds


def test_what_the_verbs_print_is_what_is_published():
    """``allocate`` gives the amounts that the annex has: by the same name the same value."""
    printed = printed_by("allocate", AGREEMENT, "--year", "2018", "--csv")
    by_verb = {row["kommun"]: row["belopp_kr"] for row in csv.DictReader(io.StringIO(printed)) if row.get("kommun")}
    published = dict(publish.tables(AGREEMENT))["belopp-faktura"].query("ar == 2018").set_index("kommun")["lagst_kr"]
    assert {name: Fraction(amount) for name, amount in by_verb.items() if name in published} == {
        name: Fraction(amount) for name, amount in published.items()
    }


def published(name, **wanted):
    """A published table's rows that have these values, as dictionaries."""
    frame = dict(publish.tables(AGREEMENT))[name]
    return [row for row in frame.to_dict("records") if wanted.items() <= row.items()]


def test_a_scenario_starts_from_and_ends_in_published_amounts():
    """Before: what the annex has. After, by the statistics' population: what the table of the stale one has."""
    printed = printed_by("scenario", AGREEMENT, "--years", "2018", "--key", "folkmangd", "--csv")
    before, after = (
        {row["kommun"]: Fraction(row[column]) for row in csv.DictReader(io.StringIO(printed))}
        for column in ("fore_kr", "efter_kr")
    )
    assert before == {row["kommun"]: row["lagst_kr"] for row in published("belopp-faktura", ar=2018)}
    assert after == {row["kommun"]: row["bilagans_regel_kr"] for row in published("gammal-folkmangd-2018")}


def test_a_scenario_without_a_cost_tells_the_published_totals():
    """The last year's, by each statement, rounded as every table rounds them."""
    told = str(CliRunner().invoke(cli, ["scenario", AGREEMENT, "--end", "2024-09-30"]).exception).replace(NBSP, " ")
    totals = swedish_table(dict(publish.tables(AGREEMENT))["kostnad-per-ar-tolv-manader"]).text
    of_year = totals[totals["År"] == "2023"]
    assert len(of_year) == 2
    for row in of_year.to_dict("records"):
        span = row["Kr"].replace(" till ", "–").replace(NBSP, " ")
        assert f"{span} kr ({row['Enligt'].replace(NBSP, ' ')})" in told


def test_a_reconciliation_expects_what_is_published_and_finds_what_the_ledgers_sum_to():
    """``forvantat_kr`` is the annex's amount of the invoice's year; ``betalt_kr`` what ``ledgers`` has from the employer."""
    ledger = str(required().raw / "exempel-reskontra" / "mjolby-2016-2018.csv")
    rows = json.loads(printed_by("reconcile", AGREEMENT, ledger, "--member", "Mjölby", "--json"))["rows"]
    expected = {int(row["senast"][:4]): Fraction(str(row["forvantat_kr"])) for row in rows}
    charged = [row for row in published("belopp-faktura", kommun="Mjölby") if row["ursprung"] == "bilaga"]
    assert expected == {row["ar"]: row["lagst_kr"] for row in charged}
    paid: dict[int, Fraction] = {}
    for row in (row for row in rows if row["datum"]):
        year = int(row["datum"][:4])
        paid[year] = paid.get(year, Fraction(0)) + Fraction(str(row["betalt_kr"]))
    summed = csv.DictReader(io.StringIO(printed_by("ledgers", ledger, "--supplier", "202100-2270")))
    assert paid == {int(row["ar"]): Fraction(row["belopp_kr"]) for row in summed}


def test_no_document_calls_an_annex_a_payment():
    """Paid is only what a municipality has stated; what an annex has is charged, or shall be paid."""
    for member in MEMBERS:
        text = page.render(report(AGREEMENT, member)).replace(NBSP, " ")
        assert not re.findall(r"betalade [^”]{0,40}(?:2016|2017|2018)|[Bb]etalt enligt bilagan|fakturerades", text)


def test_csv_for_excel_opens_in_columns_and_holds_the_same():
    plain = CliRunner().invoke(cli, ["allocate", AGREEMENT, "--year", "2018", "--csv"], catch_exceptions=False).output
    swedish = CliRunner().invoke(cli, ["--excel", "allocate", AGREEMENT, "--year", "2018", "--csv"]).output
    assert swedish.startswith("\ufeff")
    rows = [row for row in csv.reader(io.StringIO(swedish.removeprefix("\ufeff")), delimiter=";") if row]
    back = [[re.sub(r"^(-?\d+),(\d+)$", r"\1.\2", cell) for cell in row] for row in rows]
    assert back == [row for row in csv.reader(io.StringIO(plain)) if row]


def test_headings_are_words_for_people(tmp_path):
    """The csv has the codebook's names, the workbook has headings."""
    frame = dict(publish.tables(AGREEMENT))["besparing"]
    assert heading("helar_kr") == "Helårseffekt, kr"
    text, _ = save(frame, "besparing", tmp_path)
    assert "helar_lagst_kr" in text.read_text(encoding="utf-8")
    assert dt.date.today().year > 1980
