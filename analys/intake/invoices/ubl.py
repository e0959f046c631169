"""Peppol BIS Billing 3: UBL 2.1 invoices and credit notes (EN 16931 in the form that Swedish municipalities receive).

Amounts are taken without VAT, line by line; the VAT category (``S`` standard rate, ``E`` exempt, ``O`` outside the
scope ...) stands in the text. An invoice whose own totals contradict its lines is reported whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from analys.documents.files import MIB, unusable
from analys.intake.invoices import cells
from analys.intake.invoices.payer import municipality_of_buyer
from analys.intake.invoices.tables import Collector
from analys.intake.result import ReadResult
from analys.masking import file_name, shown

NAME: Final = "Peppol BIS Billing 3 (UBL)"
LARGEST: Final = 50 * MIB
#: Some 20 000 invoice lines; each element takes far more memory than it takes in the file.
MOST_ELEMENTS: Final = 1_000_000

_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
_NS: Final = {"cac": f"{_UBL}CommonAggregateComponents-2", "cbc": f"{_UBL}CommonBasicComponents-2"}
#: Root element -> (line element, sign of its amounts).
_DOCUMENTS: Final = {
    f"{{{_UBL}Invoice-2}}Invoice": ("cac:InvoiceLine", 1),
    f"{{{_UBL}CreditNote-2}}CreditNote": ("cac:CreditNoteLine", -1),
}
#: VAT category codes of UNCL 5305 as EN 16931 uses them; only the standard rate has a rate above zero.
_CATEGORIES: Final = {
    "S": "moms", "Z": "nollsats", "E": "undantag från moms", "O": "utanför momsens tillämpningsområde",
    "AE": "omvänd betalningsskyldighet", "K": "unionsintern leverans", "G": "export",
}  # fmt: skip
_SIE_5: Final = re.compile(r"sie\.se/sie5|\}?Sie(Entry)?$")
_AMOUNT: Final = re.compile(r"[+-]?\d{1,15}(\.\d{1,2}0*)?")
#: Type codes of UNCL 1001 that EN 16931 gives credit notes; the other kind of document must not have them.
_CREDIT_TYPES: Final = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"})
#: xs:date may end in a time zone, which says nothing about an invoice.
_ZONE: Final = re.compile(r"(?<=\d{4}-\d\d-\d\d)(Z|[+-]\d\d:\d\d)$")


def read(path: Path, why: str) -> ReadResult:
    """One row a line, document charge or allowance; those of a credit note with the opposite sign.

    Raises :class:`InputError` for XML that is damaged, holds entities or a document type, or is no UBL invoice.
    """
    if path.stat().st_size > LARGEST:
        raise unusable(path, f"en faktura på högst {LARGEST // MIB} MiB", "en större fil", "dela den")
    try:
        root = _root(path)
    except DefusedXmlException as error:
        found = f"en dokumenttyp eller entitet ({type(error).__name__})"
        raise unusable(path, "XML utan sådant", found, "avvisa filen: ingen faktura behöver det") from error
    except (ParseError, LookupError, ValueError) as error:
        raise unusable(path, "hel XML", f"skadad XML: {error}", "be om fakturan på nytt") from error
    if _SIE_5.search(root.tag):
        raise unusable(path, "en UBL-faktura eller SIE 4", "SIE 5, som inte läses", "exportera SIE 4")
    documents = [element for element in root.iter() if element.tag in _DOCUMENTS]
    if not documents:
        raise unusable(
            path, "en UBL-faktura eller kreditnota", f"XML-elementet {root.tag[:120]!r}", "läs den som det den är"
        )
    collector = Collector(str(path))
    for document in documents:
        _take(document, collector, path)
    negative = [_text(document, "cbc:ID") for document in documents if _is_negative_credit(document)]
    if negative:
        told = ", ".join(cells.text(number) for number in negative)
        why = f"{why}; kreditnota med negativa belopp, som därför läses som en kostnad: {told}"
    kinds = ", ".join(dict.fromkeys(document.tag.rpartition("}")[2] for document in documents))
    return collector.result(NAME, f"{why}; UBL-elementet {kinds}")


def _is_negative_credit(document: Element) -> bool:
    """Whether a credit note's total is negative: it says that the buyer owes, as an invoice does, or was written so by
    mistake."""
    _, sign = _DOCUMENTS[document.tag]
    return sign < 0 and _text(document, "cac:LegalMonetaryTotal/cbc:PayableAmount").startswith("-")


def _root(path: Path) -> Element:
    """The whole tree, given up as soon as it grows too large."""
    started = iterparse(path, events=("start",), forbid_dtd=True)
    root: Element = next(element for _, element in started)
    for number, _ in enumerate(started, 2):
        if number > MOST_ELEMENTS:
            raise unusable(path, f"en faktura med högst {MOST_ELEMENTS} element", "fler", "dela den")
    return root


def _take(document: Element, collector: Collector, path: Path) -> None:
    line_tag, sign = _DOCUMENTS[document.tag]
    parts = [*document.findall(line_tag, _NS), *document.findall("cac:AllowanceCharge", _NS)]
    if not parts:
        collector.report("", 1, "väntade en faktura med rader, fann ingen")
    try:
        common = _common(document)
        amounts = [_part_amount(part) for part in parts]
        fault = _contradiction(document, amounts)
    except ValueError as error:
        common, amounts, fault = {}, [], f"väntade {error}"
    invoice = _text(document, "cbc:ID")
    for number, part in enumerate(parts, 1):
        if fault:
            collector.report("", number, f"faktura {cells.text(invoice)}: {fault}")
            continue
        account = _text(part, "cbc:AccountingCost") or _text(document, "cbc:AccountingCost")
        account_number, account_text = cells.account(account)
        described = "; ".join(word for word in (_described(part), account_text) if word)
        collector.take(
            "",
            number,
            **common,
            konto_nr=account_number,
            belopp_kr=sign * amounts[number - 1] + 0,
            text=described,
            kalla=f"{file_name(path)}, faktura {cells.text(invoice)}, post {number}",
        )


def _common(document: Element) -> dict[str, Any]:
    seller, buyer = (
        document.find(f"cac:{role}/cac:Party", _NS) for role in ("AccountingSupplierParty", "AccountingCustomerParty")
    )
    name = _party_name(buyer)
    return {
        "kommunkod": municipality_of_buyer(_party_number(buyer), name),
        "kopare": name,
        "leverantor_id": cells.supplier_number(_party_number(seller))[0],
        "leverantor": _party_name(seller),
        "faktura_nr": cells.invoice_number(_text(document, "cbc:ID")),
        "datum": _parsed(document, "cbc:IssueDate", lambda written: cells.date(_ZONE.sub("", written))),
        "valuta": _parsed(document, "cbc:DocumentCurrencyCode", cells.currency),
    }


def _parsed(document: Element, place: str, parse: Callable[[str], str]) -> str:
    written = _text(document, place)
    try:
        return parse(written)
    except ValueError as error:
        raise ValueError(f"{error} i {place}, fann {shown(written)}") from error


def _party_name(party: Element | None) -> str:
    if party is None:
        return ""
    legal = _text(party, "cac:PartyLegalEntity/cbc:RegistrationName")
    return cells.text(legal or _text(party, "cac:PartyName/cbc:Name"))


def _party_number(party: Element | None) -> str:
    """The organisation number: legal registration first, then the electronic address (scheme 0007), then VAT.

    The first that is a Swedish one, else the first: some register with a location number or a foreign one.
    """
    if party is None:
        return ""
    written = [
        number
        for place in (
            "cac:PartyLegalEntity/cbc:CompanyID", "cbc:EndpointID[@schemeID='0007']", "cac:PartyTaxScheme/cbc:CompanyID"
        )
        if (number := _text(party, place))
    ]  # fmt: skip
    return next((number for number in written if cells.is_swedish_number(number)), next(iter(written), ""))


def _text(element: Element, place: str) -> str:
    found = element.find(place, _NS)
    return (found.text or "").strip() if found is not None else ""


def _amount(written: str, place: str) -> Decimal:
    if not _AMOUNT.fullmatch(written):
        raise ValueError(f"ett belopp med högst två decimaler i {place}, fann {shown(written)}")
    return cells.kronor(Decimal(written))


def _part_amount(part: Element) -> Decimal:
    if part.tag.endswith("AllowanceCharge"):
        charge = _text(part, "cbc:ChargeIndicator").lower() == "true"
        amount = _amount(_text(part, "cbc:Amount"), "cbc:Amount")
        return amount if charge else -amount
    return _amount(_text(part, "cbc:LineExtensionAmount"), "cbc:LineExtensionAmount")


def _contradiction(document: Element, amounts: list[Decimal]) -> str:
    """What in the totals contradicts the lines or the VAT categories; empty when nothing does."""
    totals = {
        name: _amount(_text(document, f"cac:LegalMonetaryTotal/cbc:{name}") or "0", f"cbc:{name}")
        for name in ("TaxExclusiveAmount", "TaxInclusiveAmount", "PrepaidAmount", "PayableRoundingAmount",
                     "PayableAmount")
    }  # fmt: skip
    if fault := _kind_fault(document) or _currency_fault(document):
        return fault
    vat = _amount(_tax_amount(document), "cac:TaxTotal/cbc:TaxAmount")
    net, gross = totals["TaxExclusiveAmount"], totals["TaxInclusiveAmount"]
    payable = gross - totals["PrepaidAmount"] + totals["PayableRoundingAmount"]
    if sum(amounts) != net:
        return f"väntade rader och avgifter som summerar till TaxExclusiveAmount {net}, fann {sum(amounts)}"
    if net + vat != gross:
        return f"väntade TaxInclusiveAmount {net + vat}, fann {gross}"
    if payable != totals["PayableAmount"]:
        return f"väntade PayableAmount {payable}, fann {totals['PayableAmount']}"
    return next(_vat_faults(document, vat), "")


def _kind_fault(document: Element) -> str:
    """A credit note's type code in an invoice, or the other way round, leaves open which sign the amounts have."""
    code = _text(document, "cbc:InvoiceTypeCode") or _text(document, "cbc:CreditNoteTypeCode")
    kind = document.tag.rpartition("}")[2]
    if not code or (code in _CREDIT_TYPES) == (kind == "CreditNote"):
        return ""
    return f"väntade en typkod för UBL-elementet {kind}, fann {shown(code)}"


