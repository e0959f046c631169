"""``analys scenario``: before and after, for each member and year."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

from analys.cli.allocate import parse_total

if TYPE_CHECKING:
    from analys.register import Region
    from analys.scenario import Comparison


def _years(_: click.Context, __: click.Parameter, text: str | None) -> list[int] | None:
    if text is None:
        return None
    match = re.fullmatch(r"(\d{4})(?:\s*[-–]\s*(\d{4}))?", text)
    if match is None or int(match[2] or match[1]) < int(match[1]) or int(match[2] or match[1]) - int(match[1]) > 100:
        raise click.BadParameter(f"väntade ett år eller ett spann som 2024-2026, fann {text!r}")
    return list(range(int(match[1]), int(match[2] or match[1]) + 1))


def parse_date(_: click.Context, __: click.Parameter, text: str | None) -> dt.date | None:
    """A day as Swedes write it."""
    from analys import swedish

    try:
        return None if text is None else swedish.parse_date(text)
    except ValueError as error:
        raise click.BadParameter(f"väntade en dag som 2024-09-30, fann {text!r}") from error


def _stranded(_: click.Context, __: click.Parameter, text: str) -> Fraction:
    from analys.swedish import parse_number

    try:
        part = Fraction(parse_number(text).scaled)
    except ValueError:
        part = Fraction(-1)
    if not 0 <= part <= 1:
        raise click.BadParameter(f"väntade en del från 0 till 1, som 0,5 eller 50 %, fann {text!r}")
    return part


@click.command("scenario")
@click.argument("agreement", metavar="AVTAL")
@click.option("--end", callback=parse_date, metavar="DATUM", help="Avtalets sista dag.")
@click.option("--leave", multiple=True, metavar="KOMMUN", help="En medlem som lämnar; får anges flera gånger.")
@click.option("--from", "leave_date", callback=parse_date, metavar="DATUM", help="Första dagen utan dem som lämnar.")
@click.option(
    "--stranded",
    default="0",
    show_default=True,
    callback=_stranded,
    metavar="0..1",
    help="Den del av de utträdandes kostnad som finns kvar; de övriga bär den.",
)
@click.option(
    "--key", metavar="NYCKEL", help='"lika", "folkmangd", en blandning "30 % lika + 70 % folkmangd", eller en TOML-fil.'
)
@click.option("--index", metavar="INDEX", help='"kpi", "pkv" eller en årlig ändring som "2,5 %", från det första året.')
@click.option("--years", callback=_years, metavar="A-B", help="Åren som jämförs.")
@click.option(
    "--total", "total_ore", callback=parse_total, metavar="KR", help="Varje års kostnad, där ingen handling anger den."
)
@click.option("--json", "form", flag_value="json", help="Skriv ett JSON-objekt.")
@click.option("--csv", "form", flag_value="csv", help="Skriv kommaseparerade rader.")
def command(
    agreement: str,
    end: dt.date | None,
    leave: tuple[str, ...],
    leave_date: dt.date | None,
    stranded: Fraction,
    key: str | None,
    index: str | None,
    years: list[int] | None,
    total_ore: int | None,
    form: str | None,
) -> None:
    """Tänk om: vad varje medlem betalar före och efter, år för år, och vem som vinner och förlorar.

    AVTAL är namnet på ett av projektets avtal, eller en sökväg till en avtalsmapp eller TOML-fil. Ange vad som ändras:
    ett slut, medlemmar som lämnar, en annan nyckel, ett index, eller flera av dem. Svaren är skattade efter de
    antaganden som står under dem. Där ingen handling anger kostnaden säger felet vad underlagets uppgifter ger.

    \b
    Exempel:
      analys scenario ostergotland --end 2024-09-30 --years 2024-2025 --total "1 300 000 kr"
      analys scenario ostergotland --leave Norrköping --from 2024-10-01 --stranded 0.5 --total 1300000
      analys scenario ostergotland --key "30 % lika + 70 % folkmangd" --years 2018 --json

    \b
    JSON: {"agreement", "scenario", "underlag", "rows": [{"ar", "kommunkod", "kommun", "fore_kr", "efter_kr",
           "skillnad_kr", "fore_kr_per_invanare", "efter_kr_per_invanare", "skillnad_kr_per_invanare", "utfall"}],
           "totals": [...], "assumptions": [...]}

    \b
    Utgångskoder: 0 besvarad, 2 avtalet eller frågan går inte att använda.
    """
    import analys.agreement as agreements
    from analys import csvtext
    from analys.allocation.year import years_with_cost
    from analys.cli import output
    from analys.errors import AnalysError
    from analys.scenario import Scenario, compare
    from analys.scenario.asked import default_years, index_of, key_of
    from analys.scenario.totals import known_totals

    if not (end or leave or key or index):
        raise click.UsageError("säg vad som ändras: --end, --leave, --key eller --index")
    if end and leave:
        raise click.UsageError("--end och --leave svarar på olika frågor; ange ett av dem")
    if bool(leave) != bool(leave_date):
        whom = leave[0] if leave else "KOMMUN"
        day = leave_date or f"{dt.date.today().year + 1}-01-01"
        raise click.UsageError(f"--leave och --from hör ihop; skriv till exempel --leave {whom} --from {day}")
    terms = agreements.load(agreement)
    asked = Scenario(
        end, _members(leave), leave_date, stranded, key_of(key) if key else None, index_of(index) if index else None
    )
    compared = years or default_years(terms, end or leave_date)
    if not compared:
        raise AnalysError(f"ingen handling anger kostnaden för något år; ange --years och --total{known_totals(terms)}")
    totals = {} if total_ore is None else dict.fromkeys(compared, total_ore)
    lacking = [year for year in compared if year not in totals and year not in years_with_cost(terms)]
    if len(lacking) == len(compared):
        which = ", ".join(map(str, lacking))
        costed = [str(year) for year in compared if year not in lacking]
        instead = f" eller jämför bara {' och '.join(costed)} (--years {costed[0]})" if costed else ""
        told = f"ingen handling anger kostnaden {which}; ange den med --total{instead}{known_totals(terms)}"
        raise AnalysError(told)
    answer = compare(terms, asked, compared, totals)
    if form == "json":
        given = {"end": end, "leave": [m.code for m in asked.leaving], "from": leave_date, "key": key, "index": index}
        described: dict[str, Any] = {
            name: str(value) if isinstance(value, dt.date) else value for name, value in given.items()
        }
        described["stranded"] = float(stranded)
        output.deliver(output.to_json(_document(answer, described)))
    elif form == "csv":
        output.deliver(csvtext.from_rows(_rows(answer)))
    else:
        output.show(_page(answer))


def _members(names: tuple[str, ...]) -> tuple[Region, ...]:
    from analys.register import resolve_municipality

    return tuple(resolve_municipality(part) for name in names for part in name.split(","))


def _rows(answer: Comparison) -> list[dict[str, Any]]:
    from analys.cli.output import kronor, two_decimals

    return [
        {
            "ar": change.year,
            "kommunkod": change.code or None,
            "kommun": change.name,
            "fore_kr": kronor(change.before_ore),
            "efter_kr": kronor(change.after_ore),
            "skillnad_kr": kronor(change.difference_ore),
            "fore_kr_per_invanare": two_decimals(change.per_head(change.before_ore)),
            "efter_kr_per_invanare": two_decimals(change.per_head(change.after_ore)),
            "skillnad_kr_per_invanare": two_decimals(change.per_head(change.difference_ore)),
            "utfall": change.outcome,
        }
        for change in answer.changes
    ]


def _document(answer: Comparison, described: dict[str, Any]) -> dict[str, Any]:
    from analys.cli.output import kronor

    totals = [
        {
            "ar": year.year,
            "fore_kr": kronor(year.before_ore),
            "efter_kr": kronor(year.after_ore),
            "skillnad_kr": kronor(year.after_ore - year.before_ore),
            "rest_fore_kr": kronor(year.residual_before_ore),
            "rest_efter_kr": kronor(year.residual_after_ore),
            "utan_betalare_kr": kronor(year.uncovered_ore),
        }
        for year in answer.totals
    ]
    return {
        "agreement": answer.agreement.id,
        "scenario": described,
        "underlag": str(answer.underlag),
        "rows": _rows(answer),
        "totals": totals,
        "assumptions": list(answer.assumptions),
    }


def _page(answer: Comparison) -> str:
    from analys.cli.output import to_table
    from analys.swedish import format_kr, format_number, format_ore

    headings = ["Kommun", "Före, kr", "Efter, kr", "Skillnad, kr", "Skillnad, kr per invånare", "Utfall"]
    page = [f"{answer.agreement.name} ({answer.underlag.in_words})"]
    for year in answer.totals:
        own = [change for change in answer.changes if change.year == year.year]
        rows = [
            [
                change.name,
                format_ore(change.before_ore),
                format_ore(change.after_ore),
                format_ore(change.difference_ore, sign=True),
                "" if (rate := change.per_head(change.difference_ore)) is None else format_number(rate, 2, sign=True),
                change.outcome,
            ]
            for change in own
        ]
        difference = format_ore(year.after_ore - year.before_ore, sign=True)
        rows.append(["Summa", format_ore(year.before_ore), format_ore(year.after_ore), difference, "", ""])
        if year.residual_before_ore or year.residual_after_ore:
            rest = [format_ore(year.residual_before_ore), format_ore(year.residual_after_ore)]
            rows.append(["Rest efter avrundning", *rest, "", "", ""])
        page += ["", str(year.year), "", to_table(headings, rows)]
        if year.uncovered_ore:
            page.append(f"Utan betalare: {format_kr(Fraction(year.uncovered_ore, 100), 2)}")
    return "\n".join([*page, "", "Antaganden", *(f"  {assumption}" for assumption in answer.assumptions)])
