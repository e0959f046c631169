"""Fuzz the population readers: ``python -m fuzz.population [--seconds 60] [--engine atheris|hypothesis]``.

Whatever the bytes, a reader may answer with a table or with an InputError, and rows in are rows out plus rows reported.
atheris follows the code's branches (needs the ``fuzz`` dependency group); hypothesis splices and damages the seeds.
An input that breaks this is written to ``tests/intake/population/crashes``, where a test reads it ever after.
"""

from __future__ import annotations

import argparse
import atexit
import hashlib
import io
import shutil
import sys
import tempfile
import time
import zipfile
from pathlib import Path

CRASHES = Path(__file__).parent.parent / "tests" / "intake" / "population" / "crashes"
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
    long = "region;kön;år;Folkmängd\n" + "".join(f"{c} {n};män;{y};{p}\n" for c, n, y, p in rows)
    wide = (
        "Folkmängd 31 december\n\nKod,Namn,2022,2023\n0980,Gotland,61001,61029\n581,Norrköping,..,1 234\n\nKälla: SCB\n"
    )
    keyed = px[: px.index("DATA=\n")] + 'KEYS("region")=CODES;\nDATA=\n"0980",144 145 ;\n'
    return [
        *(text.encode() for text in (px, keyed, samples.jsonstat((2023,), "09"), kolada, long, wide)),
        px.encode("cp850"),
        long.encode("latin-1").replace(b"\n", b"\r"),
        wide.encode("utf-16"),
        workbook.read_bytes(),
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


def with_part(workbook: bytes, name: str, part: bytes) -> bytes:
    """The workbook with one of its parts exchanged."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, part if member == name else old.read(member))
    return target.getvalue()


def keep(content: bytes, error: BaseException) -> None:
    """Write what broke a reader where the tests find it."""
    CRASHES.mkdir(exist_ok=True)
    path = CRASHES / f"{hashlib.sha256(content).hexdigest()[:12]}.dat"
    path.write_bytes(content)
    print(f"{type(error).__name__}: {error}\n  kept as {path}", file=sys.stderr)


def with_hypothesis(seconds: float) -> None:
    """Damage the seeds: cut, splice, repeat, overwrite, insert what means something to the formats."""
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    parts = [b";", b'"', b"\n", b"\r", b",", b"\0", b"=", b"0581", b"2025", b"null", b"NaN", b"-1", b"1e999", b"\xe5"]
    parts += [
        b"[" * 50,
        b"TLIST(M1",
        b'"value":',
        b'"size":[',
        b"Folkm\xc3\xa4ngd",
        b"M\xe4n",
        b"\xff\xfe",
        b"PK\x03\x04",
    ]
    known = seeds()

    @st.composite
    def damaged(draw: st.DrawFn) -> bytes:
        content = draw(st.sampled_from(known))
        if content.startswith(b"PK") and draw(st.booleans()):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                name = draw(st.sampled_from(archive.namelist()))
                part = draw(edited(archive.read(name)))
            return with_part(content, name, part)
        return draw(edited(content))

    @st.composite
    def edited(draw: st.DrawFn, content: bytes) -> bytes:
        for _ in range(draw(st.integers(1, 5))):
            start = draw(st.integers(0, len(content)))
            end = min(len(content), start + draw(st.integers(0, 60)))
            other = draw(st.sampled_from(known))
            at = draw(st.integers(0, len(other)))
            middle = draw(st.one_of(st.sampled_from(parts), st.binary(max_size=8), st.just(other[at : at + 40])))
            content = content[:start] + middle * draw(st.sampled_from([1, 1, 1, 30])) + content[end:]
        return content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content

    deadline, tried = time.monotonic() + seconds, 0

    @settings(max_examples=500, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(damaged())
    def run(content: bytes) -> None:
        nonlocal tried
        if time.monotonic() > deadline:
            return
        tried += 1
        try:
            check(content)
        except BaseException as error:  # a panic of a Rust extension is no Exception
            keep(content, error)
            raise

    while time.monotonic() < deadline:
        run()
    print(f"{tried} inputs, no crash")


def with_atheris(seconds: float) -> None:
    """Coverage-guided, from the seeds as corpus."""
    import atheris

    with atheris.instrument_imports(include=["analys.intake"]):
        import analys.intake.population  # noqa: F401

    corpus = FOLDER / "corpus"
    corpus.mkdir()
    for number, content in enumerate(seeds()):
        (corpus / f"{number}").write_bytes(content)

    def one(content: bytes) -> None:
        try:
            check(content)
        except BaseException as error:
            keep(content, error)
            raise

    atheris.Setup(
        [
            sys.argv[0],
            str(corpus),
            f"-max_total_time={seconds:.0f}",
            "-timeout=20",
            "-rss_limit_mb=2000",
            f"-artifact_prefix={FOLDER}/",
        ],
        one,
    )
    atheris.Fuzz()


def main() -> None:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--engine", choices=["hypothesis", "atheris"], default="hypothesis")
    arguments = parser.parse_args()
    (with_atheris if arguments.engine == "atheris" else with_hypothesis)(arguments.seconds)


if __name__ == "__main__":
    main()
