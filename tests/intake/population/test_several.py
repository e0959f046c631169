"""Several files of population in one table."""

from __future__ import annotations

from pathlib import Path

from analys.intake.population import read, without_repeats


def _write(folder: Path, name: str, *rows: str, heading: str = "Kommun;Folkmängd 2023") -> Path:
    path = folder / name
    path.write_text("\n".join([heading, *rows, ""]), encoding="utf-8")
    return path


def test_the_same_figure_again_is_reported_in_the_later_file(tmp_path: Path) -> None:
    first = read(_write(tmp_path, "a.csv", "Ydre;3637", "Kinda;9992"))
    second = read(_write(tmp_path, "b.csv", "Boxholm;5400", "Ydre;3637", "Mjlby;1"))
    kept, judged = without_repeats([first, second], ["a.csv", "b.csv"])
    assert kept is first
    assert list(judged.frame["regionkod"]) == ["0560"]
    assert judged.places == [("", 2)]
    assert [(entry.file, entry.row) for entry in judged.reported[:1]] == [("b.csv", 3)]
    assert judged.reported[0].reason == "samma tal som a.csv, rad 2"
    assert judged.rows_in == len(judged.frame) + len(judged.reported) == 3


def test_figures_that_contradict_each_other_are_reported_in_all_files(tmp_path: Path) -> None:
    files = [
        _write(tmp_path, f"{at}.csv", f"Ydre;{people}", "Kinda;9992") for at, people in enumerate((3637, 3637, 3638))
    ]
    results = without_repeats([read(file) for file in files], ["0", "1", "2"])
    assert [list(result.frame["regionkod"]) for result in results] == [["0513"], [], []]
    assert {result.reported[0].reason for result in results} == {
        "Ydre 2023-12-31 har flera tal: 3637 (0, rad 2), 3637 (1, rad 2), 3638 (2, rad 2)"
    }


def test_parts_and_dates_keep_figures_apart(tmp_path: Path) -> None:
    heading = "region;kön;2022;2023"
    men = read(_write(tmp_path, "a.csv", "0512 Ydre;män;1;2", heading=heading), by=("kon",))
    women = read(_write(tmp_path, "b.csv", "0512 Ydre;kvinnor;3;4", heading=heading), by=("kon",))
    assert without_repeats([men, women], ["a", "b"]) == [men, women]
