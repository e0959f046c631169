"""The account as tables for notebooks, figures, reports and files."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from analys.account import key as keys
from analys.account.annexed import printed
from analys.account.book import Account, account
from analys.account.model import Amount, Basis, Origin, weakest
from analys.evidence import Interval, Underlag, common
from analys.intake.annex import Kind
from analys.swedish import quantize

Years = Iterable[int] | None


def bounds(name: str, interval: Interval) -> dict[str, Decimal]:
    """The two columns ``lagst_<name>`` and ``hogst_<name>``."""
    low, high = interval.outward()
    return {f"lagst_{name}": low, f"hogst_{name}": high}


def amounts_by_municipality_year(agreement_id: str, basis: Basis = Basis.INVOICE, years: Years = None) -> pd.DataFrame:
    """The amounts that head each year: one row a payer, year and source.

    Columns: ``vy``, ``kommunkod`` (empty for whoever is no municipality), ``kommun``, ``ar``, ``enligt``, ``ursprung``,
    ``underlag``, ``lagst_kr`` and ``hogst_kr`` (kronor, equal when the amount is exact; otherwise the high bound itself
    is not included), ``antagande``, ``kalla`` (ids of documents), ``stalle``.
    """
    rows = [_row(amount) for amount in account(agreement_id).of(basis, years)]
    columns = [
        "vy", "kommunkod", "kommun", "ar", "enligt", "ursprung", "underlag", "lagst_kr", "hogst_kr", "antagande",
        "kalla", "stalle",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).sort_values(["ar", "enligt", "kommunkod"], ignore_index=True)


def _row(amount: Amount) -> dict[str, Any]:
    return {
        "vy": amount.basis.value,
        "kommunkod": amount.payer.code,
        "kommun": amount.payer.name,
        "ar": amount.year,
        "enligt": amount.according_to,
        "ursprung": amount.origin.value,
        "underlag": amount.underlag.value,
        **bounds("kr", amount.kronor),
        "antagande": ", ".join(amount.assumptions),
        "kalla": ", ".join(amount.documents),
        "stalle": amount.place,
    }


def totals_by_year(agreement_id: str, basis: Basis = Basis.INVOICE, years: Years = None) -> pd.DataFrame:
    """The whole cost by year and source, where the source gives every member an amount: ``vy``, ``ar``, ``enligt``,
    ``ursprung``, ``underlag``, ``lagst_kr``, ``hogst_kr``, ``kalla``, and ``oforenlig``: whether the year's sources
    imply totals that cannot all be true."""
    own = account(agreement_id)
    rows: list[dict[str, Any]] = []
    exact: dict[int, list[Interval]] = {}
    for (year, _), parts in own.sources(basis, years).items():
        if own.is_whole(parts):
            whole = own.total(parts)
            exact.setdefault(year, []).append(whole)
            rows.append(_whole(parts, whole))
    columns = ["vy", "ar", "enligt", "ursprung", "underlag", "lagst_kr", "hogst_kr", "kalla"]
    frame = pd.DataFrame(rows, columns=columns).sort_values(["ar", "enligt"], ignore_index=True)
    frame["oforenlig"] = pd.Series([common(exact[year]) is None for year in frame["ar"]], dtype=bool)
    return frame


def _whole(parts: list[Amount], whole: Interval) -> dict[str, Any]:
    first = parts[0]
    documents = dict.fromkeys(document for part in parts for document in part.documents)
    return {
        "vy": first.basis.value,
        "ar": first.year,
        "enligt": first.according_to,
        "ursprung": first.origin.value,
        "underlag": weakest(*(part.underlag for part in parts)).value,
        **bounds("kr", whole),
        "kalla": ", ".join(documents),
    }


def implied_totals(agreement_id: str) -> pd.DataFrame:
    """The total that each stated payment implies, also in years that an annex or the terms head.

    Columns: ``ar``, ``enligt``, ``lagst_kr``, ``hogst_kr``, ``kalla``, and ``oforenlig``: whether the year's statements
    imply totals that cannot all be true if one key holds for all.
    """
    own = account(agreement_id)
    rows: list[dict[str, Any]] = []
    for year in own.years:
        stated = [(each, each.total) for each in own.stated(year, Origin.PAYMENT, Origin.TOTAL) if each.total]
        clash = bool(stated) and common(implied for _, implied in stated) is None
        for each, implied in stated:
            place = {"ar": year, "enligt": each.label, **bounds("kr", implied)}
            rows.append(place | {"kalla": ", ".join(each.documents), "oforenlig": clash})
    columns = ["ar", "enligt", "lagst_kr", "hogst_kr", "kalla", "oforenlig"]
    frame = pd.DataFrame(rows, columns=columns).astype({"oforenlig": bool})
    return frame.sort_values(["ar", "lagst_kr"], ignore_index=True)


def contradicted_ranges(agreement_id: str) -> pd.DataFrame:
    """Each yearly range that a member states, beside every invoice that an annex has for it in the years it covers.

    Columns: ``kommunkod``, ``kommun``, ``enligt``, ``ar``, ``manader`` (that the invoice pays for), ``bilaga_kr``,
    ``inom`` (whether the amount lies within the range; only what pays for a year can contradict it), ``kalla``.
    """
    own = account(agreement_id)
    rows = []
    for invoice in own.invoices():
        for stated in own.stated(invoice.due.year, Origin.RANGE):
            if stated.payer not in invoice.column.figures:
                continue
            amount = invoice.column.figures[stated.payer].value
            rows.append(
                {
                    "kommunkod": stated.payer.code,
                    "kommun": stated.payer.name,
                    "enligt": stated.label,
                    "ar": invoice.due.year,
                    "manader": invoice.column.months,
                    "bilaga_kr": quantize(amount, 2),
                    "inom": amount in stated.kronor,
                    "kalla": ", ".join(stated.documents),
                }
            )
    columns = ["kommunkod", "kommun", "enligt", "ar", "manader", "bilaga_kr", "inom", "kalla"]
    return pd.DataFrame(rows, columns=columns)


def shares_by_municipality_year(agreement_id: str, years: Years = None) -> pd.DataFrame:
    """Each payer's part by the key for every year, and the shares that the annexes print for the years of invoice.

    Columns: ``kommunkod``, ``kommun``, ``ar``, ``underlag``, ``folkmangd`` (inhabitants where the key is a population,
    or nothing), ``andel`` (part of one; eight decimals where computed, as printed where documented), ``kalla``.
    """
    own = account(agreement_id)
    rows = [row for year in (own.years if years is None else years) for row in _computed_shares(own, year)]
    wanted = {row[2] for row in rows}
    rows += [row for row in _printed_shares(own) if row[2] in wanted or years is None]
    columns = ["kommunkod", "kommun", "ar", "underlag", "folkmangd", "andel", "kalla"]
    frame = pd.DataFrame(rows, columns=columns).sort_values(["ar", "underlag", "kommunkod"], ignore_index=True)
    return frame.astype({"folkmangd": "Int64"})


def _computed_shares(own: Account, year: int) -> list[list[Any]]:
    key = keys.by_statistics(own.agreement, year)
    if key is None or key.parts is None:
        return []
    source = f"SCB, folkmängd {key.reference}" if key.reference else "avtalets nyckel"
    rows = []
    for name, part in key.parts.items():
        payer, figure = keys.payer(own.agreement, name), key.figures.get(name)
        persons = int(figure) if figure is not None and key.reference else None
        computed = [persons, quantize(part, 8), source]
        rows.append([payer.code, payer.name, year, Underlag.BERAKNAD.value, *computed])
    return rows


def _printed_shares(own: Account) -> list[list[Any]]:
    rows = []
    for invoice in own.invoices():
        annex = invoice.column.annex
        shares, persons = (printed(own.folder, annex, kind) for kind in (Kind.SHARE, Kind.POPULATION))
        for name, share in shares.items():
            payer = keys.payer(own.agreement, name)
            stated = [int(persons[name].value) if name in persons else None, share.value, annex.label]
            rows.append([payer.code, payer.name, invoice.due.year, Underlag.DOKUMENTERAD.value, *stated])
    return rows


def kronor(ore: int) -> Decimal:
    """Öre as kronor."""
    return Decimal(ore).scaleb(-2)


def exact(ore: Fraction) -> Decimal:
    """Exact öre as kronor with two decimals."""
    return quantize(ore / 100, 2)
