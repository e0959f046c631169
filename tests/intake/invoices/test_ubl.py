"""Peppol BIS Billing 3: invoices, credit notes, VAT categories, hostile XML."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from analys.errors import InputError
from analys.intake import invoices
from analys.intake.invoices import ubl
from analys.intake.result import ReadResult

NAMESPACES = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:{kind}-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)


def document(
    kind: str = "Invoice", category: str = "O", rate: str = "0", net: str = "376000.00", vat: str = "0.00",
    gross: str = "376000.00", seller: str = "2021002270", line: str = "376000.00", currency: str = "SEK",
) -> str:  # fmt: skip
    percent = f"<cbc:Percent>{rate}</cbc:Percent>" if category != "O" else ""
    tax = f"<cbc:ID>{category}</cbc:ID>{percent}<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
    party = "<cac:Party><cac:PartyLegalEntity><cbc:RegistrationName>{}</cbc:RegistrationName>{}" \
            "</cac:PartyLegalEntity></cac:Party>"  # fmt: skip
    company = '<cbc:CompanyID schemeID="0007">{}</cbc:CompanyID>'
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{kind} {NAMESPACES.format(kind=kind)}>
 <cbc:ID>LST-2023-17</cbc:ID><cbc:IssueDate>2023-05-31</cbc:IssueDate>
 <cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>
 <cac:AccountingSupplierParty>{party.format("Länsstyrelsen Östergötland", company.format(seller))}
 </cac:AccountingSupplierParty>
 <cac:AccountingCustomerParty>{party.format("Norrköpings kommun", company.format("2120000456"))}
 </cac:AccountingCustomerParty>
 <cac:TaxTotal><cbc:TaxAmount currencyID="SEK">{vat}</cbc:TaxAmount><cac:TaxSubtotal>
  <cbc:TaxableAmount>{net}</cbc:TaxableAmount><cbc:TaxAmount>{vat}</cbc:TaxAmount>
  <cac:TaxCategory>{tax}</cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
 <cac:LegalMonetaryTotal><cbc:LineExtensionAmount>{net}</cbc:LineExtensionAmount>
  <cbc:TaxExclusiveAmount>{net}</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount>{gross}</cbc:TaxInclusiveAmount>
  <cbc:PayableAmount>{gross}</cbc:PayableAmount></cac:LegalMonetaryTotal>
 <cac:{kind}Line><cbc:ID>1</cbc:ID><cbc:LineExtensionAmount>{line}</cbc:LineExtensionAmount>
  <cbc:AccountingCost>46310</cbc:AccountingCost><cac:Item><cbc:Name>Integrationssamordnare 2023</cbc:Name>
  <cac:ClassifiedTaxCategory>{tax}</cac:ClassifiedTaxCategory></cac:Item></cac:{kind}Line>
</{kind}>"""


def read(path: Path, content: str) -> ReadResult:
    path.write_text(content, encoding="utf-8")
    result = invoices.read(path)
    assert result.rows_in == len(result.frame) + len(result.reported)
    return result


def test_an_invoice_outside_the_scope_of_vat(tmp_path: Path) -> None:
    result = read(tmp_path / "f.xml", document())
    assert result.frame.to_dict("records") == [
        {
            "kommunkod": "0581", "kopare": "Norrköpings kommun", "leverantor_id": "202100-2270",
            "leverantor": "Länsstyrelsen Östergötland", "faktura_nr": "LST-2023-17", "datum": "2023-05-31",
            "konto_nr": "46310", "belopp_kr": Decimal("376000.00"), "valuta": "SEK",
            "text": "Integrationssamordnare 2023; utanför momsens tillämpningsområde (O)",
            "kalla": "f.xml, faktura LST-2023-17, post 1",
        }
    ]  # fmt: skip


def test_a_credit_note_is_negative(tmp_path: Path) -> None:
    result = read(tmp_path / "f.xml", document("CreditNote"))
    assert result.frame["belopp_kr"][0] == Decimal("-376000.00")


