"""An agreement's cost of a year, shared: who pays how much, by which figures and clauses, and what is left over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Final

from analys.agreement.clauses import cited, terms_used, underlag_of
from analys.agreement.fields import UNKNOWN, known
from analys.agreement.model import Agreement, Version
from analys.agreement.question import Figure
from analys.allocation.charge import Charge, Shared, charge, inhabitants, limits_change, period_totals, share
from analys.allocation.limits import Yearly
from analys.allocation.periods import periods
from analys.errors import AnalysError
from analys.evidence import Underlag
from analys.population import latest_year
from analys.register import regions

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Value:
    """A figure that a payer was weighed by: what it is, in what unit, of which day."""

    name: str
    unit: str
    reference: str
    value: Fraction


@dataclass(frozen=True)
class Row:
    """One payer's part of the year. ``code`` is empty for parties that are no municipality.

    ``values`` are the figures of the key's parts, in its order; none where the year's periods differ in them. ``share``
    is the rounded one that the amount was reckoned from, or in a year of several periods the amount's part of all
    amounts. ``budget_ore`` is what the budget made of it, where the actual cost has been shared since.
    """

    payer: str
    code: str
    name: str
    values: tuple[Value, ...]
    share: Fraction
    amount_ore: int
    inhabitants: int | None
    budget_ore: int | None

    @property
    def only(self) -> Value | None:
        """The figure, where the key has one only."""
        return self.values[0] if len(self.values) == 1 else None

    @property
    def value(self) -> Fraction | None:
        return self.only.value if self.only else None

    @property
    def reference(self) -> str | None:
        return self.only.reference if self.only else None

    @property
    def per_unit(self) -> tuple[str, Fraction] | None:
        """The unit of a rate that is for something else than inhabitants, and kronor for one of it."""
        own = self.only
        if own is None or own.unit in ("", "invånare") or not own.value:
            return None
        return own.unit, Fraction(self.amount_ore, 100) / own.value

    @property
    def per_head(self) -> Fraction | None:
        """Kronor an inhabitant."""
        return Fraction(self.amount_ore, 100 * self.inhabitants) if self.inhabitants else None


@dataclass(frozen=True)
class YearAllocation:
    """The result: the rows' amounts and ``residual_ore`` make ``total_ore``, always."""

    agreement: Agreement
    year: int
    rows: tuple[Row, ...]
    periods: tuple[Shared, ...]
    underlag: Underlag
    vat: str
    assumptions: tuple[str, ...]

    @property
    def total_ore(self) -> int:
        return sum(shared.total_ore for shared in self.periods)

    @property
    def residual_ore(self) -> int:
        return sum(shared.residual_ore for shared in self.periods)

    @property
    def charged_ore(self) -> int:
        """The sum of the amounts."""
        return sum(row.amount_ore for row in self.rows)

    @property
    def versions(self) -> list[Version]:
        return _versions(self.periods)

    @property
    def stated_ore(self) -> int | None:
        """The total that the documents print for the year, where each of its versions has one."""
        costs = [known(version.cost) for version in self.versions]
        stated = [cost.stated_ore.get(self.year) if cost else None for cost in costs]
        return None if None in stated else sum(ore for ore in stated if ore is not None)

    @property
    def reconciles(self) -> bool:
        """Whether the documents' total, where they print one, is the total that was shared or the amounts' sum."""
        return self.stated_ore in (None, self.total_ore, self.charged_ore)

    def yearly_rates(self) -> dict[str, Yearly]:
        """What each payer pays in a whole year: who was in for half a year pays twice the amount."""
        rates = {}
        for row in self.rows:
            part = sum(own.period.part for own in self.periods if row.payer in own.amounts_ore)
            rate = None if row.per_head is None else row.per_head / part
            rates[row.payer] = Yearly(Fraction(row.amount_ore) / part, rate)
        return rates

    def clauses(self) -> list[dict[str, str]]:
        """The terms that the amounts follow from, each with its citation."""
        return [
            {"version": version.id, "villkor": name, **cited(term)}
            for version in self.versions
            for name, term in terms_used(version).items()
        ]

    def to_frame(self) -> pd.DataFrame:
        """A row a payer, in the document's order: kommunkod, kommun, nyckelvarde, referensdatum, andel, belopp_kr
        (``Decimal``), kr_per_invanare, underlag."""
        import pandas as pd

        rows = [
            {
                "kommunkod": row.code,
                "kommun": row.name,
                "nyckelvarde": None if row.value is None else float(row.value),
                "referensdatum": row.reference,
                "andel": float(row.share),
                "belopp_kr": Decimal(row.amount_ore).scaleb(-2),
                "kr_per_invanare": None if row.per_head is None else float(row.per_head),
                "underlag": str(self.underlag),
            }
            for row in self.rows
        ]
        return pd.DataFrame(rows).astype({"kommunkod": "str", "kommun": "str", "referensdatum": "str"})


