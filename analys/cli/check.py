"""``analys check``: what is wrong with an agreement, and what no document has told yet."""

from __future__ import annotations

import click


@click.command("check")
@click.argument("agreement")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(agreement: str, as_json: bool) -> None:
    """Check an agreement file and list what is unknown in it, by file and line.

    AGREEMENT is the id of a bundled agreement, or a path to an agreement folder or TOML file. Every fault is listed at
    once: unknown keys, names that are no municipality, shares that do not make 100 %, versions that overlap without
    saying so, citations of documents that are not there, key values that are missing.

    \b
    Examples:
      analys check ostergotland
      analys check mitt-avtal/avtal.toml

    \b
    Exit codes: 0 complete, 1 terms are unknown (okand) or figures are missing, 2 faults (listed on standard error).
    """
    from analys import agreement as agreements
    from analys.agreement.load import unknown_terms
    from analys.allocation.review import missing_figures
    from analys.cli.output import deliver, show, to_json

    checked = agreements.load(agreement)
    unknown, figures = unknown_terms(agreement), missing_figures(checked)
    if as_json:
        terms = [{"place": place, "term": term} for place, term in unknown]
        deliver(to_json({"agreement": checked.id, "unknown": terms, "missing": figures}))
    else:
        show(f"{checked.name}: no faults, {len(unknown)} unknown terms, {len(figures)} missing figures")
        for place, term in unknown:
            show(f"{place}: {term} is okand - no document states it; write the term when one does")
        for message in figures:
            show(message)
    if unknown or figures:
        click.get_current_context().exit(1)
