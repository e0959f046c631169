"""The assumption log: what no document says, why it is assumed, and what it is worth in kronor.

The assumptions are data (``data/raw/<agreement>/antaganden.csv``); their effects are computed here by the functions
that the published figures come from. ``docs/antaganden.md`` is written from here
by the main job, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Final

import pandas as pd

from analys import agreement as agreements
from analys import catalog, population, project, reconstruct, reproduce
from analys.agreement import Agreement
from analys.errors import AnalysError
from analys.reconstruct import ACCRUAL, ONE_MEMBER, RANGE, REFERENCE_DAY, View
from analys.savings import PRICE_LEVEL
from analys.swedish import format_kr, format_tkr


def file() -> Path:
    """Where the current project keeps the log as a page."""
    return project.required().folder / "docs" / "antaganden.md"


def _last_payments(agreement: Agreement) -> list[reconstruct.Statement]:
    return reconstruct.payments(agreement, reconstruct.YEARS[-1])


def _reference_day(agreement: Agreement) -> str:
    statement = max(_last_payments(agreement), key=lambda stated: stated.total.low)
    year, group = statement.year, reconstruct.members(agreement, statement.year)
    before = {member: population.year_end(member.code, year - 1) for member in group}
    same = {member: population.year_end(member.code, year) for member in group}
    moved = {
        member: abs(Fraction(same[member], sum(same.values())) - Fraction(before[member], sum(before.values())))
        for member in group
    }
    most = max(moved, key=lambda member: moved[member])
    amount = moved[most] * statement.total.middle
    return f"folkmängden {year} i stället för {year - 1} flyttar högst {format_kr(amount)} ({most.name}, {year})"


def _one_member(agreement: Agreement) -> str:
    totals = sorted(_last_payments(agreement), key=lambda stated: stated.total.low)
    gap = totals[-1].total.low - totals[0].total.high
    return f"de två uppgifterna för {totals[0].year} skiljer minst {format_tkr(gap)} i totalkostnad"


def _range(agreement: Agreement) -> str:
    year = reconstruct.YEARS[-2]
    (stated,) = reconstruct.ranges(agreement, year)
    return f"totalkostnaden {year} är obestämd inom {format_tkr(stated.total.high - stated.total.low)}"


def _accrual(agreement: Agreement) -> str:
    version = agreement.versions[0]
    charges = [charge for charge in reconstruct.charges(agreement) if charge.version.id == version.id]
    months = sum(charge.months for charge in charges)
    total = sum((Fraction(amount) for charge in charges for amount in charge.amounts.values()), Fraction(0))
    year = charges[0].due.year + 1
    evenly = total * sum(charge.months_by_year().get(year, 0) for charge in charges) / months
    of_year = [amount.kronor.low for amount in reconstruct.amounts(agreement.id, View.ACCRUAL, [year])]
    difference = abs(sum(of_year, Fraction(0)) - evenly)
    return f"jämnt över alla {months} månader i stället ändras {year} med {format_kr(difference)}"


def _base(agreement: Agreement) -> str:
    column = reproduce.amount_columns(agreement)[-1]
    difference = column.base_ore / 100 - Fraction(sum(column.printed_ore), 100)
    return f"basen är {format_kr(difference)} högre än den tryckta summan; varje bas i intervallet ger samma belopp"


def _rounded(agreement: Agreement) -> str:
    half = max((stated.kronor.high - stated.kronor.low) / 2 for stated in _last_payments(agreement))
    return f"±{format_kr(half)} per uppgift"


def _price_level(agreement: Agreement) -> str:
    largest = max(_last_payments(agreement), key=lambda stated: stated.kronor.low)
    return (
        f"en procents pris- och löneökning är {format_kr(largest.kronor.middle / 100)} per år för {largest.member.name}"
    )


def _undated(agreement: Agreement) -> str:
    column = reproduce.amount_columns(agreement)[0]
    total = sum(column.populations)
    official = [population.year_end(member.code, column.year - 1) for member in column.members]
    differences = [
        abs(Fraction(own, total) - Fraction(scb, sum(official))) * column.base_ore / 100 * 12 / 6
        for own, scb in zip(column.populations, official, strict=True)
    ]
    most = max(range(len(differences)), key=lambda index: differences[index])
    name, amount = column.members[most].name, differences[most]
    return f"med SCB:s tal för {column.year - 1}-12-31 ändras årsbeloppet högst {format_kr(amount)} ({name})"


#: What each assumption is worth for an agreement, in Swedish words, by its id in ``antaganden.csv``.
EFFECTS: Final[dict[str, Callable[[Agreement], str]]] = {
    REFERENCE_DAY: _reference_day,
    "odaterad-folkmangd": _undated,
    "bas-2018": _base,
    ACCRUAL: _accrual,
    RANGE: _range,
    ONE_MEMBER: _one_member,
    "avrundade-uppgifter": _rounded,
    PRICE_LEVEL: _price_level,
}


def log(agreement_id: str) -> pd.DataFrame:
    """The log as a table: ``id``, ``antagande``, ``skal``, ``effekt``. Raises :class:`AnalysError` for an unknown id."""
    agreement = agreements.load(agreement_id)
    resource = catalog.resource(f"{agreement_id}-antaganden")
    frame = pd.read_csv(resource.file, dtype="str", keep_default_na=False)
    unknown = sorted(set(frame["id"]) - set(EFFECTS))
    if unknown:
        raise AnalysError(
            f"data/raw/{resource.path}: no effect is defined for {', '.join(unknown)}; there are {', '.join(EFFECTS)}"
        )
    frame["effekt"] = [EFFECTS[name](agreement) for name in frame["id"]]
    return frame


def as_markdown(agreement_id: str) -> str:
    """The log as the page ``docs/antaganden.md``."""
    lines = [
        "# Assumption log",
        "",
        "Everything that no document says and the analysis needs, with its reason and what it is worth in kronor.",
        f"The main job writes this page from `data/raw/{agreement_id}/antaganden.csv` and `analys/assumptions.py`. The",
        "ids are those of the column `antagande` in the published tables. The entries are in Swedish: councils read them.",
        "",
        "| id | antagande | skäl | effekt |",
        "|---|---|---|---|",
    ]
    lines += [f"| `{row.id}` | {row.antagande} | {row.skal} | {row.effekt} |" for row in log(agreement_id).itertuples()]
    return "\n".join(lines) + "\n"