def allocate_year(
    agreement: Agreement, year: int, total_ore: int | None = None, *, carry_forward: bool = False
) -> YearAllocation:
    """Share the cost of ``year`` as the agreement says; ``total_ore`` takes the place of the agreement's own cost.

    ``carry_forward`` uses the latest known population for years that have none, and says so. Raises
    :class:`AnalysError` when a needed term is unknown or a figure missing, and says which and where.
    """
    totals = {} if total_ore is None else {year: total_ore}
    return allocate_years(agreement, [year], totals, carry_forward=carry_forward)[0]


def allocate_years(
    agreement: Agreement,
    years: Sequence[int],
    totals_ore: Mapping[int, int] | None = None,
    *,
    carry_forward: bool = False,
) -> list[YearAllocation]:
    """As :func:`allocate_year` for several years, all rounded in one call of the engine.

    A limit on the yearly change needs the year before, which is then reckoned first, as far back as the agreement has
    a cost; the first of those years is bound by no change.
    """
    done, left_out = allocate_each(agreement, years, totals_ore, carry_forward=carry_forward)
    for error in left_out.values():
        raise error
    return done


def allocate_each(
    agreement: Agreement,
    years: Sequence[int],
    totals_ore: Mapping[int, int] | None = None,
    *,
    carry_forward: bool = False,
) -> tuple[list[YearAllocation], dict[int, AnalysError]]:
    """As :func:`allocate_years`, but a year that lacks a term or a figure is left out, with the error that says why."""
    totals, left_out = totals_ore or {}, {}
    if limits_change(agreement):
        return _one_after_another(agreement, years, totals, carry_forward)
    charges: dict[int, list[Charge]] = {}
    for year in years:
        try:
            charges[year] = _charges(agreement, year, totals.get(year), carry_forward)
        except AnalysError as error:
            left_out[year] = error
    shared = iter(share([one for year in charges.values() for one in year]))
    results = []
    for year, own in charges.items():
        try:
            results.append(year_of(agreement, year, [next(shared) for _ in own]))
        except AnalysError as error:
            left_out[year] = error
    return results, left_out


def _one_after_another(
    agreement: Agreement, years: Sequence[int], totals: Mapping[int, int], carry_forward: bool
) -> tuple[list[YearAllocation], dict[int, AnalysError]]:
    results: dict[int, YearAllocation] = {}
    left_out: dict[int, AnalysError] = {}
    first = min(version.valid_from.year for version in agreement.versions)
    for year in range(min([first, *years]), max([first, *years]) + 1):
        before = results.get(year - 1)
        rates = before.yearly_rates() if before else {}
        try:
            charges = _charges(agreement, year, totals.get(year), carry_forward, rates)
            shared = year_of(agreement, year, share(charges))
        except AnalysError as error:
            left_out[year] = error
            continue
        if year - 1 in left_out:
            unbound = f"Gränsen för årlig ändring tillämpas inte {year}: {year - 1} kan inte räknas."
            shared = replace(shared, assumptions=(*shared.assumptions, unbound))
        results[year] = shared
    return [results[year] for year in years if year in results], {y: e for y, e in left_out.items() if y in years}


def years_with_cost(agreement: Agreement) -> list[int]:
    """The years that the agreement's own terms give a total for: up to the one after the latest statistics, and later
    ones that have an amount of their own."""
    first = min(version.valid_from.year for version in agreement.versions)
    costs = [cost for version in agreement.versions if (cost := known(version.cost))]
    own = {year for cost in costs for year in cost.years()}
    return [year for year in sorted({*range(first, latest_year() + 2), *own}) if _has_cost(agreement, year)]


def _has_cost(agreement: Agreement, year: int) -> bool:
    """Whether a total is stated, or a tariff makes it; an index figure that is missing is then a fault of the year's."""
    try:
        versions = [span.version for span in periods(agreement, year)]
    except AnalysError:  # not in force, or of unknown members
        return False
    return all(known(version.key) and (version.is_tariff or _stated(version, year)) for version in versions)


def _stated(version: Version, year: int) -> bool:
    cost = known(version.cost)
    return cost is not None and cost.yearly(year) is not None


