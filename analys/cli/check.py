"""``analys check``: what is wrong with an agreement, and what no document has told yet."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("check")
@click.argument("agreement", metavar="AVTAL")
@click.option(
    "--documents",
    "folder",
    type=click.Path(path_type=Path),
    metavar="MAPP",
    help="Slå upp varje citat i dokumenten där.",
)
@click.option("--json", "as_json", is_flag=True, help="Skriv ett JSON-objekt.")
def command(agreement: str, folder: Path | None, as_json: bool) -> None:
    """Kontrollera en avtalsfil och visa vad som är okänt i den, med fil och rad.

    AVTAL är id för ett medföljande avtal, eller sökvägen till en avtalsmapp eller TOML-fil. Alla fel visas på en
    gång: okända nyckelord, namn som inte är kommuner, andelar som inte är 100 %, versioner som överlappar utan att det
    sägs, källor till dokument som inte finns, källor som ännu är mallens text, nyckeltal som saknas.

    \b
    Exempel:
      analys check ostergotland
      analys check mitt-avtal/avtal.toml
      analys check mitt-avtal --documents mitt-avtal/handlingar

    \b
    Utgångskod: 0 komplett, 1 villkor är okända, är ännu mallens text eller saknar uppgifter,
    2 fel (visas på standard error).
    """
    import analys.agreement as agreements
    from analys.agreement.load import left_from_template, locate, unknown_terms
    from analys.allocation.review import missing_figures
    from analys.cli import facts
    from analys.cli.output import deliver, show, to_json

    checked = agreements.load(agreement)
    unknown, figures, template = unknown_terms(agreement), missing_figures(checked), left_from_template(agreement)
    quoted = facts.verified(locate(agreement).parent, folder) if folder else []
    if as_json:
        terms = [{"place": place, "term": term} for place, term in unknown]
        document = {"agreement": checked.id, "unknown": terms, "missing": figures, "faults": [str(f) for f in template]}
        citations = {"citations": [each.as_json() for each in quoted]} if folder else {}
        deliver(to_json(document | citations))
    else:
        counts = f"fel: {len(template)}, okända villkor: {len(unknown)}, saknade uppgifter: {len(figures)}"
        lines = [*map(str, template), *map(_unknown, unknown), *figures, *(facts.in_words(quoted) if folder else [])]
        show("\n".join([f"{checked.name}: {counts}", *lines]))
    if unknown or figures or template or any(each.missing or not each.file for each in quoted):
        click.get_current_context().exit(1)


def _unknown(found: tuple[str, str]) -> str:
    place, term = found
    return f"{place}: {term} är okänt: inget dokument anger det; skriv det när ett gör det"
