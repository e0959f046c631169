"""A new agreement's file is sound as written, and its commented terms are too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analys.agreement import load
from analys.agreement.create import create
from analys.agreement.load import unknown_terms
from analys.allocation.year import allocate_year
from analys.errors import AnalysError
from analys.register import municipalities

TERMS = "kostnad|nyckel|avrundning|fakturering|uppsagning|aterbetalning|vakans|moms|medlemmar"


@pytest.mark.parametrize("members", [[], municipalities("05")])
def test_a_new_agreement_is_sound_and_all_unknown(tmp_path: Path, members: list[object]) -> None:
    file = create("Räddningstjänsten Östra Exempel", tmp_path, 2024, members)  # type: ignore[arg-type]
    assert file.parent.name == "raddningstjansten-ostra-exempel"
    assert load(file).name == "Räddningstjänsten Östra Exempel"
    unknown = {term.rpartition(".")[2] for _, term in unknown_terms(file)}
    assert unknown >= set(TERMS.split("|")) - ({"medlemmar"} if members else set())


def test_the_commented_terms_are_sound_when_they_are_filled_in(tmp_path: Path) -> None:
    file = create("prov", tmp_path, 2024)
    text = re.sub(rf'(?m)^({TERMS}) = "okand"\n', "", file.read_text(encoding="utf-8"))
    text = re.sub(r"(?m)^# (?=\[version\.|(?!Fyll|Hela|Andra|En |Vad )[a-z_]+ = )", "", text)
    for party in ("id", "namn", "organisationsnummer", "roll"):
        text = re.sub(rf'(?m)^{party} = "(?:regionen|Region Exempel|okand|betalar en fjärdedel)"\n', "", text)
    text = re.sub(r"(?m)^till = .*\n", "", text)
    file.write_text(text, encoding="utf-8")
    assert allocate_year(load(file), 2024).total_ore == 1_000_000_00


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    create("prov", tmp_path, 2024)
    with pytest.raises(AnalysError, match="en ny eller tom mapp, fann något"):
        create("Prov", tmp_path, 2024)


@pytest.mark.parametrize("name", ["!!!", "", "CON", "a\u202eb", 'med "citat"'])
def test_a_name_that_cannot_be_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(AnalysError, match="väntade ett namn"):
        create(name, tmp_path, 2024)
    assert list(tmp_path.iterdir()) == []
