"""The bundled annexes: what nobody saw for years is found, and the rules too, by code that knows neither."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from analys import project
from analys.account import reproduced
from analys.audit import Audit, Code, Severity, audit_file, frames
from analys.audit.documents import DocumentAudit, audit_agreement
from analys.cli.audit import command
from analys.swedish import quantize

FOLDER = project.required().raw / "ostergotland"


@pytest.fixture(scope="module")
def first() -> Audit:
    return audit_file(FOLDER / "bilaga-2016.xlsx")


@pytest.fixture(scope="module")
def second() -> Audit:
    return audit_file(FOLDER / "bilaga-2018.xlsx")


@pytest.fixture(scope="module")
def folder() -> list[Audit | DocumentAudit]:
    return audit_agreement("ostergotland")


def documents_of(folder) -> DocumentAudit:
    return folder[-1]


def test_norrkopings_stale_population_is_found_and_explained(second) -> None:
    (fault,) = [finding for finding in second.findings if finding.severity is Severity.FEL]
    assert (fault.code, fault.kommunkod, fault.cell) == (Code.POPULATION_DATE, "0581", "B11")
    assert (fault.expected, fault.found) == (140_927, 133_749)
    assert fault.as_json()["explanation"] == {"date": "2013-12-31"}
    assert fault.message == (
        "Norrköpings folkmängd 133 749 (cell B11) är inte SCB:s tal för 31 december 2017, 140 927, "
        "utan kommunens tal för 31 december 2013."
    ).replace("133 749", "133\u00a0749").replace("140 927", "140\u00a0927").replace("31 december", "31\u00a0december")


def test_what_the_stale_figure_costs_each_member_by_exact_shares_of_the_printed_total(second) -> None:
    (fault,) = [finding for finding in second.findings if finding.severity is Severity.FEL]
    assert fault.effect_kr == {
        "0560": 138, "0562": 567, "0513": 231, "0580": 4235, "0586": 724, "0583": 1161, "0581": -8410,
        "0582": 353, "0584": 214, "0563": 221, "0512": 107, "0561": 289, "0509": 169,
    }  # fmt: skip
    told = reproduced.stale_population("ostergotland", "2018").set_index("kommunkod")["skillnad_exakta_andelar_kr"]
    assert {code: int(quantize(kronor, 0)) for code, kronor in told.items()} == fault.effect_kr


def test_one_rule_gives_thirteen_of_thirteen_amounts_of_2018(second) -> None:
    rule = second.as_json("bilaga-2018.xlsx")["rule"]
    assert rule == {
        "key": "population",
        "share_decimals": 2,
        "share_rounding": "half_up",
        "amount_rounding": "floor",
        "amount_unit_kr": 1,
        "base_kr": [764029.23, 764030.30],
        "bases_kr": [[764029.23, 764030.30]],
        "base_stated": False,
        "residual": "none",
        "reproduced": 13,
        "of": 13,
        "structure": None,
    }


def test_one_rule_gives_all_39_amounts_of_2016(first) -> None:
    rule = first.as_json("bilaga-2016.xlsx")["rule"]
    assert (rule["key"], rule["share_decimals"], rule["amount_rounding"]) == ("population", None, "half_up")
    assert (rule["reproduced"], rule["of"], rule["base_stated"]) == (39, 39, True)
    assert all(low <= t < high for (low, high), t in zip(rule["bases_kr"], (350760, 701520, 1052280), strict=True))


def test_the_2016_annex_has_notes_but_no_fault(first) -> None:
    assert {(f.code, f.severity, f.cell) for f in first.findings} == {
        (Code.POPULATION_UNKNOWN, Severity.UPPLYSNING, "B4"),
        (Code.TOTAL_AMOUNT, Severity.UPPLYSNING, "E18"),
        (Code.TOTAL_AMOUNT, Severity.UPPLYSNING, "F19"),
    }
    undated = first.findings[0]
    assert undated.as_json()["explanation"] == {
        "between": ["2015-12-31", "2016-12-31"],
        "dates": {"Norrköping": ["2016-06-30"]},
    }
    assert "13 av 13 tal ligger mellan" in undated.message


def test_rounded_shares_that_miss_a_hundred_per_cent_are_a_note(second) -> None:
    (note,) = [finding for finding in second.findings if finding.code is Code.TOTAL_SHARE]
    assert (note.severity, note.as_json()["expected"], note.as_json()["found"]) == (Severity.UPPLYSNING, 0.9999, 1)


def test_the_2023_payments_imply_totals_that_do_not_meet(folder) -> None:
    documents = documents_of(folder)
    (finding,) = [f for f in documents.findings if f.code is Code.PAYMENTS_DISAGREE]
    assert finding.severity is Severity.OFORENLIGT
    assert finding.explanation["implied_kr"] == {"0581": [1_221_078, 1_224_331], "0586": [1_052_524, 1_069_100]}
    questions = frames.digit_questions(documents)
    assert questions[["kommun", "angivet", "skulle_vara"]].values.tolist() == [
        ["Norrköping", "376 tkr", "326 tkr"],
        ["Mjölby", "64 tkr", "74 tkr"],
    ]


def test_the_2023_payments_are_incompatible_on_a_condition_and_asked_about(folder) -> None:
    (finding,) = [f for f in documents_of(folder).findings if f.code is Code.PAYMENTS_DISAGREE]
    assert "om en nyckel gäller för alla" in finding.message
    assert "om någon uppgift är fel" in finding.message
    assert (finding.explanation["year_ends"]["from"], finding.explanation["year_ends"]["meet"]) == (2013, [])
    asked = [(q["kind"], q["kommunkod"], q["fits_kr"]) for q in finding.explanation["questions"]]
    assert ("other-member", "0581", [371_737, 377_592]) in asked  # Linköping's
    assert {kind for kind, _, _ in asked} == {"one-digit", "other-member"}
    (row,) = [q["question"] for q in finding.explanation["questions"] if q["kind"] == "other-member"]
    assert "Norrköpings 376 tkr Linköpings rad?" in row
    assert row.endswith("Hela uppgiften ryms där.")


def test_every_kind_of_question_is_asked_of_each_payment_also_where_nothing_fits(folder) -> None:
    asked = frames.payment_questions(folder)
    by_kind = asked.groupby("slag")["kommun"].agg(lambda names: set(names.dropna()))
    each = {"en siffra", "en annan medlems rad", "ett annat års belopp", "moms", "del av ett år"}
    assert {kind: by_kind[kind] for kind in each} == {kind: {"Mjölby", "Norrköping"} for kind in each}
    fits = asked[asked["passar_fran_kr"].notna()]
    assert set(fits["slag"]) == {"en siffra", "en annan medlems rad"}
    (day,) = asked.loc[asked["slag"] == "en annan dags folkmängd", "fraga"]
    assert day.startswith("Ingen folkmängd den 31 december 2013–")


def test_mjolbys_stated_range_does_not_hold_what_the_annexes_charge_for_a_year(folder) -> None:
    found = [f for f in documents_of(folder).findings if f.code is Code.RANGE]
    assert [(f.kommunkod, f.found, f.expected) for f in found] == [
        ("0586", amount, "47–64 tkr") for amount in (41_738, 45_841)
    ]
    assert all(len(f.evidence.split("; ")) == 3 for f in found)


def test_the_years_that_rest_on_a_range_that_no_annex_supports(folder) -> None:
    (finding,) = [f for f in documents_of(folder).findings if f.code is Code.RANGE_UNMET]
    assert finding.explanation["amounts_kr"] == [20_869, 41_738, 45_841]
    assert finding.explanation["years"] == [2019, 2020, 2021, 2022]


def test_months_charged_and_months_in_two_versions_are_remarks(folder) -> None:
    charged, twice = [f for f in documents_of(folder).findings if f.code is Code.PERIOD]
    assert charged.severity is twice.severity is Severity.UPPLYSNING
    assert (charged.expected, charged.found) == (17, 18)
    assert charged.effect_kr["0586"] == 3478  # 62 607 kr for 18 months
    assert (twice.found, twice.as_json()["explanation"]["from"], twice.as_json()["explanation"]["to"]) == (
        1, "2018-01-01", "2018-01-31"
    )  # fmt: skip


def test_the_county_boards_number_is_norrkopings(folder) -> None:
    found = [f for f in documents_of(folder).findings if f.code is Code.ORGNR_PARTY]
    assert [(f.expected, f.found, f.explanation["party"]) for f in found] == [
        ("202100-2270", "212000-0456", "Norrköping")
    ] * 3


def test_terms_that_the_documents_state_and_that_changed_are_told(folder) -> None:
    changed = {f.explanation["term"]: f for f in documents_of(folder).findings if f.code is Code.RULE_CHANGED}
    assert {"kostnad", "fakturering", "uppsägning", "återbetalning", "vakans"} == set(changed)
    assert "763\u00a0945\u00a0kr för 2018" in changed["kostnad"].message
    assert not any("764\u00a0030" in f.message for f in documents_of(folder).findings)


def test_nothing_in_the_folder_is_called_wrong_but_what_is(folder) -> None:
    findings = [finding for result in folder for finding in result.findings]
    assert sorted({finding.code for finding in findings if finding.severity is not Severity.UPPLYSNING}) == [
        "orgnr-party", "payments-disagree", "population-date", "range", "range-unmet"
    ]  # fmt: skip


def test_json_lines_one_object_a_file_in_the_order_given() -> None:
    files = [str(FOLDER / "bilaga-2018.xlsx"), str(FOLDER / "bilaga-2016.xlsx")]
    result = CliRunner().invoke(command, [*files, "--json"])
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["file"] for line in lines] == files
    assert all({"file", "readable", "findings", "rule", "totals", "columns", "verdict"} <= set(line) for line in lines)
    assert result.exit_code == 1


def test_the_terminal_shows_findings_cost_and_rule() -> None:
    result = CliRunner().invoke(command, [str(FOLDER / "bilaga-2018.xlsx")])
    text = " ".join(result.stdout.split())
    assert "population-date B11" in text
    assert "bas från 764 029,23 kr till 764 030,30 kr" in text
    assert "ger 13 av 13 belopp" in text


def test_an_unreadable_file_gives_exit_code_2_and_leaves_the_others_audited(tmp_path) -> None:
    (tmp_path / "tom.xlsx").touch()
    files = [str(tmp_path / "tom.xlsx"), str(FOLDER / "bilaga-2018.xlsx")]
    result = CliRunner().invoke(command, [*files, "--json"])
    assert result.exit_code == 2
    assert "tom.xlsx: väntade" in result.stderr
    unread, read = (json.loads(line) for line in result.stdout.splitlines())
    assert (unread["readable"], read["readable"]) == (False, True)
    assert "0 byte" in unread["error"]


def test_no_file_and_no_agreement_is_a_usage_error() -> None:
    assert CliRunner().invoke(command, []).exit_code == 2


def test_brackets_in_names_and_headings_are_shown_as_they_are(tmp_path) -> None:
    file = tmp_path / "[b]bilaga.csv"
    file.write_text(
        "Kommun;Folkmängd [/b] 2019;Kostnad [/x]\nMotala;43679;1000\nMjölby;27758;2000\nKinda;9940;444\nSumma;1;5\n",
        encoding="utf-8",
    )
    shown = CliRunner().invoke(command, [str(file)])
    assert shown.exit_code == 1
    assert "[b]bilaga.csv" in shown.output
    assert "Kostnad [/x]" in " ".join(shown.output.split())
