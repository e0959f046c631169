"""From raw to processed: the same bytes on every rebuild, and bad cells told all at once."""

import shutil

import pytest

from analys import catalog, csvtext, normalise, tables
from analys.catalog import PROCESSED
from analys.errors import InputError


@pytest.fixture(scope="module")
def built():
    return normalise.build()


def test_a_rebuild_gives_the_committed_bytes(built):
    for table, frame in built.items():
        assert csvtext.from_frame(frame) == table.file.read_text(encoding="utf-8"), table.name


def test_every_processed_file_is_a_declared_table():
    assert {file.stem for file in PROCESSED.glob("*")} == {table.name for table in tables.TABLES}


def test_what_is_written_is_read_back_with_exact_types(built):
    for table, frame in built.items():
        assert tables.read(table).equals(frame)


def test_all_regions_all_years(built):
    population = built[tables.FOLKMANGD]
    yearly = population[population["kalla"] == "folkmangd"]
    assert (yearly.groupby("referensdatum")["regionkod"].nunique() == 1 + 21 + 290).all()
    assert sorted(yearly["referensdatum"].dt.year.unique()) == list(range(2013, 2025))
    for _, of_date in yearly.groupby("referensdatum"):
        figures = of_date.set_index("regionkod")["folkmangd"]
        counties = figures[figures.index.str.len() == 2].drop("00")
        municipalities = figures[figures.index.str.len() == 4]
        assert figures["00"] == counties.sum() == municipalities.sum()


def test_every_annex_cell_is_kept(built):
    annexes = built[tables.BILAGOR].query("avtal == 'ostergotland'")
    assert annexes.groupby("version")["cell"].nunique().to_dict() == {"2016": 13 * 5, "2018": 13 * 3}


def bad_population(tmp_path, monkeypatch, text):
    """The population table of another raw folder, registered with its own hash."""
    entry = catalog.resource("folkmangd").model_copy(update={"path": "bad.csv"})
    (tmp_path / "bad.csv").write_text(text, encoding="utf-8")
    monkeypatch.setattr(catalog, "RAW", tmp_path)
    monkeypatch.setattr(catalog, "resource", lambda name: entry)
    return normalise.RawCsv("folkmangd")


def test_all_bad_cells_are_told_at_once(tmp_path, monkeypatch):
    from analys import register

    register.regions()
    rows = ["0581,Norrköping,2017,140 927", "0581,Norrköping,20x7,-5", "9999,Ingenstans,2018,1 23"]
    text = "\n".join(["regionkod,region,ar,folkmangd", *rows, ""])
    raw = bad_population(tmp_path, monkeypatch, text)
    raw.parse("regionkod", normalise._code, "a region code")
    raw.parse("ar", normalise._whole, "a year")
    raw.parse("folkmangd", normalise._whole, "a number of persons")
    with pytest.raises(InputError) as caught:
        raw.stop_if_faulty()
    assert [str(fault) for fault in caught.value.faults] == [
        "data/raw/bad.csv, row 4, column regionkod: väntade a region code, fann '9999'; correct it in "
        "data/raw/rattelser.toml ('9999' is no Swedish municipality or county)",
        "data/raw/bad.csv, row 3, column ar: väntade a year, fann '20x7'; correct it in data/raw/rattelser.toml "
        "(a number in Swedish form, such as 1 234,50)",
        "data/raw/bad.csv, row 3, column folkmangd: väntade a number of persons, fann '-5'; correct it in "
        "data/raw/rattelser.toml (not a whole, non-negative number)",
        "data/raw/bad.csv, row 4, column folkmangd: väntade a number of persons, fann '1 23'; correct it in "
        "data/raw/rattelser.toml (a number in Swedish form, such as 1 234,50)",
    ]


def test_a_broken_processed_table_is_told_by_row_and_column(tmp_path, monkeypatch):
    bad = tables.PRISINDEX
    frame = tables.read(bad).copy()
    frame.loc[2, "ar"] = 20
    frame.loc[4, "serie"] = ""
    with pytest.raises(InputError) as caught:
        tables.check(frame, bad)
    places = sorted(fault.place for fault in caught.value.faults)
    assert places == ["row 4, column ar", "row 6, column serie"]


def test_a_missing_processed_table_says_what_to_run(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "PROCESSED", tmp_path)
    tables.read.cache_clear()
    monkeypatch.setattr(tables, "ROOT", tmp_path)
    try:
        with pytest.raises(InputError, match="run `make` or `analys normalise` first"):
            tables.read(tables.PRISINDEX)
    finally:
        tables.read.cache_clear()
        shutil.rmtree(tmp_path)
