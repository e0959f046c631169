"""The verb ``fetch population``, against a local server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from analys import population, project
from analys.cli import main
from tests.scb_server import SCB, serve


@pytest.fixture
def raw(tmp_path: Path) -> Iterator[Path]:
    """The raw folder of a project of its own."""
    folder = tmp_path / "data" / "raw"
    folder.mkdir(parents=True)
    shutil.copy(project.required().register, folder / "datapackage.json")
    with project.using(tmp_path):
        yield folder


def _run(capsys: pytest.CaptureFixture[str], scb: SCB, *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(["fetch", "population", "--year", "2024", *arguments, "--url", scb.url])
    captured = capsys.readouterr()
    return int(caught.value.code or 0), captured.out, captured.err


def test_exit_codes_and_output(capsys: pytest.CaptureFixture[str], raw: Path) -> None:
    figure = population.year_end("0980", 2024)
    with serve({("0980", "2024"): figure}) as scb:
        code, out, err = _run(capsys, scb, "--county", "09")
        assert code == 0
        assert out.splitlines()[1].startswith(f"0980,Gotland,2024-12-31,{figure},")
        kept = "data/raw/statistik/scb/scb-tab638-2024-09.json"
        assert f"svaret sparat som {kept}" in err

        scb.figures["0980", "2024"] = figure + 1
        code, out, err = _run(capsys, scb, "--county", "Gotlands län")
        assert (code, str(figure + 1) in out) == (1, True)
        assert (
            "det skiljer sig från det tidigare svaret data/raw/statistik/scb/scb-tab638-2024-09.json; båda är sparade"
            in err
        )

        scb.figures["0980", "2024"] = None
        code, out, err = _run(capsys, scb, "--county", "09")
        assert (code, out) == (1, "regionkod,region,referensdatum,folkmangd,kalla\n")
        assert "saknas i svaret: 0980" in err

        scb.plan = ["404"]
        code, out, err = _run(capsys, scb, "--county", "09")
        assert (code, out) == (2, "")
        assert '404 Not Found: {"title": "not today"}' in err
