"""What an annex implies for an agreement: members, cost, key and rounding, each with the cells that it rests on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from analys.audit import audit
from analys.errors import AnalysError
from analys.intake.annex import Annex, Column, Kind
from analys.swedish import format_number

_UNITS: Final = {
    Decimal("0.01"): "ore", Decimal(1): "krona", Decimal(10): "tio", Decimal(100): "hundra", Decimal(1000): "tkr",
}  # fmt: skip
_ROUNDINGS: Final = {"half_up": "halv_upp", "half_even": "halv_jamn", "floor": "nedat", "up": "uppat"}
_RESTS: Final = {
    "none": "ingen",
    "largest_remainder": "storsta_rest",
    "largest_member": "storsta_medlem",
    "divisor": "divisor",
}
_COMPUTED: Final = "beraknad"


@dataclass(frozen=True)
class Implied:
    """An annex with the rule that its amounts follow, as JSON of the audit has it, or ``None``."""

    file: Path
    annex: Annex
    rule: dict[str, Any] | None
    amounts: Column
    year: int

    @property
    def document(self) -> str:
        return f"bilaga-{self.year}"

    def source(self, column: Column | None, quotation: str = "") -> dict[str, Any]:
        """Where a term stands: the annex's heading and cells, and the words where there are any."""
        cells = self.annex.values(column) if column else ()
        place = (
            f"{column.heading}, {cells[0].cell}–{cells[-1].cell}"
            if column and cells
            else self.annex.title or "tabellen"
        )
        return {"dokument": self.document, "stalle": place} | ({"citat": quotation} if quotation else {})


def implied(file: Path, annex: Annex) -> Implied:
    """The annex of ``file`` with its rule. Raises :class:`AnalysError` where no column of amounts has a year's amounts."""
    amounts = [column for column in annex.of_kind(Kind.AMOUNT) if column.period.years in (None, 1)]
    if not amounts:
        raise AnalysError(f"{annex.file}: väntade en kolumn med årets belopp, fann ingen; skriv villkoren för hand")
    column = amounts[-1]
    population = annex.of_kind(Kind.POPULATION)
    year = column.period.year or next((c.date.year + 1 for c in population if c.date), None)
    if year is None:
        raise AnalysError(
            f"{annex.file}: väntade ett år i rubriken över beloppen, fann {column.heading!r}; skriv det, som i Belopp 2024"
        )
    return Implied(file, annex, audit(annex).as_json(file.name)["rule"], column, year)


def terms(found: Implied) -> dict[str, dict[str, Any]]:
    """The version's tables that the annex gives: ``medlemmar``, and ``kostnad``, ``nyckel``, ``avrundning`` by its rule."""
    members = [member.municipality.name for member in found.annex.members]
    told: dict[str, dict[str, Any]] = {"medlemmar": {"kommuner": members, "kalla": found.source(found.amounts)}}
    rule = found.rule
    if rule and not rule.get("structure") and (key := _key(found, rule)):
        told |= {"kostnad": _cost(found, rule), "nyckel": key, "avrundning": _rounding(rule, found)}
    return told


def _cost(found: Implied, rule: dict[str, Any]) -> dict[str, Any]:
    """The printed total where the rule's base holds it, else the lowest whole amount in kronor that gives the amounts."""
    low, high = (Decimal(str(bound)) for bound in rule["base_kr"])
    total = found.annex.total(found.amounts)
    printed = total.value if total else None
    stated = {"angiven_summa_kr": {found.year: printed}} if printed is not None else {}
    source = {"kalla": found.source(found.amounts)}
    if printed is not None and low <= printed <= high:
        return {"typ": "fast", "belopp_per_ar_kr": {found.year: printed}, **stated, **source}
    base = Decimal(math.ceil(low)) if math.ceil(low) <= high else low
    ends = f"{format_number(low, 2)} till {format_number(high, 2)}"
    note = f"Inget dokument anger beloppet: med bilagans regel ger varje bas från {ends} kr bilagans belopp."
    return {
        "typ": "fast", "belopp_per_ar_kr": {found.year: base}, **stated, "underlag": _COMPUTED, **source, "anmarkning": note,
    }  # fmt: skip


def _key(found: Implied, rule: dict[str, Any]) -> dict[str, Any] | None:
    """The key's table; ``None`` for one that an agreement must word itself."""
    name = rule["key"]
    note = f"Nyckeln är sluten ur beloppen: den ger {rule['reproduced']} av {rule['of']}."
    told = {"underlag": _COMPUTED, "anmarkning": note}
    populations, shares = found.annex.of_kind(Kind.POPULATION), found.annex.of_kind(Kind.SHARE)
    if name == "equal":
        return {"typ": "lika", **told, "kalla": found.source(found.amounts)}
    if name in {"population", "shares"} and populations:
        return _population_key(found, populations[0]) | told
    if name == "shares" and shares:
        parts = {member.municipality.name: member.figures[shares[0].letter].value for member in found.annex.members}
        whole = {"typ": "andelar", "andelar": parts, **told, "kalla": found.source(shares[0])}
        return whole if sum(parts.values()) == 1 else None
    for column in (column for column in found.annex.columns if column.heading == name):
        values = {found.year: {"tal": _figures(found, column)}}
        return {"typ": "kolumn", "matt": name, "varden": values, **told, "kalla": found.source(column)}
    return None


def _population_key(found: Implied, column: Column) -> dict[str, Any]:
    printed: dict[str, Any] = {"tal": _figures(found, column)}
    when: dict[str, Any] = {"referensdag": "okand"}
    if column.date:
        printed["referensdatum"] = column.date
        when = {"referensdag": f"{column.date:%m-%d}", "ar_bakat": found.year - column.date.year}
    return {"typ": "folkmangd", **when, "varden": {found.year: printed}, "kalla": found.source(column)}


def _figures(found: Implied, column: Column) -> dict[str, Decimal | int]:
    figures = {member.municipality.name: member.figures[column.letter].value for member in found.annex.members}
    return {name: int(figure) if figure == int(figure) else figure for name, figure in figures.items()}


def _rounding(rule: dict[str, Any], found: Implied) -> dict[str, Any]:
    decimals = rule["share_decimals"]
    shares = {} if decimals is None else {"andel_decimaler": decimals + 2}  # the audit counts those of a percentage
    return {
        **shares,
        "enhet": _UNITS[Decimal(str(rule["amount_unit_kr"]))],
        "regel": _ROUNDINGS[rule["amount_rounding"]],
        "rest": _RESTS.get(rule["residual"], "ingen"),
        "underlag": _COMPUTED,
        "anmarkning": "Regeln är sluten ur beloppen.",
        "kalla": found.source(found.amounts),
    }
