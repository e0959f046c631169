"""The assumption log: what no document says, why it is assumed, and what it is worth in kronor.

An agreement's own words for its assumptions are data (``antaganden.csv`` in its folder); what the account assumes beside
them is worded here. Every effect is computed from the account that the published figures come from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Final

import pandas as pd

from analys import burden, population, project, savings
from analys.account import Account, Basis, Origin, account, reproduced
from analys.account import key as keys
from analys.account import model as ids
from analys.account.annexed import YEAR, Invoice
from analys.account.folder import ASSUMPTIONS
from analys.account.stated import Stated
from analys.agreement import UNKNOWN
from analys.agreement.fields import known
from analys.errors import AnalysError
from analys.evidence import Underlag
from analys.swedish import format_kr, format_percent, format_tkr


def file() -> Path:
    """Where the current project keeps the log as a page."""
    return project.required().folder / "docs" / "antaganden.md"


#: What an assumption is worth for an account, in Swedish; ``None`` where the account does not make it.
Effect = Callable[[Account], str | None]


@dataclass(frozen=True)
class Assumption:
    """An assumption in words that fit any agreement, and what it is worth."""

    text: str
    reason: str
    effect: Effect


def _assumed(own: Account, name: str) -> bool:
    return any(name in amount.assumptions for amount in own.amounts)


def _most(own: Account, moved: Mapping[str, Fraction]) -> tuple[Fraction, str]:
    """The largest of what is moved, and whose it is; of equal ones the first."""
    code = max(moved, key=lambda code: moved[code])
    return moved[code], keys.payer(own.agreement, code).name


def _stated(own: Account, *origins: Origin) -> list[Stated]:
    """The statements of the last year that has any, the lowest implied total first."""
    for year in reversed(own.years):
        if found := [each for each in own.stated(year, *origins) if each.total and each.payer]:
            return sorted(found, key=lambda each: each.total.low if each.total else 0)
    return []


def _reference_day(own: Account) -> str | None:
    year = own.years[-1] if _assumed(own, ids.REFERENCE_DAY) else None
    totals = [own.total(parts) for (of, _), parts in own.sources(Basis.TWELVE_MONTHS).items() if of == year]
    before = keys.by_statistics(own.agreement, year) if year else None
    if year is None or before is None or before.parts is None or not totals or year > population.latest_year():
        return None
    same = {code: population.year_end(code, year) for code in before.parts}
    moved = {code: abs(Fraction(same[code], sum(same.values())) - part) for code, part in before.parts.items()}
    part, name = _most(own, moved)
    amount = part * max(total.middle for total in totals)
    used = before.reference[:4] or year - 1
    return f"folkmängden {year} i stället för {used} flyttar högst {format_kr(amount)} ({name}, {year})"


def _undated(own: Account) -> str | None:
    for ruled in reproduced.columns(own.folder):
        undated = any(rule.reference_day == UNKNOWN for rule in ruled.charge.key.populations())
        official = keys.by_statistics(own.agreement, ruled.column.first_year)
        if not undated or official is None or official.parts is None:
            continue
        printed = ruled.charge.exact_parts
        yearly = ruled.base_ore / 100 * YEAR / ruled.column.months
        moved = {code: abs(printed[code] - official.parts[code]) * yearly for code in printed}
        amount, name = _most(own, moved)
        return f"med SCB:s tal för {official.reference} ändras årsbeloppet högst {format_kr(amount)} ({name})"
    return None


def _base(own: Account) -> str | None:
    inferred = [
        ruled
        for ruled in reproduced.columns(own.folder)
        if ruled.version.cost != UNKNOWN and ruled.version.cost.underlag is Underlag.BERAKNAD
    ]
    if not inferred:
        return None
    printed = sum(inferred[-1].column.ore(payer) for payer in inferred[-1].payers.values())
    difference = inferred[-1].base_ore / 100 - Fraction(printed, 100)
    return f"basen är {format_kr(difference)} högre än beloppens summa; varje bas i intervallet ger samma belopp"


def _rounding_rule(own: Account) -> str | None:
    inferred = [
        ruled
        for ruled in reproduced.columns(own.folder)
        if (term := known(ruled.version.rounding)) and term.underlag is not Underlag.DOKUMENTERAD
    ]
    if not inferred:
        return None
    last = inferred[-1]
    parts = last.charge.exact_parts
    moved = {
        code: abs(Fraction(last.shared.amounts_ore[code], 100) - parts[code] * last.base_ore / 100) for code in parts
    }
    amount, name = _most(own, moved)
    return f"exakta andelar i {last.column.annex.label} flyttar högst {format_kr(amount, 2)} ({name})"


def _accrual(own: Account) -> str | None:
    spread = [invoice for invoice in own.invoices() if len(invoice.months_by_year()) > 1]
    if not spread:
        return None
    invoices = [invoice for invoice in own.invoices() if invoice.version is spread[0].version]
    year = invoices[0].due.year + 1
    months = sum(invoice.months for invoice in invoices)
    stated = sum(invoice.column.months for invoice in invoices)
    total = sum((_whole(invoice) for invoice in invoices), Fraction(0))
    cut = sum((_part(invoice, year, invoice.months) for invoice in invoices), Fraction(0))
    whole = sum((_part(invoice, year, invoice.column.months) for invoice in invoices), Fraction(0))
    evenly = total * sum(invoice.months_by_year().get(year, 0) for invoice in invoices) / months
    said = f"jämnt över alla {months} månader i stället ändras {year} med {format_kr(abs(cut - evenly))}"
    if stated == months:
        return said
    return (
        f"med bilagans egna {stated} månader blir {year} {format_kr(whole)}, {format_kr(abs(cut - whole))} "
        f"{'mindre' if whole < cut else 'mer'}; {said}"
    )


def _whole(invoice: Invoice) -> Fraction:
    """What the annex says that all pay together; its members' amounts, each rounded for itself, where it prints no sum."""
    printed = invoice.column.printed_total
    if printed:
        return Fraction(printed.value)
    return sum((Fraction(figure.value) for figure in invoice.column.figures.values()), Fraction(0))


