"""Notebook hygiene: executed in order without errors, thin cells, no paths; an opening that is computed."""

import re

import nbformat
import pytest

from analys.project import required

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


@pytest.mark.parametrize("path", PATHS[:5], ids=lambda path: path.stem)
def test_a_notebook_opens_with_three_values_their_basis_and_one_chart(path):
    """And types no amount of its own: what is concluded is computed, so that no value has a second home."""
    first, second, third = code(path)[:3]
    table = str(first.outputs)
    assert table.count("<tr>") == 4
    assert "Underlag" in table
    assert "image/png" in second.outputs[0].data
    assert "<table" in str(third.outputs)
    opening = read(path).cells[0].source
    assert not re.search(r"\d+ (?:t?kr|%)", opening.replace("\u00a0", " "))


@pytest.mark.parametrize("path", PATHS[:5], ids=lambda path: path.stem)
def test_one_cell_says_which_agreement_and_whose_view(path):
    sources = [cell.source for cell in code(path)]
    assert sum(bool(re.search(r'^avtal, kommun = "', source, re.MULTILINE)) for source in sources) == 1
