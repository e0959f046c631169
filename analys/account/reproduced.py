"""Do the annexes' own rules give the annexes' own figures, and what did a wrong population figure cost whom?

The rule is the agreement's (``nyckel``, ``avrundning`` and ``kostnad``); here it is tried figure by figure, and the base
that the amounts imply is solved independently of the base that the agreement states.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Final

import pandas as pd

from analys.account import annexed
from analys.account import key as keys
from analys.account.annexed import YEAR, AmountColumn
from analys.account.book import account
from analys.account.folder import Folder
from analys.account.frames import exact, kronor
from analys.account.model import Payer
from analys.agreement import UNKNOWN, Version
from analys.agreement.fields import known
from analys.agreement.keys import Values
from analys.allocation import Mode, Rounding, Unit, implied_base
from analys.allocation.charge import Charge, Shared, charge, share
from analys.allocation.cost import yearly_cost
from analys.allocation.periods import Period
from analys.errors import AnalysError
from analys.evidence import Interval
from analys.intake.annex import Kind
from analys.rounding import round_exact
from analys.swedish import quantize


@dataclass(frozen=True)
class Ruled:
    """A printed column beside what the agreement's own terms make of its cost, by payer in the order of the charge."""

    column: AmountColumn
    base_ore: Fraction
    charge: Charge

    @cached_property
    def shared(self) -> Shared:
        return share([self.charge])[0]

    @property
    def version(self) -> Version:
        return self.column.version

    @property
    def annex(self) -> str:
        """The annex's name."""
        return self.column.annex.name

    @property
    def payers(self) -> dict[str, Payer]:
        """Who both the column and the terms have, by key."""
        return {payer.key: payer for payer in self.column.figures if payer.key in self.charge.weights}

    @property
    def rounding(self) -> Rounding:
        return self.charge.rule

    @property
    def host(self) -> int | None:
        return self.charge.problem(0).host

    def implied(self) -> Interval | None:
        """The bases in kronor from which the rule gives every printed amount; ``None`` too where a row is missing."""
        if len(self.payers) < len(self.charge.weights):
            return None
        printed = [self.column.ore(self.payers[key]) for key in self.charge.weights]
        return implied_base(list(self.shared.parts.values()), printed, self.rounding, self.host)


def columns(folder: Folder) -> list[Ruled]:
    """Every amount column of the agreement's annexes whose cost, key and rounding are known."""
    return [ruled for column in annexed.columns(folder) if isinstance(ruled := tried(folder, column), Ruled)]


def tried(folder: Folder, column: AmountColumn) -> Ruled | str:
    """The column beside its rule, or why it cannot be held against one, in Swedish."""
    version, year = column.version, column.first_year
    if version.rounding == UNKNOWN:
        return f"{column.annex.label}, {column.heading}: avrundningen är okänd"
    try:
        yearly = yearly_cost(version, year)
        if yearly is None:
            return f"{column.annex.label}, {column.heading}: ingen handling anger kostnaden {year}"
        base = yearly * column.months / YEAR
        period = _with_printed(folder, column, annexed.whole_year(folder.agreement, version, year, column.months))
        return Ruled(column, base, charge(folder.agreement, period, round_exact(base, Mode.HALF_UP)))
    except AnalysError as error:
        return f"{column.annex.label}, {column.heading}: {error}"


def _with_printed(folder: Folder, column: AmountColumn, period: Period) -> Period:
    """The period by the annex's own population, where the terms mean a population and name no figures themselves."""
    key, figures = known(period.version.key), annexed.printed(folder, column.annex, Kind.POPULATION)
    if key is None or not figures:
        return period
    stated = Values.model_validate({"tal": {code: str(figure.value) for code, figure in figures.items()}})
    printed = {column.first_year: stated}
    return keys.with_key(period, key.with_populations(lambda rule: {"values": printed | rule.values}))