def _part(invoice: Invoice, year: int, months: int) -> Fraction:
    """What falls in a year when an invoice is spread over so many months from its first."""
    in_year = sum((invoice.first_month + month).year == year for month in range(months))
    return _whole(invoice) * in_year / months


def _range(own: Account) -> str | None:
    headed = own.years_of(Origin.RANGE)
    stated = [each for each in own.stated(headed[-1], Origin.RANGE) if each.total] if headed else []
    if not stated or stated[0].total is None:
        return None
    width = stated[0].total.high - stated[0].total.low
    return f"totalkostnaden {headed[-1]} är obestämd inom {format_tkr(width)}"


def _one_member(own: Account) -> str | None:
    stated = _stated(own, Origin.PAYMENT)
    if len(stated) < 2 or stated[0].total is None or stated[-1].total is None:
        return None
    gap = stated[-1].total.low - stated[0].total.high
    if gap <= 0:
        return f"uppgifterna om {stated[0].year} går ihop"
    return f"de {_count(len(stated))} uppgifterna om {stated[0].year} skiljer minst {format_tkr(gap)} i totalkostnad"


def _count(number: int) -> str:
    return {2: "två", 3: "tre", 4: "fyra"}.get(number, str(number))


def _rounded(own: Account) -> str | None:
    half = max((each.kronor.high - each.kronor.low for each in _stated(own, Origin.PAYMENT)), default=Fraction(0)) / 2
    return f"±{format_kr(half)} per uppgift" if half else None


def _invoice_year(own: Account) -> str | None:
    stated = _stated(own, Origin.PAYMENT)
    moved = []
    for each in stated:
        earlier = keys.agreed(own.agreement, each.year - 1)
        other = earlier.total(each.payer.key, each.kronor) if earlier and each.payer else None
        if other and each.total:
            moved.append((abs(other.middle - each.total.middle), each.label))
    if not moved:
        return None
    amount, label = max(moved)
    return f"avser {label} i stället året före ändras totalkostnaden som den ger med {format_kr(amount)}"


def _ends(own: Account) -> pd.DataFrame | None:
    """The savings by reading for the last day that a decision gives, of those who state what they pay (of all, where
    nobody does); ``None`` where no decision gives one in force."""
    dated = [day for each in own.agreement.decisions if each.kind == "uppsagning" and (day := each.last_day)]
    try:
        frame = savings.savings_by_reading(str(own.agreement.file), max(dated)) if dated else None
    except AnalysError:
        return None
    return frame if frame is None or not frame["egen_uppgift"].any() else frame[frame["egen_uppgift"]]


