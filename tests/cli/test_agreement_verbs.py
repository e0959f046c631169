"""The verbs allocate, scenario, new and check, as a user calls them."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analys.cli import VERBS, cli
from analys.errors import AnalysError


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def test_allocate_prints_the_agreed_json() -> None:
    result = run("allocate", "ostergotland", "--year", "2018", "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout, parse_float=Decimal)
    assert answer["agreement"] == "ostergotland"
    assert (answer["total_kr"], answer["residual_kr"]) == (Decimal("764030.00"), Decimal("85.00"))
    norrkoping = next(row for row in answer["rows"] if row["kommunkod"] == "0581")
    assert norrkoping == {
        "kommunkod": "0581",
        "kommun": "Norrköping",
        "nyckelvarde": 133749,
        "referensdatum": "2017-12-31",
        "andel": Decimal("0.297"),
        "belopp_kr": Decimal("226916.00"),
        "kr_per_invanare": Decimal("1.70"),
        "underlag": "beraknad",
        "ar": 2018,
        "nyckelvarden": [
            {"namn": "Folkmängd", "enhet": "invånare", "varde": 133749, "referensdatum": "2017-12-31"},
        ],
    }
    assert '"belopp_kr": 226916.00' in result.stdout
    assert sum(row["belopp_kr"] for row in answer["rows"]) + answer["residual_kr"] == answer["total_kr"]
    assert {"version", "villkor", "dokument", "stalle"} <= set(answer["clauses"][0])
    assert answer["invoices"][0]["forfaller"] == "2018-12-10"


def test_the_named_invoices_of_the_first_contract() -> None:
    for year, due, total in (("2016", "2016-12-10", "701521.00"), ("2017", "2017-05-31", "350760.00")):
        answer = json.loads(run("allocate", "ostergotland", "--year", year, "--json").stdout, parse_float=Decimal)
        (invoice,) = answer["invoices"]
        assert (invoice["forfaller"], invoice["total_kr"]) == (due, Decimal(total))


def test_allocate_prints_rows_that_add_up() -> None:
    result = run("allocate", "ostergotland", "--year", "2018", "--csv")
    heading, *rows = result.stdout.splitlines()
    assert heading == "kommunkod,kommun,nyckelvarde,referensdatum,andel,belopp_kr,kr_per_invanare,underlag,ar"
    assert sum(Decimal(row.split(",")[5]) for row in rows) == Decimal("764030.00")


def test_allocate_prints_a_table_that_says_that_it_adds_up() -> None:
    page = run("allocate", "ostergotland", "--year", "2018").stdout.replace("\u00a0", " ")
    assert re.search(r"Summa belopp +763 945\nRest efter avrundning +85\nAtt fördela +764 030\n", page)
    assert "Dokumentens summa 763 945,00 kr stämmer." in page


def test_a_total_other_than_the_documents_is_a_finding() -> None:
    result = run("allocate", "ostergotland", "--year", "2018", "--total", "800 tkr")
    assert result.exit_code == 1
    assert "stämmer INTE" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["allocate", "finns-inte", "--year", "2018"], "är inget avtal"),
        (["allocate", "ostergotland", "--year", "2020"], "inget dokument anger kostnaden 2020"),
        (["allocate", "ostergotland", "--year", "2015"], "gäller inte 2015"),
        (["scenario", "ostergotland", "--leave", "Norköping", "--from", "2024-01-01"], "did you mean"),
        (["scenario", "ostergotland", "--key", "kaffe", "--years", "2018"], 'väntade "lika", "folkmangd"'),
        (["scenario", "ostergotland", "--index", "bnp", "--years", "2018"], 'väntade "kpi", "pkv"'),
        (
            ["scenario", "ostergotland", "--key", "30 % lika + 60 % folkmangd", "--years", "2018"],
            "100 %, inte 90 %",
        ),
    ],
)
def test_what_cannot_be_used_is_said(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert isinstance(result.exception, AnalysError)
    assert message in str(result.exception)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["allocate", "ostergotland", "--year", "2018", "--total", "1.234"], "entydigt tal"),
        (["allocate", "ostergotland", "--year", "i fjol"], "not a valid integer"),
        (["scenario", "ostergotland"], "say what changes"),
        (["scenario", "ostergotland", "--end", "snart"], "väntade a date such as 2024-09-30"),
        (["scenario", "ostergotland", "--end", "2024-09-30", "--years", "2025-2024"], "väntade a year or a span"),
        (["scenario", "ostergotland", "--leave", "Mjölby"], "--leave and --from belong together"),
        (["scenario", "ostergotland", "--end", "2024-09-30", "--stranded", "2"], "väntade a part from 0 to 1"),
    ],
)
def test_what_cannot_be_asked_is_said_with_exit_code_2(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_scenario_prints_json_csv_and_a_page() -> None:
    arguments = ["scenario", "ostergotland", "--end", "2024-09-30", "--total", "1 300 000 kr"]
    answer = json.loads(run(*arguments, "--json").stdout, parse_float=Decimal)
    assert [total["ar"] for total in answer["totals"]] == [2024, 2025]
    row = answer["rows"][0]
    assert row["skillnad_kr"] == row["efter_kr"] - row["fore_kr"]
    assert answer["underlag"] == "skattad"
    assert len(run(*arguments, "--csv").stdout.splitlines()) == 27
    page = run(*arguments).stdout
    assert "Antaganden" in page
    assert "vinner" in page


def test_new_then_check(tmp_path: Path) -> None:
    made = run("new", "Gemensam nämnd", "--members", "Mjölby, Ydre", "--year", "2024", "--folder", str(tmp_path))
    assert made.exit_code == 0
    folder = tmp_path / "gemensam-namnd"
    checked = run("check", str(folder))
    assert checked.exit_code == 1
    assert re.search(r"avtal\.toml:\d+: version\[1\]\.kostnad är okand", checked.stdout)
    assert isinstance(run("new", str(folder)).exception, AnalysError)
    assert json.loads(run("check", str(folder), "--json").stdout)["agreement"] == "gemensam-namnd"


@pytest.mark.parametrize("verb", ["allocate", "scenario", "new", "check"])
def test_each_verb_explains_itself_with_an_example(verb: str) -> None:
    assert verb in VERBS
    page = run(verb, "--help").stdout
    assert f"analys {verb} " in page.partition("Exempel:")[2] or f"analys {verb} " in page.partition("Examples:")[2]
    assert "Utgångskod" in page or "Exit codes:" in page
