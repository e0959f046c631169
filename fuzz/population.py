"""Fuzz the population readers: ``python -m fuzz.population [--seconds 60] [--engine atheris|hypothesis]``.

Whatever the bytes, a reader may answer with a table or with an InputError, and rows in are rows out plus rows reported.
atheris follows the code's branches (needs the ``fuzz`` dependency group); hypothesis splices and damages the seeds.
An input that breaks this is written to ``tests/intake/population/crashes``, where a test reads it ever after.
"""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from pathlib import Path

from fuzz import harness

CRASHES = Path(__file__).parent.parent / "tests" / "intake" / "population" / "crashes"
WORKBOOKS = Path(__file__).parent.parent / "tests" / "intake" / "workbooks"
FOLDER = Path(tempfile.mkdtemp(prefix="fuzz-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)


def seeds() -> list[bytes]:
    """One small file of each format and a few of their turns."""
    from tests.intake.population import samples

    rows = samples.database_rows((2022, 2023), "09")
    px = samples.px((2022, 2023), county="09")
    workbook = FOLDER / "seed.xlsx"
    samples.yearly_workbook(workbook, 2023, extra_sheets=False)
    kolada = (
        '{"count":1,"values":[{"kpi":"N01951","municipality":"0980","period":2023,'
        '"values":[{"gender":"T","value":61001.0,"status":"","count":1},{"gender":"K","value":null}]}],"next_url":null}'
    )
    pxweb = (
        '{"columns":[{"code":"Region","text":"region","type":"d"},{"code":"Kon","text":"kön","type":"d"},'
        '{"code":"Tid","text":"år","type":"t"},{"code":"BE0101N1","text":"Folkmängd","type":"c"}],"comments":[],'
        '"data":[{"key":["0980","1","2023"],"values":["30500"]},{"key":["0980","2","2023"],"values":[".."]}]}'
    )
    dataset = json.loads(samples.jsonstat((2023,), "09"))
    dataset["dimension"] |= {key: dataset.pop(key) for key in ("id", "size", "role")}
    bundle = json.dumps({"dataset": dataset})
    long = "region;kön;år;Folkmängd\n" + "".join(f"{c} {n};män;{y};{p}\n" for c, n, y, p in rows)
    wide = (
        "Folkmängd 31 december\n\nKod,Namn,2022,2023\n0980,Gotland,61001,61029\n581,Norrköping,..,1 234\n\nKälla: SCB\n"
    )
    keyed = px[: px.index("DATA=\n")] + 'KEYS("region")=CODES;\nDATA=\n"0980",144 145 ;\n'
    return [
        *(text.encode() for text in (px, keyed, samples.jsonstat((2023,), "09"), bundle, pxweb, kolada, long, wide)),
        px.encode("cp850"),
        long.encode("latin-1").replace(b"\n", b"\r"),
        wide.encode("utf-16"),
        workbook.read_bytes(),
        *((WORKBOOKS / f"folkmangd.{ending}").read_bytes() for ending in ("xls", "ods")),
    ]


def check(content: bytes) -> None:
    """Read the bytes as a file; raises for anything but a sound table or an InputError."""
    from analys.errors import InputError
    from analys.intake.population import read

    path = FOLDER / "input.dat"
    path.write_bytes(content)
    try:
        result = read(path)
    except InputError as error:
        if not str(error).startswith(str(path)):
            raise RuntimeError("a fault without its file") from error
        return
    assert result.rows_in == len(result.frame) + len(result.reported)
    assert all(entry.row > 0 and entry.reason for entry in result.reported)
    assert result.frame["folkmangd"].between(0, 10**8).all()


if __name__ == "__main__":
    harness.main(__doc__ or "", check, seeds(), CRASHES, ["analys.intake.population"])