def _currency_fault(document: Element) -> str:
    """An amount in another currency than the document's; only the VAT may stand in a second one, beside the first."""
    own = _text(document, "cbc:DocumentCurrencyCode")
    second = document.findall("cac:TaxTotal/cbc:TaxAmount", _NS)
    for amount in document.iter():
        stated = amount.get("currencyID", own)
        if stated != own and amount not in second:
            return f"väntade belopp i {own}, fann {shown(stated)} i cbc:{amount.tag.rpartition('}')[2]}"
    return ""


def _tax_amount(document: Element) -> str:
    """The VAT in the invoice's currency: beside it may stand the same in the currency of the seller's accounts."""
    currency = _text(document, "cbc:DocumentCurrencyCode")
    stated = document.findall("cac:TaxTotal/cbc:TaxAmount", _NS)
    own = [amount for amount in stated if amount.get("currencyID", currency) == currency]
    return (own[0].text or "").strip() if own else "0"


def _vat_faults(document: Element, vat: Decimal) -> Iterator[str]:
    subtotals = document.findall("cac:TaxTotal/cac:TaxSubtotal", _NS)
    stated = Decimal(0)
    for subtotal in subtotals:
        category, rate = _category(subtotal.find("cac:TaxCategory", _NS))
        base = _amount(_text(subtotal, "cbc:TaxableAmount"), "cbc:TaxableAmount")
        tax = _amount(_text(subtotal, "cbc:TaxAmount"), "cbc:TaxAmount")
        stated += tax
        if category not in _CATEGORIES:
            yield f"väntade en momskategori av {', '.join(_CATEGORIES)}, fann {shown(category)}"
        elif (category == "S") != (rate > 0):
            yield f"väntade en momssats över noll bara i momskategori S, fann {rate} % i {category}"
        elif abs(base * rate / 100 - tax) >= 1:  # EN 16931 lets a rounding of less than one unit pass
            yield f"väntade {rate} % moms på {base}, fann {tax}"
    if subtotals and stated != vat:
        yield f"väntade momskategorier som summerar till {vat}, fann {stated}"


