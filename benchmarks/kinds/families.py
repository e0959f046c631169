"""How municipalities share a cost: each family is one function from a group to the members' exact amounts.

Agreements are made in round figures: a fee of 2 500 kr, a floor of 330 000 kr, a host's part of 20 %. What a family
takes beside the base (``parameters``) is therefore cheap to say, and is counted when accounts are weighed.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from benchmarks.kinds import world
from benchmarks.kinds.table import ROUNDINGS, Column, Table, rounded


@dataclass
class Deal:
    """What a family is given, and what it gives back beside the amounts."""

    rng: random.Random
    codes: list[str]
    day: dt.date
    people: list[int]
    total: Fraction
    columns: list[Column] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    parameters: int = 0
    parts: list[Fraction] | None = None
    adds_to_base: bool = True


Family = Callable[[Deal], list[Fraction]]


def _parts(weights: list[int]) -> list[Fraction]:
    whole = sum(weights)
    return [Fraction(weight, whole) for weight in weights]


def _by(deal: Deal, parts: list[Fraction]) -> list[Fraction]:
    deal.parts = parts
    return [deal.total * part for part in parts]


def _round_figure(value: Fraction, rng: random.Random) -> Fraction:
    """Near ``value``, as an agreement says it: two digits that count, the last of them often 0 or 5."""
    size = Fraction(10) ** (len(str(int(value))) - 2)
    step = size * rng.choice([1, 1, 5])
    return max(step, rounded(value, step, "half_up"))


def population(deal: Deal) -> list[Fraction]:
    return _by(deal, _parts(deal.people))


def equal(deal: Deal) -> list[Fraction]:
    return _by(deal, _parts([1] * len(deal.codes)))


def given(deal: Deal) -> list[Fraction]:
    """Shares that the parties agreed on: whole tenths of a per cent."""
    cuts = sorted(deal.rng.sample(range(5, 1000 - 4), len(deal.codes) - 1))
    edges = [0, *cuts, 1000]
    return _by(deal, [Fraction(b - a, 1000) for a, b in pairwise(edges)])


def mixed(deal: Deal) -> list[Fraction]:
    """A part equally, the rest by population."""
    equally = Fraction(deal.rng.choice([10, 20, 25, 30, 40, 50]), 100)
    deal.parameters = 1
    same = Fraction(1, len(deal.codes))
    return _by(deal, [equally * same + (1 - equally) * part for part in _parts(deal.people)])


def fee(deal: Deal) -> list[Fraction]:
    """A fee each, and so many kronor a head."""
    mean = deal.total / len(deal.codes)
    base_fee = _round_figure(mean * deal.rng.choice([10, 20, 30]) / 100, deal.rng)
    rate = rounded((deal.total - base_fee * len(deal.codes)) / sum(deal.people), Fraction(1, 100), "half_up")
    deal.parameters, deal.adds_to_base = 1, False
    return [base_fee + max(rate, Fraction(1, 100)) * each for each in deal.people]


VOLUMES = ("Antal ärenden", "Antal årsplatser", "Antal elever", "Antal larm", "Antal hushåll", "Antal brukare")


def _volumes(deal: Deal) -> list[int]:
    """Counts that follow size loosely, as cases and places do; told in a column of their own."""
    scale = deal.rng.choice([0.3, 2.0, 20.0]) / 1000
    counts = [max(4, round(each * scale * deal.rng.uniform(0.4, 2.5))) for each in deal.people]
    heading = deal.rng.choice(VOLUMES) + deal.rng.choice(["", f" {deal.day.year}", f" år {deal.day.year}"])
    deal.columns.append(Column("volume", heading, [Fraction(count) for count in counts], total=Fraction(sum(counts))))
    return counts


def volume(deal: Deal) -> list[Fraction]:
    return _by(deal, _parts(_volumes(deal)))


def volume_and_population(deal: Deal) -> list[Fraction]:
    part = Fraction(deal.rng.choice([20, 25, 30, 40, 50, 60, 70, 75, 80]), 100)
    deal.parameters = 1
    pairs = zip(_parts(_volumes(deal)), _parts(deal.people), strict=True)
    return _by(deal, [part * first + (1 - part) * second for first, second in pairs])


def _kr(amount: Fraction) -> str:
    return f"{int(amount):,}".replace(",", "\u00a0") + " kr"


def floor(deal: Deal) -> list[Fraction]:
    """A least amount; the others share what is left by population."""
    shares = sorted(deal.total * part for part in _parts(deal.people))
    least = _round_figure(shares[max(1, len(shares) // 3)] * Fraction(11, 10), deal.rng)
    least = min(least, _round_figure(deal.total / len(shares) * Fraction(7, 10), deal.rng))
    deal.parameters = 1
    deal.notes += deal.rng.choice([[], [f"Lägst {_kr(least)} per kommun"], [f"Minimiavgift {_kr(least)}"]])
    return _bounded(deal, least, None)


def cap(deal: Deal) -> list[Fraction]:
    """A largest amount; the others share what is left by population."""
    share = max(_parts(deal.people))
    most = _round_figure(deal.total * max(share * Fraction(8, 10), Fraction(12, 10) / len(deal.codes)), deal.rng)
    deal.parameters = 1
    deal.notes += deal.rng.choice([[], [f"Högst {_kr(most)} per kommun"]])
    return _bounded(deal, None, most)


def _bounded(deal: Deal, least: Fraction | None, most: Fraction | None) -> list[Fraction]:
    fixed: dict[int, Fraction] = {}
    while True:
        free = [i for i in range(len(deal.codes)) if i not in fixed]
        rate = (deal.total - sum(fixed.values())) / (sum(deal.people[i] for i in free) or 1)
        beyond = {i: least for i in free if least is not None and deal.people[i] * rate < least}
        beyond |= {i: most for i in free if most is not None and deal.people[i] * rate > most}
        if not beyond or len(beyond) == len(free):
            return [fixed.get(i, rate * each) for i, each in enumerate(deal.people)]
        fixed |= beyond


def rebate(deal: Deal) -> list[Fraction]:
    """So many kronor a head, and a lower rate for the large."""
    limit = deal.rng.choice([30_000, 50_000, 100_000, 200_000])
    if limit > max(deal.people):
        limit = 10_000
    rate = rounded(deal.total / sum(deal.people), Fraction(1, 10), "up")
    lower = rate * Fraction(100 - deal.rng.choice([10, 15, 20, 25]), 100)
    deal.parameters, deal.adds_to_base = 2, False
    deal.notes += deal.rng.choice([[], [f"Rabatt för kommuner med fler än {limit:,} invånare".replace(",", "\u00a0")]])
    return [(lower if each > limit else rate) * each for each in deal.people]


def host(deal: Deal) -> list[Fraction]:
    """The host carries a part first, and its share of the rest."""
    who, part = deal.rng.randrange(len(deal.codes)), Fraction(deal.rng.choice([5, 10, 15, 20, 25, 30]), 100)
    deal.parameters = 2
    percent = int(part * 100)
    deal.notes += deal.rng.choice([[], [f"Värdkommunen {world.NAMES[deal.codes[who]]} svarar för {percent} %"]])
    return [
        deal.total * ((1 - part) * share + (part if i == who else 0)) for i, share in enumerate(_parts(deal.people))
    ]


def surcharge(deal: Deal) -> list[Fraction]:
    """One member pays so much more than its share."""
    who = deal.rng.randrange(len(deal.codes))
    extra = _round_figure(deal.total * Fraction(deal.rng.choice([3, 5, 8, 12]), 100), deal.rng)
    deal.parameters = 2
    rest = deal.total - extra
    return [rest * share + (extra if i == who else 0) for i, share in enumerate(_parts(deal.people))]


STEPS = (8_000, 15_000, 30_000, 60_000, 100_000, 200_000, 10**9)


def steps(deal: Deal) -> list[Fraction]:
    """A fee by size class."""
    first = _round_figure(deal.total / len(deal.codes) / 3, deal.rng)
    growth = Fraction(deal.rng.choice([14, 15, 16, 18, 20]), 10)
    classes = [next(k for k, limit in enumerate(STEPS) if each <= limit) for each in deal.people]
    deal.parameters, deal.adds_to_base = 2 * len(set(classes)) - 1, False
    return [rounded(first * growth**k, 500 if first > 5000 else 100, "half_up") for k in classes]


def blocks(deal: Deal) -> list[Fraction]:
    """Two costs, each with its own key and column: one equally, one by population."""
    part = Fraction(deal.rng.choice([20, 30, 40, 50]), 100)
    first = rounded(deal.total * part / len(deal.codes), 1, "half_up")
    by_people = [rounded(deal.total * (1 - part) * share, 1, "half_up") for share in _parts(deal.people)]
    equally = [first] * len(deal.codes)
    for heading, values in (("Administration kr", equally), ("Verksamhet kr", by_people)):
        deal.columns.append(Column("amount", heading, list(values), total=sum(values, Fraction(0))))
    return [first + each for each in by_people]


def sections(deal: Deal) -> list[Fraction]:
    """Two parts of the group, each with a cost of its own shared by population within it."""
    half = len(deal.codes) // 2
    deal.sections = ["Norra delen"] * half + ["Södra delen"] * (len(deal.codes) - half)
    first = _round_figure(deal.total * Fraction(deal.rng.choice([35, 45, 55]), 100), deal.rng)
    north, south = _parts(deal.people[:half]), _parts(deal.people[half:])
    deal.parameters = 1
    return [first * share for share in north] + [(deal.total - first) * share for share in south]


def frozen(deal: Deal) -> list[Fraction]:
    """Some keep the amount of the year before; the others share the rest by population."""
    before = [rounded(deal.total * Fraction(9, 10) * share, 1, "half_up") for share in _parts(deal.people)]
    kept = set(deal.rng.sample(range(len(deal.codes)), max(2, len(deal.codes) // 4)))
    deal.columns.append(
        Column("amount", f"Belopp {deal.day.year}", list(before), total=sum(before, Fraction(0)), year=deal.day.year)
    )
    rest = deal.total - sum(before[i] for i in kept)
    free = sum(each for i, each in enumerate(deal.people) if i not in kept)
    deal.parameters = len(kept)
    return [before[i] if i in kept else rest * each / free for i, each in enumerate(deal.people)]


@dataclass(frozen=True)
class Kind:
    """A family: ``known`` are those that the search has always known, ``least`` the smallest group it makes sense for,
    ``rounds`` whether its parts are ever rounded before the amounts are reckoned."""

    make: Family
    known: bool = False
    least: int = 2
    rounds: bool = False
    takes_rest: bool = True


FAMILIES: dict[str, Kind] = {
    "population": Kind(population, known=True, rounds=True),
    "given": Kind(given, known=True, least=3),
    "equal": Kind(equal, known=True, least=3),
    "mixed": Kind(mixed, known=True, least=4, rounds=True),
    "fee": Kind(fee, known=True, least=4, takes_rest=False),
    "volume": Kind(volume, least=3),
    "volume+population": Kind(volume_and_population, least=5),
    "floor": Kind(floor, least=5, takes_rest=False),
    "cap": Kind(cap, least=5, takes_rest=False),
    "rebate": Kind(rebate, least=6, takes_rest=False),
    "host": Kind(host, least=4, takes_rest=False),
    "surcharge": Kind(surcharge, least=5, takes_rest=False),
    "steps": Kind(steps, least=5, takes_rest=False),
    "blocks": Kind(blocks, least=3, takes_rest=False),
    "sections": Kind(sections, least=6, takes_rest=False),
    "frozen": Kind(frozen, least=6, takes_rest=False),
}


def make(rng: random.Random, name: str, codes: list[str], day: dt.date) -> Table:
    """A table without faults, of a family, for a group: the key's columns, shares perhaps, amounts, totals."""
    kind = FAMILIES[name]
    total = Fraction(rng.choice([3_000, 30_000, 300_000, 2_000_000]) * len(codes))
    total = _round_figure(total * Fraction(rng.randint(50, 150), 100), rng) + rng.choice([0, 0, 12_345, 763])
    people = [world.people(code, day) for code in codes]
    deal = Deal(rng, codes, day, people, total)
    exact = kind.make(deal)
    if kind.rounds and deal.parts and rng.random() < 0.35:
        step = Fraction(1, 10 ** rng.choice([3, 4, 4, 5]))
        deal.parts = [rounded(part, step, "half_up") for part in deal.parts]
        exact = [total * part for part in deal.parts]
    unit = Fraction(rng.choices([1, 10, 100, 1000], [84, 6, 6, 4])[0])
    unit = Fraction(1) if min(exact) < 50 * unit or name in ("blocks", "frozen", "floor", "cap") else unit
    mode = rng.choices(ROUNDINGS, [70, 12, 9, 9])[0]
    amounts = [rounded(each, unit, mode) for each in exact]
    carries_rest = kind.takes_rest and rng.random() < 0.25
    if carries_rest:
        amounts[max(range(len(exact)), key=exact.__getitem__)] += total - sum(amounts)
    return _lay(deal, name, exact, amounts, mode, unit, carries_rest)


