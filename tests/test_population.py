"""The figures that ship with the package: whole, consistent with each other, and told how far they reach."""

import csv
import datetime as dt

import pytest

from analys import catalog, population, register
from analys.errors import AnalysError


def by_year():
    years = {}
    for (code, date), persons in population.shipped().items():
        if (date.month, date.day) == (12, 31):
            years.setdefault(date.year, {})[code] = persons
    return years


def test_all_municipalities_all_years_and_counties_until_2024():
    years = by_year()
    assert sorted(years) == list(range(2013, 2026))
    codes = {region.code for region in register.municipalities()}
    assert all(codes <= people.keys() for people in years.values())
    assert [len(people) for people in years.values()] == [312] * 12 + [290]


def test_municipalities_add_to_counties_and_the_country_until_2024():
    for year, people in by_year().items():
        if year == 2025:
            continue
        for county in (code for code in people if len(code) == 2 and code != "00"):
            assert people[county] == sum(n for code, n in people.items() if len(code) == 4 and code[:2] == county)
        assert people["00"] == sum(n for code, n in people.items() if len(code) == 4)


def test_a_month_ends_on_its_last_day_and_december_agrees_with_the_year():
    shipped = population.shipped()
    assert shipped["0581", dt.date(2016, 6, 30)] == 137985
    with catalog.resource("folkmangd-norrkoping-manad").file.open(encoding="utf-8", newline="") as file:
        december = {row["manad"][:4]: int(row["folkmangd"]) for row in csv.DictReader(file) if row["manad"][5:] == "12"}
    assert december
    years = by_year()
    assert all(years[int(year)]["0581"] == persons for year, persons in december.items() if int(year) in years)


def test_a_county_has_no_figure_of_2025():
    assert population.latest_year() == 2025
    with pytest.raises(AnalysError, match=r"Östergötlands län \(05\) 2025-12-31 saknas: tabellen har .*2013–2024"):
        population.year_end("05", 2025)
