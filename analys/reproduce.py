"""Do the annexes' own rules give the annexes' own figures, and what did a wrong population figure cost whom?

The rule is the agreement's (``avrundning`` and ``kostnad`` in ``avtal.toml``); here it is tried figure by figure, and
the base that the amounts imply is solved independently of the base that the agreement states.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from analys import agreement as agreements
from analys import population, tables
from analys.agreement import UNKNOWN, Agreement, Version
from analys.allocation import Mode, Rounding, Unit, implied_base, shares, split, split_by_shares
from analys.errors import AnalysError
from analys.evidence import Interval
from analys.reconstruct import members, printed
from analys.register import Region
from analys.rounding import round_exact
from analys.swedish import quantize


@dataclass(frozen=True)
class AmountColumn:
    """One column of amounts in an annex, with all that its rule needs. Amounts and base in öre, in members' order."""

    version: Version
    heading: str
    year: int
    members: tuple[Region, ...]
    populations: list[int]
    shares: tuple[Fraction, ...]
    base_ore: Fraction
    rounding: Rounding
    printed_ore: list[int]
    cells: list[str]

    def by_rule(self) -> tuple[int, ...]:
        """The amounts in öre that the rule gives."""
        return split_by_shares(self.base_ore, self.shares, self.rounding).amounts_ore  # type: ignore[arg-type]

    def implied(self) -> Interval | None:
        """The bases in kronor from which the rule gives every printed amount."""
        return implied_base(self.shares, self.printed_ore, self.rounding)


def amount_columns(agreement: Agreement) -> list[AmountColumn]:
    """Every amount column of the agreement's annexes whose rule is known."""
    annexes = tables.read(tables.BILAGOR)
    annexes = annexes[(annexes["avtal"] == agreement.id) & (annexes["storhet"] == "belopp")]
    columns = []
    for version in agreement.versions:
        of_version = annexes[annexes["version"] == version.id]
        if version.rounding == UNKNOWN or version.cost == UNKNOWN or of_version.empty:
            continue
        for heading in of_version["kolumn"].unique():
            rows = {row["kommunkod"]: row for row in of_version[of_version["kolumn"] == heading].to_dict("records")}
            columns.append(_column(agreement, version, str(heading), rows))
    return columns


def _column(agreement: Agreement, version: Version, heading: str, rows: dict[str, Any]) -> AmountColumn:
    assert version.rounding != UNKNOWN
    first = next(iter(rows.values()))
    year = version.valid_from.year if pd.isna(first["ar"]) else int(first["ar"])
    group = members(agreement, year)
    stated = printed(agreement, version, "folkmangd")
    populations = [int(stated[member.code]) for member in group]
    rounding = version.rounding.rule
    return AmountColumn(
        version=version,
        heading=heading,
        year=year,
        members=group,
        populations=populations,
        shares=shares(populations, rounding.share_decimals, rounding.share_mode, rescaled=rounding.rescaled),
        base_ore=_base(version, year, int(first["manader"])),
        rounding=rounding,
        printed_ore=[int(rows[member.code]["varde"] * 100) for member in group],
        cells=[rows[member.code]["cell"] for member in group],
    )


def _base(version: Version, year: int, months: int) -> Fraction:
    """The cost in öre that an annex column shares."""
    cost = version.cost
    if cost != UNKNOWN and (yearly := cost.yearly(year)) is not None:
        return yearly * months / 12
    raise AnalysError(f"version {version.id} does not say what is shared in {year}")


def figures(agreement_id: str) -> pd.DataFrame:
    """Every printed share and amount beside what the rule gives.

    Columns: ``version``, ``kommunkod``, ``kommun``, ``kolumn``, ``cell``, ``storhet``, ``tryckt`` and ``enligt_regel``
    (parts of one, or kronor), ``stammer``.
    """
    agreement = agreements.load(agreement_id)
    rows = [row for version in agreement.versions for row in _share_rows(agreement, version)]
    for column in amount_columns(agreement):
        for member, cell, stated, ruled in zip(
            column.members, column.cells, column.printed_ore, column.by_rule(), strict=True
        ):
            place = [column.version.id, member.code, member.name, column.heading, cell, "belopp"]
            rows.append([*place, Decimal(stated) / 100, Decimal(ruled) / 100])
    names = ["version", "kommunkod", "kommun", "kolumn", "cell", "storhet", "tryckt", "enligt_regel"]
    frame = pd.DataFrame(rows, columns=names)
    frame["stammer"] = frame["tryckt"] == frame["enligt_regel"]
    return frame


def _share_rows(agreement: Agreement, version: Version) -> list[list[object]]:
    annex = tables.read(tables.BILAGOR)
    annex = annex[(annex["avtal"] == agreement.id) & (annex["version"] == version.id) & (annex["storhet"] == "andel")]
    stated = printed(agreement, version, "folkmangd")
    total = sum(stated.values())
    rows: list[list[object]] = []
    for row in annex.to_dict("records"):
        exact = Fraction(stated[row["kommunkod"]]) / Fraction(total)
        place = [version.id, row["kommunkod"], row["kommun"], row["kolumn"], row["cell"], "andel"]
        rows.append([*place, row["varde"], quantize(exact, -row["precision"].as_tuple().exponent)])
    return rows


