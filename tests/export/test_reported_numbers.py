"""No report holds a number that is not in the published tables, the documents' terms or the assumption log."""

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser

import docx
import openpyxl
import pandas as pd
import pytest

import analys.agreement as agreements
from analys import population, quality, reference, tables
from analys.export import answers, page, publish
from analys.export.blocks import Figure
from analys.export.report import report
from analys.project import required
from analys.swedish import MINUS, MONTHS, NBSP, format_number, parse_number, quantize
from tests.export.conftest import AGREEMENT

_MONTH = "|".join(MONTHS)
_DATE = re.compile(rf"\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}[{NBSP} ](?:{_MONTH}) \d{{4}}|\d{{1,2}}/\d{{1,2}}(?: \d{{4}})?")
_NUMBER = re.compile(rf"(?<![\w,])[{MINUS}+]?\d+(?:[{NBSP} ]\d{{3}})*(?:,\d+)?(?!\w)(?:[{NBSP} ](?:tkr|kr|%))?")


@pytest.fixture(scope="module")
def published():
    """Every number of the processed and published tables, exact."""
    frames = [tables.read(table) for table in tables.TABLES if table.file.is_file()]
    frames += [frame for _, frame in publish.tables()]
    until = dt.date(2024, 12, 31)  # the last one that the bundled agreement is reckoned with
    frames.append(pd.DataFrame({"tal": [people for (_, day), people in population.by_date().items() if day <= until]}))
    found: set[Fraction] = set()
    for frame in frames:
        for column in frame.columns:
            values = frame[column].dropna()
            found |= {Fraction(value) for value in values if isinstance(value, int | Decimal | Fraction)}
        lows = [column for column in frame.columns if "lagst" in column]
        for low in lows:  # a figure stated in whole tkr is the middle of the interval that it stands for
            pair = frame[[low, low.replace("lagst", "hogst")]].itertuples(index=False)
            found |= {(Fraction(a) + Fraction(b)) / 2 for a, b in pair if pd.notna(a) and 0 < b - a <= 1000}
    return found


@pytest.fixture(scope="module")
def shown(published):
    """How those numbers may be written, by unit: as they are, in thousands, and as percentages."""
    forms = {
        "kr": {format_number(value, decimals) for value in published for decimals in (0, 1, 2)},
        "tkr": {format_number(value / 1000, decimals) for value in published for decimals in (0, 1)},
        "%": {format_number(value * 100, decimals) for value in published if abs(value) <= 1 for decimals in (0, 1, 2)},
    }
    for unit, found in titles().items():
        forms[unit] |= found
    forms[""] = forms["kr"] | forms["tkr"] | forms["%"]
    return {unit: {plain(form) for form in found} for unit, found in forms.items()}


def titles():
    """What figures' titles work out from the published tables: a sum, a ratio and differences, reckoned anew here."""
    tables_by_name = dict(publish.tables())
    charged = tables_by_name["belopp-faktura"]
    of_last_annex = (charged["ar"] == 2018) & (charged["underlag"] == "dokumenterad")
    amounts = sorted(charged.loc[of_last_annex, "lagst_kr"])
    largest_two = (amounts[-1] + amounts[-2]) / sum(amounts)
    staying = tables_by_name["om-nagra-lamnar"].query("not lamnar")
    rises = [
        sum(own["lagst_efter_kr"], Decimal(0)) / sum(own["lagst_fore_kr"], Decimal(0)) - 1
        for _, own in staying.groupby("enligt")
    ]
    shares = (
        tables_by_name["andelar"].query("underlag == 'beraknad'").pivot(index="kommun", columns="ar", values="andel")
    )
    moved = [
        abs(last - first) for first, last in zip(shares[shares.columns[0]], shares[shares.columns[-1]], strict=True)
    ]
    saved = tables_by_name["besparing"]
    of_all = [
        sum(own[f"{year}_{end}_kr"], Decimal(0))
        for _, own in saved.groupby("enligt")
        if len(own) == saved["kommunkod"].nunique()
        for year in ("innevarande_ar", "helar")
        for end in ("lagst", "hogst")
    ]
    return {
        "%": {format_number(part * 100) for part in [largest_two, *rises]},
        "tkr": {format_number(amount / 1000) for amount in of_all},
        "kr": {format_number(part * 100, 2) for part in moved} | {format_number(amount) for amount in of_all},
    }


@pytest.fixture(scope="module")
def written_down():
    """The numbers of the texts that a report quotes: terms, documents, sources, assumptions, and the audit's findings."""
    agreement = agreements.load(AGREEMENT)
    registers = [
        file.read_text(encoding="utf-8") for file in (required().register, reference.folder() / "datapackage.json")
    ]
    texts = [agreement.file.read_text(encoding="utf-8"), *registers]
    frames = [answers.assumption_log(AGREEMENT), quality.terms(AGREEMENT), answers.amounts_by_year(AGREEMENT)]
    frames.append(tables.read(tables.UPPGIFTER))
    texts += [str(cell) for frame in frames for cell in frame.to_numpy().ravel()]
    texts += [finding.message for _, finding in answers.findings(AGREEMENT)]
    texts += [f"{finding.evidence}" for _, finding in answers.findings(AGREEMENT)]
    return {plain(token) for text in texts for token in numbers(text)} | {str(year) for year in range(2013, 2026)}


def numbers(text):
    return _NUMBER.findall(_DATE.sub(" ", text))


def plain(token):
    """A number without its spaces, plus and unit."""
    return re.sub(rf"[{NBSP} +]|tkr|kr|%", "", token)