def _last_day(own: Account) -> str | None:
    frame = _ends(own)
    if frame is None or frame["sista_dag"].nunique() < 2:
        return None
    middle = (frame["innevarande_ar_lagst_kr"] + frame["innevarande_ar_hogst_kr"]) / 2
    readings = frame.assign(kr=middle).pivot_table("kr", ["kommun", "enligt"], "lasning", aggfunc="first", sort=False)
    first, second = readings[savings.ENDS_THEN], readings[savings.NOTICE_THEN]
    name, source = at = max(readings.index, key=lambda at: abs(first[at] - second[at]))
    return (
        f"{name} ({source}): {format_tkr(first[at])} om avtalet upphör den dagen, "
        f"{format_tkr(second[at])} om det sägs upp den dagen"
    )


def _largest(own: Account) -> tuple[Decimal, str, int] | None:
    """The largest yearly amount that a saving is reckoned on: kronor, whose, and of which year."""
    frame = _ends(own)
    if frame is None:
        return None
    row = max(frame.to_dict("records"), key=lambda row: row["helar_hogst_kr"])
    return (row["helar_lagst_kr"] + row["helar_hogst_kr"]) / 2, row["kommun"], row["prisniva"]


def _price_level(own: Account) -> str | None:
    largest = _largest(own)
    if largest is None:
        return None
    kronor, name, _ = largest
    return f"en procents pris- och löneökning är {format_kr(kronor / 100)} per år för {name}"


def _carried_cost(own: Account) -> str | None:
    largest, known = _largest(own), burden.price_years()
    if largest is None or len(known) < 2:
        return None
    kronor, name, year = largest
    change = burden.price_factor(known[-2], known[-1]) - 1
    moved = Fraction(kronor) * change
    return (
        f"ändras kostnaden sedan {year} som KPI gjorde {known[-2]}–{known[-1]} ({format_percent(change, 1)}) ändras "
        f"helårseffekten med {format_tkr(moved)} ({name})"
    )


def _price_index(own: Account) -> str | None:
    years = [year for year in own.years if year in burden.price_years()]
    for last in reversed(years):
        try:
            by_cpi, by_pkv = (burden.price_factor(years[0], last, series) for series in ("kpi", "pkv"))
        except AnalysError:
            continue
        if last == years[0]:
            return None
        (whole, *_) = (own.total(parts) for parts in own.sources(Basis.TWELVE_MONTHS, [years[0]]).values())
        moved = whole.middle * abs(by_pkv - by_cpi)
        return f"med PKV i stället för KPI ändras {years[0]} års kostnad i {last} års priser med {format_kr(moved)}"
    return None


def _population_day(own: Account) -> str | None:
    known = [year for year in own.years_of(Origin.ANNEX, Origin.TERMS) if year <= population.latest_year()]
    if not known:
        return None
    charged = {each.payer.code: each.kronor.middle for each in own.of(Basis.INVOICE, known[-1:]) if each.payer.code}
    persons = {code: [population.year_end(code, known[-1] - back) for back in (0, 1)] for code in charged}
    rate, name = _most(own, {code: abs(kr / persons[code][0] - kr / persons[code][1]) for code, kr in charged.items()})
    return f"folkmängden den 31 december året före ändrar {known[-1]} högst {format_kr(rate, 2)} per invånare ({name})"


def _like_contracts(own: Account) -> str | None:
    """The contract of one member with others' amounts in its annex: its publisher names one member and no other."""
    for invoice in reversed(own.invoices()):
        publisher, figures = own.agreement.document(invoice.version.document).publisher, invoice.column.figures
        named = [payer for payer in figures if payer.code and f"{payer.name} kommun" in publisher]
        if len(named) == 1 and len(figures) > 1:
            others = _whole(invoice) - Fraction(figures[named[0]].value)
            return f"{format_kr(others)} {invoice.due.year}, för de {len(figures) - 1} andra än {named[0].name}"
    return None


