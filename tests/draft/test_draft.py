"""A folder drafted from documents can be checked and shared at once, and says no more than they do."""

from __future__ import annotations

import datetime as dt
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

import analys.agreement as agreements
from analys.agreement.load import left_from_template, locate
from analys.cli.new import command as new
from analys.draft import draft, toml
from analys.errors import AnalysError

ANNEX_2018 = locate("ostergotland").parent / "bilaga-2018.xlsx"
CONTRACT = """Avtal
Avtal mellan Region Dalarna och Mora kommun om en gemensam växel.
Ersättning
Regionen fakturerar årligen senast den 15 mars.
Uppsägning
Avtalet kan sägas upp med sex månaders uppsägningstid.
"""
DECISION = """Mora kommun
Datum 2023-02-01
Ekonomi
För 2022 har Mora kommun betalat 120 tkr till Region Dalarna.
Förslag till beslut
Mora kommun frånträder avtalet med Region Dalarna.
"""
TABLE = "Kommun;Andel;Belopp 2022\nMora;60 %;120000\nOrsa;25 %;50000\nÄlvdalen;15 %;30000\nSumma;100 %;200000\n"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A contract, a decision and an annex."""
    for name, text in {"avtal.txt": CONTRACT, "beslut.txt": DECISION, "bilaga.csv": TABLE}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return sorted(tmp_path.glob("*.*"))


def test_the_bundled_annex_gives_all_its_amounts(tmp_path: Path) -> None:
    drafted = draft("Prov", tmp_path, [ANNEX_2018])
    assert drafted.reproduced == (("bilaga-2018", 13, 13),)
    terms = tomllib.loads(drafted.file.read_text(encoding="utf-8"))["version"][0]
    assert terms["kostnad"]["underlag"] == "beraknad"
    assert terms["uppsagning"] == "okand"
    assert (drafted.file.parent / "bilaga-2018.xlsx").read_bytes() == ANNEX_2018.read_bytes()


def test_what_contract_decision_and_annex_say(tmp_path: Path, files: list[Path]) -> None:
    drafted = draft("Gemensam växel", tmp_path / "avtal", files)
    assert drafted.reproduced == (("bilaga-2022", 3, 3),)
    assert drafted.questions == ()
    terms = tomllib.loads(drafted.file.read_text(encoding="utf-8"))
    version = terms["version"][0]
    assert version["uppsagning"]["manader"] == 6
    assert version["uppsagning"]["kalla"]["citat"] == "Avtalet kan sägas upp med sex månaders uppsägningstid."
    assert version["fakturering"]["arligen_senast"] == "03-15"
    assert version["kostnad"]["belopp_per_ar_kr"] == {"2022": 200000}
    assert "underlag" not in version["kostnad"]
    (proposal,) = terms["beslut"]
    assert (proposal["kommun"], proposal["status"], proposal["verkan"]) == ("Mora", "forslag", "okand")
    rows = (drafted.file.parent / "uppgifter.csv").read_text(encoding="utf-8").splitlines()
    assert rows[1].startswith("mora-betalning-2022,2062,Mora,betalning,2022-01-01,2022-12-31,120 tkr,1000,beslut,")


def test_documents_that_differ_are_told_and_none_is_chosen(tmp_path: Path, files: list[Path]) -> None:
    other = tmp_path / "tillagg.txt"
    other.write_text("Uppsägning\nAvtalet kan sägas upp med tolv månaders uppsägningstid.\n", encoding="utf-8")
    drafted = draft("Gemensam växel", tmp_path / "avtal", [*files, other])
    (question,) = drafted.questions
    assert question.startswith("uppsagning: handlingarna anger 6 månader och 12 månader")
    assert tomllib.loads(drafted.file.read_text(encoding="utf-8"))["version"][0]["uppsagning"] == "okand"


def test_the_draft_is_an_agreement_that_loads(tmp_path: Path, files: list[Path]) -> None:
    agreement = agreements.load(draft("Gemensam växel", tmp_path / "avtal", files).file)
    assert [member.name for member in agreement.versions[0].members.municipalities] == ["Mora", "Orsa", "Älvdalen"]


def test_the_verb_says_what_it_found(tmp_path: Path, files: list[Path]) -> None:
    result = CliRunner().invoke(new, ["Växel", "--folder", str(tmp_path / "a"), "--from", *map(str, files)])
    assert result.exit_code == 0, result.output
    assert "bilaga-2022: villkoren ger 3 av 3 belopp" in result.output


def test_nothing_is_overwritten(tmp_path: Path, files: list[Path]) -> None:
    draft("Växel", tmp_path / "a", files)
    with pytest.raises(AnalysError, match="en ny eller tom mapp, fann något"):
        draft("Växel", tmp_path / "a", files)


def test_a_file_that_cannot_be_read_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(AnalysError):
        draft("Växel", tmp_path / "a", [tmp_path / "saknas.pdf"])
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ('rad\n"citat"\\', '"rad\\n\\"citat\\"\\\\"'),
        (Decimal("0.3520"), "0.3520"),
        ({"Åre": [1, True]}, '{ "Åre" = [1, true] }'),
    ],
)
def test_values_as_toml(item: object, text: str) -> None:
    assert toml.value(item) == text
    assert tomllib.loads(f"x = {text}", parse_float=Decimal)["x"] == item


PARTIES = "Avtal\nParter i avtalet är Mora, Orsa och Älvdalens kommuner.\n"


@pytest.mark.parametrize(
    ("days", "drafted_from"),
    [
        ("Avtalet gäller från och med den 1 januari 2021 och tills vidare.", dt.date(2021, 1, 1)),
        ("Avtalet gäller från och med den 1 januari 2010 till och med den 31 december 2012.", dt.date(2022, 1, 1)),
        ("Avtalet gäller från och med den 1 september 2020 till och med den 31 januari 2022.", dt.date(2022, 1, 1)),
    ],
)
def test_the_agreements_own_first_day_is_used_where_it_covers_the_annex(
    tmp_path: Path, days: str, drafted_from: dt.date
) -> None:
    (tmp_path / "avtal.txt").write_text(f"{PARTIES}{days}\n", encoding="utf-8")
    (tmp_path / "bilaga.csv").write_text(TABLE, encoding="utf-8")
    drafted = draft("Växel", tmp_path / "ut", [tmp_path / "avtal.txt", tmp_path / "bilaga.csv"])
    validity = tomllib.loads(drafted.file.read_text(encoding="utf-8"))["version"][0]["giltighet"]
    assert validity["fran"] == drafted_from
    assert ("citat" in validity["kalla"]) == (drafted_from.year == 2021)


def test_a_contract_alone_gives_members_and_days(tmp_path: Path) -> None:
    days = "Avtalet gäller från och med den 1 januari 2021 och tills vidare."
    (tmp_path / "avtal.txt").write_text(f"{PARTIES}{days}\n", encoding="utf-8")
    drafted = draft("Växel", tmp_path / "ut", [tmp_path / "avtal.txt"])
    version = tomllib.loads(drafted.file.read_text(encoding="utf-8"))["version"][0]
    assert version["medlemmar"]["kommuner"] == ["Mora", "Orsa", "Älvdalen"]
    assert version["giltighet"]["fran"] == dt.date(2021, 1, 1)
    assert agreements.load(drafted.file)


def test_a_document_that_states_nothing_gives_a_folder_to_fill_in(tmp_path: Path) -> None:
    (tmp_path / "protokoll.txt").write_text("Protokoll\nInget beslutades.\n", encoding="utf-8")
    drafted = draft("Protokollet", tmp_path / "ut", [tmp_path / "protokoll.txt"])
    version = tomllib.loads(drafted.file.read_text(encoding="utf-8"))["version"][0]
    assert (version["medlemmar"], version["giltighet"]["underlag"]) == ("okand", "beraknad")
    (left,) = left_from_template(drafted.file)
    assert "mallens text" in str(left)


def test_one_file_with_words_and_table_is_one_document_whose_words_are_quoted(tmp_path: Path) -> None:
    file = tmp_path / "bilaga.md"
    file.write_text(
        "# Bilaga 1 till avtal om gemensam växel\n\n"
        "Kostnaden för 2024 är 4 103 900 kr och fördelas efter folkmängden den 31 december 2022.\n\n"
        "Fakturering sker årligen i förskott.\n\n"
        "| Kommun | Invånare 2022-12-31 | Belopp 2024 (kr) |\n|---|---|---|\n"
        "| Alvesta | 20 257 | 2 025 700 |\n| Lessebo | 8 485 | 848 500 |\n| Tingsryd | 12 297 | 1 229 700 |\n"
        "| Summa | 41 039 | 4 103 900 |\n",
        encoding="utf-8",
    )
    told = tomllib.loads(draft("Växel", tmp_path / "avtal", [file]).file.read_text(encoding="utf-8"))
    assert [each["id"] for each in told["dokument"]] == ["bilaga-2024"]
    (version,) = told["version"]
    for term in ("kostnad", "nyckel"):
        assert "fördelas efter folkmängden" in version[term]["kalla"]["citat"]
        assert "underlag" not in version[term]
    assert version["fakturering"]["betalning"] == "forskott"


def test_words_that_name_another_day_leave_the_key_computed(tmp_path: Path) -> None:
    file = tmp_path / "bilaga.md"
    file.write_text(
        "# Bilaga\n\nKostnaden fördelas efter folkmängden den 31 december 2021.\n\n"
        "| Kommun | Invånare 2022-12-31 | Belopp 2024 (kr) |\n|---|---|---|\n"
        "| Alvesta | 20 257 | 2 025 700 |\n| Lessebo | 8 485 | 848 500 |\n| Tingsryd | 12 297 | 1 229 700 |\n",
        encoding="utf-8",
    )
    told = tomllib.loads(draft("Växel", tmp_path / "avtal", [file]).file.read_text(encoding="utf-8"))
    assert told["version"][0]["nyckel"]["underlag"] == "beraknad"
