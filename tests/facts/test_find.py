"""What made-up contracts and decisions say; the words are this project's own."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from analys.documents.model import Document, Line
from analys.facts import Fact, find, occurs


def document(text: str) -> Document:
    lines = [Line(line.strip(), f"rad {at}") for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    return Document("avtal.txt", "text", "", (), tuple(lines))


def facts(text: str, kind: str) -> list[Fact]:
    return [fact for fact in find(document(text)) if fact.kind == kind]


def test_parties_have_their_numbers_checked() -> None:
    text = "Avtal mellan Region Dalarna, org.nr 232100-0180, och Mora kommun (org. nr. 212000-2213) om en tjänst."
    found = facts(text, "part")
    assert [(fact.value, fact.about) for fact in found] == [
        ("232100-0180", "Region Dalarna"),
        ("212000-2213", "Mora kommun"),
    ]
    (wrong,) = facts("Leksands kommun, organisationsnummer 212000-2214", "part")
    assert (wrong.remark, wrong.doubtful) == ("kontrollsiffran stämmer inte", True)


def test_a_number_that_is_another_partys_is_remarked() -> None:
    (fact,) = facts("Avtalet sluts med Mjölby kommun, org.nr. 212000-0456.", "part")
    assert fact.doubtful
    assert "i registret" in fact.remark


def test_the_word_that_opens_a_sentence_is_no_part_of_the_name() -> None:
    text = "Mellan Kalmar kommun, org.nr 212000-0746, Mörbylånga kommun och Torsås kommun har träffats avtal."
    assert [fact.about for fact in facts(text, "part")] == ["Kalmar kommun"]
    assert [fact.value for fact in facts(text, "medlemmar")] == ["Kalmar, Mörbylånga, Torsås"]


def test_a_personal_number_is_no_party() -> None:
    assert facts("Ombud är Mora kommun, 850101-1236.", "part") == []


@pytest.mark.parametrize(
    ("text", "kind", "value", "low", "high", "first", "last"),
    [
        ("För 2021 har nämnden betalat 376 tkr.", "betalning", "376 tkr", 375500, 376500, "2021-01-01", "2021-12-31"),
        (
            "Mora kommun har från och med mars 2017 till och med maj 2020 finansierat mellan 40 tkr och 52,5 tkr årligen.",
            "betalning per år", "40–52,5 tkr", 39950, 52550, "2017-03-01", "2020-05-31",
        ),
        (
            "Kostnaden för 2022 beräknas till 1 234 567 kronor.",
            "kostnad", "1 234 567 kr", 1234567, 1234567, "2022-01-01", "2022-12-31",
        ),
        ("Kostnaden uppskattas till 600 000-1 mkr.", "kostnad", "600 000 kr–1 mnkr", 600000, 1000000, None, None),
    ],
)  # fmt: skip
def test_amounts_with_what_they_are_and_when(
    text: str, kind: str, value: str, low: float, high: float, first: str | None, last: str | None
) -> None:
    (fact,) = facts(text, kind)
    assert fact.value == value
    assert fact.kronor is not None
    assert (fact.kronor.low, fact.kronor.high) == (Fraction(low), Fraction(high))
    assert fact.quotation == text
    assert (fact.first and fact.first.isoformat(), fact.last and fact.last.isoformat()) == (first, last)


def test_the_same_amount_for_another_year() -> None:
    text = "För 2021 har kommunen betalat 80 tkr, vilket ger en besparing om samma belopp för 2023."
    (fact,) = facts(text, "besparing")
    assert (fact.value, fact.first) == ("80 tkr", dt.date(2023, 1, 1))
    assert [fact.value for fact in facts(text, "betalning")] == ["80 tkr"]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Avtalet får sägas upp med sex månaders uppsägningstid.", "uppsägningstid", "6 månader"),
        ("Uppsägningstiden är 12 månader.", "uppsägningstid", "12 månader"),
        ("Avtalet gäller från och med 1 mars 2019 till och med den 31 december 2022.", "giltighet", "2019-03-01–2022-12-31"),
        ("Tjänsten löper under perioden 190301-221231.", "giltighet", "2019-03-01–2022-12-31"),
        ("Avtalet gäller tills vidare.", "giltighet", "tills vidare"),
        ("Om tjänsten blir vakant längre än två månader återbetalas kostnaden.", "vakans", "längre än 2 månader"),
        ("Vid uppsägning återbetalas inte erlagda medel.", "återbetalning", "återbetalas inte"),
        ("Värden fakturerar årligen senast den 15 mars.", "fakturering", "årligen senast 15 mars"),
        ("Värden fakturerar senast den 15 mars 2020.", "fakturering", "senast 15 mars 2020"),
        ("Kostnaden fördelas mellan kommunerna efter folkmängd.", "nyckel", "folkmangd"),
        ("Kostnaden delas lika mellan parterna.", "nyckel", "lika"),
        ("Ändringar av avtalet ska göras skriftligen.", "avtalsändring", "skriftlig och undertecknad av båda"),
        ("Mora kommun frånträder avtalet med förbundet.", "uppsägning", "sägs upp"),
        ("Diarienummer: KS/2021:77", "diarienummer", "KS/2021:77"),
        ("Leksand svarar för 17,5 % av kostnaden.", "andel", "17,5 %"),
    ],
)  # fmt: skip
def test_terms(text: str, kind: str, value: str) -> None:
    assert [fact.value for fact in facts(text, kind)] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "Om någon part säger upp avtalet gäller följande.",
        "Arbetet påverkar inte ekonomin.",
        "Månadens fråga: hur mår du?",
        "Kvinnor och män, 20 % av besökarna 2016.",
    ],
)
def test_nothing_is_found_where_nothing_is_said(text: str) -> None:
    assert find(document(text)) == []


def test_all_municipalities_of_a_county_and_a_wrong_count() -> None:
    (fact,) = facts("Samtliga femton kommuner i Dalarna delar på kostnaden.", "medlemmar")
    assert fact.value.split(", ").__len__() == 15
    (wrong,) = facts("Samtliga tretton kommuner i Dalarna deltar.", "medlemmar")
    assert wrong.remark == "länet har 15 kommuner"


def test_recipients_are_offices_and_never_persons() -> None:
    text = "Beslutet skickas till:\nKommunstyrelsen\nEkonomichef, Anna Andersson\nAnna Andersson\nVår referens 123"
    assert [fact.value for fact in facts(text, "skickas till")] == ["Kommunstyrelsen", "Ekonomichef"]


def test_dates_are_told_by_the_words_before_them() -> None:
    text = "Datum 2022-05-03\n\nAvtalet sägs upp från 30/9 2022.\n\nBeslutsunderlag\nTjänsteskrivelse, 2022-04-01"
    assert [(fact.value, fact.about) for fact in facts(text, "datum")] == [
        ("2022-05-03", "handling"),
        ("2022-09-30", "uppsägning"),
        ("2022-04-01", "förtecknad handling"),
    ]


def test_a_sentence_that_goes_on_in_the_next_line_is_quoted_whole() -> None:
    text = "Ekonomi\nFör 2021 har kommunen betalat 80 tkr till förbundet, och\nför 2022 ännu inget."
    (fact,) = facts(text, "betalning")
    assert fact.quotation == "För 2021 har kommunen betalat 80 tkr till förbundet, och för 2022 ännu inget."
    assert fact.place == "Ekonomi (rad 2)"


@pytest.mark.parametrize(
    "piece", ["1 ", "och ", "kommun ", "a", "senast den ", "2021-", "skriftlig ", "gäller tjänst "]
)
def test_long_monotonous_text_gives_an_answer(piece: str) -> None:
    find(document(piece * (200_000 // len(piece))))


def test_a_quotation_may_be_wrapped_and_have_words_left_out() -> None:
    text = document(
        "Parterna är ense om att *kostnaden* ska\ndelas lika – alltid.\n\n1. Avtalet sägs upp.\n2. Beslutet gäller nu."
    )
    assert occurs("kostnaden ska delas lika - alltid.", text).place == "rad 1"
    assert occurs("Parterna är ense [...] delas lika", text).place == "rad 1"
    assert occurs("Avtalet sägs upp.\nBeslutet gäller nu.", text).place == "rad 4"
    assert occurs("Beslutet gäller nu. [...] Avtalet sägs upp.", text).missing == "avtalet sägs upp."
    assert occurs("kostnaden delas lika", text).place == ""
