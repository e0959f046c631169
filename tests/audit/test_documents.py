"""Documents against each other, in a folder made for the purpose: what the bundled agreement does not show."""

from __future__ import annotations

from pathlib import Path

import pytest

from analys.agreement import load
from analys.audit import Code
from analys.audit.documents import audit_agreement
from analys.audit.shares import in_force
from analys.intake.statements import COLUMNS, FILE

HEAD = ",".join(COLUMNS)
AGREEMENT = """
id = "prov"
namn = "Prov"
andamal = "Prov"
[[dokument]]
id = "avtal"
titel = "Avtal"
utgivare = "Mjölby kommun"
datum = 2020-01-01
diarienummer = "1"
[[version]]
id = "2020"
namn = "Avtalet"
dokument = "avtal"
fakturering = "okand"
uppsagning = "okand"
aterbetalning = "okand"
vakans = "okand"
moms = "okand"
avrundning = "okand"
[version.giltighet]
fran = 2020-01-01
kalla = { dokument = "avtal", stalle = "1" }
[version.medlemmar]
kommuner = ["Boxholm", "Mjölby"]
kalla = { dokument = "avtal", stalle = "2" }
[version.kostnad]
typ = "uppbyggd"
manadslon_kr = 10000
paslag = "50 %"
angiven_summa_kr = { 2021 = 181000 }
kalla = { dokument = "avtal", stalle = "3" }
[version.nyckel]
typ = "lika"
kalla = { dokument = "avtal", stalle = "4" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "avtal.toml").write_text(AGREEMENT, encoding="utf-8")
    return tmp_path


def state(folder: Path, *rows: str) -> None:
    (folder / FILE).write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")


def paid(code: str, name: str, text: str, year: int = 2021) -> str:
    return f"{name}-{year},{code},{name},betalning,{year}-01-01,{year}-12-31,{text},,avtal,5,"


def findings(folder: Path):
    return audit_agreement(folder)[-1].findings


def test_payments_that_meet_are_no_finding(folder) -> None:
    state(folder, paid("0560", "Boxholm", "90 tkr"), paid("0586", "Mjölby", "90 400 kr"))
    assert [f.code for f in findings(folder)] == [Code.TOTAL_AMOUNT]


def test_a_build_up_that_does_not_give_the_stated_sum(folder) -> None:
    (finding,) = findings(folder)
    assert (finding.code, finding.expected, finding.found) == (Code.TOTAL_AMOUNT, 180_000, 181_000)


def test_payments_that_do_not_meet_and_the_digits_that_would_make_them(folder) -> None:
    state(folder, paid("0560", "Boxholm", "90 tkr"), paid("0586", "Mjölby", "95 tkr"))
    finding = next(f for f in findings(folder) if f.code is Code.PAYMENTS_DISAGREE)
    assert finding.explanation["implied_kr"] == {"0560": [179_000, 181_000], "0586": [189_000, 191_000]}
    assert [(each["found"], each["would_be"]) for each in finding.explanation["one_digit"]] == [
        ("90 tkr", "95 tkr"),
        ("95 tkr", "90 tkr"),
    ]


def test_payments_in_kronor_are_as_exact_as_rounding_leaves_them(folder) -> None:
    """Both may be half of 180 001 kr, rounded; neither of 180 010 kr."""
    state(folder, paid("0560", "Boxholm", "90 001 kr"), paid("0586", "Mjölby", "90 000 kr"))
    assert Code.PAYMENTS_DISAGREE not in {f.code for f in findings(folder)}
    state(folder, paid("0560", "Boxholm", "90 010 kr"), paid("0586", "Mjölby", "90 000 kr"))
    assert Code.PAYMENTS_DISAGREE in {f.code for f in findings(folder)}


ROUNDED = """
[version.avrundning]
andel_decimaler = 2
enhet = "hundra"
rest = "storsta_medlem"
kalla = { dokument = "avtal", stalle = "5" }
"""


def test_payments_of_rounded_shares_are_as_open_as_the_shares(folder) -> None:
    """By thirds, 33 % and 34 % of the same total: 59 400 kr and 61 200 kr differ by what rounding the shares leaves."""
    text = AGREEMENT.replace('avrundning = "okand"\n', "").replace(
        '["Boxholm", "Mjölby"]', '["Boxholm", "Kinda", "Mjölby"]'
    )
    state(folder, paid("0560", "Boxholm", "59 tkr"), paid("0586", "Mjölby", "61 tkr"))
    (folder / "avtal.toml").write_text(text + ROUNDED, encoding="utf-8")
    assert Code.PAYMENTS_DISAGREE not in {f.code for f in findings(folder)}
    (folder / "avtal.toml").write_text(text + ROUNDED.replace("andel_decimaler = 2", ""), encoding="utf-8")
    assert Code.PAYMENTS_DISAGREE in {f.code for f in findings(folder)}


def test_what_documents_are_apart_is_told_in_kronor_for_every_member(folder) -> None:
    state(folder, paid("0560", "Boxholm", "90 tkr"), paid("0586", "Mjölby", "95 tkr"))
    finding = next(f for f in findings(folder) if f.code is Code.PAYMENTS_DISAGREE)
    assert finding.effect_kr == {"0560": -4_000, "0586": 4_000}
    (folder / "organisationsnummer.csv").write_text(
        "dokument,stalle,part,organisationsnummer\navtal,1,Mjölby kommun,212000-0481\n", encoding="utf-8"
    )
    number = next(f for f in findings(folder) if f.code is Code.ORGNR_INVALID)
    assert number.effect_kr == {"0560": 0, "0586": 0}


def test_a_range_is_told_with_the_kronor_that_the_annex_is_beside_it(folder) -> None:
    (folder / "bilaga.csv").write_text(
        "Kommun;Folkmängd 2019;Kostnad 2020\nBoxholm;5492;90000\nMjölby;27384;90000\nSumma;32876;180000\n",
        encoding="utf-8",
    )
    state(folder, "r,0586,Mjölby,betalning per år,2020-01-01,2020-12-31,60–80 tkr,,avtal,6,")
    finding = next(f for f in findings(folder) if f.code is Code.RANGE)
    assert (finding.cell, finding.effect_kr) == ("C3", {"0560": 0, "0586": 9_500})


def test_payments_of_other_years_and_without_a_known_share_are_left_alone(folder) -> None:
    state(
        folder, paid("0560", "Boxholm", "90 tkr"), paid("0586", "Mjölby", "95 tkr", 2022), paid("0513", "Kinda", "1 kr")
    )
    assert Code.PAYMENTS_DISAGREE not in {f.code for f in findings(folder)}


def test_an_organisation_number_with_a_wrong_check_digit(folder) -> None:
    (folder / "organisationsnummer.csv").write_text(
        "dokument,stalle,part,organisationsnummer\navtal,1,Mjölby kommun,212000-0481\navtal,1,Boxholm,212000-0407\n",
        encoding="utf-8",
    )
    finding = next(f for f in findings(folder) if f.code is Code.ORGNR_INVALID)
    assert (finding.kommunkod, finding.expected) == ("0586", "212000-0480")


def test_the_version_in_force(folder) -> None:
    import datetime as dt

    agreement = load("ostergotland")
    first, january, later = (
        in_force(agreement, day) for day in (dt.date(2017, 6, 1), dt.date(2018, 1, 15), dt.date(2023, 6, 1))
    )
    assert [version and version.id for version in (first, january, later)] == ["2016", "2018", "2018"]
    assert in_force(agreement, dt.date(2015, 1, 1)) is None


def asked_of(folder: Path) -> list[tuple[str, str, list[int]]]:
    """(kind, municipality, what would fit) of each question about the year's payments."""
    finding = next(f for f in findings(folder) if f.code is Code.PAYMENTS_DISAGREE)
    return [(q["kind"], q["kommunkod"], q["fits_kr"]) for q in finding.explanation["questions"]]