def figures(agreement_id: str) -> pd.DataFrame:
    """Every printed share and amount beside what the rule gives.

    Columns: ``version`` (the annex's name), ``kommunkod``, ``kommun``, ``kolumn``, ``cell``, ``storhet``, ``tryckt``
    and ``enligt_regel`` (parts of one, or kronor), ``stammer``.
    """
    own = account(agreement_id).folder
    rows: list[list[object]] = []
    shown: set[str] = set()
    for ruled in columns(own):
        if ruled.annex not in shown:
            shown.add(ruled.annex)
            rows += _share_rows(own, ruled)
        for key, payer in ruled.payers.items():
            figure = ruled.column.figures[payer]
            place = [ruled.annex, payer.code, payer.name, ruled.column.heading, figure.cell, "belopp"]
            rows.append([*place, kronor(ruled.column.ore(payer)), kronor(ruled.shared.amounts_ore[key])])
    names = ["version", "kommunkod", "kommun", "kolumn", "cell", "storhet", "tryckt", "enligt_regel"]
    frame = pd.DataFrame(rows, columns=names)
    frame["stammer"] = frame["tryckt"] == frame["enligt_regel"]
    return frame


def _share_rows(own: Folder, ruled: Ruled) -> Iterator[list[object]]:
    """The printed shares of a version's annex beside the exact ones, to as many decimals as are printed."""
    parts = ruled.charge.exact_parts
    heading = next((column.heading for column in ruled.column.annex.annex.of_kind(Kind.SHARE)), "")
    for key, figure in annexed.printed(own, ruled.column.annex, Kind.SHARE).items():
        if payer := ruled.payers.get(key):
            place = [ruled.annex, payer.code, payer.name, heading, figure.cell, "andel"]
            yield [*place, figure.value, quantize(parts[key], figure.decimals)]


def rules(agreement_id: str) -> pd.DataFrame:
    """One row an amount column: the rule, how many amounts it reproduces, and the bases that the amounts allow.

    Columns: ``version`` (the annex's name), ``kolumn``, ``angiven_bas_kr``, ``bas_lagst_kr`` and ``bas_hogst_kr``
    (solved from the amounts, to the öre; the high bound itself is not included), ``andel_decimaler`` (empty: exact
    shares), ``avrundning``, ``aterskapade``, ``av``, ``tryckt_summa_kr``, ``summa_av_beloppen_kr``.
    """
    rows = []
    for ruled in columns(account(agreement_id).folder):
        implied, printed = ruled.implied(), ruled.column.printed_total
        agree = [ruled.column.ore(payer) == ruled.shared.amounts_ore[key] for key, payer in ruled.payers.items()]
        rows.append(
            {
                "version": ruled.annex,
                "kolumn": ruled.column.heading,
                "angiven_bas_kr": exact(ruled.base_ore),
                "bas_lagst_kr": quantize(implied.low, 2) if implied else None,
                "bas_hogst_kr": quantize(implied.high, 2) if implied else None,
                "andel_decimaler": ruled.rounding.share_decimals,
                "avrundning": in_words(ruled.rounding),
                "aterskapade": sum(agree),
                "av": len(ruled.column.figures),
                "tryckt_summa_kr": printed.value if printed else None,
                "summa_av_beloppen_kr": annexed.total(ruled.column),
            }
        )
    names = [
        "version", "kolumn", "angiven_bas_kr", "bas_lagst_kr", "bas_hogst_kr", "andel_decimaler", "avrundning",
        "aterskapade", "av", "tryckt_summa_kr", "summa_av_beloppen_kr",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=names).astype({"andel_decimaler": "Int64"})


_UNITS: Final = {Unit.ORE: "öre", Unit.KRONA: "hel krona", Unit.TEN: "tiotal kronor", Unit.HUNDRED: "hundratal kronor"}
_MODES: Final = {
    Mode.HALF_UP: "närmaste",
    Mode.HALF_EVEN: "närmaste (halva till jämnt)",
    Mode.FLOOR: "nedåt till",
    Mode.UP: "uppåt till",
}


def in_words(rounding: Rounding) -> str:
    """How amounts are rounded, in Swedish: "nedåt till hel krona"."""
    return f"{_MODES[rounding.mode]} {_UNITS.get(rounding.unit, 'tusental kronor')}"


# --- what a wrong population cost ---------------------------------------------------------------------------------------