def _charges(
    agreement: Agreement,
    year: int,
    total_ore: int | None,
    carry_forward: bool,
    rates: Mapping[str, Yearly] | None = None,
) -> list[Charge]:
    spans = periods(agreement, year)
    totals = period_totals(agreement, spans, year, total_ore)
    return [
        charge(agreement, span, total, carry_forward=carry_forward, rates_before=rates)
        for span, total in zip(spans, totals, strict=True)
    ]


def year_of(agreement: Agreement, year: int, shared: Sequence[Shared]) -> YearAllocation:
    """Put the periods of one year together. Raises :class:`AnalysError` when they treat VAT differently."""
    versions = _versions(shared)
    names = {party.id: party.name for party in agreement.parties}
    charged = sum(sum(part.amounts_ore.values()) for part in shared)
    rows = [
        _row(payer, [part for part in shared if payer in part.amounts_ore], len(shared) == 1, charged, names)
        for payer in _payers(agreement, shared)
    ]
    questions = [part.charge.question for part in shared]
    carried = list(chain.from_iterable(question.assumptions for question in questions))
    said = chain(
        chain.from_iterable(map(_left_unknown, versions)),
        chain.from_iterable(map(_too_few, shared)),
        carried,
        chain.from_iterable(question.remarks for question in questions),
    )
    underlag = Underlag.SKATTAD if carried else underlag_of(versions, agreement.underlag)
    assumptions = tuple(dict.fromkeys(said))
    return YearAllocation(agreement, year, tuple(rows), tuple(shared), underlag, _vat(versions), assumptions)


def _payers(agreement: Agreement, shared: Sequence[Shared]) -> list[str]:
    """Who pays: the members as the last version lists them, then those of earlier ones, then the other parties."""
    paying = set(chain.from_iterable(part.amounts_ore for part in shared))
    listed = [members for version in reversed(_versions(shared)) if (members := known(version.members))]
    municipalities = chain.from_iterable(members.municipalities for members in listed)
    order = [*(region.code for region in municipalities), *(party.id for party in agreement.parties)]
    return [payer for payer in dict.fromkeys([*order, *sorted(paying)]) if payer in paying]


def _values(payer: str, figures: Sequence[Figure]) -> tuple[Value, ...]:
    return tuple(
        Value(figure.name, figure.unit, figure.reference, figure.values[payer])
        for figure in figures
        if payer in figure.values
    )


def _row(payer: str, own: Sequence[Shared], whole: bool, charged: int, names: Mapping[str, str]) -> Row:
    """``whole``: the year is one period, so that its shares are the year's."""
    amount = sum(part.amounts_ore[payer] for part in own)
    questions = [part.charge.question for part in own]
    figures = {_values(payer, question.figures) for question in questions}
    budgets = [part.budget_ore[payer] for part in own if part.budget_ore]
    known = payer in regions()
    return Row(
        payer,
        payer if known else "",
        regions()[payer].name if known else names[payer],
        figures.pop() if len(figures) == 1 else (),
        own[0].parts[payer] if whole else Fraction(amount, charged or 1),
        amount,
        inhabitants(payer, questions[-1]),
        sum(budgets) if budgets else None,
    )


def _versions(shared: Sequence[Shared]) -> list[Version]:
    return list({part.period.version.id: part.period.version for part in shared}.values())


#: What is assumed in place of terms that no document states.
_ASSUMED: Final = {
    "rounding": "Avrundningen i version {} är okänd; beloppen är räknade till öret utan rest.",
    "index": "Indexregleringen i version {} är okänd; beloppen är inte uppräknade.",
    "limits": "Gränserna i version {} är okända; inga tillämpas.",
}


def _left_unknown(version: Version) -> list[str]:
    return [said.format(version.id) for term, said in _ASSUMED.items() if getattr(version, term) == UNKNOWN]


def _too_few(shared: Shared) -> Iterator[str]:
    """That the agreement lacks the members that it requires, in Swedish."""
    period = shared.period
    members, count = known(period.version.members), len(period.members)
    if members and members.needs_more_than(count):
        yield f"Avtalet förutsätter minst {members.minimum} medlemmar; {count} är med från {period.first}."


def _vat(versions: Sequence[Version]) -> str:
    rules = {str(vat.rule) if (vat := known(version.vat)) else UNKNOWN for version in versions}
    if len(rules) > 1:
        listed = ", ".join(sorted(rules))
        raise AnalysError(f"årets versioner behandlar momsen olika ({listed}), så beloppen har ingen gemensam summa")
    return rules.pop()
