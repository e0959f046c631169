"""What the figures rest on, as tables: raw files, stated amounts, the contracts' terms, and corrections."""

from __future__ import annotations

from typing import Final

import pandas as pd

from analys import agreement as agreements
from analys import catalog, tables
from analys.agreement import UNKNOWN, Version
from analys.agreement.costs import BudgetCost, BuiltCost, CostRule, FixedCost, TariffCost, ThresholdCost
from analys.agreement.fields import Citation
from analys.agreement.keys import (
    BaseFeeKey,
    ColumnKey,
    EqualKey,
    FixedKey,
    GroupKey,
    KeyRule,
    MixedKey,
    PerHeadKey,
    PopulationKey,
    StepKey,
)
from analys.savings import REFUND_IN_WORDS
from analys.swedish import format_kr, format_number


def sources() -> pd.DataFrame:
    """The raw register: one row a raw file with its source, document date, registry number and licence."""
    rows = [
        {
            "fil": entry.path,
            "kalla": entry.citation,
            "dokumentdatum": entry.document_date,
            "diarienummer": entry.registry_number,
            "licens": entry.licenses[0]["name"],
        }
        for entry in catalog.package().resources
    ]
    return pd.DataFrame(rows)


def documents(agreement_id: str) -> pd.DataFrame:
    """The documents that the agreement's terms and amounts are cited from: id, title, publisher, date, number, at hand or not."""
    rows = [
        {
            "id": document.id,
            "titel": document.title,
            "utgivare": document.publisher,
            "datum": str(document.date),
            "diarienummer": document.registry_number,
            "i_underlaget": document.at_hand,
        }
        for document in agreements.load(agreement_id).documents
    ]
    return pd.DataFrame(rows)


def stated_amounts(agreement_id: str) -> pd.DataFrame:
    """Every amount that a document states in words, as an interval, with its document and place."""
    stated = tables.read(tables.UPPGIFTER)
    stated = stated[stated["avtal"] == agreement_id]
    columns = [
        "id",
        "kommun",
        "typ",
        "period_fran",
        "period_till",
        "angivet",
        "lagst_kr",
        "hogst_kr",
        "dokument",
        "stalle",
    ]
    return stated[columns].reset_index(drop=True)


def terms(agreement_id: str) -> pd.DataFrame:
    """The terms of every version side by side, one row a term: what it says, and where."""
    agreement = agreements.load(agreement_id)
    by_version = {version.name: _terms(version) for version in agreement.versions}
    names = list(dict.fromkeys(name for found in by_version.values() for name in found))
    rows = [[name, *(found.get(name, UNKNOWN) for found in by_version.values())] for name in names]
    return pd.DataFrame(rows, columns=["villkor", *by_version])


def _terms(version: Version) -> dict[str, str]:
    until = version.valid_to or "tills vidare"
    said = {"giltighet": _cited(f"{version.valid_from} – {until}", version.validity.citation)}
    said["kostnad"] = _cost(version)
    said["nyckel"] = _key(version)
    if version.billing != UNKNOWN:
        invoices = [f"{invoice.covers} senast {invoice.due}" for invoice in version.billing.invoices]
        yearly = version.billing.yearly_by
        if yearly:
            invoices.append("årligen senast {1}/{0}".format(*yearly))
        invoices += [f"delbetalning {day}/{month}" for month, day in version.billing.instalments]
        said["fakturering"] = _cited("; ".join(invoices), version.billing.citation)
    if version.notice != UNKNOWN:
        said["uppsägningstid"] = _cited(f"{version.notice.months} månader", version.notice.citation)
    if version.refund != UNKNOWN:
        said["återbetalning"] = _cited(REFUND_IN_WORDS[version.refund.rule], version.refund.citation)
    if version.vacancy != UNKNOWN:
        limit = version.vacancy.longer_than_months
        longer = f"om vakansen är längre än {limit} månad" if limit else "för motsvarande tid"
        said["vakans"] = _cited(f"återbetalas {longer}", version.vacancy.citation)
    return said


#: What is shared where no sum is written out, and the keys beside population.
_COSTS_IN_WORDS: Final[dict[type, str]] = {
    FixedCost: "fast belopp",
    BudgetCost: "budget, avräknas mot utfallet",
    ThresholdCost: "del av utfallet över en tröskel",
    TariffCost: "enligt taxa",
}
_KEYS_IN_WORDS: Final[dict[type, str]] = {
    ColumnKey: "efter uppgifter i avtalet",
    EqualKey: "lika för alla",
    FixedKey: "fasta andelar",
    MixedKey: "vägd blandning av nycklar",
    GroupKey: "fasta andelar för grupper, inom dem egen nyckel",
    BaseFeeKey: "grundavgift, resten efter folkmängd",
    PerHeadKey: "kronor per invånare",
    StepKey: "taxa efter storlek",
}


def _cost(version: Version) -> str:
    cost = version.cost
    if isinstance(cost, BuiltCost):
        pay = f"{format_kr(cost.monthly_pay_ore // 100)} × {format_number(1 + cost.contributions, 2)} × {cost.months}"
        return _cited(f"{pay} = {format_kr(cost.yearly_ore / 100)} per år", cost.citation)
    if isinstance(cost, CostRule):
        stated = ", ".join(f"{year}: {format_kr(ore // 100)}" for year, ore in cost.stated_ore.items())
        return _cited(stated or _COSTS_IN_WORDS[type(cost)], cost.citation)
    return UNKNOWN


def _key(version: Version) -> str:
    key = version.key
    if not isinstance(key, KeyRule):
        return UNKNOWN
    if not isinstance(key, PopulationKey):
        return _cited(_KEYS_IN_WORDS[type(key)], key.citation)
    if key.reference_day == UNKNOWN:
        return _cited("folkmängd, odaterad", key.citation)
    month, day = key.reference_day
    return _cited(f"folkmängd den {day}/{month} året före", key.citation)


def _cited(text: str, citation: Citation | None) -> str:
    return f"{text} ({citation.place})" if citation else text


def corrections() -> pd.DataFrame:
    """The corrections ledger: what a raw file says, what is used instead, and why."""
    rows = [
        {
            "id": entry.id,
            "råfil": entry.resource,
            "kolumn": entry.column,
            "står": entry.original,
            "används": entry.corrected,
            "stöd": entry.source,
        }
        for entry in catalog.corrections()
    ]
    return pd.DataFrame(rows)
