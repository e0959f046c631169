"""The raw register: every raw file is registered with its hash, and corrections must match something."""

import dataclasses

import pandas as pd
import pytest

from analys import catalog
from analys.catalog import Correction
from analys.errors import AnalysError, InputError

UNREGISTERED = {"datapackage.json", "rattelser.toml"}


def test_every_raw_file_has_its_registered_size_and_hash():
    catalog.verify()


def test_every_raw_file_is_registered():
    found = {str(file.relative_to(catalog.RAW)) for file in catalog.RAW.rglob("*") if file.is_file()}
    registered = {entry.path for entry in catalog.package().resources}
    assert found - UNREGISTERED == registered


def test_the_register_is_a_valid_data_package_and_the_files_follow_their_schemas():
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.validate(str(catalog.REGISTER))
    assert report.valid, report.flatten(["place", "message"])


def test_a_changed_raw_file_is_told_with_both_hashes(tmp_path, monkeypatch):
    (tmp_path / "statistik").mkdir()
    entry = catalog.resource("prisindex")
    (tmp_path / entry.path).write_text("changed\n", encoding="utf-8")
    monkeypatch.setattr(catalog, "RAW", tmp_path)
    with pytest.raises(InputError) as caught:
        catalog.verify([entry, catalog.resource("folkmangd")])
    assert len(caught.value.faults) == 2
    assert str(caught.value.faults[0]).startswith(
        f"data/raw/statistik/prisindex.csv: väntade {entry.bytes} bytes with {entry.hash}, fann 8 bytes with sha256:"
    )
    assert "restore it from version control" in str(caught.value.faults[1])


def test_an_unknown_resource_is_told_with_those_there_are():
    with pytest.raises(AnalysError, match="no resource named 'folk'; there are: folkmangd,"):
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
    with pytest.raises(InputError, match=r"rattelser.toml, correction 'c1': väntade rows of r with .*remove the entry"):
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
