"""The reference of the language: every example is sound and shares a year's cost, and every key is explained."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analys import project
from analys.agreement.checks import problems
from analys.agreement.form import vocabulary
from analys.agreement.keys import FAMILIES
from analys.allocation.billing import invoices
from analys.allocation.year import allocate_each
from tests.terms import agreement, version

TEXT = (project.required().folder / "docs" / "avtal.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
PARTIES = [{"id": name, "namn": name, "roll": "x"} for name in ("staten", "regionen")]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_sound_and_can_be_reckoned(example: str) -> None:
    terms: dict[str, Any] = tomllib.loads(example)["version"]
    if isinstance(terms, list):
        (terms,) = terms
    own = {**version(), **terms}
    made = agreement(own, part=PARTIES)
    if "overlappar" in terms:  # of two versions
        return
    assert problems(made, {"version": [own]}) == []
    years, left_out = allocate_each(made, range(2016, 2025))
    assert years, [str(error) for error in left_out.values()]
    for year in years:
        assert year.charged_ore + year.residual_ore == year.total_ore


def test_every_key_is_explained() -> None:
    assert [key for key in vocabulary() if not re.search(rf"\b{key}\b", TEXT)] == []


@pytest.mark.parametrize("typ", FAMILIES)
def test_every_family_has_an_example(typ: str) -> None:
    assert any(f'typ = "{typ}"' in example for example in EXAMPLES)


TERMS = [terms for example in EXAMPLES if isinstance(terms := tomllib.loads(example)["version"], dict)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([terms for terms in TERMS if "overlappar" not in terms]), min_size=2, max_size=5))
def test_any_terms_together_share_every_ore_or_say_why_not(chosen: list[dict[str, Any]]) -> None:
    own = version()
    for terms in chosen:
        own.update(terms)
    made = agreement(own, part=PARTIES)
    if problems(made, {"version": [own]}):
        return
    done, left_out = allocate_each(made, [2018, 2023], carry_forward=True)
    assert {year.year for year in done} | set(left_out) == {2018, 2023}
    assert all(str(error) for error in left_out.values())
    for year in done:
        assert year.charged_ore + year.residual_ore == year.total_ore
        named = getattr(made.versions[0].billing, "invoices", ())  # these charge months of their own
        charged = [] if named else invoices(year)
        for row in year.rows if charged else ():
            assert sum(bill.amounts_ore.get(row.payer, 0) for bill in charged) in (row.amount_ore, row.budget_ore)
