"""What leaves for a council: rebuilt and compared byte for byte, typed, frozen, with alt text."""

import shutil

import openpyxl
import pytest

from analys import assumptions, project
from analys.export import publish, workbook


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory):
    copy, here = tmp_path_factory.mktemp("project"), project.required()
    shutil.copytree(here.folder / "data", copy / "data")
    (copy / "docs").mkdir()
    with project.using(copy) as again:
        publish.run(lambda name: None)
        assert assumptions.file().read_text(encoding="utf-8") == (here.folder / "docs/antaganden.md").read_text("utf-8")
        return again.exports


def files(folder):
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_a_rebuild_gives_the_committed_bytes(rebuilt):
    committed, again = files(project.required().exports), files(rebuilt)
    assert set(again) <= set(committed)
    differing = [name for name, content in again.items() if committed[name] != content]
    assert differing == []


def test_every_figure_has_png_svg_and_alt_text(rebuilt):
    names = {file.stem for file in (rebuilt / "figurer").iterdir()}
    assert len(names) >= 11
    for name in names:
        assert len((rebuilt / "figurer" / f"{name}.txt").read_text(encoding="utf-8")) > 40
        svg = (rebuilt / "figurer" / f"{name}.svg").read_text(encoding="utf-8")
        assert "<dc:title>" in svg
        assert "dc:date" not in svg
        assert (rebuilt / "figurer" / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_workbooks_are_typed_formatted_and_frozen(rebuilt):
    sheet = openpyxl.load_workbook(rebuilt / "tabeller" / "belopp-faktura.xlsx").active
    assert sheet.freeze_panes == "A2"
    heads = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.cell(2, heads["Kommunkod"]).value == "0509"
    amount = sheet.cell(2, heads["Kr, lägst"])
    assert amount.data_type == "n"
    assert amount.number_format == "#,##0.00"
    assert sheet.cell(2, heads["År"]).number_format == "0"


@pytest.mark.parametrize("text", ["=1+1", "+46", "-5", "@A1"])
def test_text_that_looks_like_a_formula_stays_text(text, tmp_path):
    import pandas as pd

    _, book = workbook.save(pd.DataFrame({"text": [text]}), "t", tmp_path)
    cell = openpyxl.load_workbook(book).active["A2"]
    assert (cell.value, cell.data_type) == (text, "s")


def test_the_reports_of_those_who_stated_a_payment_and_of_the_group_are_written(rebuilt):
    names = sorted(file.name for file in (rebuilt / "rapporter").iterdir())
    assert names == sorted(
        f"ostergotland-{whom}.{suffix}"
        for whom in ("norrkoping", "mjolby", "alla")
        for suffix in ("docx", "xlsx", "html")
    )
