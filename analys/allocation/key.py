"""From an allocation key to each payer's exact weight in one year, with the figures that it was reckoned from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import singledispatch

from analys.agreement.fields import UNKNOWN, municipality
from analys.agreement.keys import (
    BaseFeeKey,
    ColumnKey,
    EqualKey,
    FixedKey,
    Group,
    GroupKey,
    KeyRule,
    MixedKey,
    PerHeadKey,
    PopulationKey,
    PopulationRule,
    StepKey,
    Values,
)
from analys.agreement.model import Agreement
from analys.agreement.values import read_values
from analys.allocation.split import shares
from analys.errors import AnalysError
from analys.population import latest_year, population
from analys.register import Region, regions
from analys.swedish import format_kr

#: Payer -> weight. Payers are municipality codes and the ids of other parties.
Weights = dict[str, Fraction]


@dataclass
class Question:
    """Whose weights in which year, and what was looked up to answer it. ``place`` is the key's file and line.

    ``total_ore`` is the cost that is shared and ``part`` the part of the year that it is of, for keys with fees.
    ``carry_forward`` takes the latest population for years that have none yet, and says so in ``assumptions``.
    ``values`` are the figures of ``reference``'s date; ``counts_inhabitants``: whether they are a population.
    """

    agreement: Agreement
    year: int
    members: tuple[Region, ...]
    place: str
    total_ore: Fraction | None = None
    carry_forward: bool = False
    part: Fraction = Fraction(1)
    values: Weights = field(default_factory=dict)
    reference: str = ""
    counts_inhabitants: bool = False
    assumptions: list[str] = field(default_factory=list)


def is_tariff(key: KeyRule) -> bool:
    """Whether the key sets amounts by itself, so that the total is the result."""
    return isinstance(key, PerHeadKey | StepKey)


@singledispatch
def weigh(key: KeyRule, question: Question) -> Weights:
    """Each payer's part of one, in code order; for a tariff, each member's fee of a whole year in öre.

    Raises :class:`AnalysError` that names the figure that is missing.
    """
    raise TypeError(f"no way to weigh a {type(key).__name__}")


@weigh.register
def _(key: EqualKey, question: Question) -> Weights:
    return _parts({region.code: Fraction(1) for region in question.members}, "the members")


@weigh.register(PopulationKey)
@weigh.register(ColumnKey)
def _(key: PopulationKey | ColumnKey, question: Question) -> Weights:
    return _parts(_measured(key, question), key.type)


@weigh.register
def _(key: FixedKey, question: Question) -> Weights:
    parts = {_payer(name): part for name, part in key.parts.items()}
    lacking = [region.name for region in question.members if region.code not in parts]
    if lacking:
        raise AnalysError(f"{question.place}: the fixed shares have none for {', '.join(lacking)}")
    present = {region.code for region in question.members}
    if absent := [regions()[code].name for code in parts if code in regions() and code not in present]:
        question.assumptions.append(f"De fasta andelarna räknas om i proportion utan {', '.join(absent)}.")
    return _parts({p: part for p, part in parts.items() if p in present or p not in regions()}, "andelar")


@weigh.register
def _(key: MixedKey, question: Question) -> Weights:
    mixed: Weights = {}
    for part in key.parts:
        for payer, share in weigh(part.key, question).items():
            mixed[payer] = mixed.get(payer, Fraction(0)) + part.weight * share
    return mixed


@weigh.register
def _(key: GroupKey, question: Question) -> Weights:
    nested: Weights = {}
    rest = _after_fees(Fraction(key.fees_ore), question) if key.fees_ore else Fraction(1)
    for group in key.groups:
        part = rest * group.part if group.part is not None else (group.amount_ore or 0) * question.part
        for payer, share in _within_group(group, question).items():
            nested[payer] = nested.get(payer, Fraction(0)) + part * share
    return _parts(nested, "the groups")


def _within_group(group: Group, question: Question) -> Weights:
    """Each payer's part of the group's own part."""
    if group.party or group.key is None:
        return {group.party or "": Fraction(1)}
    everyone = question.members
    question.members = tuple(m for m in everyone if not group.municipalities or m in group.municipalities)
    if not question.members:
        raise AnalysError(f"{question.place}: a group has no member in {question.year}")
    inner = weigh(group.key, question)
    question.members = everyone
    return inner


@weigh.register
def _(key: BaseFeeKey, question: Question) -> Weights:
    rest = _after_fees(Fraction(key.base_fee_ore * len(question.members)), question)
    parts = _parts(_measured(key, question), "folkmangd")
    return _parts({p: key.base_fee_ore * question.part + rest * part for p, part in parts.items()}, "the fees")


def _after_fees(fees_ore: Fraction, question: Question) -> Fraction:
    """What a year's fixed fees leave of the period's total, in öre."""
    if question.total_ore is None:
        raise AnalysError(
            f"{question.place}: fees leave the rest of a total, but the cost of {question.year} is unknown"
        )
    rest = question.total_ore - fees_ore * question.part
    if rest < 0:
        fees, total = format_kr(fees_ore * question.part / 100, 2), format_kr(question.total_ore / 100, 2)
        raise AnalysError(f"{question.place}: the fees of {question.year} make {fees}, more than the total {total}")
    return rest


@weigh.register
def _(key: PerHeadKey, question: Question) -> Weights:
    rate = key.rates.get(question.year, key.rate)
    if rate is None:
        years = ", ".join(map(str, sorted(key.rates)))
        raise AnalysError(f"{question.place}: no kr_per_invanare for {question.year}; there are {years}")
    return {payer: key.base_fee_ore + rate * 100 * value for payer, value in _measured(key, question).items()}


@weigh.register
def _(key: StepKey, question: Question) -> Weights:
    fees: Weights = {}
    for payer, value in _measured(key, question).items():
        step = next(step for step in key.steps if step.up_to is None or value <= step.up_to)
        fees[payer] = step.fee_ore + step.rate * 100 * value
    return fees


def _parts(values: Weights, what: str) -> Weights:
    if not values:
        raise AnalysError("there is no member to share the cost")
    if not any(values.values()):
        raise AnalysError(f"the key values ({what}) are all zero, so nothing can be shared by them")
    return dict(zip(values, shares(list(values.values())), strict=True))


def _payer(name: str) -> str:
    """A member's code, or the party id that a name is (:mod:`analys.agreement.checks` has seen to its being one)."""
    try:
        return municipality(name).code
    except ValueError:
        return name


