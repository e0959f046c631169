"""Annexes of other shapes: no known day of invoice, half-years, amounts with and without VAT, a party, several files."""

import datetime as dt
from decimal import Decimal

import pytest

from analys import account as accounts
from analys.account import Basis, Origin, account, reproduced
from analys.errors import AnalysError
from tests.account import folders


def rewritten(folder, annex, **changes):
    """The folder with another annex, and with texts of its agreement replaced."""
    (folder / "bilaga-2019.csv").write_text(annex, encoding="utf-8")
    file = folder / "avtal.toml"
    text = file.read_text(encoding="utf-8")
    for before, after in changes.values():
        assert before in text
        text = text.replace(before, after)
    file.write_text(text, encoding="utf-8")
    return str(folder)


WHOLE = "Kommun;Belopp 2019, kr\nLund;300000\nEslöv;180000\nHöör;120000\nSumma;600000\n"
BILLED = 'fakturering = { arligen_senast = "11-30", kalla = { dokument = "avtal", stalle = "§ 4" } }'


def amounts(folder, basis):
    frame = accounts.amounts_by_municipality_year(folder, basis, [2019])
    return dict(zip(frame["kommun"], frame["lagst_kr"], strict=True))


def test_without_a_known_day_the_invoice_is_the_years_own_and_says_so(tmp_path):
    folder = rewritten(folders.write(tmp_path / "a"), WHOLE, billing=(BILLED, 'fakturering = "okand"'))
    (invoice,) = account(folder).invoices()
    assert (invoice.dues, invoice.stated, invoice.months) == ((dt.date(2019, 12, 31),), False, 12)
    frame = accounts.amounts_by_municipality_year(folder, Basis.INVOICE, [2019])
    assert set(frame["antagande"]) == {"fakturaar"}
    assert set(frame["underlag"]) == {"dokumenterad"}


def test_an_agreed_day_is_no_assumption(tmp_path):
    folder = str(folders.write(tmp_path / "a"))
    (invoice,) = account(folder).invoices()
    assert (invoice.dues, invoice.stated) == ((dt.date(2019, 11, 30),), True)
    assert set(accounts.amounts_by_municipality_year(folder, Basis.INVOICE, [2019])["antagande"]) == {""}


def test_parts_that_fall_due_in_two_years_are_charged_in_both(tmp_path):
    halves = BILLED.replace('arligen_senast = "11-30"', 'delbetalningar = ["09-30", "03-31"], betalning = "efterskott"')
    folder = rewritten(folders.write(tmp_path / "a"), WHOLE, billing=(BILLED, halves))
    (invoice,) = account(folder).invoices()
    assert invoice.dues == (dt.date(2019, 9, 30), dt.date(2020, 3, 31))
    by_year = {
        (a.year, a.payer.name): (a.kronor.low, a.underlag.value)
        for a in account(folder).amounts
        if (a.basis, a.origin) == (Basis.INVOICE, Origin.ANNEX)
    }
    assert by_year[2019, "Lund"] == by_year[2020, "Lund"] == (150_000, "beraknad")
    assert amounts(folder, Basis.TWELVE_MONTHS)["Lund"] == 300_000


def test_a_half_year_is_doubled_for_twelve_months_and_held_against_half_the_cost(tmp_path):
    annex = "Kommun;Belopp halvår\nLund;150000\nEslöv;90000\nHöör;60000\nSumma;300000\n"
    folder = rewritten(folders.write(tmp_path / "a"), annex)
    assert amounts(folder, Basis.TWELVE_MONTHS) == {"Lund": 300_000, "Eslöv": 180_000, "Höör": 120_000}
    frame = accounts.amounts_by_municipality_year(folder, Basis.TWELVE_MONTHS, [2019])
    assert set(frame["underlag"]) == {"beraknad"}
    (ruled,) = reproduced.columns(account(folder).folder)
    assert (ruled.base_ore, ruled.charge.period.last) == (300_000_00, dt.date(2019, 6, 30))
    assert reproduced.rules(folder)["aterskapade"].tolist() == [3]


def test_of_amounts_with_and_without_vat_those_without_count(tmp_path):
    annex = "Kommun;Belopp 2019 inkl. moms, kr;Belopp 2019 exkl. moms, kr\n"
    annex += "Lund;375000;300000\nEslöv;225000;180000\nHöör;150000;120000\nSumma;750000;600000\n"
    folder = rewritten(folders.write(tmp_path / "a"), annex)
    assert amounts(folder, Basis.INVOICE)["Lund"] == 300_000


def test_amounts_with_vat_count_where_there_are_no_others(tmp_path):
    annex = WHOLE.replace("Belopp 2019, kr", "Belopp 2019 inkl. moms, kr")
    folder = rewritten(folders.write(tmp_path / "a"), annex)
    assert amounts(folder, Basis.INVOICE)["Lund"] == 300_000


def test_the_terms_amounts_name_the_documents_and_clauses_that_they_follow_from(tmp_path):
    folder = folders.write(tmp_path / "a")
    (folder / "bilaga-2019.csv").unlink()
    frame = accounts.amounts_by_municipality_year(str(folder), Basis.INVOICE, [2019])
    assert set(frame["kalla"]) == {"avtal"}
    assert frame["stalle"].str.contains("nyckel: § 4").all()
    assert set(frame["ursprung"]) == {"villkor"}
    assert amounts(str(folder), Basis.ACCRUAL)["Lund"] == Decimal(300_000)


def test_an_annex_of_no_version_is_told(tmp_path):
    folder = folders.write(tmp_path / "a")
    (folder / "bilaga-2019.csv").rename(folder / "bilaga-gammal.csv")
    (folder / "bilaga-gammal.csv").write_text(WHOLE.replace("2019", "2001"), encoding="utf-8")
    with pytest.raises(AnalysError, match=r"väntade en bilaga till någon av versionerna 2019, fann bilaga-gammal.csv"):
        _ = account(str(folder)).amounts


def test_a_payment_of_part_of_a_year_is_told_and_not_used(tmp_path):
    folder = folders.write(tmp_path / "a")
    file = folder / "uppgifter.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("2021-01-01,2021-12-31,330", "2021-01-01,2021-06-30,330"))
    own = account(str(folder))
    assert [each.payer.name for each in own.stated(2021, Origin.PAYMENT)] == ["Eslöv"]
    (told,) = own.lacking
    assert told.startswith("Lund 330 tkr (avtal) avser 2021-01-01 till 2021-06-30, inget helt kalenderår")


def test_a_payment_of_one_that_is_no_member_is_told(tmp_path):
    folder = folders.write(tmp_path / "a")
    file = folder / "uppgifter.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("1281,Lund", "1280,Malmö"), encoding="utf-8")
    with pytest.raises(AnalysError, match="Malmö har betalat, men kommunen är inte medlem 2021"):
        _ = account(str(folder)).amounts
