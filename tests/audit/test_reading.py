"""What a page gave is proven or to be confirmed, and the audit lists the latter."""

from __future__ import annotations

from pathlib import Path

import pytest

from analys import documents
from analys.audit.file import audit_document
from analys.cli.facts import read_documents
from analys.documents.model import Cell, Certainty, Document, Grid

PROVEN = [["Kommun", "Belopp 2023"], ["Mora", 61], ["Orsa", 27], ["Älvdalen", 14], ["Summa", 102]]


def document(values: list[list[object]], certainty: Certainty) -> Document:
    rows = tuple(
        tuple(Cell(value, f"sida 1, tabell 1, rad {y}, kolumn {x}") for x, value in enumerate(row, 1))  # type: ignore[arg-type]
        for y, row in enumerate(values, 1)
    )
    return Document("avtal.pdf", "PDF", "", (Grid("sida 1, tabell 1", rows, certainty),))


def to_confirm(values: list[list[object]], certainty: Certainty = Certainty.READ) -> list[str]:
    (audit,) = audit_document(document(values, certainty))
    return [each["text"] for each in audit.as_json("")["to_confirm"]]


def test_rows_that_add_to_the_printed_total_are_proven() -> None:
    assert to_confirm(PROVEN) == []


def test_what_no_relation_proves_is_listed() -> None:
    assert to_confirm([*PROVEN[:2], ["Orsa", 28], *PROVEN[3:]]) == ["61", "28", "14", "102"]
    assert to_confirm(PROVEN[:4]) == ["61", "27", "14"]


def test_what_the_found_rule_gives_is_proven_and_what_it_contradicts_is_listed() -> None:
    figures = {"Mora": 412, "Orsa": 97, "Älvdalen": 133, "Rättvik": 218, "Vansbro": 64}
    rows: list[list[object]] = [[name, figure, figure * 1250] for name, figure in figures.items()]
    rows[2][2] = 133 * 1000
    listed = to_confirm([["Kommun", "Antal ärenden", "Kostnad 2023"], *rows])
    assert "133000" in listed
    assert not {"515000", "121250", "272500", "80000"} & set(listed)


def test_a_row_too_many_is_not_counted_when_proofs_are() -> None:
    figures = {"Mora": 412, "Orsa": 97, "Älvdalen": 133, "Rättvik": 218, "Vansbro": 64}
    rows: list[list[object]] = [[name, figure, figure * 1250] for name, figure in figures.items()]
    listed = to_confirm([["Kommun", "Antal ärenden", "Kostnad 2023"], *rows, ["Orsa", 97, 121250]])
    assert "515000" not in listed


def test_what_the_file_holds_itself_needs_no_proof() -> None:
    assert to_confirm(PROVEN[:4], Certainty.GIVEN) == []


def test_the_verb_read_lists_it_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(documents, "open", lambda _: document(PROVEN[:4], Certainty.READ))
    assert read_documents([Path("avtal.pdf")], None, as_json=False) == 0
    told = capsys.readouterr().err
    assert told.count("att bekräfta mot sidan: Belopp 2023: ") == 3
    assert "27 (sida 1, tabell 1, rad 3, kolumn 2)" in told
