"""What has changed between an agreement's versions, told in one sentence each."""

from __future__ import annotations

import typing

import pytest
from pydantic import BaseModel

from analys.agreement import costs, keys, load, model
from analys.audit import phrases
from analys.audit.terms import check


def test_each_change_of_the_bundled_agreement_is_one_short_sentence() -> None:
    changes = [finding for finding in check(load("ostergotland"), []) if finding.code == "rule-changed"]
    assert [finding.message.partition(" har ändrats")[0] for finding in changes] == [
        "Kostnaden", "Fördelningsnyckeln", "Avrundningen", "Faktureringen", "Uppsägningstiden", "Återbetalningen",
        "Vakansregeln",
    ]  # fmt: skip
    assert changes[4].message == (
        "Uppsägningstiden har ändrats från ingen känd uppgift (Avtalet 2016) till 2 månader (Avtalet 2018)."
    )
    assert changes[1].message == (
        "Fördelningsnyckeln har ändrats från folkmängden utan angiven referensdag (Avtalet 2016) till folkmängden "
        "31\u00a0december året före (Avtalet 2018)."
    )
    assert (changes[4].explanation, changes[4].found) == (
        {"term": "uppsägning", "versions": ["2016", "2018"]},
        "2 månader",
    )
    for finding in changes:
        assert len(finding.message) < 240
        assert finding.message.count(".") == 1


def _kinds(module) -> list[type[BaseModel]]:
    kinds = vars(module).values()
    return [
        kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel) and "type" in kind.model_fields
    ]


TERMS = [model.Members, model.RoundingTerm, model.Billing, model.Notice, model.Refund, model.Vacancy, model.Vat]


@pytest.mark.parametrize("kind", [*_kinds(costs), *_kinds(keys), *TERMS])
def test_every_kind_of_term_has_words(kind) -> None:
    """A new kind of cost or key must be told too."""
    assert typing.cast(typing.Any, phrases._told).dispatch(kind) is not phrases._told.dispatch(object)
