"""Every number in a report is a published one, or follows from published ones by a rule that is listed here.

What is published: the account's tables, the processed tables, the populations, what the documents' own words hold, and the
audit's findings. Nothing of a report's own making is among them, and no expected number is written in this file.
"""

import bisect
import math
import re
from fractions import Fraction
from itertools import pairwise
from numbers import Number

import docx
import openpyxl
import pandas as pd
import pytest

from analys import account as accounts
from analys import burden, leaving, population, savings, tables
from analys.account import Basis, account, reproduced
from analys.export import answers, page, publish
from analys.export.report import case_of, report
from analys.leaving import Question
from analys.project import required
from analys.swedish import NBSP, parse_number
from tests.export.conftest import AGREEMENT

MEMBERS = ["Mjölby", None]
_NUMBER = re.compile(rf"(?<![\w,.:/-])(?:\d{{1,3}}(?:[{NBSP} ]\d{{3}}(?!\d))+|\d+)(?:,\d+)?(?![\w/:]|-\d)")
#: Integers up to here count rows, months, sources and members, and need no source; so do years.
COUNTS, YEARS = 100, range(1990, 2101)


def numbers_in(text):
    """The numbers of a text with the half step that each was rounded by."""
    found = []
    for match in _NUMBER.findall(text):
        value = parse_number(match)
        found.append((Fraction(value.value), Fraction(1, 2 * 10**value.decimals), match))
    return found


def needs_a_source(number):
    value, step, _ = number
    return not (step == Fraction(1, 2) and (value <= COUNTS or value in YEARS))


def frame_values(frame):
    """All that a table holds, numbers as they are and those within its texts; bounds also outwards to whole kronor."""
    for column in frame.columns:
        outwards = {"lagst": math.floor, "hogst": math.ceil}.get(next(iter(re.findall("lagst|hogst", column)), ""))
        for cell in frame[column]:
            if outwards and not pd.isna(cell):
                yield Fraction(outwards(cell))
            if isinstance(cell, str):
                yield from (value for value, _, _ in numbers_in(cell))
            elif isinstance(cell, Number) and not isinstance(cell, bool) and not pd.isna(cell):
                yield Fraction(cell)


def published():
    """The account, what is reckoned from it, the statistics, and the documents' own numbers."""
    own, case = account(AGREEMENT), case_of(AGREEMENT, None)
    frames = [frame for _, frame in publish.tables(AGREEMENT)]
    frames += [tables.read(table) for table in (tables.UPPGIFTER, tables.BILAGOR, tables.PRISINDEX)]
    frames += [answers.totals_by_year(AGREEMENT, basis) for basis in Basis] + [answers.implied_totals(AGREEMENT)]
    frames += [accounts.amounts_by_municipality_year(AGREEMENT, basis) for basis in Basis]
    frames += [burden.burden_by_municipality_year(AGREEMENT, Basis.TWELVE_MONTHS, price_year=2023)]
    frames += [savings.savings_by_reading(AGREEMENT, case.end)]
    frames += [
        savings.whole_group(savings.savings_by_municipality(AGREEMENT, each.end))
        for each in savings.readings(own.agreement, case.end)
    ]
    frames += [leaving.ask(AGREEMENT, Question(case.end, case.leavers)).changes]
    frames += [answers.stale_population(AGREEMENT, name) for name in reproduced.stale_annexes(AGREEMENT)]
    frames += [answers.figures(AGREEMENT), publish_sensitivity(case)]
    values = [value for frame in frames for value in frame_values(frame)]
    values += [end for amount in own.amounts for end in (amount.kronor.low, amount.kronor.high)]
    for year in range(2013, population.latest_year() + 1):
        people = [Fraction(population.year_end(member.code, year)) for member in case.members]
        values += [*people, sum(people)]
    texts = [path.read_text(encoding="utf-8") for path in (required().raw / AGREEMENT).glob("*.*ml")]
    texts += [finding.message for _, finding in answers.findings(AGREEMENT)]
    texts += [
        str(each["question"]) for _, f in answers.findings(AGREEMENT) for each in f.explanation.get("questions", ())
    ]
    return values + [value for text in texts for value, _, _ in numbers_in(text)]


def publish_sensitivity(case):
    """For every member, both readings, and nothing, half or all of the yearly cost paid for instead."""
    ends = [each.end for each in savings.readings(case.agreement, case.end)]
    frame = savings.savings_by_municipality(AGREEMENT, case.end)
    found = []
    for name, own in frame.groupby("kommun"):
        middles = [(row.helar_lagst_kr + row.helar_hogst_kr) / 2 for row in own.itertuples()]
        costs = [int(Fraction(middle) * part / 2000) * 1000 for middle in middles for part in (0, 1, 2)]
        found.append(savings.sensitivity(AGREEMENT, name, ends, sorted(set(costs))))
    table = pd.concat(found)
    for end in ("lagst", "hogst"):  # the memo's column: both years together
        table[f"{end}_kr"] = table[f"{end}_delar_netto_kr"] + table[f"{end}_helar_netto_kr"]
    table["mitt_kr"] = (table["lagst_kr"] + table["hogst_kr"]) / 2  # of what is stated in whole tkr
    return table