def test_a_payment_with_vat_is_asked_about(folder) -> None:
    state(folder, paid("0560", "Boxholm", "80 000 kr"), paid("0586", "Mjölby", "100 000 kr"))
    assert ("vat", "0586", [160_000, 160_000]) in asked_of(folder)
    assert ("vat", "0560") not in [asked[:2] for asked in asked_of(folder)]


def test_a_payment_for_part_of_a_year_is_asked_about(folder) -> None:
    state(folder, paid("0560", "Boxholm", "90 tkr"), paid("0586", "Mjölby", "30 tkr"))
    (months,) = [each for each in asked_of(folder) if each[:2] == ("months", "0586")]
    assert months[2] == [179_000, 181_000]  # four months at 7 500 kr
    finding = next(f for f in findings(folder) if f.code is Code.PAYMENTS_DISAGREE)
    assert any("avser mjölbys 30 tkr 4 månader?" in q["question"].lower() for q in finding.explanation["questions"])


def test_a_payment_that_is_another_years_amount_is_asked_about(folder) -> None:
    (folder / "bilaga.csv").write_text(
        "Kommun;Folkmängd 2019;Kostnad 2020\nBoxholm;5492;82000\nMjölby;27384;82000\nSumma;32876;164000\n",
        encoding="utf-8",
    )
    state(folder, paid("0560", "Boxholm", "90 tkr"), paid("0586", "Mjölby", "82 tkr"))
    assert ("other-year", "0586", [82_000, 82_000]) in asked_of(folder)


