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
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [*PROJECT["project"]["dependencies"], *extras["notebooks"], *extras["lab"]]
    wanted += [item for item in PROJECT["dependency-groups"]["test"] if isinstance(item, str)]
    wanted = [item for item in wanted if not item.startswith(PROJECT["project"]["name"])]
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


@pytest.mark.parametrize("lock", ["base", "uv", "test", "lab", "bench", "docs", "ocr", "spark"])
def test_locks_pin_every_package_with_hashes_and_name_no_host(lock):
    text = (ROOT / "locks" / f"{lock}.txt").read_text(encoding="utf-8")
    pinned = re.findall(r"^([\w.-]+)==[^\s;]+(?: ;[^\\]+)? \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[\w.-]+==", text, re.MULTILINE)) > 0
    assert "://" not in text


@pytest.mark.parametrize(
    ("lock", "groups", "extras"),
    [
        ("base", [], []),
        ("test", ["test"], ["notebooks"]),
        ("lab", ["test"], ["notebooks", "lab"]),
        ("bench", ["bench"], ["notebooks"]),
        ("ocr", ["test"], ["notebooks", "ocr"]),
        ("spark", ["test"], ["notebooks", "spark"]),
    ],
)
def test_locks_hold_what_pyproject_asks_for(lock, groups, extras):
    text = (ROOT / "locks" / f"{lock}.txt").read_text(encoding="utf-8")
    pinned = {name.lower().replace("_", "-") for name in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)}
    asked = list(PROJECT["project"]["dependencies"])
    asked += [item for group in groups for item in PROJECT["dependency-groups"][group] if isinstance(item, str)]
    asked += [item for extra in extras for item in PROJECT["project"]["optional-dependencies"][extra]]
    assert {requirement(item)[0] for item in asked} - {PROJECT["project"]["name"]} <= pinned


@pytest.mark.parametrize("lock", ["base", "test"])
def test_jupyterlab_stays_out(lock):
    assert "jupyterlab==" not in (ROOT / "locks" / f"{lock}.txt").read_text(encoding="utf-8")


def test_the_base_install_executes_no_notebooks_and_no_text_names_another_distribution():
    assert "ipykernel==" not in (ROOT / "locks" / "base.txt").read_text(encoding="utf-8")
    sources = [*(ROOT / "analys").rglob("*.py"), ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    strangers = re.compile(r"(pip|uvx?|pipx)\b[^\n]*\binstall [\"']?analys\b|analys\[")
    assert [file.name for file in sources if strangers.search(file.read_text(encoding="utf-8"))] == []