def derived(values):
    """What may be made of published values: a magnitude, thousands, per cent, the middle of what is stated in whole tkr,
    parts of a year's cost, differences of a municipality's shares, and deviations from the flat burden."""
    own = accounts.amounts_by_municipality_year(AGREEMENT, Basis.TWELVE_MONTHS)
    made = {abs(value) for value in values}
    for _, of_one in own.groupby(["ar", "enligt"]):
        amounts = sorted(map(Fraction, of_one["lagst_kr"]), reverse=True)
        made |= {sum(amounts[:count]) / sum(amounts) for count in range(1, len(amounts))}  # the largest few of all
    shares = dict(publish.tables(AGREEMENT))["andelar"]
    for _, of_one in shares.groupby("kommun"):
        parts = sorted({Fraction(part) for part in of_one["andel"]})
        made |= {abs(b - a) for a in parts for b in parts}
    rates = burden.burden_by_municipality_year(AGREEMENT, Basis.TWELVE_MONTHS)
    for row in rates.itertuples():
        own_rate, flat = (Fraction(getattr(row, f"lagst_{name}_per_invanare")) for name in ("kr", "jamn_kr"))
        made.add(abs(own_rate / flat - 1))
    changes = leaving.ask(AGREEMENT, Question(case_of(AGREEMENT, None).end, case_of(AGREEMENT, None).leavers)).changes
    for _, of_one in changes.groupby("enligt"):
        staying, gone = of_one[~of_one["lamnar"]], of_one[of_one["lamnar"]]
        for column in ("lagst_fore_kr", "hogst_fore_kr", "lagst_efter_kr", "hogst_efter_kr"):
            made |= {Fraction(sum(staying[column])), Fraction(sum(gone[column]))}
        made.add(Fraction(sum(staying["lagst_efter_kr"])) / Fraction(sum(staying["lagst_fore_kr"])) - 1)
    stated = [(each.kronor.low + each.kronor.high) / 2 for each in account(AGREEMENT).amounts if each.own]
    made |= {middle * part for middle in stated for part in (1, Fraction(1, 12), Fraction(1, 4))}
    for name in reproduced.stale_annexes(AGREEMENT):
        frame = answers.stale_population(AGREEMENT, name)
        moved = reproduced.stale_in_short(frame)
        made |= {Fraction(moved.overpaid_kr), Fraction(moved.rounding_kr)}
        made |= {abs(Fraction(row.folkmangd_bilaga) - row.folkmangd_scb) for row in frame.itertuples()}
    printed = tables.read(tables.BILAGOR)
    for _, column in printed[printed["avtal"] == AGREEMENT].groupby(["version", "kolumn"]):
        made.add(sum(map(Fraction, column["varde"])))
    for ruled in reproduced.columns(account(AGREEMENT).folder):  # before the amounts are rounded
        made.add(Fraction(ruled.base_ore) * sum(ruled.shared.parts.values()) / 100)
    totals = answers.implied_totals(AGREEMENT)
    for _, of_year in totals[totals["oforenlig"]].groupby("ar"):
        made |= {Fraction(b.lagst_kr - a.hogst_kr) for a, b in pairwise(of_year.itertuples())}
    return sorted({value * scale for value in made for scale in (1, 100, Fraction(1, 1000))})


@pytest.fixture(scope="module")
def pool():
    return derived(published())


def is_published(number, pool):
    value, step, _ = number
    place = bisect.bisect_left(pool, value - step)
    return place < len(pool) and pool[place] <= value + step


def texts_of(member, written):
    """What a reader sees of each format, a text at a time."""
    document = docx.Document(str(written(member, "docx")))
    yield from (paragraph.text for paragraph in document.paragraphs)
    yield from (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    html = re.sub(r"(?s)<(script|style|svg).*?</\1>|data:[^\"]*", "", page.render(report(AGREEMENT, member)))
    yield from (text.replace("&nbsp;", NBSP) for text in re.split(r"<[^>]*>", html))


def cells_of(member, written):
    for sheet in openpyxl.load_workbook(written(member, "xlsx"), data_only=True):
        for row in sheet.iter_rows(values_only=True):
            yield from (cell for cell in row if isinstance(cell, int | float) and not isinstance(cell, bool))


@pytest.mark.parametrize("member", MEMBERS)
def test_every_number_in_a_text_is_published_or_follows_by_a_rule(member, written, pool):
    found = [number for text in texts_of(member, written) for number in numbers_in(text) if needs_a_source(number)]
    assert len(found) > 400
    assert sorted({number[2] for number in found if not is_published(number, pool)}) == []


@pytest.mark.parametrize("member", MEMBERS)
def test_every_figure_of_the_workbook_is_published_or_follows_by_a_rule(member, written, pool):
    found = [(abs(Fraction(value)), Fraction(2), str(value)) for value in cells_of(member, written)]  # two whole kronor
    found = [number for number in found if number[0] > COUNTS]  # rates and shares are held by their own test
    assert len(found) > 1000
    assert sorted({number[2] for number in found if not is_published(number, pool)}) == []


def test_another_number_would_be_found(written, pool):
    """Of the exact numbers, a digit more or less than the published one is told in most cases."""
    found = {number for text in texts_of(None, written) for number in numbers_in(text) if number[0] > 5000}
    other = [(value * 10 + 7, step, text) for value, step, text in found]
    missed = [number for number in other if is_published(number, pool)]
    assert len(other) > 30
    assert len(missed) < len(other) / 10, missed
