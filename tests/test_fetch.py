"""Fetching from SCB's database, against a local server that answers in its shape and misbehaves."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from analys import catalog, fetch, project
from analys.errors import AnalysError
from analys.fetch import Patience
from analys.register import municipalities

from .scb_server import SCB, serve

QUICK = Patience(connect=1, read=0.3, total=1.5, attempts=4, first_pause=0.01)


def _figures() -> dict[tuple[str, str], int | None]:
    with catalog.resource("folkmangd").file.open(encoding="utf-8", newline="") as file:
        return {(row["regionkod"], row["ar"]): int(row["folkmangd"]) for row in csv.DictReader(file)}


@pytest.fixture(autouse=True)
def _no_waiting_for_the_rate_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests call more often than SCB allows; the limit has a test of its own."""
    monkeypatch.setattr(fetch, "_limit", fetch._RateLimit(10_000, 10))


@pytest.fixture
def scb() -> Iterator[SCB]:
    with serve(_figures()) as server:
        yield server


@pytest.fixture
def raw(tmp_path: Path) -> Iterator[Path]:
    """The raw folder of a project of its own."""
    folder = tmp_path / "data" / "raw"
    folder.mkdir(parents=True)
    shutil.copy(project.required().register, folder / "datapackage.json")
    with project.using(tmp_path):
        yield folder


def _entry(raw: Path) -> dict:
    return json.loads((raw / "datapackage.json").read_text(encoding="utf-8"))["resources"][-1]


def test_asks_for_totals_of_the_municipalities_and_keeps_the_answer(scb: SCB, raw: Path) -> None:
    fetched = fetch.population(2024, "05", base=scb.url)

    (call,) = scb.calls
    assert call["path"] == "/api/v2/tables/TAB638/data"
    assert call["query"]["outputFormat"] == ["json-stat2"]
    codes = [region.code for region in municipalities("05")]
    assert call["body"]["selection"] == [
        {"variableCode": "Region", "codelist": "vs_RegionKommun07", "valueCodes": codes},
        {"variableCode": "ContentsCode", "valueCodes": ["BE0101N1"]},
        {"variableCode": "Tid", "valueCodes": ["2024"]},
    ]
    figures = _figures()
    assert dict(zip(fetched.result.frame["regionkod"], fetched.result.frame["folkmangd"], strict=True)) == {
        code: figures[code, "2024"] for code in codes
    }
    assert set(fetched.result.frame["referensdatum"]) == {"2024-12-31"}
    assert not fetched.missing
    entry, content = _entry(raw), fetched.path.read_bytes()
    assert entry["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert entry["bytes"] == len(content)
    assert raw / entry["path"] == fetched.path
    assert entry["request"]["body"] == call["body"]
    assert entry["retrieved"].startswith("20")
    catalog.Resource.model_validate(entry)


def test_all_municipalities_without_county(scb: SCB, raw: Path) -> None:
    assert len(fetch.population(2019, base=scb.url).result.frame) == 290


def test_noisy_totals_come_from_their_own_table_and_are_flagged(scb: SCB, raw: Path) -> None:
    scb.figures.update({(code, "2025"): 1000 for code in ("0980",)})
    fetched = fetch.population(2025, "09", base=scb.url)
    assert scb.calls[0]["path"].endswith("/tables/TAB5557/data")
    chosen = {variable["variableCode"]: variable["valueCodes"] for variable in scb.calls[0]["body"]["selection"]}
    assert chosen == {
        "Region": ["0980"], "Civilstand": ["SC"], "Alder": ["TotSA"], "Kon": ["TotSa"], "ContentsCode": ["000007ME"],
        "Tid": ["2025"],
    }  # fmt: skip
    assert fetched.result.frame[["regionkod", "folkmangd"]].values.tolist() == [["0980", 1000]]
    assert not fetched.result.reported
    assert "brus, aldrig summerad" in fetched.result.frame["kalla"][0]


def test_what_scb_refuses_is_said(scb: SCB, raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = fetch.TABLES
    for table, message in (
        (replace(second, contents="BE0101N1"), "Non-existent value"),
        (replace(second, totals={}), "Missing selection for mandatory variable"),
        (replace(second, codelist="vs_RegionKommun07"), "Non-existent codelist"),
    ):
        monkeypatch.setattr(fetch, "TABLES", (first, table))
        with pytest.raises(AnalysError, match=f"400 Bad Request: .*{message}"):
            fetch.population(2025, "09", base=scb.url)


@pytest.mark.parametrize(
    "plan", [["429", "429"], ["500"], ["503", "502"], ["cut"], ["half"], ["slow"]], ids=lambda plan: "-".join(plan)
)
def test_tries_again_what_may_pass(scb: SCB, raw: Path, plan: list[str]) -> None:
    scb.plan = list(plan)
    assert len(fetch.population(2024, "05", base=scb.url, patience=QUICK).result.frame) == 13
    assert len(scb.calls) == len(plan) + 1


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (["500"] * 9, "inget användbart svar efter 4 försök, det sista: 500 Internal Server Error: .*not today"),
        (["trickle"] * 9, "inget användbart svar efter [1-4] försök.*: svaret kom för långsamt"),
        (["403"], '403 Forbidden: {"title": "not today"}'),
        (["404"], '404 Not Found: {"title": "not today"}'),
        (["400"], '400 Bad Request: {"title": "not today"}'),
        (["moved"], "flyttad till http://127.0.0.1:9/ny/adress; stämmer det, ange början av adressen med --url"),
        (["html"], "väntade JSON, fann text/html: <html>Underhåll</html>"),
        (["half"] * 9, "svaret är avbrutet eller ingen JSON"),
        (["slow"] * 9, "inget användbart svar"),
        (["drip"] * 9, "inget användbart svar"),
        (["empty"], "svaret är ingen folkmängdstabell: .*väntade json-stat2"),
    ],
    ids=["500", "trickle", "403", "404", "400", "moved", "html", "half", "slow", "drip", "empty"],
)
def test_says_why_there_is_no_answer_and_keeps_nothing(scb: SCB, raw: Path, plan: list[str], message: str) -> None:
    scb.plan = plan
    before = (raw / "datapackage.json").read_bytes()
    with pytest.raises(AnalysError, match=message):
        fetch.population(2024, "05", base=scb.url, patience=QUICK)
    assert (raw / "datapackage.json").read_bytes() == before
    assert not list(raw.rglob("*scb-*"))


