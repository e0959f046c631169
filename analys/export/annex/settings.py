"""What a reader may change: the last day, the sign, what replaces the service, and the price index."""

from __future__ import annotations

from analys import burden, tables
from analys.export.annex.blocks import Sheets
from analys.export.wording import DOCUMENTED, cited
from analys.figures.sources import price_index
from analys.tables import rows

#: The price table's own name of the index that the sheet ``Per invånare`` reckons with.


def settings(sheets: Sheets) -> None:
    """What a reader may change: the last day, the sign, what replaces the service, and the price index."""
    case, inputs = sheets.case, sheets.inputs
    if case.end:
        source = cited(case.agreement_id, [case.dated.citation.document] if case.dated else [])
        inputs.add("Avtalets sista dag", "Besparing", case.end, "datum", DOCUMENTED, source, name="slutdatum")
        what = "Kommunens egen kostnad per år för det som ersätter tjänsten"
        inputs.add(what, "Besparing, netto", replacement(sheets), "kr", "val", "", name="ersattning")
    sign = "Tecken: 1 besparing med plus, -1 minskad kostnad med minus"
    inputs.add(sign, "Besparing", case.sign.factor, "", "val", "", name="tecken")
    known = {row.ar: row.varde for row in rows(tables.read(tables.PRISINDEX)) if row.serie == burden.CPI}
    for year in sorted({*sheets.account.years, burden.latest_prices(case.agreement_id)} & set(known)):
        inputs.add("KPI, årsmedeltal", str(year), known[year], "index", DOCUMENTED, price_index(), name=f"kpi_{year}")


def replacement(sheets: Sheets) -> int:
    """What the municipality says that its own replacement of the service costs a year, in kronor."""
    return sheets.case.local.replacement_kr or 0
