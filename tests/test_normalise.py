"""From raw to processed: the same bytes on every rebuild, and what a project has fetched beside what is shipped."""

import json
from decimal import Decimal

import pandas as pd
import pytest

from analys import catalog, csvtext, normalise, population, project, tables
from analys.audit.population import years as audit_years
from analys.draft import draft
from analys.errors import AnalysError, InputError


@pytest.fixture(scope="module")
def built():
    return normalise.build()


def test_a_rebuild_gives_the_committed_bytes(built):
    for table, frame in built.items():
        assert csvtext.from_frame(frame) == table.file.read_text(encoding="utf-8"), table.name


def test_every_processed_file_is_a_declared_table(built):
    assert {file.stem for file in project.required().processed.glob("*")} == {table.name for table in built}
    assert set(tables.TABLES) - set(built) == {tables.FOLKMANGD, tables.PRISINDEX}


def test_what_is_written_is_read_back_with_exact_types(built):
    for table, frame in built.items():
        assert tables.read(table).equals(frame)


def test_no_figure_is_float(built):
    for frame in (*built.values(), tables.read(tables.PRISINDEX)):
        assert not [name for name, dtype in frame.dtypes.items() if dtype.kind == "f"]


def test_an_organisation_number_is_corrected_by_the_ledger(built):
    numbers = built[tables.ORGANISATIONSNUMMER]
    board = numbers[numbers["part"] == "Länsstyrelsen Östergötland"]
    assert set(board["organisationsnummer"]) == {"202100-2270"}


def test_every_annex_cell_is_kept(built):
    annexes = built[tables.BILAGOR].query("avtal == 'ostergotland'")
    assert annexes.groupby("version")["cell"].nunique().to_dict() == {"2016": 13 * 5, "2018": 13 * 3}


def test_a_broken_processed_table_is_told_by_row_and_column():
    bad = tables.PRISINDEX
    frame = tables.read(bad).copy()
    frame.loc[2, "ar"] = 20
    frame.loc[4, "serie"] = ""
    with pytest.raises(InputError) as caught:
        tables.check(frame, bad)
    places = sorted(fault.place for fault in caught.value.faults)
    assert places == ["rad 4, kolumn ar", "rad 6, kolumn serie"]


@pytest.fixture
def empty(tmp_path):
    """A project without agreements."""
    (tmp_path / "data" / "raw" / "statistik").mkdir(parents=True)
    package = json.loads(project.required().register.read_text(encoding="utf-8"))
    register = tmp_path / "data" / "raw" / "datapackage.json"
    register.write_text(json.dumps({**package, "resources": []}), encoding="utf-8")
    with project.using(tmp_path) as here:
        yield here


def test_a_missing_processed_table_says_what_to_run(empty):
    with pytest.raises(InputError, match="kör `analys normalise` först"):
        tables.read(tables.UPPGIFTER)


def test_a_project_without_agreements_has_empty_tables(empty):
    assert [file.stem for file in normalise.run()] == ["bilagor", "bilagesummor", "uppgifter", "organisationsnummer"]
    assert all(tables.read(table).empty for table in (tables.BILAGOR, tables.UPPGIFTER))


def add_statistics(here, name, text, retrieved):
    """A registered file of population in the project."""
    file = here.raw / "statistik" / f"{name}.csv"
    file.write_text(text, encoding="utf-8")
    entry = catalog.resource("folkmangd-2025").model_dump(by_alias=True) | {
        "name": name, "path": f"statistik/{name}.csv", "retrieved": retrieved, "bytes": file.stat().st_size,
    }  # fmt: skip
    package = json.loads(here.register.read_text(encoding="utf-8"))
    package["resources"].append(entry)
    here.register.write_text(json.dumps(package), encoding="utf-8")
    project.forget()


def test_figures_of_the_project_go_before_those_that_are_shipped(empty):
    shipped = population.year_end("0581", 2024)
    add_statistics(empty, "b", f"kommun,2012-12-31,2024-12-31\nNorrköping,132124,{shipped + 1}\n", "2026-03-01")
    add_statistics(empty, "a", "kommun,2011-12-31,2012-12-31\nNorrköping,130623,999\n", "2026-02-01")
    (file,) = normalise.write_fetched()
    fetched = pd.read_csv(file, dtype="str")
    assert fetched["kalla"].tolist() == ["a", "b", "b"]  # the one retrieved last goes first
    assert [population.year_end("0581", year) for year in (2011, 2012, 2024)] == [130623, 132124, shipped + 1]
    assert population.latest_year() == 2025


def test_one_municipality_is_not_yet_a_year_of_all(empty):
    add_statistics(empty, "c", "kommun,2012-12-31\nNorrköping,132124\n", "2026-02-01")
    normalise.write_fetched()
    assert 2012 not in audit_years()


def test_statistics_that_are_gone_leave_what_is_shipped(empty):
    add_statistics(empty, "c", "kommun,2012-12-31\nNorrköping,132124\n", "2026-02-01")
    (file,) = normalise.write_fetched()
    package = json.loads(empty.register.read_text(encoding="utf-8"))
    empty.register.write_text(json.dumps({**package, "resources": []}), encoding="utf-8")
    project.forget()
    assert normalise.write_fetched() == []
    assert not file.exists()
    with pytest.raises(AnalysError, match=r"tabellen har 31 december 2013–2025. Hämta nyare"):
        population.year_end("0581", 2012)


def test_an_annex_in_a_text_keeps_its_places(empty):
    text = (
        "# Bilaga\n\n| Kommun | Andel | Belopp 2024 (kr) |\n|---|---|---|\n"
        "| Mora | 60 % | 60 000 |\n| Orsa | 40 % | -40 000 |\n"
    )
    source = empty.folder / "bilaga.md"
    source.write_text(text, encoding="utf-8")
    draft("Prov", empty.raw, [source])
    normalise.run()
    rows = tables.read(tables.BILAGOR)
    assert set(rows["varde"]) == {Decimal("0.6"), Decimal("0.4"), Decimal(60_000), Decimal(-40_000)}
    assert rows["cell"].str.startswith("rad ").all()