def test_answer_about_another_year_is_not_kept(scb: SCB, raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = scb.answer
    monkeypatch.setattr(scb, "answer", lambda body: answer(body).replace(b"2024", b"2023"))
    with pytest.raises(AnalysError, match="väntade folkmängden 2024-12-31, fann 2023-12-31"):
        fetch.population(2024, "05", base=scb.url)
    assert not list(raw.rglob("*scb-*"))


def test_answer_about_other_regions_is_not_kept(scb: SCB, raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = scb.answer
    monkeypatch.setattr(scb, "answer", lambda body: answer(body).replace(b"0581", b"0180"))
    with pytest.raises(AnalysError, match="väntade bara de efterfrågade regionerna, fann också 0180"):
        fetch.population(2024, "05", base=scb.url)
    assert not list(raw.rglob("*scb-*"))


@pytest.mark.parametrize(
    ("header", "calls", "message"),
    [
        ("3600", 1, r"efter 1 försök: 429 Too Many Requests \(servern ber om 3600 s tålamod\)"),
        ("Wed, 21 Oct 2099 07:28:00 GMT", 1, r"efter 1 försök: 429 Too Many Requests \(servern ber om \d{10} s"),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 4, "efter 4 försök, det sista: 429 Too Many Requests: "),
        ("soon", 4, "efter 4 försök"),
        ("-1", 4, "efter 4 försök"),
        ("\u00b2", 4, "efter 4 försök"),
    ],
)
def test_waits_as_long_as_the_server_asks_or_says_so(
    scb: SCB, raw: Path, header: str, calls: int, message: str
) -> None:  # fmt: skip
    scb.plan, scb.retry_after = ["429"] * 9, header
    with pytest.raises(AnalysError, match=message):
        fetch.population(2024, "05", base=scb.url, patience=QUICK)
    assert len(scb.calls) == calls


def test_an_answer_that_comes_compressed(scb: SCB, raw: Path) -> None:
    scb.plan = ["squeezed"]
    fetched = fetch.population(2024, "05", base=scb.url, patience=QUICK)
    assert fetched.path.read_bytes() == scb.answer(scb.calls[0]["body"])


def test_no_folder_to_keep_the_answer_in(scb: SCB, raw: Path) -> None:
    (raw / "statistik").write_text("")
    with pytest.raises(AnalysError, match="svaret kan inte sparas där: en fil i en mapps ställe"):
        fetch.population(2024, "05", base=scb.url)


def test_no_server(raw: Path) -> None:
    with pytest.raises(AnalysError, match="inget användbart svar efter 4 försök"):
        fetch.population(2024, "05", base="http://127.0.0.1:9", patience=QUICK)


def test_same_answer_changes_nothing_another_answer_is_kept_beside(scb: SCB, raw: Path) -> None:
    first = fetch.population(2024, "05", base=scb.url)
    content, registered = first.path.read_bytes(), (raw / "datapackage.json").read_bytes()
    again = fetch.population(2024, "05", base=scb.url)
    assert again.path == first.path
    assert again.differs_from is None
    assert (raw / "datapackage.json").read_bytes() == registered

    scb.figures["0581", "2024"] = 1
    other = fetch.population(2024, "05", base=scb.url)
    assert other.differs_from == first.path
    assert first.path.read_bytes() == content
    assert raw / _entry(raw)["path"] == other.path != first.path


def test_an_answer_that_was_registered_and_lost_is_not_replaced_by_another(scb: SCB, raw: Path) -> None:
    first = fetch.population(2024, "05", base=scb.url)
    first.path.unlink()
    scb.figures["0581", "2024"] = 1
    other = fetch.population(2024, "05", base=scb.url)
    assert (other.differs_from, other.path != first.path, first.path.exists()) == (first.path, True, False)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"resources": 1}'])
