"""What the fuzzers share: damage seeds with hypothesis or follow the branches with atheris, and keep what breaks."""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

Check = Callable[[bytes], None]

#: What means something to the formats, whatever the place.
PARTS = [
    b";", b'"', b"\n", b"\r", b",", b"\0", b"=", b"0581", b"2025", b"null", b"NaN", b"-1", b"1e999", b"\xe5",
    b"\xc3\xa5", b"[" * 50, b"{", b"}", b"\xff\xfe", b"PK\x03\x04", b"#TRANS 4 {} 1", b"#VER", b"<cbc:ID>",
    b"&a;", b"*", b"\xa0", b"TLIST(M1", b'"value":', b'"size":[', b"Folkm\xc3\xa4ngd", b"M\xe4n",
]  # fmt: skip


def kept(check: Check, crashes: Path) -> Check:
    """``check`` that writes what breaks it to ``crashes``, where a test reads it ever after: for each line of code
    that failed the shortest input."""
    shortest: dict[object, int] = {}

    def run(content: bytes) -> None:
        try:
            check(content)
        except BaseException as error:  # a panic of a Rust extension is no Exception
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{type(error).__name__} {Path(last.filename).name} {last.lineno}"
            if len(content) <= shortest.get(place, len(content)):
                shortest[place] = len(content)
                crashes.mkdir(exist_ok=True)
                path = crashes / f"{place.replace(' ', '-')}.dat"
                path.write_bytes(content)
                print(f"{error}\n  kept as {path}", file=sys.stderr)
            raise

    return run


def with_part(workbook: bytes, name: str, part: bytes) -> bytes:
    """The workbook with one of its parts exchanged."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, part if member == name else old.read(member))
    return target.getvalue()


def with_hypothesis(check: Check, seeds: Sequence[bytes], seconds: float, examples: int = 500) -> None:
    """Cut, splice, repeat, overwrite; in a workbook also within one of its parts. So many ``examples`` at a time."""
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    @st.composite
    def damaged(draw: st.DrawFn) -> bytes:
        content = draw(st.sampled_from(seeds))
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
            other = draw(st.sampled_from(seeds))
            at = draw(st.integers(0, len(other)))
            middle = draw(st.one_of(st.sampled_from(PARTS), st.binary(max_size=8), st.just(other[at : at + 40])))
            content = content[:start] + middle * draw(st.sampled_from([1, 1, 1, 30])) + content[end:]
        return content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content

    deadline, tried = time.monotonic() + seconds, 0

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(damaged())
    def run(content: bytes) -> None:
        nonlocal tried
        if time.monotonic() < deadline:
            tried += 1
            check(content)

    while time.monotonic() < deadline:
        run()
    print(f"{tried} inputs, no crash")


def with_atheris(check: Check, seeds: Sequence[bytes], seconds: float, packages: list[str]) -> None:
    """Coverage-guided, from the seeds as corpus. Needs the ``fuzz`` dependency group."""
    import importlib

    import atheris

    with atheris.instrument_imports(include=packages):
        for package in packages:
            importlib.import_module(package)
    with tempfile.TemporaryDirectory() as folder:
        for number, content in enumerate(seeds):
            (Path(folder) / f"{number}").write_bytes(content)
        limits = [f"-max_total_time={seconds:.0f}", "-timeout=20", "-rss_limit_mb=2000", f"-artifact_prefix={folder}/"]
        atheris.Setup([sys.argv[0], folder, *limits], check)
        atheris.Fuzz()


def main(description: str, check: Check, seeds: Sequence[bytes], crashes: Path, packages: list[str]) -> None:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--engine", choices=["hypothesis", "atheris"], default="hypothesis")
    arguments = parser.parse_args()
    keeping = kept(check, crashes)
    if arguments.engine == "atheris":
        with_atheris(keeping, seeds, arguments.seconds, packages)
    else:
        with_hypothesis(keeping, seeds, arguments.seconds)
