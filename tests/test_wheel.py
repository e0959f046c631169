"""The built wheel, installed in an empty environment, used in an empty folder by whoever has nothing else.

The paths have spaces and å ä ö, and standard output is as narrow as a redirect on Windows is (cp1252).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from analys.cli import VERBS
from analys.project import required

ROOT = required().folder
RAW = ROOT / "data" / "raw"
#: CI tries the other Pythons that are supported too.
PYTHON = os.environ.get("ANALYS_WHEEL_PYTHON", sys.executable)
#: What another project's environment would not have, so that nothing is found by accident.
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "ANALYS"))
} | {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0", "COLUMNS": "100"}


def build(folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1735689600"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed console script, beside nothing but what the base install needs."""
    environment = tmp_path_factory.mktemp("Användare å ä ö") / "miljö"
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--python", PYTHON, str(environment)], check=True)
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [*uv, "pip", "install", "--quiet", "--python", str(python)]
    locked = [*install, "--require-hashes", "--requirement", str(ROOT / "locks" / "base.txt")]
    # From what uv has kept since the environment was made; otherwise from the registry.
    if all(subprocess.run([*locked, *how], check=False).returncode for how in (["--offline"], [])):
        pytest.skip("the wheel's dependencies can be had neither from uv's cache nor from a registry")
    subprocess.run([*install, "--offline", "--no-deps", str(wheel)], check=True)
    return python.with_name("analys.exe" if os.name == "nt" else "analys")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder with what an analyst brings: an annex, an agreement's folder, a ledger, a table of population."""
    folder = tmp_path_factory.mktemp("Mina dokument å ä ö")
    shutil.copy(RAW / "ostergotland" / "bilaga-2018.xlsx", folder)
    shutil.copytree(RAW / "ostergotland", folder / "integration")
    shutil.copy(RAW / "exempel-reskontra" / "norrkoping-2016-2018.csv", folder)
    (folder / "folkmängd.csv").write_text("Kommun;2023-12-31\nNorrköping;144 932\n", encoding="utf-8")
    return folder


def run(program: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run([str(program), *arguments], cwd=folder, env=ENVIRONMENT, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr, done.stderr.decode("cp1252")
    assert done.returncode in (0, 1, 2), done.stderr.decode("cp1252")
    done.stdout.decode("cp1252")
    return done


#: Each verb as one uses it in a folder that is no project, with its exit code.
WITHOUT_PROJECT = [
    (["audit", "bilaga-2018.xlsx"], 1),
    (["audit", "bilaga-2018.xlsx", "--agreement", "integration", "--json"], 1),
    (["allocate", "integration", "--year", "2018"], 0),
    (
        [
            "scenario",
            "integration",
            "--leave",
            "Mjölby",
            "--from",
            "2018-07-01",
            "--total",
            "1300000",
            "--years",
            "2018",
        ],
        0,
    ),
    (["check", "integration"], 1),
    (["read", "folkmängd.csv", "--as", "population"], 0),
    (["fetch"], 0),
    (["reconcile", "integration", "norrkoping-2016-2018.csv", "--json"], 1),
    (["ledgers", "norrkoping-2016-2018.csv"], 0),
    (["new", "Nytt avtal", "--members", "Boxholm"], 0),
    (["start", "projekt"], 0),
    (["lab"], 2),
    (["test"], 2),
    (["run"], 2),
    (["normalise"], 2),
    (["notebooks", "integration"], 2),
    (["report", "integration"], 2),
]


@pytest.mark.parametrize(
    ("arguments", "code"), WITHOUT_PROJECT, ids=lambda value: value[0] if isinstance(value, list) else ""
)
def test_every_verb_in_an_empty_folder(program: Path, folder: Path, arguments: list[str], code: int) -> None:
    before = {file.name for file in folder.iterdir()}
    done = run(program, folder, *arguments)
    assert done.returncode == code, done.stderr.decode("cp1252")
    written = {file.name for file in folder.iterdir()} - before
    assert written == {"new": {"nytt-avtal"}, "start": {"projekt"}}.get(arguments[0], set())
    if code == 2:
        assert re.search(r"--project MAPP|tillägget \[lab\]", done.stderr.decode("cp1252"))


def test_all_verbs_are_tried() -> None:
    assert {arguments[0] for arguments, _ in WITHOUT_PROJECT} == set(VERBS)


def test_a_report_goes_where_it_is_asked_to(program: Path, folder: Path) -> None:
    done = run(program, folder, "report", "integration", "--format", "docx,html", "-o", "ut")
    assert done.returncode == 0, done.stderr.decode("cp1252")
    assert {file.suffix for file in (folder / "ut").iterdir()} == {".docx", ".html"}


def test_the_same_source_gives_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    again = build(tmp_path)
    assert hashlib.sha256(again.read_bytes()).hexdigest() == hashlib.sha256(wheel.read_bytes()).hexdigest()


def test_the_wheel_says_what_it_is_installed_with_and_is_typed(wheel: Path) -> None:
    lock = (ROOT / "locks" / "base.txt").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", lock, re.MULTILINE))
    with zipfile.ZipFile(wheel) as archive:
        (sbom,) = [name for name in archive.namelist() if ".dist-info/sboms/" in name]
        components = json.loads(archive.read(sbom))["components"]
        assert {component["name"]: component["version"] for component in components} == locked
        assert "analys/py.typed" in archive.namelist()
        assert not [name for name in archive.namelist() if name.startswith(("tests/", "data/"))]