def rules(agreement_id: str) -> pd.DataFrame:
    """One row an amount column: the rule, how many amounts it reproduces, and the bases that the amounts allow.

    Columns: ``version``, ``kolumn``, ``angiven_bas_kr``, ``bas_lagst_kr`` and ``bas_hogst_kr`` (solved from
    the amounts, to the öre; the high bound itself is not included), ``andel_decimaler`` (empty: exact shares),
    ``avrundning``, ``aterskapade``, ``av``, ``tryckt_summa_kr``, ``summa_av_beloppen_kr``.
    """
    agreement = agreements.load(agreement_id)
    totals = tables.read(tables.BILAGESUMMOR)
    totals = totals[totals["avtal"] == agreement.id]
    printed_total = {(row["version"], row["kolumn"]): row["varde"] for row in totals.to_dict("records")}
    rows = []
    for column in amount_columns(agreement):
        implied = column.implied()
        low, high = (quantize(implied.low, 2), quantize(implied.high, 2)) if implied else (None, None)
        rows.append(
            {
                "version": column.version.id,
                "kolumn": column.heading,
                "angiven_bas_kr": quantize(column.base_ore / 100, 2),
                "bas_lagst_kr": low,
                "bas_hogst_kr": high,
                "andel_decimaler": column.rounding.share_decimals,
                "avrundning": _in_words(column.rounding),
                "aterskapade": sum(a == b for a, b in zip(column.by_rule(), column.printed_ore, strict=True)),
                "av": len(column.members),
                "tryckt_summa_kr": printed_total.get((column.version.id, column.heading)),
                "summa_av_beloppen_kr": Decimal(sum(column.printed_ore)) / 100,
            }
        )
    return pd.DataFrame(rows).astype({"andel_decimaler": "Int64"})


def _in_words(rounding: Rounding) -> str:
    unit = {Unit.ORE: "öre", Unit.KRONA: "hel krona", Unit.TEN: "tiotal kronor", Unit.HUNDRED: "hundratal kronor"}
    mode = {Mode.HALF_UP: "närmaste", Mode.HALF_EVEN: "närmaste (halva till jämnt)", Mode.FLOOR: "nedåt till",
            Mode.UP: "uppåt till"}  # fmt: skip
    return f"{mode[rounding.mode]} {unit.get(rounding.unit, 'tusental kronor')}"


def stale_population(agreement_id: str, version_id: str) -> pd.DataFrame:
    """What it cost each member that an annex does not use the population of the date it states.

    The amounts are recomputed with SCB's figures of the key's reference date, once by the annex's own rule and once by
    exact shares of the printed total to the öre. Columns: ``kommunkod``, ``kommun``, ``folkmangd_bilaga``,
    ``folkmangd_scb``, ``belopp_kr`` (printed), ``bilagans_regel_kr``, ``exakta_andelar_kr`` and, as printed less
    recomputed (plus: paid too much), ``skillnad_bilagans_regel_kr``, ``skillnad_exakta_andelar_kr``.
    Raises :class:`AnalysError` when the annex's reference date is unknown, for then nothing is stale.
    """
    agreement = agreements.load(agreement_id)
    columns = [column for column in amount_columns(agreement) if column.version.id == version_id]
    if not columns:
        raise AnalysError(f"{agreement_id}: version {version_id} has no annex with amounts")
    column, key = columns[0], columns[0].version.key
    needed = [] if key == UNKNOWN else key.needs(column.year)
    date = needed[0].date if len(needed) == 1 else None
    if date is None:
        raise AnalysError(f"{agreement_id}: version {version_id} does not say which date its population is of")
    official = [population.population(member, date) for member in column.members]
    rule = column.rounding
    by_rule = split(round_exact(column.base_ore, Mode.HALF_UP), official, rule).amounts_ore
    exact = [Fraction(sum(column.printed_ore)) * part for part in shares(official)]
    frame = pd.DataFrame(
        {
            "kommunkod": [member.code for member in column.members],
            "kommun": [member.name for member in column.members],
            "folkmangd_bilaga": column.populations,
            "folkmangd_scb": official,
            "belopp_kr": [Decimal(ore) / 100 for ore in column.printed_ore],
            "bilagans_regel_kr": [Decimal(ore) / 100 for ore in by_rule],
            "exakta_andelar_kr": [quantize(ore / 100, 2) for ore in exact],
        }
    )
    for rule_name in ("bilagans_regel", "exakta_andelar"):
        frame[f"skillnad_{rule_name}_kr"] = frame["belopp_kr"] - frame[f"{rule_name}_kr"]
    return frame