def _lay(
    deal: Deal, name: str, exact: list[Fraction], amounts: list[Fraction], mode: str, unit: Fraction, carries_rest: bool
) -> Table:
    """The columns of a deal in the order in which annexes have them."""
    rng, kind = deal.rng, FAMILIES[name]
    year = deal.day.year + 1
    with_totals = rng.random() < 0.85
    columns = []
    if name not in ("given", "equal", "volume", "blocks") or rng.random() < 0.4:
        columns.append(_population_column(deal))
    columns += [column for column in deal.columns if column.kind == "volume"]
    if name == "given" or (deal.parts and name in ("population", "volume") and rng.random() < 0.6):
        step = Fraction(1, 10 ** (3 if name == "given" else rng.choice([4, 4, 5])))
        shares = [rounded(part, step, "half_up") for part in deal.parts or []]
        columns.append(Column("share", rng.choice(["Andel", "Kostnadsandel"]), shares, step, sum(shares, Fraction(0))))
    columns += [column for column in deal.columns if column.kind == "amount"]
    base = deal.total if deal.adds_to_base else sum(exact, Fraction(0))
    stated = deal.adds_to_base and name != "blocks" and rng.random() < 0.5
    if stated:
        deal.notes.append(f"Total kostnad {year}: {_kr(base)}")
    if name == "population" and rng.random() < 0.15:
        before = [rounded(each * Fraction(96, 100), unit, mode) for each in exact]
        columns.append(Column("amount", f"Kostnad {year - 1}", before, unit, sum(before, Fraction(0)), year=year - 1))
    heading = rng.choice([f"Kostnad {year}", f"Belopp {year} (kr)", f"Avgift {year}", f"Kostnad per kommun {year}"])
    amount = Column("amount", heading, amounts, unit, sum(amounts, Fraction(0)), year=year)
    columns.append(amount)
    if columns[0].kind == "population" and rng.random() < 0.15:
        cent = Fraction(1, 100)
        rates = [rounded(a / p, cent, "half_up") for a, p in zip(amounts, deal.people, strict=True)]
        columns.append(Column("rate", "Kr per invånare", rates, cent))
    if not with_totals:
        for column in columns:
            column.total = None
    return Table(
        name,
        kind.known and world.year_end(deal.day),
        list(deal.codes),
        columns,
        amount,
        exact,
        mode,
        base,
        deal.parameters,
        stated or (carries_rest and with_totals),
        carries_rest,
        deal.notes,
        deal.sections,
    )


def _population_column(deal: Deal) -> Column:
    day, rng = deal.day, deal.rng
    months = {12: "december", 11: "november", 6: "juni", 9: "september"}
    written = f"{day.day} {months[day.month]} {day.year}"
    word = rng.choice(["Folkmängd", "Invånare", "Antal invånare", "Befolkning"])
    forms = [f"{word} {written}", f"{word} {day}", f"{word} {day.day}/{day.month} {day.year}"]
    heading = rng.choice([*forms, f"{word} {day.year}"] if world.year_end(day) else forms)
    figures = [Fraction(each) for each in deal.people]
    return Column("population", heading, figures, total=sum(figures, Fraction(0)), day=day)
