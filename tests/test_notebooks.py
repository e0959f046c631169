"""Notebook hygiene: executed in order without errors, thin cells, no paths; conclusions that say the computed numbers."""

import re

import nbformat
import pytest

from analys import leaving, reconstruct, reproduce, savings
from analys.export import publish
from analys.project import required
from analys.register import resolve_municipality
from analys.swedish import NBSP, format_number

PATHS = required().notebook_files()
LONGEST_CELL = 15


def read(path):
    return nbformat.read(path, as_version=4)


def code(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def test_the_notebooks_are_there_in_reading_order():
    assert [path.name[:2] for path in PATHS] == [f"{number:02d}" for number in range(1, len(PATHS) + 1)]
    assert len(PATHS) >= 5


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
class TestHygiene:
    def test_every_code_cell_is_executed_in_order(self, path):
        cells = code(path)
        assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))

    def test_no_cell_failed_or_wrote_to_stderr(self, path):
        outputs = [output for cell in code(path) for output in cell.outputs]
        assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]

    def test_cells_are_thin_and_hold_no_paths(self, path):
        for cell in code(path):
            assert len(cell.source.splitlines()) <= LONGEST_CELL, cell.source
            assert not re.search(r"\.\./|data/|\.csv|\.xlsx|^\s*(def|class) ", cell.source, re.MULTILINE), cell.source

    def test_conclusions_come_first_and_headings_are_questions(self, path):
        markdown = [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]
        assert "**Slutsatser**" in markdown[0] or "**Så gör du**" in markdown[0]
        headings = [line for source in markdown[1:] for line in source.splitlines() if line.startswith("## ")]
        assert headings
        assert all(heading.endswith("?") for heading in headings), headings

    def test_the_kernel_is_the_plain_one(self, path):
        metadata = read(path).metadata
        assert metadata.kernelspec.name == "python3"
        assert "version" not in metadata.language_info

    def test_under_each_figure_stands_its_table(self, path):
        kinds = [
            "table" if "<table" in str(cell.outputs) else "figure" if "image/png" in str(cell.outputs) else "other"
            for cell in code(path)
        ]
        for kind, following in zip(kinds, [*kinds[1:], ""], strict=True):
            assert kind != "figure" or following == "table"


def conclusions(number):
    return read(PATHS[number - 1]).cells[0].source.replace(NBSP, " ")


def shown(amount, decimals=0):
    return format_number(amount, decimals).replace(NBSP, " ")


def test_conclusions_on_shares_say_the_computed_numbers():
    text = conclusions(2)
    amounts = reconstruct.amounts_by_municipality_year(publish.AGREEMENT)
    of_2018 = amounts[amounts["ar"] == 2018].set_index("kommun")["lagst_kr"]
    assert f"{shown(of_2018['Linköping'])} och {shown(of_2018['Norrköping'])} kr av {shown(of_2018.sum())} kr" in text
    totals = reconstruct.totals_by_year(publish.AGREEMENT).set_index(["ar", "enligt"])
    low, high = totals.loc[(2022, f"Mjölbys 47–64{NBSP}tkr"), ["lagst_kr", "hogst_kr"]] / 1000
    assert f"2022 mellan {shown(low)} och {shown(high)} tkr" in text
    assert f"minst {shown(totals.loc[(2023, f'Norrköpings 376{NBSP}tkr'), 'lagst_kr'] / 1000)} tkr" in text
    assert f"högst {shown(totals.loc[(2023, f'Mjölbys 64{NBSP}tkr'), 'hogst_kr'] / 1000)} tkr" in text


def test_conclusions_on_burden_say_the_computed_numbers():
    text = conclusions(3)
    stale = reproduce.stale_population(publish.AGREEMENT, "2018")["skillnad_bilagans_regel_kr"]
    too_much = [kronor for kronor in stale if kronor > 0]
    assert f"{shown(min(too_much))}–{shown(max(too_much))} kr var" in text


def test_conclusions_on_savings_say_the_computed_numbers():
    text = conclusions(4)
    table = savings.savings_by_municipality(publish.AGREEMENT, publish.END)
    linkoping = table[table["kommun"] == "Linköping"].set_index("enligt")
    for source in (f"Mjölbys 64{NBSP}tkr", f"Norrköpings 376{NBSP}tkr"):
        low, high = linkoping.loc[source, ["helar_lagst_kr", "helar_hogst_kr"]] / 1000
        assert f"{shown(low)}–{shown(high)} tkr" in text
    assert "94 tkr 2024 och 376 tkr 2025" in text
    both = tuple(resolve_municipality(name) for name in publish.STATED)
    changes = leaving.ask(publish.AGREEMENT, leaving.Question(publish.END, both)).changes.query("not lamnar")
    more = {format_number(own["lagst_efter_kr"].sum() / own["lagst_fore_kr"].sum() * 100 - 100)
            for _, own in changes.groupby("enligt")}  # fmt: skip
    assert more == {"58"}
    assert "betalar de elva övriga 58 % mer" in text


def test_conclusions_on_the_audit_say_the_computed_numbers():
    from analys.audit import documents, frames

    text = conclusions(5)
    *annexes, between = documents.audit_agreement(publish.AGREEMENT)
    findings = frames.findings([*annexes, between])
    assert (findings["allvar"] == "oforenligt").sum() == 6
    assert (findings["kod"] == "orgnr-party").sum() == 3
    effects = frames.population_effects(annexes[-1]).set_index("kommun")
    assert f"{shown(-effects.loc['Norrköping', 'effekt_exakt_kr'])} kr för låg med exakta andelar" in text
    assert f"{shown(-effects.loc['Norrköping', 'effekt_egen_regel_kr'])} kr med bilagans egen regel" in text
    for question in frames.digit_questions(between).itertuples():
        assert f"{question.angivet} som {question.skulle_vara}" in text
