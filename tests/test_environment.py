"""One source of bounds: environment.yml and the locks follow pyproject.toml."""

import re
import tomllib

import pytest

from analys.project import required

ROOT = required().folder

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
#: What conda-forge calls packages that have another name in Python's own registry.
CONDA_NAMES = {"uv": None}  # conda solves and installs by itself


def requirement(text):
    name, _, bounds = re.fullmatch(r"([\w.-]+)(\[[\w,-]+\])?([<>=!~].*)?", text).groups()
    return name.lower().replace("_", "-"), bounds


def expected():
    groups = PROJECT["dependency-groups"]
    wanted = [*PROJECT["project"]["dependencies"], *(item for item in groups["lab"] if isinstance(item, str))]
    wanted += [item for item in groups["test"] if isinstance(item, str)]
    found = {}
    for name, bounds in map(requirement, wanted):
        conda = CONDA_NAMES.get(name, name)
        if conda:
            found[conda] = bounds
    return found


def test_environment_yml_has_the_bounds_of_pyproject():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    conda = re.findall(r"^  - (.+)$", text.partition("dependencies:")[2], re.MULTILINE)
    pairs = dict(re.fullmatch(r"([\w.-]+)([<>=].*)?", item).groups() for item in conda)
    assert pairs.pop("python") == PROJECT["project"]["requires-python"]
    pairs = {name.replace("_", "-"): bounds for name, bounds in pairs.items()}
    assert pairs == {name.replace("_", "-"): bounds for name, bounds in expected().items()}


@pytest.mark.parametrize("lock", ["uv", "test", "lab", "bench"])
def test_locks_pin_every_package_with_hashes_and_name_no_host(lock):
    text = (ROOT / "locks" / f"{lock}.txt").read_text(encoding="utf-8")
    pinned = re.findall(r"^([\w.-]+)==[^\s;]+(?: ;[^\\]+)? \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[\w.-]+==", text, re.MULTILINE)) > 0
    assert "://" not in text


@pytest.mark.parametrize(("lock", "group"), [("test", "test"), ("lab", "lab"), ("bench", "bench")])
def test_locks_hold_what_pyproject_asks_for(lock, group):
    text = (ROOT / "locks" / f"{lock}.txt").read_text(encoding="utf-8")
    pinned = {name.lower().replace("_", "-") for name in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)}
    asked = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"][group]]
    assert {requirement(item)[0] for item in asked if isinstance(item, str)} <= pinned


def test_jupyterlab_stays_out_of_the_test_environment():
    assert "jupyterlab==" not in (ROOT / "locks" / "test.txt").read_text(encoding="utf-8")
