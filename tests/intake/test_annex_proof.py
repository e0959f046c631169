"""Numbers read from pages and pictures: proven by relations, mended where one reading is proven, or to be confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from analys import documents
from analys.documents.model import Box, Cell, Certainty, Document, Grid
from analys.intake import annex
from analys.intake.annex.proof import Review, Standing, review

#: Invented populations; the amounts are the shares of 600 000 kr.
HEAD = ["Kommun", "Folkmängd 1 mars 2024", "Andel", "Belopp 2025, kr"]
ROWS = [
    ["Åmål", "12 345", "20,58%", "123 450"],
    ["Säffle", "15 432", "25,72%", "154 320"],
    ["Örebro", "32 223", "53,71%", "322 230"],
    ["Summa", "60 000", "100,00%", "600 000"],
]


def _review(monkeypatch: pytest.MonkeyPatch, rows: Sequence[Sequence[str]], certainty: Certainty) -> Review:
    cells = tuple(
        tuple(
            Cell(text or None, f"rad {y}, kolumn {x}", box=Box(1, x, y, x + 1, y + 1)) for x, text in enumerate(row, 1)
        )
        for y, row in enumerate(rows, 1)
    )
    document = Document("a.pdf", "PDF", "", (Grid("sida 1, tabell 1", cells, certainty),))
    monkeypatch.setattr(documents, "open", lambda _: document)
    (read,) = annex.read_all(Path("a.pdf"))
    return review(read)


def _with(y: int, x: int, text: str) -> list[list[str]]:
    rows = [list(row) for row in [HEAD, *ROWS]]
    rows[y][x] = text
    return rows


def _unproven(done: Review) -> set[str]:
    return {each.figure.cell for each in done.to_confirm}


def test_what_the_file_holds_itself_needs_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _review(monkeypatch, [HEAD, *ROWS], Certainty.GIVEN).checked == ()


@pytest.mark.parametrize("certainty", [Certainty.READ, Certainty.RECOGNISED])
def test_sums_and_shares_prove_every_figure(monkeypatch: pytest.MonkeyPatch, certainty: Certainty) -> None:
    done = _review(monkeypatch, [HEAD, *ROWS], certainty)
    assert (len(done.checked), done.to_confirm, done.mended) == (12, (), ())
    assert {each.standing for each in done.checked} == {Standing.PROVEN}
    assert done.checked[0].figure.source is not None
    assert done.checked[0].figure.source.box is not None


def test_without_a_relation_a_figure_is_to_be_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [[row[0], row[3]] for row in [HEAD, *ROWS[:3]]]
    assert len(_review(monkeypatch, rows, Certainty.READ).to_confirm) == 3


@pytest.mark.parametrize("x", [1, 3])
@pytest.mark.parametrize("change", [1, 7, 30, -600, 9000])
def test_a_wrong_figure_is_never_proven(monkeypatch: pytest.MonkeyPatch, x: int, change: int) -> None:
    wrong = str(int("".join(ROWS[1][x].split())) + change)
    done = _review(monkeypatch, _with(2, x, wrong), Certainty.READ)
    assert f"rad 3, kolumn {x + 1}" in _unproven(done)
    assert done.mended == ()


@pytest.mark.parametrize(
    ("y", "x", "read"),
    [
        (1, 3, "128 450"),  # 3 read as 8
        (2, 3, "154 920"),  # 3 as 9 is no likeness that is known: nothing is proven
        (3, 2, "53,7196"),  # a per cent sign
        (3, 2, "5371%"),  # a lost comma
        (2, 1, "16 432"),
    ],
)
def test_one_misread_sign_of_a_picture(monkeypatch: pytest.MonkeyPatch, y: int, x: int, read: str) -> None:
    done = _review(monkeypatch, _with(y, x, read), Certainty.RECOGNISED)
    place = f"rad {y + 1}, kolumn {x + 1}"
    right = "".join(ROWS[y - 1][x].split())
    if done.mended:
        (mended,) = done.mended
        assert (mended.place, mended.read, "".join(mended.text.split())) == (place, read, right)
        assert done.to_confirm == ()
    else:
        assert place in _unproven(done)
    assert bool(done.mended) == (read != "154 920")


def test_an_error_of_the_document_itself_is_not_mended_away(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = _with(1, 3, "128 450")
    rows[1][2] = "21,41%"  # the printed share is that of the printed amount
    done = _review(monkeypatch, rows, Certainty.RECOGNISED)
    assert done.mended == ()
    assert "rad 2, kolumn 4" in _unproven(done)


def test_populations_of_scb_and_halves_of_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    from analys.population import table
    from analys.register import find

    rows = [["Kommun", "Folkmängd 31 dec 2023", "Belopp halvår, kr", "Belopp år, kr"]]
    for name, amount in (("Åmål", 1200), ("Säffle", 1501), ("Örebro", 3222)):
        region = find(name)
        assert region is not None
        rows.append([name, str(table()[region.code, 2023]), str(amount), str(2 * amount)])
    done = _review(monkeypatch, rows, Certainty.READ)
    assert done.to_confirm == ()
    assert {each.why for each in done.checked} >= {"SCB:s folkmängd 31\u00a0december 2023"}
    rows[1][1] = str(int(rows[1][1]) + 1)
    assert _unproven(_review(monkeypatch, rows, Certainty.READ)) == {"rad 2, kolumn 2"}
