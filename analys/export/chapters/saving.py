"""What is saved when the agreement ends: by each reading of the day, each source, and each cost of what replaces it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

from analys import savings
from analys.evidence import Underlag
from analys.export.blocks import Blank, Block, Figure, Section, Table, Text, typeset
from analys.export.case import Case
from analys.export.headlines import precise
from analys.export.wording import COMPUTED, ESTIMATED, cited, signed, thousands, underlag
from analys.figures import savings as figures
from analys.figures.sources import official_population
from analys.swedish import NBSP, format_date, format_number, listed
from analys.tables import rows

#: What may replace the service, as parts of its yearly cost, where the municipality has given no cost of its own.
_REPLACED = (Fraction(0), Fraction(1, 2), Fraction(1))


def section(case: Case) -> Section:
    """The saving, or a blank where nobody gives the day of the end."""
    heading = "Besparing om avtalet upphör"
    if case.end is None:
        return Section(heading, (Blank("när avtalet upphör; inget beslut eller förslag i underlaget anger det"),))
    ending = savings.termination(case.agreement, case.end)
    leavers = listed([each.name for each in case.leavers])
    lead = (
        f"{case.end_in_words} Beloppen räknas med alla medlemmar; en uppsägning från bara {leavers} ändrar dem inte här. "
        "En besparing är en återbetalning bara i den mån det har fakturerats och betalats; annars är den en kostnad som "
        "aldrig debiteras. Beloppen är brutto."
    )
    blocks: list[Block] = [Text(typeset(lead.strip())), Text(typeset("; ".join(ending.clauses) + "."))]
    if is_known(case):
        blocks.append(_readings(case))
        blocks += [_sensitivity(case)] if case.member else []
        blocks.append(by_year(case))
    else:
        blocks.append(Text(f"Inget belopp är känt för {case.whom} som besparingen kan räknas ur."))
    table = savings.savings_by_municipality(case.agreement_id, case.end)
    if case.member is None and table["enligt"].duplicated().any():  # more than one payer
        kinds = "beräknad och skattad"
        blocks.append(case.figure("besparing-per-kommun", kinds, figures.saving_by_municipality, case.end, None))
    return Section(heading, tuple(blocks))


def is_known(case: Case) -> bool:
    """Whether there is a yearly amount that the saving of the member, or of all, can be reckoned from."""
    if case.end is None:
        return False
    table = savings.savings_by_municipality(case.agreement_id, case.end)
    return not (case.own(table) if case.member else savings.whole_group(table)).empty


def by_year(case: Case) -> Figure:
    """The saving of the year of the end and of the first full year."""
    assert case.end
    table = savings.savings_by_municipality(case.agreement_id, case.end)
    estimated = case.member is None or case.own(table)["underlag"].eq(Underlag.SKATTAD).all()
    kind = ESTIMATED if estimated else COMPUTED
    return case.figure("besparing-per-ar", kind, figures.saving_by_year, case.end, case.name or None)


def _readings(case: Case) -> Table:
    """One row a reading of the day and source of the yearly amount."""
    assert case.end
    frame = savings.savings_by_reading(case.agreement_id, case.end)
    body = []
    for reading in savings.readings(case.agreement, case.end):
        of_one = frame[frame["sista_dag"] == reading.end]
        own = case.own(of_one) if case.member else savings.whole_group(of_one)
        body += [
            (
                _read(reading, case.end),
                typeset(row.enligt),
                str(row.manader),
                signed(row, "innevarande_ar", case.sign),
                signed(row, "helar", case.sign),
                underlag(row.underlag),
            )
            for row in rows(own)
        ]
    first = frame.iloc[0]
    headings = (
        "Så läses dagen",
        "Ur",
        "Månader",
        f"Delårseffekt {first['ar']}",
        f"Helårseffekt {first['helar']}",
        "Underlag",
    )
    return case.table(
        "lasningar",
        f"Besparing för {case.whom}, tkr, i {first['prisniva']} års priser, vid olika läsningar av dagen",
        headings,
        [tuple(typeset(cell) for cell in row) for row in body],
        f"{cited(case.agreement_id, frame['kalla'])}; {official_population()}",
    )


def _read(reading: savings.Termination, day: dt.date) -> str:
    """How the day was read, in few words."""
    if reading.reading == savings.ENDS_THEN:
        return f"Avtalet upphör {format_date(day)}"
    return f"Sägs upp {format_date(day)}, upphör {format_date(reading.end)}"


def _sensitivity(case: Case) -> Table:
    """Last day x yearly amount x what replaces it: the net saving of the year of the end and the first full year."""
    assert case.end
    ends = [reading.end for reading in savings.readings(case.agreement, case.end)]
    table = case.own(savings.savings_by_municipality(case.agreement_id, case.end))
    own = {row.enligt for row in (precise(table) if (table["underlag"] != Underlag.SKATTAD).any() else rows(table))}
    own |= set(table.loc[table["underlag"] == Underlag.SKATTAD, "enligt"])
    costs = _costs(case)
    frame = savings.sensitivity(case.agreement_id, case.name, ends, costs)
    body = []
    for (end, label), rest in frame[frame["enligt"].isin(own)].groupby(["sista_dag", "enligt"], sort=True):
        assert isinstance(end, dt.date)
        cells = [_net(row, case) for row in rows(rest)]
        body.append((format_date(end), typeset(str(label)), *cells, underlag(rest["underlag"].iloc[0])))
    headings = [f"Ersättning {format_number(Decimal(int(cost)) / 1000)}{NBSP}tkr" for cost in costs]
    return case.table(
        "kanslighet",
        f"{case.name}: nettobesparing {case.end.year} och {case.end.year + 1} tillsammans, tkr, efter avtalets sista "
        f"dag, "
        "uppgiften om årskostnaden och den årliga kostnaden för det som ersätter tjänsten",
        ("Sista dag", "Ur", *headings, "Underlag"),
        body,
        f"{cited(case.agreement_id, table['kalla'])}; {official_population()}",
    )


def _net(row: Any, case: Case) -> str:
    """Both years' net saving in tkr; of what a document states in whole tkr, the middle in whole tkr too."""
    ends = [getattr(row, f"{end}_delar_netto_kr") + getattr(row, f"{end}_helar_netto_kr") for end in ("lagst", "hogst")]
    if row.hogst_helar_netto_kr - row.lagst_helar_netto_kr <= _STATED_WIDTH and row.underlag != Underlag.SKATTAD:
        ends = [sum(ends) / 2] * 2
        return format_number(ends[0] * case.sign.factor / 1000)
    return thousands(*sorted(end * case.sign.factor for end in ends))


#: Kronor: how wide an interval is that a document states as one amount in whole tkr.
_STATED_WIDTH = 1000


def _costs(case: Case) -> list[int]:
    """The yearly costs of a replacement that the table tries: the municipality's own, or parts of what it pays."""
    assert case.end
    if case.local.replacement_kr is not None:
        return list(dict.fromkeys([0, case.local.replacement_kr]))
    table = case.own(savings.savings_by_municipality(case.agreement_id, case.end))
    row = precise(table)[0]
    yearly = (row.helar_lagst_kr + row.helar_hogst_kr) / 2
    return [int(Fraction(yearly) * part / 1000) * 1000 for part in _REPLACED]
