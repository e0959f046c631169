"""The raw register: every raw file is registered with its hash, and corrections must match something."""

import dataclasses
import json
import shutil

import pandas as pd
import pytest

from analys import catalog, project, reference
from analys.catalog import Correction
from analys.errors import AnalysError, InputError

UNREGISTERED = {"datapackage.json", "rattelser.toml"}


def test_every_raw_file_has_its_registered_size_and_hash():
    catalog.verify()


@pytest.mark.parametrize("register", [project.required().register, reference.folder() / "datapackage.json"])
def test_every_file_of_a_register_is_in_it_once_and_follows_its_schema(register):
    kept = {".py", ".pyc"}
    found = [file for file in register.parent.rglob("*") if file.is_file() and file.suffix not in kept]
    entries = json.loads(register.read_text(encoding="utf-8"))["resources"]
    paths = [entry["path"] for entry in entries]
    assert sorted(str(file.relative_to(register.parent)) for file in found if file.name not in UNREGISTERED) == sorted(
        paths
    )
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.validate(str(register))
    assert report.valid, report.flatten(["place", "message"])


def test_a_changed_raw_file_is_told_with_both_hashes(tmp_path):
    (tmp_path / "data" / "raw" / "ostergotland").mkdir(parents=True)
    shutil.copy(project.required().register, tmp_path / "data" / "raw")
    with project.using(tmp_path):
        entry = catalog.resource("ostergotland-uppgifter")
        entry.file.write_text("changed\n", encoding="utf-8")
        with pytest.raises(InputError) as caught:
            catalog.verify([entry, catalog.resource("ostergotland-antaganden")])
    assert len(caught.value.faults) == 2
    first = caught.value.faults[0]
    assert (first.file, first.expected) == (
        "data/raw/ostergotland/uppgifter.csv",
        f"{entry.bytes} byte med {entry.hash}",
    )
    assert first.found.startswith("8 byte med sha256:")
    assert "återställ den ur versionshanteringen" in str(caught.value.faults[1])


def test_a_project_may_have_its_own_of_what_is_shipped(tmp_path):
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    own = catalog.resource("prisindex").model_dump(by_alias=True) | {"path": "kpi.csv"}
    (raw / "datapackage.json").write_text(json.dumps({"name": "x", "title": "x", "resources": [own]}), encoding="utf-8")
    with project.using(tmp_path):
        assert catalog.resource("prisindex").file == raw / "kpi.csv"
        assert catalog.resource("folkmangd").file.parent == reference.folder() / "statistik"


def test_an_unknown_resource_is_told_with_those_there_are():
    with pytest.raises(AnalysError, match="ingen fil med namnet 'folk'; där finns: regioner, folkmangd,"):
        catalog.resource("folk")


def correction(**changes):
    fields = {
        "id": "c1", "resource": "r", "where": {"part": "A"}, "column": "nummer",
        "from": "1", "to": "2", "reason": "because", "source": "page 1",
    }  # fmt: skip
    return Correction.model_validate(fields | changes)


def test_a_correction_changes_only_the_rows_it_names():
    frame = pd.DataFrame({"part": ["A", "A", "B"], "nummer": ["1", "3", "1"]})
    corrected = catalog.correct(frame, "r", (correction(),))
    assert corrected["nummer"].tolist() == ["2", "3", "1"]
    assert frame["nummer"].tolist() == ["1", "3", "1"]


@pytest.mark.parametrize("changes", [{"where": {"part": "C"}}, {"from": "9"}, {"column": "antal"}])
def test_a_correction_that_matches_nothing_is_an_error(changes):
    frame = pd.DataFrame({"part": ["A", "B"], "nummer": ["1", "1"]})
    with pytest.raises(InputError, match=r"rattelser.toml, rättelsen 'c1': .* rader i r med .*ta bort rättelsen"):
        catalog.correct(frame, "r", (correction(**changes),))


def test_every_entry_of_the_ledger_matches():
    for name in {entry.resource for entry in catalog.corrections()}:
        text = pd.read_csv(catalog.resource(name).file, dtype="str", keep_default_na=False)
        assert not catalog.correct(text, name).equals(text)


def test_errors_are_dataclasses_that_print_as_sentences():
    from analys.errors import Fault

    fault = Fault("a.xlsx", "sheet Blad1, cell B5", "a number", "'x'", "write a number")
    assert str(fault) == "a.xlsx, sheet Blad1, cell B5: väntade a number, fann 'x'; write a number"
    assert dataclasses.is_dataclass(fault)
