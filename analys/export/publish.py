"""Which figures, tables and reports of an agreement leave for a council, and where they are written.

What is published follows from the account: a figure or a table is there when the account holds its facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pandas as pd

from analys import account as accounts
from analys import assumptions, burden, project, savings
from analys.account import Account, Basis, Origin, account, reproduced
from analys.agreement.load import bundled
from analys.catalog import package
from analys.errors import AnalysError
from analys.evidence import Underlag
from analys.export import answers, report_set, workbook
from analys.export.drawn import drawn, if_some_leave
from analys.export.report import file_name
from analys.export.report_set import Format
from analys.figures import burden as burden_figures
from analys.figures import multiples, over_time, tiles, totals, who_pays
from analys.figures import savings as savings_figures
from analys.figures.chart import Chart
from analys.files import write_atomically
from analys.leaving import Question

#: The folder of reports within an agreement's exports.
_REPORTS: Final = "rapporter"
#: The formats that need no other program.
FORMATS: Final = (Format.DOCX, Format.XLSX, Format.HTML)
#: The bases that amounts are published on, beside the yearly rates that comparisons between years rest on.
_CHARGED: Final = (Basis.INVOICE, Basis.ACCRUAL)


def published() -> list[str]:
    """The agreements that the main job publishes: those that the raw register names (``publish``), or else every one
    that has an amount and is no illustration."""
    named: list[str] | None = (package().model_extra or {}).get("publish")
    if named is not None:
        return named
    own = [account(agreement_id) for agreement_id in bundled()]
    return [each.agreement.id for each in own if each.amounts and each.agreement.underlag is not Underlag.SKATTAD]


def charts(agreement_id: str) -> Iterator[Chart]:
    """The figures of an agreement, one at a time: those that a report shows too are drawn once for both."""
    for make, *arguments in _charts(account(agreement_id), agreement_id):
        yield drawn(agreement_id, make, *arguments)


def _charts(own: Account, agreement_id: str) -> Iterator[tuple[Any, ...]]:
    if not own.amounts:
        return
    speakers = [region.name for region in own.speakers]
    marked = speakers[0] if speakers else None
    yield from _of_years(own, agreement_id, marked)
    shares = accounts.shares_by_municipality_year(agreement_id)
    if shares["ar"].nunique() > 1:
        yield multiples.shares_by_municipality, marked
    if marked:
        yield over_time.share_by_year, marked
        yield over_time.amount_by_year, tuple(speakers[:2])
        yield burden_figures.burden_by_year, marked
    if (end := own.end()) and _saves(agreement_id, own):
        for name in speakers:
            yield savings_figures.saving_by_year, end, name
        yield savings_figures.saving_by_municipality, end, marked
    if question := stated_question(own):
        yield if_some_leave, question, marked


def _of_years(own: Account, agreement_id: str, marked: str | None) -> Iterator[tuple[Any, ...]]:
    """The figures of single years, and of the whole cost over the years."""
    if annexed := own.years_of(Origin.ANNEX):
        yield who_pays.charged, annexed[-1], marked
    elif given := own.years_of(Origin.TERMS, basis=Basis.TWELVE_MONTHS):
        yield who_pays.allocated, given[-1], None, marked
    for name in reproduced.stale_annexes(agreement_id):
        yield who_pays.stale_population, name, marked
    for basis in _CHARGED:
        if totals.has_several_years(agreement_id, basis):
            yield totals.total_by_year, basis
    implied = accounts.implied_totals(agreement_id)
    for year in sorted(set(implied.loc[implied["oforenlig"], "ar"])):
        yield totals.incompatible_totals, year
    rates = burden.burden_by_municipality_year(agreement_id, Basis.TWELVE_MONTHS)
    known = rates[rates["lagst_kr_per_invanare"] == rates["hogst_kr_per_invanare"]]["ar"]
    if not known.empty:
        yield burden_figures.burden_by_municipality, int(known.max()), marked
        if tiles.has_layout(agreement_id):
            yield tiles.deviation, int(known.max()), marked


def _saves(agreement_id: str, own: Account) -> bool:
    """Whether the clauses in force let a saving be reckoned for the proposed end."""
    end = own.end()
    try:
        return end is not None and not answers.savings_by_member(agreement_id, end).empty
    except AnalysError:
        return False


def stated_question(own: Account) -> Question | None:
    """What do the others pay if those that propose to leave do so, and all of their cost is left? ``None`` where no day
    is proposed, or where nobody or everybody leaves."""
    gone = tuple(dict.fromkeys(proposal.municipality for proposal in own.proposals))
    end = own.end()
    staying = {payer.code for payer in own.payers() if payer.code} - {region.code for region in gone}
    return Question(end, gone) if end and gone and staying else None


def tables(agreement_id: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """The published tables of an agreement by name, one at a time; those without a row are left out."""
    return ((name, frame) for name, frame in _tables(agreement_id) if not frame.empty)


def _tables(agreement_id: str) -> Iterator[tuple[str, pd.DataFrame]]:
    own = account(agreement_id)
    if not own.amounts:
        return
    yield "andelar", accounts.shares_by_municipality_year(agreement_id)
    for basis in Basis:
        name = basis.value.replace(" ", "-")
        yield f"belopp-{name}", accounts.amounts_by_municipality_year(agreement_id, basis)
        yield f"kostnad-per-ar-{name}", accounts.totals_by_year(agreement_id, basis)
        yield f"per-invanare-{name}", burden.burden_by_municipality_year(agreement_id, basis)
    yield "uppgifternas-totaler", accounts.implied_totals(agreement_id)
    yield "spann-mot-bilagor", accounts.contradicted_ranges(agreement_id)
    yield "bilagornas-tal", reproduced.figures(agreement_id)
    yield "bilagornas-regler", reproduced.rules(agreement_id)
    for name in reproduced.stale_annexes(agreement_id):
        yield f"gammal-folkmangd-{name}", reproduced.stale_population(agreement_id, name)
    if question := stated_question(own):
        yield "om-nagra-lamnar", answers.leave(agreement_id, question).changes
    if (end := own.end()) and _saves(agreement_id, own):
        yield "besparing", savings.savings_by_municipality(agreement_id, end)
        yield "besparing-lasningar", savings.savings_by_reading(agreement_id, end)
    yield "antaganden", assumptions.log(agreement_id)


def run(report: Callable[[str], None]) -> list[Path]:
    """Write the project's figures, tables and reports; ``report`` is called with each name. Returns the files.

    Several agreements have a folder each under the project's exports.
    """
    here, chosen, written = project.required(), published(), []
    for agreement_id in chosen:
        folder = here.exports if len(chosen) == 1 else here.exports / agreement_id
        written += write(agreement_id, folder, report)
    if chosen:
        log = assumptions.file()
        log.parent.mkdir(exist_ok=True)
        write_atomically(log, assumptions.as_markdown(chosen[0]).encode())
        written.append(log)
    return written


def write(agreement_id: str, folder: Path, report: Callable[[str], None]) -> list[Path]:
    """Write the figures, tables and reports of one agreement."""
    written: list[Path] = []
    for chart in charts(agreement_id):
        written += chart.save(folder / "figurer")
        report(f"figurer/{chart.name}")
    for name, frame in tables(agreement_id):
        written += workbook.save(frame, name, folder / "tabeller")
        report(f"tabeller/{name}")
    for whom in [*(region.name for region in account(agreement_id).speakers), None]:
        written += report_set.write(agreement_id, whom, FORMATS, folder / _REPORTS)
        report(f"{_REPORTS}/{file_name(agreement_id, whom)}")
    return written