def test_an_amount_in_whole_kronor_has_two_decimals_too(tmp_path: Path) -> None:
    result = read(tmp_path / "f.xml", document().replace("376000.00", "376000"))
    assert [str(amount) for amount in result.frame["belopp_kr"]] == ["376000.00"]


def test_vat_in_the_currency_of_the_sellers_accounts_is_no_contradiction(tmp_path: Path) -> None:
    """Both orders of the two totals occur (EN 16931: BT-110 and BT-111)."""
    own = document(category="S", rate="25", vat="94000.00", gross="470000.00")
    own = own.replace("<cac:TaxTotal><cbc:TaxAmount>", '<cac:TaxTotal><cbc:TaxAmount currencyID="SEK">')
    other = '<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">8300.00</cbc:TaxAmount></cac:TaxTotal>'
    for old, new in (("<cac:TaxTotal>", f"{other}<cac:TaxTotal>"), ("</cac:TaxTotal>", f"</cac:TaxTotal>{other}")):
        assert not read(tmp_path / "f.xml", own.replace(old, new, 1)).reported


@pytest.mark.parametrize(
    ("category", "rate", "vat", "gross", "text"),
    [("S", "25", "94000.00", "470000.00", "moms 25 % (S)"), ("E", "0", "0.00", "376000.00", "undantag från moms (E)")],
)
def test_amounts_are_without_vat(
    tmp_path: Path, category: str, rate: str, vat: str, gross: str, text: str
) -> None:  # fmt: skip
    result = read(tmp_path / "f.xml", document(category=category, rate=rate, vat=vat, gross=gross))
    assert result.frame["belopp_kr"][0] == Decimal("376000.00")
    assert result.frame["text"][0].endswith(text)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"line": "1.00"}, "väntade rader och avgifter som summerar till TaxExclusiveAmount 376000.00, fann 1.00"),
        ({"gross": "376001.00"}, "väntade TaxInclusiveAmount 376000.00, fann 376001.00"),
        ({"category": "S", "rate": "0"}, "väntade en momssats över noll bara i momskategori S, fann 0 % i S"),
        ({"category": "X"}, "väntade en momskategori av S, Z, E, O, AE, K, G, fann 'X'"),
        ({"category": "S", "rate": "25", "vat": "10.00", "gross": "376010.00"},
         "väntade 25 % moms på 376000.00, fann 10.00"),
        ({"line": "1e30"}, "väntade ett belopp med högst två decimaler i cbc:LineExtensionAmount, fann '1e30'"),
        ({"currency": "EUR"}, "väntade SEK: beloppet i kronor är inte känt i cbc:DocumentCurrencyCode, fann 'EUR'"),
        ({"line": "1000000000000.01"}, "väntade ett belopp under 1e+12 kr"),
    ],
)  # fmt: skip
def test_a_contradictory_invoice_is_reported(tmp_path: Path, change: dict[str, str], reason: str) -> None:
    result = read(tmp_path / "f.xml", document(**change))
    assert [row.reason for row in result.reported] == [f"faktura LST-2023-17: {reason}"]


def test_a_sole_trader_is_masked(tmp_path: Path) -> None:
    result = read(tmp_path / "f.xml", document(seller="SE850101123601"))
    assert result.frame["leverantor_id"][0] == "******-****"


BOMB = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("prolog", [BOMB, EXTERNAL])
def test_entities_are_refused(tmp_path: Path, prolog: str) -> None:
    with pytest.raises(InputError, match="väntade XML utan sådant, fann en dokumenttyp eller entitet"):
        read(tmp_path / "f.xml", prolog + "<a>&b;</a>")


def test_more_elements_than_an_invoice_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ubl, "MOST_ELEMENTS", 1000)
    content = document()
    read(tmp_path / "f.xml", content)
    with pytest.raises(InputError, match="väntade en faktura med högst 1000 element, fann fler; dela den"):
        read(tmp_path / "f.xml", content.replace("</Invoice>", "<a/>" * 1000 + "</Invoice>"))