def test_a_register_that_cannot_be_read_keeps_the_answer_out(scb: SCB, raw: Path, content: str) -> None:
    (raw / "datapackage.json").write_text(content, encoding="utf-8")
    with pytest.raises(AnalysError, match="registret kan inte läsas"):
        fetch.population(2024, "05", base=scb.url)
    assert not list(raw.rglob("*scb-*"))


def test_municipality_without_figure_is_missing_and_reported(scb: SCB, raw: Path) -> None:
    scb.figures["0581", "2024"] = None
    fetched = fetch.population(2024, "05", base=scb.url)
    assert fetched.missing == ("0581",)
    assert [entry.reason for entry in fetched.result.reported] == ["ingen folkmängd"]


@pytest.mark.parametrize(
    ("year", "county", "message"),
    [
        (1900, None, "--year 1900: väntade ett år från 1968 vars 31 december har varit"),
        (9999, None, "--year 9999"),
        (10**9, None, "--year 1000000000"),
        (2024, "99", "'99' är ingen svensk kommun"),
        (2024, "0581", "--county 0581: Norrköping är inget län"),
    ],
)
def test_refuses_what_cannot_be_asked(raw: Path, year: int, county: str | None, message: str) -> None:
    with pytest.raises(AnalysError, match=message):
        fetch.population(year, county, base="http://127.0.0.1:9")


@pytest.mark.parametrize("base", ["file:///etc", "localhost", "http://", "http://[", "http://a:99999999"])
def test_refuses_an_address_that_is_none(raw: Path, base: str) -> None:
    with pytest.raises(AnalysError, match="väntade en adress som börjar med http"):
        fetch.population(2024, "05", base=base)


def test_never_asks_for_more_cells_than_allowed(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MAX_CELLS", 12)
    with pytest.raises(AnalysError, match="frågan gäller 13 celler; SCB lämnar högst 12 åt gången"):
        fetch.population(2024, "05", base="http://127.0.0.1:9")


def test_rate_limit_lets_thirty_calls_through_in_ten_seconds() -> None:
    now, times = [0.0], []
    limit = fetch._RateLimit(30, 10)

    def sleep(seconds: float) -> None:
        now[0] += seconds

    for _ in range(95):
        limit.wait(clock=lambda: now[0], sleep=sleep)
        times.append(now[0])
        now[0] += 0.01
    assert all(later - earlier >= 10 for earlier, later in zip(times, times[30:], strict=False))
    assert times[29] < 1
