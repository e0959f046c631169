"""``analys allocate``: an agreement's cost of a year, shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from analys.allocation.year import YearAllocation


def parse_total(_: click.Context, __: click.Parameter, text: str | None) -> int | None:
    """``--total`` in öre; Swedish forms such as "1 052 280 kr" and "376 tkr" are read."""
    from analys.agreement.fields import ore

    try:
        return None if text is None else ore(text)
    except ValueError as error:
        raise click.BadParameter(f"väntade {error}, fann {text!r}") from error


@click.command("allocate")
@click.argument("agreement")
@click.option("--year", type=click.IntRange(1900, 2200), required=True, help="The year whose cost is shared.")
@click.option(
    "--total", "total_ore", callback=parse_total, metavar="KR", help="The year's total, where no document states it."
)
@click.option("--json", "form", flag_value="json", help="Print one JSON object.")
@click.option("--csv", "form", flag_value="csv", help="Print comma-separated rows; a residual is a row of its own.")
def command(agreement: str, year: int, total_ore: int | None, form: str | None) -> None:
    """Share an agreement's cost of a year between its members.

    AGREEMENT is the id of a bundled agreement (a folder under data/raw), or a path to an agreement folder or TOML file.
    Amounts and the stated residual make the total, to the öre. The cost is that of the part of the year in which the
    agreement is in force.

    \b
    Examples:
      analys allocate ostergotland --year 2018
      analys allocate ostergotland --year 2019 --total "800 000 kr" --json
      analys allocate mitt-avtal/avtal.toml --year 2024 --csv > fordelning.csv

    \b
    JSON: {"agreement", "year", "total_kr", "residual_kr",
           "rows": [{"kommunkod", "kommun", "nyckelvarde", "referensdatum", "andel", "belopp_kr", "kr_per_invanare"}],
           "clauses": [...], and the invoices, the VAT rule, what the amounts rest on and what was assumed}

    \b
    Exit codes: 0 fine, 1 the documents' own total is another than the one reached, 2 unusable agreement or request.
    """
    from analys import agreement as agreements
    from analys import csvtext
    from analys.allocation.year import allocate_year
    from analys.cli import output

    result = allocate_year(agreements.load(agreement), year, total_ore)
    rows = _rows(result)
    if form == "json":
        output.deliver(output.to_json(_document(result, rows)))
    elif form == "csv":
        rest = [{**dict.fromkeys(rows[0]), "kommun": "Rest", "belopp_kr": output.kronor(result.residual_ore)}]
        output.deliver(csvtext.from_rows(rows + (rest if result.residual_ore else [])))
    else:
        output.show(_page(result))
    if not result.reconciles:
        click.get_current_context().exit(1)


def _rows(result: YearAllocation) -> list[dict[str, Any]]:
    from analys.cli.output import kronor, two_decimals

    settled = any(row.budget_ore is not None for row in result.rows)
    rows = []
    for row in result.rows:
        line: dict[str, Any] = {
            "kommunkod": row.code or None,
            "kommun": row.name,
            "nyckelvarde": _plain(row.value),
            "referensdatum": row.reference,
            "andel": float(row.share),
            "belopp_kr": kronor(row.amount_ore),
            "kr_per_invanare": two_decimals(row.per_head),
            "underlag": str(result.underlag),
        }
        if settled:
            budget = row.budget_ore or 0
            line |= {"preliminart_kr": kronor(budget), "avrakning_kr": kronor(row.amount_ore - budget)}
        rows.append(line)
    return rows


def _plain(value: Any) -> int | float | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)


def _document(result: YearAllocation, rows: list[dict[str, Any]]) -> dict[str, Any]:
    from analys.allocation.billing import invoices
    from analys.cli.output import kronor

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
                "forfaller": str(invoice.due),
                "avser": invoice.covers,
                "total_kr": kronor(invoice.total_ore),
                "rows": [{"part": payer, "belopp_kr": kronor(ore)} for payer, ore in invoice.amounts_ore.items()],
            }
            for invoice in invoices(result)
        ],
        "clauses": result.clauses(),
    }


def _page(result: YearAllocation) -> str:
    from analys.allocation.billing import invoices
    from analys.cli.output import to_table
    from analys.swedish import format_date, format_kr, format_number, format_percent

    def amount(ore: int) -> str:
        return format_number(_kr(ore), 0 if ore % 100 == 0 else 2)

    lines = [
        [
            row.name,
            "" if row.value is None else format_number(row.value, 0 if row.value.denominator == 1 else 2),
            row.reference or "",
            format_percent(row.share),
            amount(row.amount_ore),
            "" if row.per_head is None else format_number(row.per_head, 2),
        ]
        for row in result.rows
    ]
    closing = [
        ["Summa belopp", "", "", "", amount(result.charged_ore), ""],
        ["Rest efter avrundning", "", "", "", amount(result.residual_ore), ""],
        ["Att fördela", "", "", "", amount(result.total_ore), ""],
    ]
    headings = ["Kommun", "Nyckelvärde", "Referensdatum", "Andel", "Belopp, kr", "Kr per invånare"]
    page = [
        f"{result.agreement.name}, {result.year} ({result.underlag}; moms: {result.vat})",
        *([result.agreement.note] if result.agreement.note else []),
        "",
        to_table(headings, lines + closing),
    ]
    if result.stated_ore is not None:
        verdict = "stämmer" if result.reconciles else "stämmer INTE"
        page += ["", f"Dokumentens summa {format_kr(_kr(result.stated_ore), 2)} {verdict}."]
    page += [f"Antagande: {assumption}" for assumption in result.assumptions]
    due = [
        f"  {format_date(invoice.due)}: {format_kr(_kr(invoice.total_ore), 2)} ({invoice.covers})"
        for invoice in invoices(result)
    ]
    page += ["", "Fakturor", *due] if due else []
    page += ["", "Villkor"]
    for clause in result.clauses():
        page.append(
            f"  {clause['version']} {clause['villkor']}: {clause.get('dokument', '')}, {clause.get('stalle', '')}"
        )
        page += [f"    {clause['anmarkning']}"] if "anmarkning" in clause else []
    return "\n".join(page)


def _kr(ore: int) -> Any:
    from fractions import Fraction

    return Fraction(ore, 100)
