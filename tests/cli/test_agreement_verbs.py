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


def test_allocate_shows_each_members_invoice() -> None:
    page = run("allocate", "exempel-energiradgivning", "--year", "2022").stdout.replace("\u00a0", " ")
    assert "2022-03-31 (2022, del 1 av 2)" in page
    assert re.search(r"\nTorsås +125 000 +125 000\n", page)
    assert re.search(r"\nSumma +1 500 000 +1 500 000\n", page)


def test_rows_come_in_the_documents_order() -> None:
    answer = json.loads(run("allocate", "stockholm", "--year", "2018", "--json").stdout)
    assert [row["kommun"] for row in answer["rows"]][:3] == ["Upplands Väsby", "Vallentuna", "Österåker"]
    real = json.loads(run("allocate", "brandkaren-norra-dalarna", "--year", "2021", "--json").stdout)
    amounts = {row["kommun"]: row["belopp_kr"] for row in real["rows"]}
    assert amounts == {
        "Leksand": 10_088_575, "Mora": 20_004_203, "Orsa": 6_226_092, "Vansbro": 7_263_774, "Älvdalen": 14_066_356,
    }  # fmt: skip


def test_fixed_shares_need_no_population() -> None:
    result = run("allocate", "brandkaren-norra-dalarna", "--year", "2030", "--total", "1000 kr", "--json")
    assert result.exit_code == 0
    rows = json.loads(result.stdout)["rows"]
    assert {row["kr_per_invanare"] for row in rows} == {None}
    assert sum(row["belopp_kr"] for row in rows) == 1000


PUPILS = """
[version.nyckel]
typ = "blandad"
delar = [
    { vikt = "1/2", nyckel = { typ = "folkmangd", referensdag = "12-31" } },
    { vikt = "1/2", nyckel = { typ = "kolumn", matt = "elever", varden = { 2023 = { fil = "elever.csv", kolumn = "Elever", \
referensdatum = 2022-10-15 } } } },
]
kalla = { dokument = "avtal", stalle = "§ 5" }

[version.kostnad]
typ = "fast"
belopp_per_ar_kr = { 2023 = 1000, 2024 = 2000 }
kalla = { dokument = "avtal", stalle = "§ 4" }
"""


@pytest.fixture
def half_known(tmp_path: Path) -> Path:
    """An agreement with costs of two years, of which the second has no pupils yet."""
    run("new", "Elevhälsa", "--members", "Mjölby, Ydre", "--year", "2023", "--folder", str(tmp_path))
    file = tmp_path / "elevhalsa" / "avtal.toml"
    text = re.sub(r'(?m)^(nyckel|kostnad) = "okand"\n', "", file.read_text(encoding="utf-8"))
    file.write_text(text + PUPILS, encoding="utf-8")
    file.with_name("elever.csv").write_text("Kommun;Elever\nMjölby;3\nYdre;1\n", encoding="utf-8")
    return file


def test_a_year_without_figures_is_left_out_and_said(half_known: Path) -> None:
    result = run("allocate", str(half_known), "--json")
    assert result.exit_code == 1
    assert [answer["year"] for answer in json.loads(result.stdout)] == [2023]
    assert re.search(r"^2024 utelämnas: .*uppgifter \(elever\) saknas för 2024", result.stderr)
    compared = run("scenario", str(half_known), "--key", "lika", "--years", "2023-2024")
    assert "2024 utelämnas" in compared.stdout
    by_default = run("scenario", str(half_known), "--key", "lika")
    assert (by_default.exit_code, by_default.stdout) == (0, compared.stdout)
    rows = run("allocate", str(half_known), "--csv").stdout.splitlines()
    assert [row.rpartition(",")[2] for row in rows] == ["ar", "2023", "2023"]
    with_total = run("allocate", str(half_known), "--total", "5 kr")
    assert with_total.exit_code == 2
    assert "--total gäller ett år" in with_total.stderr


