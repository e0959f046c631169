"""The field that files are dropped on, without a browser: what it answers, and what it writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from analys.agreement.load import locate
from analys.dropfield import DropField

ANNEX = locate("ostergotland").parent / "bilaga-2018.xlsx"


@pytest.fixture
def field(tmp_path: Path) -> DropField:
    """A field that saves into a folder of its own."""
    return DropField(folder=tmp_path)


def test_a_dropped_annex_shows_its_findings(field: DropField) -> None:
    field.receive("Bilaga 2018.xlsx", ANNEX.read_bytes())
    assert field.result is not None
    assert len(field.result.findings) == 2
    assert 'class="number marked"' in field._answer.value
    assert not field.save.disabled


def test_what_cannot_be_read_is_told_and_the_last_answer_goes(field: DropField) -> None:
    field.receive("bilaga.xlsx", ANNEX.read_bytes())
    field.receive("../../tom.pdf", b"")
    assert field.result is None
    assert 'role="alert"' in field._status.value
    assert field._answer.value == ""
    assert field.save.disabled


def test_the_button_writes_a_page(field: DropField, tmp_path: Path) -> None:
    field.receive("Bilaga 2018.xlsx", ANNEX.read_bytes())
    field._save()
    (page,) = tmp_path.glob("*.html")
    assert page.name == "bilaga-2018.html"
    assert "133" in page.read_text(encoding="utf-8")