def unknown(texts, shown, written_down):
    """The numbers of the texts that nothing published explains. 12 and 13: the members, and all of them but one."""
    found = []
    for text in texts:
        for token in numbers(text):
            unit = re.search(r"tkr|kr|%|$", token)[0]
            known = shown[unit] | written_down | {"12", "13"}
            if not {plain(token), plain(token).lstrip(MINUS), MINUS + plain(token)} & known:
                found.append((token, text))
    return found


def memo_texts(file):
    document = docx.Document(str(file))
    # Captions and the tables' and figures' own numbers are counted, not reported.
    yield from (p.text for p in document.paragraphs if p.style.name != "Caption")
    yield from (
        re.sub(r"^(Tabell|Figur)\W\d+\. ", "", p.text) for p in document.paragraphs if p.style.name == "Caption"
    )
    for table in document.tables:
        yield from (cell.text for row in table.rows for cell in row.cells)
    for shape in document.inline_shapes:
        yield shape._inline.docPr.get("descr")


@pytest.mark.parametrize("member", ["Norrköping", "Mjölby", "Ydre", None])
def test_every_number_of_a_memo_is_published(member, written, shown, written_down):
    content = report(AGREEMENT, member)
    charts = [block.chart for block in content.blocks() if isinstance(block, Figure)]
    texts = list(memo_texts(written(member, "docx")))
    assert len(charts) > 3
    assert sum(len(numbers(text)) for text in texts) > 150
    assert unknown(texts, shown, written_down) == []


class PageText(HTMLParser):
    """The text of a page's elements, each for itself, without scripts and styles."""

    def __init__(self, text):
        super().__init__()
        self.texts, self.skipped = [""], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.skipped = tag in ("script", "style")
        self.texts.append("")

    def handle_endtag(self, tag):
        self.skipped = False
        self.texts.append("")

    def handle_data(self, data):
        if not self.skipped:
            self.texts[-1] += data


def drawn_texts(figure):
    """The texts drawn in a chart. The numbers along an axis are its scale: each stands at its own value."""
    yield from (text.get_text() for text in figure.texts)
    for axes in figure.axes:
        yield from (text.get_text() for text in axes.texts)
        yield from (axes.get_title(loc="left"), axes.get_xlabel(), axes.get_ylabel())
        for axis in (axes.xaxis, axes.yaxis):
            for value, label in zip(axis.get_majorticklocs(), axis.get_ticklabels(), strict=False):
                text = label.get_text()
                on_scale = _NUMBER.fullmatch(text) and parse_number(text).value == quantize(value, 2)
                if not on_scale:
                    yield text


@pytest.mark.parametrize("member", ["Norrköping", "Mjölby", "Ydre", None])
def test_every_number_of_a_page_is_published(member, shown, written_down):
    content = report(AGREEMENT, member)
    texts = [
        re.sub(r"^(Tabell|Figur|Siffrorna i Figur)\W\d+\.?", "", text) for text in PageText(page.render(content)).texts
    ]
    texts = [re.sub(r"^Siffrorna i Figur\W\d+ som tabell", "", text) for text in texts]
    charts = [block.chart for block in content.blocks() if isinstance(block, Figure)]
    drawn = [text for chart in charts for text in drawn_texts(chart.figure)]
    assert sum(len(numbers(text)) for text in texts) > 400
    assert sum(len(numbers(text)) for text in drawn) > 100
    assert unknown([*texts, *drawn], shown, written_down) == []


@pytest.mark.parametrize("text", [f"999{NBSP}tkr", f"1{NBSP}234{NBSP}567{NBSP}kr", f"98,76{NBSP}%", "7,77"])
def test_a_number_from_nowhere_is_found(text, shown, written_down):
    assert [token for token, _ in unknown([text], shown, written_down)] != []


@pytest.mark.parametrize("member", ["Norrköping", None])
def test_every_number_of_an_annex_is_published(member, written, published, shown, written_down):
    book = openpyxl.load_workbook(written(member, "xlsx"), data_only=True)
    explained = {quantize(value, 2) for value in published}
    months, derived = {Decimal(n) for n in range(13)}, []
    for sheet in book:
        sums = _Sums(sheet.title)
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                if isinstance(cell.value, bool | str | dt.datetime) or cell.value is None:
                    continue
                value = Decimal(repr(cell.value))
                rounded = {quantize(value, 2), quantize(value, 0), value.quantize(Decimal(1), "ROUND_FLOOR")}
                rounded |= {value.quantize(Decimal("0.01"), way) for way in ("ROUND_FLOOR", "ROUND_CEILING")}
                rounded &= explained
                if not (rounded or str(value) in written_down or value in months or sums.explains(row, cell)):
                    derived.append((sheet.title, cell.coordinate, cell.value))
            sums.add(row)
    assert derived == []
    texts = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    texts = [re.sub(r"^0\d{3}$|^[A-Z]\d+$", "", text) for text in texts]
    assert unknown(texts, shown, written_down) == []


class _Sums:
    """A row called Summa may hold what the rows above it add to; a difference what its own row's figures give."""

    def __init__(self, sheet):
        self.sheet, self.rows = sheet, []

    def add(self, row):
        self.rows = [] if any(cell.value == "Summa" for cell in row) else [*self.rows, [cell.value for cell in row]]

    def explains(self, row, cell):
        if self.sheet == "Granskning":
            stated, ruled, difference = (row[n].value for n in (4, 5, 6))
            return cell.value in (difference,) and abs(abs(stated - ruled) - abs(difference)) < 1e-6
        if row[3].value == "Summa":
            place = cell.column - 1
            return abs(sum(above[place] for above in self.rows) - cell.value) <= 0.01 * max(1, len(self.rows))
        return False