#: Every assumption that is made for any agreement, by its id in the column ``antagande`` and in ``antaganden.csv``.
KNOWN: Final[dict[str, Assumption]] = {
    ids.REFERENCE_DAY: Assumption(
        "Kostnaden för ett år fördelas efter folkmängden på den dag, lika långt före året, som bilagans belopp följer; där "
        "ingen bilaga visar någon dag, 31 december året före.",
        "Ingen handling anger dagen med egna ord.",
        _reference_day,
    ),
    "odaterad-folkmangd": Assumption(
        "Bilagans folkmängd används som den är.", "Bilagan anger inte vilken dag den avser.", _undated
    ),
    "bas": Assumption(
        "Bilagan fördelar det belopp som med avtalets regel ger bilagans belopp.",
        "Ingen handling anger vilket belopp som fördelas.",
        _base,
    ),
    "avrundningsregel": Assumption(
        "Beloppen är avrundade på det sätt som ger dem alla.",
        "Ingen handling anger hur beloppen avrundas; regeln är funnen i efterhand.",
        _rounding_rule,
    ),
    ids.ACCRUAL: Assumption(
        "En faktura fördelas jämnt på de månader inom avtalstiden som den avser.",
        "Avtalet säger hur många månader fakturan avser men inte hur kostnaden fördelar sig.",
        _accrual,
    ),
    ids.INVOICE_YEAR: Assumption(
        "En betalning som uppges för ett år är det årets faktura och avser kalenderåret.",
        "Ingen faktura finns i underlaget.",
        _invoice_year,
    ),
    ids.RANGE: Assumption(
        "En uppgift om flera år gäller vart och ett av dem.", "Uppgiften skiljer inte på åren.", _range
    ),
    ids.ONE_MEMBER: Assumption(
        "En kommuns uppgift om sin betalning ger totalkostnaden genom kommunens andel.",
        "Alla delar kostnaden efter avtalets nyckel; fakturorna finns inte i underlaget.",
        _one_member,
    ),
    "avrundade-uppgifter": Assumption(
        "Ett belopp i hela tusental kronor är avrundat till närmaste tusental.",
        "Så skrivs belopp i tkr; handlingarna anger ingen annan avrundning.",
        _rounded,
    ),
    "likadana-avtal": Assumption(
        "De andra kommunernas avtal är likadana som det som finns i underlaget.",
        "Bara en kommuns avtal finns i underlaget; dess bilaga anger alla kommunernas belopp.",
        _like_contracts,
    ),
    savings.LAST_DAY: Assumption(
        "Dagen i beslutet eller förslaget är avtalets sista dag, och gäller även dem som inte anger någon dag.",
        "Handlingen kan också läsas så att avtalet sägs upp den dagen och upphör när uppsägningstiden gått ut.",
        _last_day,
    ),
    savings.PRICE_LEVEL: Assumption(
        "Besparingen räknas i det senaste kända årets priser, utan uppräkning.",
        "Ingen handling anger senare års kostnad.",
        _price_level,
    ),
    "senaste-kostnad": Assumption(
        "Kostnaden efter det senaste kända året är densamma som det året.",
        "Ingen handling anger senare års kostnad.",
        _carried_cost,
    ),
    "prisindex": Assumption(
        "Fasta priser räknas med konsumentprisindex (KPI).",
        "KPI finns för alla åren och visar vad kostnaden är värd för invånaren; ett annat index går att välja där det "
        "finns.",
        _price_index,
    ),
    "folkmangdsdag": Assumption(
        "Kronor per invånare räknas på folkmängden den 31 december samma år.",
        "Så räknar SCB och Kolada.",
        _population_day,
    ),
}


def log(agreement_id: str) -> pd.DataFrame:
    """The log as a table: ``id``, ``antagande``, ``skal``, ``effekt``.

    The agreement's own entries first, in their order; then what the account assumes beside them. An entry of the
    agreement that nothing here can compute keeps the ``effekt`` that it states itself, or says that none is computed.
    """
    own = account(agreement_id)
    effects = {name: known.effect(own) for name, known in KNOWN.items()}
    made = [[name, KNOWN[name].text, KNOWN[name].reason, effect] for name, effect in effects.items() if effect]
    log = pd.DataFrame(made, columns=["id", "antagande", "skal", "effekt"])
    file = own.folder.path / ASSUMPTIONS
    if not file.is_file():
        return log
    stated = pd.read_csv(file, dtype="str", keep_default_na=False).reindex(columns=log.columns, fill_value="")
    computed = stated["id"].map({name: effect or "inget belopp bygger på det" for name, effect in effects.items()})
    stated["effekt"] = computed.fillna(stated["effekt"].replace("", "inte beräknad"))
    return pd.concat([stated, log[~log["id"].isin(stated["id"])]], ignore_index=True)


def as_markdown(agreement_id: str) -> str:
    """The log as the page ``docs/antaganden.md``."""
    lines = [
        "# Antaganden",
        "",
        "Allt som ingen handling säger och som analysen behöver, med skälet och vad det är värt i kronor.",
        f"`analys run` skriver sidan ur `data/raw/{agreement_id}/antaganden.csv` och `analys/assumptions.py`. Ett id är det",
        "som står i de publicerade tabellernas kolumn `antagande`.",
        "",
        "| id | antagande | skäl | effekt |",
        "|---|---|---|---|",
    ]
    lines += [f"| `{row.id}` | {row.antagande} | {row.skal} | {row.effekt} |" for row in log(agreement_id).itertuples()]
    return "\n".join(lines) + "\n"