def _measured(key: PopulationRule | ColumnKey, question: Question) -> Weights:
    """The members' figures of the year, or their mean over the years that the key says, noted in the question."""
    years = range(question.year, question.year - key.mean_years, -1)
    lookup = _lookup if isinstance(key, PopulationRule) else _supplied
    found = [lookup(key, year, question) for year in years]
    references = [reference for reference, _ in found]
    question.reference = references[0] if len(references) == 1 else f"medel av {', '.join(references)}"
    figures, lacking = {}, []
    for region in question.members:
        try:
            figures[region.code] = Fraction(sum(figure(region) for _, figure in found), key.mean_years)
        except AnalysError as error:
            lacking.append(str(error))
    if lacking:
        raise AnalysError("\n".join(lacking))
    question.values.update(figures)
    question.counts_inhabitants = isinstance(key, PopulationRule) and key.mean_years == 1
    return figures


Figure = Callable[[Region], Fraction]


def _supplied(key: PopulationRule | ColumnKey, year: int, question: Question) -> tuple[str, Figure]:
    """The reference date and the figures that the agreement's own folder states for a year."""
    if year not in key.values:
        known = ", ".join(map(str, sorted(key.values)))
        raise AnalysError(f"{question.place}: no key values (nyckel.varden) for {year}; there are {known}")
    source: Values = key.values[year]
    where = f"nyckel.varden.{year}"
    figures = {_payer(name): number for name, number in source.numbers.items()}
    if source.file and source.column:
        where = f"{source.file}, {source.column}"
        figures = read_values(question.agreement.file.parent / source.file, source.column)

    def figure(region: Region) -> Fraction:
        if region.code not in figures:
            raise AnalysError(f"no key value of {region.name} ({region.code}) for {year} in {where}")
        return figures[region.code]

    return str(source.reference_date), figure


def _lookup(key: PopulationRule | ColumnKey, year: int, question: Question) -> tuple[str, Figure]:
    """The reference date and the population figures: those of the agreement's folder, or the statistics'."""
    assert isinstance(key, PopulationRule)
    if year in key.values:
        reference, supplied = _supplied(key, year, question)

        def inhabitants(region: Region) -> Fraction:
            figure = supplied(region)
            if figure == 0:
                raise AnalysError(
                    f"the population of {region.name} ({region.code}) for {year} is zero; write the figure"
                )
            return figure

        return _stated_day(key, year, reference), inhabitants
    if isinstance(key.reference_day, str):
        raise AnalysError(
            f"{question.place}: the key's reference date (referensdag) is {UNKNOWN} "
            f"and the agreement has no population figures (varden) for {year}"
        )
    date = dt.date(year - key.years_back, *key.reference_day)
    if question.carry_forward and date.year > latest_year():
        latest = date.replace(year=latest_year())
        question.assumptions.append(f"Folkmängden {date} är inte känd; {latest} används.")
        date = latest
    return str(date), lambda region: Fraction(population(region, date))


def _stated_day(key: PopulationRule, year: int, reference: str) -> str:
    """A printed column's date: as its own entry says, or else as the key does."""
    if reference != UNKNOWN or isinstance(key.reference_day, str):
        return reference
    return str(dt.date(year - key.years_back, *key.reference_day))
