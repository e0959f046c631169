"""The reference of the language: every example is sound, and every key is explained."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from analys import project
from analys.agreement import Agreement
from analys.agreement.form import vocabulary
from tests.terms import agreement, version

TEXT = (project.required().folder / "docs" / "avtal.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
PARTIES = [{"id": name, "namn": name, "roll": "x"} for name in ("staten", "regionen")]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_sound(example: str) -> None:
    terms: dict[str, Any] = tomllib.loads(example)["version"]
    if isinstance(terms, list):
        (terms,) = terms
    assert isinstance(agreement({**version(), **terms}, part=PARTIES), Agreement)


def test_every_key_is_explained() -> None:
    assert [key for key in vocabulary() if not re.search(rf"\b{key}\b", TEXT)] == []
