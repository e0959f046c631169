"""``analys check``: what is wrong with an agreement, and what no document has told yet."""

from __future__ import annotations

import click


@click.command("check")
@click.argument("agreement")
@click.option("--json", "as_json", is_flag=True, help="Skriv ett JSON-objekt.")
def command(agreement: str, as_json: bool) -> None:
    """Kontrollera en avtalsfil och visa vad som är okänt i den, med fil och rad.

    AGREEMENT är id för ett medföljande avtal, eller sökvägen till en avtalsmapp eller TOML-fil. Alla fel visas på en
    gång: okända nyckelord, namn som inte är kommuner, andelar som inte är 100 %, versioner som överlappar utan att det
    sägs, källor till dokument som inte finns, källor som ännu är mallens text, nyckeltal som saknas.

    \b
    Exempel:
      analys check ostergotland
      analys check mitt-avtal/avtal.toml

    \b
    Utgångskod: 0 komplett, 1 villkor är okända (okand), är ännu mallens text eller saknar uppgifter,
    2 fel (visas på standard error).
    """
    from analys import agreement as agreements
    from analys.agreement.load import left_from_template, unknown_terms
    from analys.allocation.review import missing_figures
    from analys.cli.output import deliver, show, to_json

    checked = agreements.load(agreement)
    unknown, figures, template = unknown_terms(agreement), missing_figures(checked), left_from_template(agreement)
    if as_json:
        terms = [{"place": place, "term": term} for place, term in unknown]
        faults = [str(fault) for fault in template]
        deliver(to_json({"agreement": checked.id, "unknown": terms, "missing": figures, "faults": faults}))
    else:
        counts = f"{len(template)} fel, {len(unknown)} okända villkor, {len(figures)} uppgifter som saknas"
        show(f"{checked.name}: {counts}")
        for fault in template:
            show(str(fault))
        for place, term in unknown:
            show(f"{place}: {term} är okand: inget dokument anger det; skriv villkoret när ett gör det")
        for message in figures:
            show(message)
    if unknown or figures or template:
        click.get_current_context().exit(1)