def test_each_part_of_a_mixed_key_shows_its_value_by_name(half_known: Path) -> None:
    page = run("allocate", str(half_known), "--year", "2023").stdout.replace("\u00a0", " ")
    heading = next(line for line in page.splitlines() if line.startswith("Kommun"))
    assert re.fullmatch(r"Kommun +Folkmängd +elever +Referensdatum +Andel +Belopp, kr +Kr per invånare", heading)
    assert re.search(r"\nYdre +\d \d{3} +1 +2022-12-31, 2022-10-15 ", page)
    row = json.loads(run("allocate", str(half_known), "--year", "2023", "--json").stdout)["rows"][1]
    assert row["nyckelvarde"] is None
    assert [(value["namn"], value["enhet"]) for value in row["nyckelvarden"]] == [
        ("Folkmängd", "invånare"),
        ("elever", ""),
    ]
    assert row["nyckelvarden"][1] == {"namn": "elever", "enhet": "", "varde": 1, "referensdatum": "2022-10-15"}


def test_a_rate_on_other_units_shows_its_unit(tmp_path: Path, half_known: Path) -> None:
    text = half_known.read_text(encoding="utf-8").removesuffix(PUPILS)
    half_known.write_text(
        text
        + """[version.kostnad]
typ = "taxa"
kalla = { dokument = "avtal", stalle = "§ 4" }
[version.nyckel]
typ = "kr_per_enhet"
enhet = "16-åring"
kr_per_enhet = 1250
matt = "sextonåringar"
varden = { 2023 = { tal = { "Mjölby" = 340, "Ydre" = 40 } } }
kalla = { dokument = "avtal", stalle = "§ 5" }
""",
        encoding="utf-8",
    )
    page = run("allocate", str(half_known), "--year", "2023").stdout.replace("\u00a0", " ")
    assert "Kr per 16-åring" in page
    assert "invånare" not in page.partition("Villkor")[0]
    heading, first, _ = run("allocate", str(half_known), "--year", "2023", "--csv").stdout.splitlines()
    assert heading.endswith(",ar,enhet,kr_per_enhet")
    assert first.endswith(",2023,16-åring,1250")


def test_check_finds_what_is_left_of_the_template(half_known: Path) -> None:
    result = run("check", str(half_known), "--json")
    assert result.exit_code == 1
    faults = json.loads(result.stdout)["faults"]
    assert len(faults) == 4
    assert sum("mallens text" in fault for fault in faults) == 4
    assert "fel: 4, " in run("check", str(half_known)).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["allocate", "finns-inte", "--year", "2018"], "är inget avtal"),
        (["allocate", "ostergotland", "--year", "2020"], "inget dokument anger kostnaden 2020"),
        (["allocate", "ostergotland", "--year", "2015"], "gäller inte 2015"),
        (["scenario", "ostergotland", "--leave", "Norköping", "--from", "2024-01-01"], "menade du"),
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
        (["allocate", "ostergotland", "--year", "i fjol"], "'--year': 'i fjol'"),
        (["scenario", "ostergotland"], "säg vad som ändras"),
        (["scenario", "ostergotland", "--end", "snart"], "väntade en dag som 2024-09-30"),
        (["scenario", "ostergotland", "--end", "2024-09-30", "--years", "2025-2024"], "väntade ett år eller ett spann"),
        (["scenario", "ostergotland", "--leave", "Mjölby"], "hör ihop; skriv till exempel --leave Mjölby --from 20"),
        (["scenario", "ostergotland", "--end", "2024-09-30", "--stranded", "2"], "väntade en del från 0 till 1"),
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
    assert re.search(r"avtal\.toml:\d+: version\[1\]\.kostnad är okänt", checked.stdout)
    assert isinstance(run("new", str(folder)).exception, AnalysError)
    assert json.loads(run("check", str(folder), "--json").stdout)["agreement"] == "gemensam-namnd"


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_explains_itself_with_an_example(verb: str) -> None:
    page = run(verb, "--help").stdout
    assert re.search(rf"analys (--project \S+ )?{verb}\b", page.partition("Exempel:")[2])
    assert not re.search(r"\b(TEXT|INTEGER|Exit|Examples|AGREEMENT|LEDGER)\b", page)
