"""The audit as a readable table on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from analys.audit.finding import Finding, Severity
from analys.audit.rule import said
from analys.masking import harmless
from analys.swedish import format_kr

_STYLES = {Severity.FEL: "bold red", Severity.OFORENLIGT: "bold yellow", Severity.UPPLYSNING: "cyan"}


def show(result: dict[str, Any], findings: Sequence[Finding], console: Console | None = None) -> None:
    """Print one file's findings, what they cost, and the inferred rule."""
    console = console or Console(highlight=False)
    place = f", {result['place']}" if result.get("several") else ""
    console.print(f"[bold]{_fit(result['file'] + place)}[/bold]", soft_wrap=True)
    if findings:
        table = Table(show_header=True, header_style="bold", box=None, pad_edge=False)
        for heading in ("Allvar", "Kod", "Cell", "Fynd"):
            table.add_column(heading, overflow="fold", no_wrap=heading == "Kod")
        for finding in findings:
            severity = f"[{_STYLES[finding.severity]}]{finding.severity}[/]"
            table.add_row(severity, str(finding.code), _fit(finding.cell or ""), _fit(finding.message) + _cost(finding))
        console.print(table)
    if result.get("verdict"):
        console.print(_fit(result["verdict"]), soft_wrap=True)
    _show_columns(result.get("columns", ()), console)
    _show_reading(result, console)
    if rule := result.get("rule"):
        console.print(f"Regel: {_fit(describe(rule))}", soft_wrap=True)
    console.print()


def _fit(text: str) -> str:
    """Text from a file as the terminal can show it, whatever characters a heading holds."""
    return escape(harmless(text))


def _show_columns(columns: Sequence[dict[str, Any]], console: Console) -> None:
    """What there is to say of each column and printed total, but for those that the findings tell of."""
    for column in columns:
        heading = f"summan för {column['column']}" if column["kind"] == "summa" else column["column"]
        text = f"{column['status']}: {heading} ({column['cell']}): {column['relation']}"
        console.print(f"  {_fit(text)}", soft_wrap=True)


def _show_reading(result: dict[str, Any], console: Console) -> None:
    """What was mended in a page or a picture, and which of its figures no relation proves."""
    for mended in result.get("mended", ()):
        text = f"rättad läsning: {mended['read']} är {mended['text']} ({mended['place']}): {mended['why']}"
        console.print(f"  {_fit(text)}", soft_wrap=True)
    for figure in result.get("to_confirm", ()):
        text = f"att bekräfta mot sidan: {figure['column']}: {figure['text']} ({figure['cell']})"
        console.print(f"  {_fit(text)}", soft_wrap=True)


def _cost(finding: Finding) -> str:
    """The largest effects, as a readable tail; of two sources that disagree neither is called right."""
    if finding.severity is Severity.OFORENLIGT:
        return ""
    moved = {code: kr for code, kr in finding.effect_kr.items() if kr}
    if not moved:
        return ""
    own = moved.get(finding.kommunkod or "")
    if own is None:
        return ""
    return f" Kommunen betalar {format_kr(abs(own))} för {'mycket' if own > 0 else 'lite'}."


def describe(rule: dict[str, Any]) -> str:
    """The inferred rule as a Swedish phrase."""
    decimals = rule["share_decimals"]
    shares = (
        "oavrundade andelar"
        if decimals is None
        else f"andelar med {decimals} {'decimal' if decimals == 1 else 'decimaler'} i procent"
    )
    low, high = (format_kr(Decimal(str(bound)), 2) for bound in rule["base_kr"])
    rounding = {
        "half_up": "närmaste, halva uppåt",
        "half_even": "närmaste, halva till jämnt",
        "floor": "nedåt",
        "up": "uppåt",
    }[rule["amount_rounding"]]
    residual = {
        "none": "ingen rest fördelad",
        "largest_remainder": "största rest",
        "largest_member": "resten till den största",
        "host": "resten till en medlem",
        "divisor": "divisormetod",
    }[rule["residual"]]
    unit = format_kr(Decimal(str(rule["amount_unit_kr"])), 2 if rule["amount_unit_kr"] < 1 else 0)
    base = f"bas {low}" if low == high else f"bas från {low} till {high}"
    structure = f"{rule['structure']}, " if rule.get("structure") else ""
    return (
        f"nyckel {said(rule['key'])}, {structure}{shares}, belopp avrundade till {unit} ({rounding}), {base}, {residual}: "
        f"ger {rule['reproduced']} av {rule['of']} belopp."
    )