def _first(own: Folder, annex: str) -> Ruled:
    """An annex's first column whose rule is known."""
    for ruled in columns(own):
        if ruled.annex == annex:
            return ruled
    raise AnalysError(f"{own.agreement.id}: bilaga {annex} finns inte, eller har inga belopp vars regel är känd")


def stale_population(agreement_id: str, annex: str) -> pd.DataFrame:
    """What it cost each member that an annex does not use the population of the date it states.

    The amounts are recomputed with SCB's figures of the key's reference date, once by the annex's own rule and once by
    exact shares of the amounts' sum to the öre. Columns: ``kommunkod``, ``kommun``, ``folkmangd_bilaga``,
    ``folkmangd_scb``, ``belopp_kr`` (printed), ``bilagans_regel_kr``, ``exakta_andelar_kr`` and, as printed less
    recomputed (plus: charged too much), ``skillnad_bilagans_regel_kr``, ``skillnad_exakta_andelar_kr``.
    Raises :class:`AnalysError` when the annex's reference date is unknown, for then nothing is stale.
    """
    own = account(agreement_id).folder
    ruled = _first(own, annex)
    counted = ruled.charge.key.populations()
    if not counted or any(rule.reference_day == UNKNOWN for rule in counted):
        raise AnalysError(f"{agreement_id}: avtalet anger inte vilken dag folkmängden i bilaga {annex} avser")
    inhabitants = annexed.printed(own, ruled.column.annex, Kind.POPULATION)
    if not inhabitants:
        raise AnalysError(f"{agreement_id}: bilaga {annex} anger ingen folkmängd")
    right = charge(own.agreement, keys.official(ruled.charge.period), ruled.charge.total_ore)
    by_rule = share([right])[0].amounts_ore
    parts, whole = right.exact_parts, annexed.total(ruled.column)
    (counted_now, *_) = [figure.values for figure in right.question.figures if figure.inhabitants]
    rows = []
    for payer_key, payer in ruled.payers.items():
        amount, ruled_kr = kronor(ruled.column.ore(payer)), kronor(by_rule[payer_key])
        exact_kr = quantize(Fraction(whole) * parts[payer_key], 2)
        rows.append(
            {
                "kommunkod": payer.code,
                "kommun": payer.name,
                "folkmangd_bilaga": int(inhabitants[payer_key].value),
                "folkmangd_scb": int(counted_now[payer_key]),
                "belopp_kr": amount,
                "bilagans_regel_kr": ruled_kr,
                "exakta_andelar_kr": exact_kr,
                "skillnad_bilagans_regel_kr": amount - ruled_kr,
                "skillnad_exakta_andelar_kr": amount - exact_kr,
            }
        )
    return pd.DataFrame(rows)


def stale_day(agreement_id: str, annex: str) -> str:
    """The day that an annex's population is stated to be of, as ISO; empty where the key is no population.

    Raises :class:`AnalysError` for an annex that has no column whose rule is known."""
    own = account(agreement_id).folder
    ruled = _first(own, annex)
    key = keys.by_statistics(own.agreement, ruled.column.first_year)
    return key.reference if key else ""


def stale_annexes(agreement_id: str) -> list[str]:
    """The annexes that print another population than SCB has of the day that they state, by name."""
    found = []
    for attached in account(agreement_id).folder.annexes:
        try:
            frame = stale_population(agreement_id, attached.name)
        except AnalysError:
            continue
        if (frame["folkmangd_bilaga"] != frame["folkmangd_scb"]).any():
            found.append(attached.name)
    return found


@dataclass(frozen=True)
class Stale:
    """What a wrong population moved, in kronor: ``rounding_kr`` is what the rule's rounding makes of the difference."""

    underpaid_kr: Decimal
    overpaid_kr: Decimal

    @property
    def rounding_kr(self) -> Decimal:
        return abs(self.underpaid_kr - self.overpaid_kr)


def stale_in_short(frame: pd.DataFrame) -> Stale:
    """How much too little some were charged by the annex's rule, and how much too much the others."""
    differences: list[Decimal] = list(frame["skillnad_bilagans_regel_kr"])
    return Stale(
        -sum((each for each in differences if each < 0), Decimal(0)),
        sum((each for each in differences if each > 0), Decimal(0)),
    )
