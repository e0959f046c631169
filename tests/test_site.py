"""The user's pages: every command and every piece of Python in them runs, every link leads somewhere, every code is told."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from analys.audit import codes
from analys.audit.finding import Code
from analys.cli import VERBS, cli
from analys.project import required

ROOT = required().folder
PAGES = sorted((ROOT / "docs").glob("*.md"))

#: Command -> why it is not run here; its verb and options are checked all the same.
SKIPPED = {"analys run": "the whole main job, which tests/test_start.py does"}

#: Name in the pages -> what stands for it.
FILES = {
    "bilaga.xlsx": "data/raw/ostergotland/bilaga-2018.xlsx",
    "reskontra.csv": "data/raw/exempel-reskontra/mjolby-2016-2018.csv",
}


def _blocks(page: Path, languages: str) -> list[str]:
    return re.findall(rf"^```(?:{languages})\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


_SHELL = [pytest.param(block, id=f"{page.stem}-{n}") for page in PAGES for n, block in enumerate(_blocks(page, "bash"))]
_PYTHON = [
    pytest.param(block, id=f"{page.stem}-{n}") for page in PAGES for n, block in enumerate(_blocks(page, "python"))
]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("projekt")
    shutil.copytree(ROOT / "data", folder / "data")
    for name, source in FILES.items():
        shutil.copy(ROOT / source, folder / name)
    return folder


@pytest.mark.parametrize("block", _SHELL)
def test_a_block_of_commands_runs_in_the_project(block: str, prepared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(prepared)
    for line in block.splitlines():
        program, *arguments = shlex.split(line, comments=True)
        if program == "cd":
            os.chdir(arguments[0])
            continue
        assert program == "analys", line
        _exists(arguments)
        if line not in SKIPPED:
            result = CliRunner().invoke(cli, arguments)
            assert not isinstance(result.exception, Exception), (line, result.exception)
            assert result.exit_code in (0, 1), (line, result.output)


def _exists(arguments: list[str]) -> None:
    """The verb and the options of a command are the command line's."""
    verb = next(word for word in arguments if not word.startswith("-"))
    assert verb in VERBS
    command = cli.get_command(click.Context(cli), verb)
    assert command is not None
    known = {name for one in (*cli.params, *command.params) for name in one.opts}
    assert {word for word in arguments if word.startswith("-")} <= known


def test_what_is_skipped_stands_in_a_page() -> None:
    assert set(SKIPPED) <= {line for page in PAGES for block in _blocks(page, "bash") for line in block.splitlines()}


@pytest.mark.parametrize("block", _PYTHON)
def test_a_piece_of_python_runs_in_the_project(block: str, prepared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(prepared)
    exec(compile(block, "page", "exec"), {})


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md"], ids=lambda page: page.stem)
def test_every_link_within_the_pages_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_codes_page_is_generated_and_tells_every_code_once() -> None:
    assert list(codes.CODES) == list(Code)
    assert (ROOT / "docs/koder.md").read_text(encoding="utf-8") == codes.page()
    assert len({told.meaning for told in codes.CODES.values()}) == len(Code)


def test_the_site_has_every_page_once() -> None:
    listed = re.findall(r"^\s+- .*?([\w.-]+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == [page.name for page in PAGES]
