"""An agreement's quotations, looked up in the documents beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from analys.cli.check import command as check
from analys.cli.read import command as read
from analys.errors import InputError
from analys.facts.citations import Answer, citations, open_folder, verify

AGREEMENT = """
id = "provet"
namn = "Provet"
avser = "en tjänst"

[[dokument]]
id = "avtal-2019"
titel = "Avtal"
utgivare = "Parterna"

[[version]]
id = "1"
namn = "Version 1"
dokument = "avtal-2019"

[version.uppsagning]
manader = 6
kalla = { dokument = "avtal-2019", stalle = "Tid", citat = "CITAT" }
"""
TEXT = "Tid\nAvtalet får sägas upp.\nUppsägningstiden är sex månader för\nbåda parter.\n"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """An agreement's folder and one of documents."""
    agreement, documents = tmp_path / "provet", tmp_path / "handlingar"
    agreement.mkdir()
    documents.mkdir()
    (documents / "Avtal 2019.txt").write_text(TEXT, encoding="utf-8")
    return agreement, documents


def answer(folders: tuple[Path, Path], quotation: str, name: str = "Avtal 2019.txt") -> tuple[Answer, str, str]:
    agreement, documents = folders
    (documents / "Avtal 2019.txt").rename(documents / name)
    (agreement / "avtal.toml").write_text(AGREEMENT.replace("CITAT", quotation), encoding="utf-8")
    (citation,) = citations(agreement)
    assert citation.place == "rad 18"
    found = verify(citation, open_folder(documents))
    return found.answer, found.place, found.missing


@pytest.mark.parametrize(
    ("quotation", "expected"),
    [
        ("Uppsägningstiden är sex månader för båda parter.", (Answer.FOUND, "rad 3", "")),
        ("Avtalet får sägas upp. [...] sex månader", (Answer.FOUND, "rad 2", "")),
        ("Avtalet får sägas upp med sex månader", (Answer.MISSING, "", "avtalet får sägas upp med sex månader")),
        ("Avtalet får [...] tolv månader", (Answer.MISSING, "", "tolv månader")),
    ],
)
def test_a_quotation_is_found_or_told(
    folders: tuple[Path, Path], quotation: str, expected: tuple[Answer, str, str]
) -> None:
    assert answer(folders, quotation) == expected


def test_a_file_of_another_name_is_searched_too(folders: tuple[Path, Path]) -> None:
    assert answer(folders, "Avtalet får sägas upp.", name="inkommet.txt")[0] is Answer.FOUND


def test_a_quotation_from_another_document_is_told(folders: tuple[Path, Path]) -> None:
    (folders[1] / "beslut.txt").write_text("Kommunen lämnar samarbetet.", encoding="utf-8")
    assert answer(folders, "Kommunen lämnar samarbetet.")[0] is Answer.ELSEWHERE


def test_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="väntade en mapp med dokument, fann ingen"):
        open_folder(tmp_path / "saknas")


def test_every_quotation_of_the_bundled_agreement_is_marked_where_words_are_left_out(tmp_path: Path) -> None:
    """Without the documents at hand each is a quotation that no file has: none is approved in silence."""
    result = CliRunner().invoke(check, ["ostergotland", "--documents", str(tmp_path), "--json"])
    told = json.loads(result.output)["citations"]
    assert result.exit_code == 1
    assert len(told) > 20
    assert {each["utfall"] for each in told} == {"ingen fil"}


def test_read_prints_facts_with_quotation_and_place(tmp_path: Path) -> None:
    file = tmp_path / "avtal.txt"
    file.write_text(TEXT, encoding="utf-8")
    result = CliRunner().invoke(read, [str(file), "--as", "documents", "--json"])
    assert result.exit_code == 0
    (fact,) = json.loads(result.output)["facts"]
    assert (fact["slag"], fact["varde"], fact["plats"]) == ("uppsägningstid", "6 månader", "Tid (rad 3)")
    assert fact["citat"] == "Uppsägningstiden är sex månader för båda parter."
