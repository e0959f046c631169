"""The fuzzers run, in the smallest size, and notice what they look for."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path

import pytest

from analys.intake import population as intake
from fuzz import damage, harness, kills, patterns, population


def test_damaged_files_get_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert damage.main(["--files", "3", "--only", "agreement", "--only", "population"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "population: 0 unsound answers"


def test_what_a_damaged_file_must_not_do_is_noticed() -> None:
    fails = damage.Target([], lambda file, folder: ["audit"] if file.read_bytes() else 1 / 0)  # type: ignore[arg-type, list-item, return-value]
    assert damage.fault_of(fails, b"", ".csv").startswith("ZeroDivisionError")
    refused = damage.Target([], lambda file, folder: ["audit", str(file)])
    assert damage.fault_of(refused, b"", ".csv") == ""


def test_damaged_populations_are_read_or_refused(capsys: pytest.CaptureFixture[str]) -> None:
    harness.with_hypothesis(population.check, population.seeds(), seconds=0.3, examples=20)
    assert re.fullmatch(r"[1-9]\d* inputs, no crash\n", capsys.readouterr().out)


def test_a_reader_that_loses_a_row_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    *_, whole = (seed for seed in population.seeds() if seed.startswith(b"region;"))
    population.check(whole)
    read = intake.read
    monkeypatch.setattr(intake, "read", lambda path: replace(result := read(path), rows_in=result.rows_in + 1))
    with pytest.raises(AssertionError):
        population.check(whole)


def test_a_kill_leaves_whole_files() -> None:
    assert kills.measure("new", 1, random.Random(1)) == []


def test_a_file_that_is_neither_old_nor_new_is_noticed(tmp_path: Path) -> None:
    job = kills.JOBS["read"]
    (fault,) = kills.broken(job, tmp_path, {"ut.csv": b"whole"}, 300, again=False)
    assert fault.startswith("ut.csv is neither old nor new")
    (tmp_path / ".analys-x").mkdir()
    (tmp_path / ".analys-x" / "b").write_bytes(b"")
    assert kills.files(tmp_path).keys() == {"ut.csv"}


@pytest.mark.parametrize(
    ("pattern", "is_slow"), [(r"\d+ kr", True), (r"\s+$", True), (r"\d{1,9} kr", False), (r"(a|b)\s?\d", False)]
)
def test_time_that_grows_with_the_square_is_told_from_linear_time(pattern: str, is_slow: bool) -> None:
    place = patterns.Place("here", 1, re.compile(pattern), is_anchored=False)
    assert bool(patterns.slow_on(place, 40_000)) == is_slow


def test_patterns_are_found_where_they_stand() -> None:
    found = list(patterns.patterns("analys.masking"))
    assert {place.module for place in found} == {"analys.masking"}
    assert len(found) > 5
    assert not any(patterns.slow_on(place, 5_000) for place in found)
