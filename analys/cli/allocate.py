"""``analys allocate``: an agreement's cost of a year, shared."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from analys.account import Account
    from analys.allocation.billing import Bill
    from analys.allocation.year import Row, YearAllocation
    from analys.errors import AnalysError


def parse_total(_: click.Context, __: click.Parameter, text: str | None) -> int | None:
    """``--total`` in öre; Swedish forms such as "1 052 280 kr" and "376 tkr" are read."""
    from analys.agreement.fields import ore

    try:
        return None if text is None else ore(text)
    except ValueError as error:
        raise click.BadParameter(f"väntade {error}, fann {text!r}") from error


@click.command("allocate")
@click.argument("agreement", metavar="AVTAL")
@click.option(
    "--year",
    type=click.IntRange(1900, 2200),
    metavar="ÅR",
    help="Året vars kostnad fördelas; utan: alla som har en kostnad.",
)
@click.option(
    "--total", "total_ore", callback=parse_total, metavar="KR", help="Årets total, där inget dokument anger den."
)
@click.option("--json", "form", flag_value="json", help="Skriv ett JSON-objekt; utan --year en lista med ett per år.")
@click.option("--csv", "form", flag_value="csv", help="Skriv kommaseparerade rader; en rest är en egen rad.")
def command(agreement: str, year: int | None, total_ore: int | None, form: str | None) -> None:
    """Fördela ett års kostnad mellan ett avtals medlemmar.

    AVTAL är id för ett medföljande avtal (en mapp under data/raw), eller sökvägen till en avtalsmapp eller TOML-fil.
    Beloppen och den angivna resten är tillsammans totalen, på öret. Kostnaden är den för den del av året som avtalet
    gäller. Utan --year fördelas alla år som villkoren ger en kostnad för; ett år som saknar en uppgift utelämnas, och
    det sägs.

    \b
    Exempel:
      analys allocate ostergotland --year 2018
      analys allocate ostergotland --year 2019 --total "800 000 kr" --json
      analys allocate mitt-avtal/avtal.toml --csv > fordelning.csv

    \b
    JSON: {"agreement", "year", "total_kr", "residual_kr",
           "rows": [{"kommunkod", "kommun", "nyckelvarde", "referensdatum", "andel", "belopp_kr", "kr_per_invanare",
                     "nyckelvarden": [{"namn", "enhet", "varde", "referensdatum"}]}],
           "clauses": [...], samt fakturorna, momsregeln, vad beloppen vilar på och vad som har antagits}

    \b
    Utgångskod: 0 bra, 1 dokumentens egen total är en annan än den som nås, eller något år utelämnades,
    2 avtalet eller frågan går inte att använda.
    """
    from analys import csvtext
    from analys.account import account
    from analys.cli import output

    own = account(agreement)
    if year is None and total_ore is not None:
        raise click.UsageError("--total gäller ett år; ange --year")
    results, left_out = ([own.allocation(year, total_ore)], {}) if year is not None else _all_years(own)
    if form == "json":
        documents = [_document(result) for result in results]
        output.deliver(output.to_json(documents if year is None else documents[0]))
    elif form == "csv":
        output.deliver(csvtext.from_rows([row for result in results for row in [*_rows(result), *_residual(result)]]))
    else:
        output.show("\n\n".join(_page(result) for result in results))
    for missing, reason in left_out.items():
        output.say(f"{missing} utelämnas: {reason}")
    if left_out or not all(result.reconciles for result in results):
        click.get_current_context().exit(1)


def _all_years(own: Account) -> tuple[list[YearAllocation], dict[int, AnalysError]]:
    """Each year that has a cost and can be shared, and why the others cannot."""
    from analys.errors import AnalysError

    results, left_out = own.by_terms
    if not results:
        reasons = [f"{year} utelämnas: {error}" for year, error in left_out.items()]
        raise AnalysError(
            "\n".join(reasons) or f"{own.agreement.id}: inget dokument anger kostnaden för något år; ange --total"
        )
    return results, left_out


def _rows(result: YearAllocation) -> list[dict[str, Any]]:
    """A row a payer; the columns of rates and of settled budgets where the year has them."""
    more = [_rate] if any(row.per_unit for row in result.rows) else []
    more += [_settlement] if any(row.budget_ore is not None for row in result.rows) else []
    rows = []
    for row in result.rows:
        line = _line(result, row)
        for columns in more:
            line |= columns(row)
        rows.append(line)
    return rows


def _line(result: YearAllocation, row: Row) -> dict[str, Any]:
    from analys.cli.output import kronor, two_decimals

    return {
        "kommunkod": row.code or None,
        "kommun": row.name,
        "nyckelvarde": _plain(row.value),
        "referensdatum": row.reference,
        "andel": float(row.share),
        "belopp_kr": kronor(row.amount_ore),
        "kr_per_invanare": two_decimals(row.per_head),
        "underlag": str(result.underlag),
        "ar": result.year,
    }


def _rate(row: Row) -> dict[str, Any]:
    unit, rate = row.per_unit or (None, None)
    return {"enhet": unit, "kr_per_enhet": _plain(rate)}


def _settlement(row: Row) -> dict[str, Any]:
    from analys.cli.output import kronor

    budget = row.budget_ore or 0
    return {"preliminart_kr": kronor(budget), "avrakning_kr": kronor(row.amount_ore - budget)}


def _residual(result: YearAllocation) -> list[dict[str, Any]]:
    """What rounding leaves, as a row of its own, so that the rows make the total."""
    from analys.cli.output import kronor

    if not result.residual_ore:
        return []
    empty = dict.fromkeys(_rows(result)[0])
    return [{**empty, "kommun": "Rest", "belopp_kr": kronor(result.residual_ore), "ar": result.year}]


def _plain(value: Fraction | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)


def _document(result: YearAllocation) -> dict[str, Any]:
    from analys.allocation.billing import invoices
    from analys.cli.output import kronor

    named = [
        [{"namn": v.name, "enhet": v.unit, "varde": _plain(v.value), "referensdatum": v.reference} for v in row.values]
        for row in result.rows
    ]
    rows = [row | {"nyckelvarden": values} for row, values in zip(_rows(result), named, strict=True)]
    return {
        "agreement": result.agreement.id,
        "year": result.year,
        "total_kr": kronor(result.total_ore),
        "residual_kr": kronor(result.residual_ore),
        "stated_total_kr": None if result.stated_ore is None else kronor(result.stated_ore),
        "underlag": str(result.underlag),
        "vat": result.vat,
        "note": result.agreement.note,
        "assumptions": list(result.assumptions),
        "rows": rows,
        "invoices": [
            {
                "forfaller": str(bill.due),
                "avser": bill.covers,
                "total_kr": kronor(bill.total_ore),
                "rows": [{"part": payer, "belopp_kr": kronor(ore)} for payer, ore in bill.amounts_ore.items()],
            }
            for bill in invoices(result)
        ],
        "clauses": result.clauses(),
    }


def _page(result: YearAllocation) -> str:
    from analys.allocation.billing import invoices
    from analys.cli.output import to_table
    from analys.swedish import format_kr, format_ore

    headings, lines = _table(result)
    blank = [""] * (len(headings) - 3)
    closing = [
        [name, *blank, format_ore(ore), ""]
        for name, ore in (
            ("Summa belopp", result.charged_ore),
            ("Rest efter avrundning", result.residual_ore),
            ("Att fördela", result.total_ore),
        )
    ]
    page = [
        f"{result.agreement.name}, {result.year} ({result.underlag.in_words}; moms: {result.vat.replace('okand', 'okänd')})",
        *filter(None, [result.agreement.note]),
        "",
        to_table(headings, lines + closing),
    ]
    if result.stated_ore is not None:
        verdict = "stämmer" if result.reconciles else "stämmer INTE"
        page += ["", f"Dokumentens summa {format_kr(Fraction(result.stated_ore, 100), 2)} {verdict}."]
    page += [f"Antagande: {assumption}" for assumption in result.assumptions]
    if bills := invoices(result):
        page += ["", "Fakturor", _invoices(result, bills)]
    page += ["", "Villkor", *_clauses(result)]
    return "\n".join(page)


def _table(result: YearAllocation) -> tuple[list[str], list[list[str]]]:
    """The headings, and a line a payer: its figures (each with its name where there are several), share and amount."""
    from analys.agreement.words import number
    from analys.swedish import format_number, format_ore, format_percent

    names = list(dict.fromkeys(value.name for row in result.rows for value in row.values))
    several = len(names) > 1
    columns = names if several else ["Nyckelvärde"]
    unit = next((row.per_unit[0] for row in result.rows if row.per_unit), None)
    headings = ["Kommun", *columns, "Referensdatum", "Andel", "Belopp, kr", f"Kr per {unit or 'invånare'}"]

    def figures(row: Row) -> Iterable[str]:
        own = {value.name: number(value.value) for value in row.values}
        return (own.get(name, "") for name in names or [""])

    def line(row: Row) -> list[str]:
        rate = row.per_unit[1] if row.per_unit else None if unit else row.per_head
        days = ", ".join(dict.fromkeys(value.reference for value in row.values)).replace("okand", "okänt")
        shown = "" if rate is None else format_number(rate, 2)
        return [row.name, *figures(row), days, format_percent(row.share), format_ore(row.amount_ore), shown]

    return headings, [line(row) for row in result.rows]


def _invoices(result: YearAllocation, bills: list[Bill]) -> str:
    """A row a payer and a column an invoice, with the days and what they cover."""
    from analys.cli.output import to_table
    from analys.swedish import format_ore

    headings = ["Betalare", *(f"{bill.due} ({bill.covers})" for bill in bills)]
    amounts = [{payer: format_ore(ore) for payer, ore in bill.amounts_ore.items()} for bill in bills]
    rows = [[row.name, *(own.get(row.payer, "") for own in amounts)] for row in result.rows]
    return to_table(headings, [*rows, ["Summa", *(format_ore(bill.total_ore) for bill in bills)]])


def _clauses(result: YearAllocation) -> list[str]:
    lines = []
    for clause in result.clauses():
        place = f"{clause.get('dokument', '')}, {clause.get('stalle', '')}"
        lines.append(f"  {clause['version']} {clause['villkor']}: {place}")
        lines += [f"    {clause['anmarkning']}"] if "anmarkning" in clause else []
    return lines