def _category(category: Element | None) -> tuple[str, Decimal]:
    if category is None:
        return "", Decimal(0)
    written = _text(category, "cbc:Percent") or "0"
    try:
        rate = Decimal(written)
    except InvalidOperation as error:
        raise ValueError(f"en momssats, fann {shown(written)}") from error
    if not rate.is_finite() or not 0 <= rate <= 100:
        raise ValueError(f"en momssats från 0 till 100 procent, fann {shown(written)}")
    return _text(category, "cbc:ID"), rate


def _described(part: Element) -> str:
    """The line in words: what, which period, which VAT."""
    words = [_text(part, "cac:Item/cbc:Name") or _text(part, "cbc:AllowanceChargeReason"), _text(part, "cbc:Note")]
    start, end = (_text(part, f"cac:InvoicePeriod/cbc:{day}") for day in ("StartDate", "EndDate"))
    words += [f"period {start}–{end}"] if start and end else []
    category = part.find("cac:Item/cac:ClassifiedTaxCategory", _NS)
    code, rate = _category(category if category is not None else part.find("cac:TaxCategory", _NS))
    if code:
        meaning = _CATEGORIES.get(code, "okänd momskategori")
        words.append(f"{meaning} {rate.normalize():f} % ({code})" if rate else f"{meaning} ({code})")
    return "; ".join(cells.text(word) for word in words if cells.text(word))
