"""What has changed between an agreement's versions, told in one sentence each."""

from __future__ import annotations

from analys.agreement import load
from analys.audit.terms import check


def test_each_change_of_the_bundled_agreement_is_one_short_sentence() -> None:
    changes = [finding for finding in check(load("ostergotland"), []) if finding.code == "rule-changed"]
    assert [finding.message.partition(" har ändrats")[0] for finding in changes] == [
        "Kostnaden", "Faktureringen", "Uppsägningstiden anges i Avtalet 2018, 2 månader, "
        "men inte i Avtalet 2016.", "Återbetalningen", "Vakansregeln",
    ]  # fmt: skip
    assert changes[0].message == (
        "Kostnaden har ändrats från en månadslön på 39\u00a0500\u00a0kr med 48\u00a0% påslag i 12 månader per år, "
        "701\u00a0520\u00a0kr per år (Avtalet 2016) till den angivna summan 763\u00a0945\u00a0kr för 2018 (Avtalet 2018)."
    )
    assert (changes[2].explanation, changes[2].found) == (
        {"term": "uppsägning", "versions": ["2016", "2018"]},
        "2 månader",
    )
    for finding in changes:
        assert len(finding.message) < 240
        assert finding.message.count(".") == 1


TWO_VERSIONS = """
id = "prov"
namn = "Prov"
andamal = "Prov"
dokument = [{ id = "avtal", titel = "Avtal", utgivare = "Mjölby", datum = 2020-01-01, diarienummer = "1" }]
"""
VERSION = """
[[version]]
id = "{year}"
namn = "Avtalet {year}"
dokument = "avtal"
fakturering = "okand"
uppsagning = "okand"
aterbetalning = "okand"
vakans = "okand"
moms = "okand"
avrundning = {{ enhet = "krona", kalla = {{ dokument = "avtal", stalle = "5" }} }}
[version.giltighet]
fran = {year}-01-01
{to}
kalla = {{ dokument = "avtal", stalle = "1" }}
[version.medlemmar]
kommuner = ["Boxholm", "Mjölby"]
kalla = {{ dokument = "avtal", stalle = "2" }}
[version.kostnad]
typ = "fast"
belopp_kr = 100000
kalla = {{ dokument = "avtal", stalle = "3" }}
[version.nyckel]
{key}
kalla = {{ dokument = "avtal", stalle = "{place}" }}
{more}
"""


def changed(tmp_path, first: str, second: str, more: str = ""):
    versions = [
        VERSION.format(year=2020, to="till = 2020-12-31", key=first, place="4", more=""),
        VERSION.format(year=2021, to="", key=second, place="§ 4", more=more),
    ]
    (tmp_path / "avtal.toml").write_text(TWO_VERSIONS + "".join(versions), encoding="utf-8")
    return check(load(tmp_path), [])


def test_an_inferred_term_is_no_term_of_a_document(tmp_path) -> None:
    inferred = 'typ = "lika"\nunderlag = "beraknad"'
    assert changed(tmp_path, 'typ = "folkmangd"\nreferensdag = "12-31"', inferred) == []


MIX = (
    'typ = "blandad"\ndelar = [{{ vikt = "{}", nyckel = {{ typ = "lika" }} }}, '
    '{{ vikt = "{}", nyckel = {{ typ = "folkmangd", referensdag = "12-31"{} }} }}]'
)
FEE = 'typ = "grundavgift"\ngrundavgift_kr = {}\nreferensdag = "12-31"'


def test_a_changed_key_is_told_with_what_it_costs_each_member(tmp_path) -> None:
    (change,) = changed(
        tmp_path, 'typ = "andelar"\nandelar = { "Boxholm" = "20 %", "Mjölby" = "80 %" }', 'typ = "lika"'
    )
    assert change.effect_kr == {"0560": 30_000, "0586": -30_000}
    (change,) = changed(tmp_path, FEE.format(10_000), FEE.format(20_000))
    assert "en grundavgift på 10\u00a0000\u00a0kr" in change.message
    assert sum(change.effect_kr.values()) == 0
    assert change.effect_kr["0560"] > 0


def test_the_figures_of_a_year_within_a_mixed_key_are_no_change(tmp_path) -> None:
    values = ', varden = { 2021 = { tal = { "Boxholm" = 5492, "Mjölby" = 27384 }, referensdatum = 2019-12-31 } }'
    assert changed(tmp_path, MIX.format("30 %", "70 %", ""), MIX.format("30 %", "70 %", values)) == []
    (change,) = changed(tmp_path, MIX.format("30 %", "70 %", ""), MIX.format("40 %", "60 %", ""))
    assert change.explanation["term"] == "nyckel"


def test_what_is_told_alike_but_is_not_says_so(tmp_path) -> None:
    (change,) = changed(
        tmp_path,
        'typ = "andelar"\nandelar = { "Boxholm" = "20 %", "Mjölby" = "80 %" }',
        'typ = "andelar"\nandelar = { "Boxholm" = "25 %", "Mjölby" = "75 %" }',
    )
    assert change.message == (
        "Fördelningsnyckeln har ändrats mellan Avtalet 2020 och Avtalet 2021: båda säger fasta andelar, men med olika "
        "innehåll."
    )
    assert change.effect_kr == {"0560": 5_000, "0586": -5_000}


def test_an_index_and_limits_that_are_new(tmp_path) -> None:
    more = """
[version.index]
serie = "fast"
procent = "2 %"
basar = 2020
tak = "3 %"
kalla = { dokument = "avtal", stalle = "6" }
[version.granser]
tak_andel = "45 %"
golv_kr = 20000
kalla = { dokument = "avtal", stalle = "7" }
"""
    key = 'typ = "lika"'
    assert changed(tmp_path, key, key) == []
    index, limits = changed(tmp_path, key, key, more.replace("45 %", "60 %"))
    assert index.message == (
        "Indexregleringen har ändrats från ingen (Avtalet 2020) till 2\u00a0% per år från 2020 års priser, högst "
        "3\u00a0% (Avtalet 2021)."
    )
    assert index.effect_kr == {"0560": 1_000, "0586": 1_000}
    assert "till lägst 20\u00a0000\u00a0kr och högst 60\u00a0% av kostnaden (Avtalet 2021)" in limits.message
