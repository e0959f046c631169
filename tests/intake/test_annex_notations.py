"""Ways to write figures: thousandths, points that mark decimals or group thousands, separators among decimal commas."""

from __future__ import annotations

from decimal import Decimal

import pytest

from analys.errors import InputError
from analys.intake import annex
from analys.intake.annex import Kind

THREE = ["Kinda", "Boxholm", "Ydre"]


def read(tmp_path, text: str, name: str = "bilaga.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return annex.read(path)


def figures(found, kind: Kind) -> list[Decimal]:
    return [figure.value for figure in found.values(found.of_kind(kind)[0])]


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Andel (‰)", ["512", "300,5", "187,5"]),
        ("Andel, promille", ["512", "300.5", "187.5"]),
        ("Andel", ["512 ‰", "300,5 ‰", "187,5 ‰"]),
        ("Andel (%)", ["51.200", "30.050", "18.750"]),
        ("Andel", ["51.200 %", "30.050 %", "18.750 %"]),
        ("Andel", ["0.512", "0.3005", "0.1875"]),
    ],
)
def test_shares_in_thousandths_and_with_points(tmp_path, heading, cells) -> None:
    lines = [f"Kommun;{heading}", *(f"{name};{cell}" for name, cell in zip(THREE, cells, strict=True))]
    shares = figures(read(tmp_path, "\n".join(lines)), Kind.SHARE)
    assert shares == [Decimal("0.512"), Decimal("0.3005"), Decimal("0.1875")]


def test_parts_of_one_are_no_per_cent_though_one_of_them_is_wrong(tmp_path) -> None:
    found = read(tmp_path, "Kommun;Procentuell andel\nKinda;0,14\nBoxholm;0,55\nYdre;0,11")
    assert figures(found, Kind.SHARE) == [Decimal("0.14"), Decimal("0.55"), Decimal("0.11")]
    found = read(tmp_path, "Kommun;Fördelning\nKinda;0,14\nBoxholm;0,55\nYdre;0,11")
    assert figures(found, Kind.SHARE) == [Decimal("0.14"), Decimal("0.55"), Decimal("0.11")]


@pytest.mark.parametrize(
    ("heading", "cells", "kronor"),
    [
        ("Avgift", ["1.141.574:-", "97.448:-", "421.730:-"], [1_141_574, 97_448, 421_730]),
        ("Avgift tkr", ["31.733", "43.95", "1 201.401"], [31_733, 43_950, 1_201_401]),
        ("Avgift", ["212 488.496 kr", "1 216 623.832 kr", "186 258 kr"], ["212488.496", "1216623.832", 186_258]),
    ],
)
def test_points_in_amounts(tmp_path, heading, cells, kronor) -> None:
    lines = [f"Kommun;{heading}", *(f"{name};{cell}" for name, cell in zip(THREE, cells, strict=True))]
    assert figures(read(tmp_path, "\n".join(lines)), Kind.AMOUNT) == [Decimal(each) for each in kronor]


def test_a_total_with_a_point_beside_decimal_commas_is_in_thousands(tmp_path) -> None:
    found = read(tmp_path, "Kommun;Avgift tkr\nKinda;500,25\nBoxholm;300\nYdre;199,75\nTotal;1.000")
    total = found.total(found.of_kind(Kind.AMOUNT)[0])
    assert total is not None
    assert total.value == 1_000_000


def test_a_total_of_parts_of_one_with_three_decimals(tmp_path) -> None:
    """Also where a row is missing, so that the parts do not add to one."""
    found = read(tmp_path, "Kommun;Andel\nKinda;0.140\nBoxholm;0.550\nYdre;0.110\nTotal;1.000")
    total = found.total(found.of_kind(Kind.SHARE)[0])
    assert total is not None
    assert total.value == 1


def test_a_separator_is_told_from_commas_in_figures_and_sentences(tmp_path) -> None:
    rows = [f"{name};8,4;672" for name in THREE]
    text = "\n".join(["Kommun;Andel (%);Belopp, kr", *rows, "Faktureras halvårsvis, den 1 januari, och den 1 juli."])
    assert len(read(tmp_path, text).columns) == 3


def test_a_table_whose_figures_are_all_unreadable_is_refused_in_words(tmp_path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, "Kommunkod;Kommun;Avgift\n0513;Kinda;x4\n0560;Boxholm;y\n")
    assert [(fault.place, fault.found) for fault in caught.value.faults] == [("cell C2", "'x4'"), ("cell C3", "'y'")]