def test_a_payment_that_is_another_members_row(folder) -> None:
    """By population, Kinda's part of what Mjölby's payment implies is what Boxholm says that it paid."""
    text = AGREEMENT.replace('["Boxholm", "Mjölby"]', '["Boxholm", "Kinda", "Mjölby"]')
    (folder / "avtal.toml").write_text(
        text.replace('typ = "lika"', 'typ = "folkmangd"\nreferensdag = "12-31"'), encoding="utf-8"
    )
    state(folder, paid("0560", "Boxholm", "98 tkr"), paid("0586", "Mjölby", "274 tkr"))
    others = [each for each in asked_of(folder) if each[:2] == ("other-member", "0560")]
    assert len(others) == 1
    finding = next(f for f in findings(folder) if f.code is Code.PAYMENTS_DISAGREE)
    assert "Kindas rad" in " ".join(q["question"] for q in finding.explanation["questions"])
    assert finding.explanation["year_ends"]["meet"] == []


def test_three_payments_of_which_two_agree_are_held_against_both(folder) -> None:
    text = AGREEMENT.replace('["Boxholm", "Mjölby"]', '["Boxholm", "Kinda", "Mjölby"]')
    (folder / "avtal.toml").write_text(text, encoding="utf-8")
    state(folder, paid("0560", "Boxholm", "60 tkr"), paid("0513", "Kinda", "60 tkr"), paid("0586", "Mjölby", "75 tkr"))
    assert ("vat", "0586", [178_800, 181_200]) in asked_of(folder)


NUMBERED = """
[[dokument]]
id = "senare"
titel = "Avtal"
utgivare = "Mjölby kommun"
datum = 2021-01-01
diarienummer = "{later}"
[[beslut]]
kommun = "Mjölby"
typ = "uppsagning"
status = "beslut"
datum = 2022-06-10
verkan = "okand"
kalla = {{ dokument = "senare", stalle = "§ 1", citat = "frånträder avtalet ({cited})" }}
"""


@pytest.mark.parametrize(
    ("later", "cited", "found"),
    [
        ("KS/2021:9", "KS 2019:1", ["KS/2019:1"]),
        ("KS/2021:9", "KS/2021:9", []),
        ("KS/2021:9", "utan nummer", []),
        ("KS/2019:1", "utan nummer", ["KS/2019:1"]),
    ],
)
def test_one_registry_number_for_two_contracts(folder, later: str, cited: str, found: list[str]) -> None:
    first, _, rest = AGREEMENT.partition("[[version]]")
    first = first.replace('diarienummer = "1"', 'diarienummer = "KS/2019:1"')
    ends = rest.replace("fran = 2020-01-01", "fran = 2020-01-01\ntill = 2020-12-31")
    second = rest.replace('id = "2020"', 'id = "2021"').replace('dokument = "avtal"', 'dokument = "senare"')
    second = second.replace("fran = 2020-01-01", "fran = 2021-01-01").replace(
        'namn = "Avtalet"', 'namn = "Andra avtalet"'
    )
    numbered = NUMBERED.format(later=later, cited=cited)
    text = f"{first}[[version]]{ends}[[version]]{second}{numbered}"
    (folder / "avtal.toml").write_text(text, encoding="utf-8")
    told = [f for f in findings(folder) if f.code is Code.REGISTRY_NUMBER]
    assert [f.found for f in told] == found
    assert all(f.severity == "upplysning" and "avtal" in f.message for f in told)


def test_a_member_that_has_left_is_not_missed_in_a_later_annex() -> None:
    """The made-up case: Torsås left after 2023, and one population of 2024 is planted wrong."""
    *annexes, _ = audit_agreement("exempel-energiradgivning")
    found = {Path(each.file).name: [finding.code for finding in each.findings] for each in annexes}
    assert found["bilaga-2022.xlsx"] == []
    assert "member-missing" not in found["bilaga-2024.xlsx"]
    assert "population-digit" in found["bilaga-2024.xlsx"]