@pytest.mark.parametrize(("content", "found"), [(document()[:900], "skadad XML"), ("<a/>", "XML-elementet 'a'")])
def test_no_invoice(tmp_path: Path, content: str, found: str) -> None:
    with pytest.raises(InputError, match=found):
        read(tmp_path / "f.xml", content)


def reported(path: Path, content: str) -> list[str]:
    path.write_text(content, encoding="utf-8")
    return [row.reason for row in invoices.read(path).reported]


def test_an_amount_in_another_currency_than_its_invoice(tmp_path: Path) -> None:
    odd = document().replace("<cbc:LineExtensionAmount>", '<cbc:LineExtensionAmount currencyID="EUR">')
    assert reported(tmp_path / "a.xml", odd) == [
        "faktura LST-2023-17: väntade belopp i SEK, fann 'EUR' i cbc:LineExtensionAmount"
    ]
    second = '<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">0.00</cbc:TaxAmount></cac:TaxTotal><cac:LegalMonetaryTotal>'
    assert reported(tmp_path / "b.xml", document().replace("<cac:LegalMonetaryTotal>", second)) == []


@pytest.mark.parametrize(("kind", "code"), [("Invoice", "381"), ("CreditNote", "380")])
def test_a_type_code_of_the_other_kind(tmp_path: Path, kind: str, code: str) -> None:
    stated = f"<cbc:{kind}TypeCode>{code}</cbc:{kind}TypeCode> <cbc:DocumentCurrencyCode>"
    odd = document(kind).replace("<cbc:DocumentCurrencyCode>", stated)
    assert reported(tmp_path / "a.xml", odd) == [
        f"faktura LST-2023-17: väntade en typkod för UBL-elementet {kind}, fann '{code}'"
    ]
    assert reported(tmp_path / "b.xml", odd.replace(code, "381" if kind == "CreditNote" else "380")) == []


def test_forms_that_xml_schema_allows(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(
        document(net="1000.0000", line="1000.00", gross="1000").replace("05-31<", "05-31+02:00<"), encoding="utf-8"
    )
    (row,) = invoices.read(path).frame.to_dict("records")
    assert (row["belopp_kr"], row["datum"]) == (Decimal("1000.00"), "2023-05-31")


def test_a_seller_registered_with_a_location_number(tmp_path: Path) -> None:
    vat = "<cac:PartyTaxScheme><cbc:CompanyID>SE202100227001</cbc:CompanyID></cac:PartyTaxScheme><cac:PartyLegalEntity>"
    path = tmp_path / "a.xml"
    content = document(seller="7300010000001").replace("<cac:PartyLegalEntity>", vat, 1)
    path.write_text(content, encoding="utf-8")
    assert list(invoices.read(path).frame["leverantor_id"]) == ["202100-2270"]


def test_a_credit_note_with_negative_amounts_is_told(tmp_path: Path) -> None:
    """Its sign is turned as every credit note's is: what it credits is less than nothing, and so a cost."""
    credit = document("CreditNote", net="-100.00", gross="-100.00", line="-100.00")
    result = read(tmp_path / "k.xml", credit)
    assert list(result.frame["belopp_kr"]) == [Decimal("100.00")]
    assert "kreditnota med negativa belopp, som därför läses som en kostnad: LST-2023-17" in result.why
    assert "negativa" not in read(tmp_path / "f.xml", document("CreditNote")).why


def test_sie_5_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text('<Sie xmlns="http://www.sie.se/sie5"><FileInfo/></Sie>', encoding="utf-8")
    with pytest.raises(InputError) as told:
        invoices.read(tmp_path / "a.xml")
    (fault,) = told.value.faults
    assert (fault.found, fault.action) == ("SIE 5, som inte läses", "exportera SIE 4")
