"""An annex held against an agreement: its own rule first, who is in it, and what a folder leaves out."""

from __future__ import annotations

import openpyxl
import pytest

from analys.agreement import load
from analys.audit import audit_all, audit_file
from analys.audit.documents import DocumentAudit, audit_agreement
from analys.population import table as populations
from analys.register import municipalities
from tests.audit.conftest import serious

MEMBERS = municipalities("21")[:5]
PEOPLE = [populations()[member.code, 2021] for member in MEMBERS]
TERMS = """
id = "vaxel"
namn = "Gemensam växel"
andamal = "prov"
[[dokument]]
id = "avtal"
titel = "Avtal"
utgivare = "okand"
datum = "okand"
diarienummer = "okand"
[[version]]
id = "1"
namn = "Avtalet"
dokument = "avtal"
fakturering = "okand"
uppsagning = "okand"
aterbetalning = "okand"
vakans = "okand"
moms = "okand"
[version.giltighet]
fran = 2022-01-01
kalla = { dokument = "avtal", stalle = "1 §" }
[version.medlemmar]
kommuner = [%s]
kalla = { dokument = "avtal", stalle = "2 §" }
[version.kostnad]
typ = "fast"
belopp_kr = 1000000
kalla = { dokument = "avtal", stalle = "3 §" }
[version.nyckel]
typ = "folkmangd"
referensdag = "12-31"
ar_bakat = 1
kalla = { dokument = "avtal", stalle = "4 §" }
[version.avrundning]
enhet = "krona"
regel = "halv_upp"
rest = "ingen"
kalla = { dokument = "avtal", stalle = "5 §" }
[version.granser]
golv_kr = 150000
kalla = { dokument = "avtal", stalle = "6 §" }
"""


@pytest.fixture
def folder(tmp_path):
    names = ", ".join(f'"{member.name}"' for member in MEMBERS)
    (tmp_path / "avtal.toml").write_text(TERMS % names, encoding="utf-8")
    return tmp_path


def agreed_amounts(folder):
    from analys.allocation.year import allocate_year

    rows = {row.code: row.amount_ore // 100 for row in allocate_year(load(folder), 2022).rows}
    return [rows[member.code] for member in MEMBERS]


def annex(path, amounts, members=MEMBERS, people=PEOPLE):
    book = openpyxl.Workbook()
    book.active.append(["Kommun", "Folkmängd 2021-12-31", "Kostnad 2022"])
    for member, figure, amount in zip(members, people, amounts, strict=True):
        book.active.append([member.name, figure, amount])
    book.active.append(["Summa", sum(people), sum(amounts)])
    book.save(path)
    return path


def test_the_agreements_own_rule_gives_the_amounts(folder) -> None:
    amounts = agreed_amounts(folder)
    assert amounts.count(150_000) > 0
    audit = audit_file(annex(folder / "bilaga.xlsx", amounts), terms=load(folder))
    assert serious(audit) == []
    assert [rule.structure for rule in audit.rules.values()] == ["avtalets regel för 2022 (Gemensam växel)"]


def test_amounts_that_the_agreement_does_not_give_are_told_in_its_terms(folder) -> None:
    right = agreed_amounts(folder)
    wrong = [amount + step for amount, step in zip(right, (31_237, -4_119, 8_771, -15_347, -20_542), strict=True)]
    found = serious(audit_file(annex(folder / "bilaga.xlsx", wrong), terms=load(folder)))
    assert [(f.code, f.expected) for f in found] == [("amount", amount) for amount in right]
    assert all("avtalets regel för 2022" in f.message for f in found)


def test_an_annex_of_other_municipalities_is_said_to_be(folder) -> None:
    others = municipalities("05")[:4]
    people = [populations()[member.code, 2021] for member in others]
    path = annex(folder / "bilaga.xlsx", [4 * figure for figure in people], others, people)
    (finding,) = serious(audit_file(path, terms=load(folder)))
    assert (finding.code, finding.kommunkod) == ("member-extra", None)
    assert finding.message.startswith("Ingen av bilagans kommuner är med i avtalet")


def test_a_folder_audits_what_it_can_and_says_what_it_leaves_out(folder) -> None:
    annex(folder / "bilaga-2022.xlsx", agreed_amounts(folder))
    (folder / "antaganden.csv").write_text("id;text\n", encoding="utf-8")
    (folder / "bilaga-2023.xlsx").write_bytes(b"")
    *annexes, documents = audit_agreement(folder)
    assert [each.file.rpartition("/")[2] for each in annexes] == ["bilaga-2022.xlsx"]
    assert isinstance(documents, DocumentAudit)
    told = {each.file.rpartition("/")[2]: each.unreadable for each in documents.left_out}
    assert told == {"antaganden.csv": False, "bilaga-2023.xlsx": True}


def test_every_table_of_a_file_is_audited(tmp_path) -> None:
    book = openpyxl.Workbook()
    for title in ("Norra", "Södra"):
        sheet = book.create_sheet(title)
        sheet.append(["Kommun", "Folkmängd 2021-12-31"])
        for member, figure in zip(MEMBERS, PEOPLE, strict=True):
            sheet.append([member.name, figure])
    book.remove(book.worksheets[0])
    book.save(tmp_path / "bilagor.xlsx")
    assert [audit.annex.sheet for audit in audit_all(tmp_path / "bilagor.xlsx")] == ["Norra", "Södra"]
