"""The economic chapters of an agreement that only its terms are known of: what they give each payer, year by year."""

from __future__ import annotations

from fractions import Fraction

from analys.allocation.year import Row, YearAllocation, allocate_each, years_with_cost
from analys.errors import AnalysError
from analys.export.blocks import Blank, Block, Section, Text, typeset
from analys.export.case import Case
from analys.export.wording import listed, thousands, underlag
from analys.figures import who_pays
from analys.figures.sources import official_population, titled
from analys.swedish import NBSP, format_number, format_percent, to_decimal


def years_shared(case: Case) -> list[YearAllocation]:
    """Every year that the terms give a cost for. Raises :class:`AnalysError` when there is none."""
    years = years_with_cost(case.agreement)
    if not years:
        raise AnalysError(
            f"{case.agreement.id}: no document states a cost of any year, so there is nothing to report; "
            "write the cost in the agreement (kostnad), or share one with `analys allocate --total`"
        )
    done, left_out = allocate_each(case.agreement, years, carry_forward=True)
    if not done:
        raise AnalysError("\n".join(str(error) for error in left_out.values()))
    return done


def years_left_out(case: Case) -> tuple[str, ...]:
    """The years that have a cost and cannot be shared yet, each with what is missing."""
    _, left_out = allocate_each(case.agreement, years_with_cost(case.agreement), carry_forward=True)
    return tuple(f"{year} utelämnas: {error}" for year, error in left_out.items())


def _own(case: Case, year: YearAllocation) -> Row | None:
    return next((row for row in year.rows if case.member and row.code == case.member.code), None)


def _tkr(ore: int) -> str:
    kronor = to_decimal(Fraction(ore, 100))
    return thousands(kronor, kronor)


def _rate(row: Row) -> str:
    return "" if row.per_head is None else format_number(row.per_head, 2)


def summary(case: Case) -> tuple[Block, ...]:
    """The last year that has a cost, in a sentence."""
    last = years_shared(case)[-1]
    row = _own(case, last)
    whole = f"Kostnaden {last.year} är {_tkr(last.total_ore)}{NBSP}tkr ({underlag(last.underlag)})"
    if row is None:
        return (Text(typeset(f"{whole} och delas av {len(last.rows)} betalare.")),)
    per_inhabitant = f", {_rate(row)}{NBSP}kr per invånare" if row.per_head is not None else ""
    own = f"{case.name} betalar {_tkr(row.amount_ore)}{NBSP}tkr, {format_percent(row.share)}{per_inhabitant}"
    return (Text(typeset(f"{whole}. {own} ({underlag(last.underlag)}).")),)


def opening(case: Case) -> tuple[Block, ...]:
    note = [Text(typeset(case.agreement.note))] if case.agreement.note else []
    return (*note, Text(case.sign.convention), Text("Kronor och ören, med formler, finns i Excelbilagan."))


def sections(case: Case) -> tuple[Section, ...]:
    """What the terms give, what is left to find out, and what was assumed."""
    years = years_shared(case)
    last = years[-1]
    blocks: list[Block] = []
    if case.member:
        blocks.append(
            case.table(
                "ar",
                f"Vad {case.name} betalar per år enligt avtalets villkor, tkr",
                ("År", "Belopp, tkr", "Andel", "Kr per invånare", "Underlag"),
                [
                    (
                        str(year.year),
                        _tkr(row.amount_ore),
                        format_percent(row.share),
                        _rate(row),
                        underlag(year.underlag),
                    )
                    for year in years
                    if (row := _own(case, year))
                ],
                sources(case),
            )
        )
    blocks.append(
        case.table(
            "fordelning",
            f"Fördelning {last.year} enligt avtalets villkor, tkr",
            ("Betalare", "Belopp, tkr", "Andel", "Kr per invånare"),
            [(row.name, _tkr(row.amount_ore), format_percent(row.share), _rate(row)) for row in last.rows],
            sources(case),
            underlag(last.underlag),
        )
    )
    blocks.append(
        case.figure(
            f"fordelning-{last.year}",
            f"Vad varje betalare betalar {last.year}",
            underlag(last.underlag),
            who_pays.allocated,
            last.year,
            None,
            case.name,
        )
    )
    if case.leavers:
        names = listed([each.name for each in case.leavers])
        blocks.append(Text(f"Beloppen räknas med alla medlemmar. Uppsägning från {names} ändrar dem inte här."))
    assumed = dict.fromkeys(assumption for year in years for assumption in year.assumptions)
    blocks += [Text(typeset(f"Antagande: {assumption}")) for assumption in assumed]
    blocks += [Text(typeset(missing)) for missing in years_left_out(case)]
    saving = Blank(
        "Skriv besparingen: underlaget anger inte vad kommunerna har betalat. `analys scenario` räknar vad villkoren ger."
    )
    return (
        Section("Fördelning enligt villkoren", tuple(blocks)),
        Section("Besparing om avtalet upphör", (saving,)),
    )


def sources(case: Case) -> str:
    """The documents that the terms stand in, and the statistics."""
    return f"{titled(case.agreement)}; {official_population()}"
