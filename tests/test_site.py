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
SKIPPED = {
    "analys run": "the whole main job, which tests/test_start.py does",
    "analys lab": "it starts a server; tests/cli/test_lab.py and tests/browser do",
}
#: What is told outside the site: the README of the tool and that of a new project.
READMES = (ROOT / "README.md", ROOT / "analys/startmapp/README.md")

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
        if shlex.join([program, *arguments]) not in SKIPPED:
            result = CliRunner().invoke(cli, arguments)
            assert not isinstance(result.exception, Exception), (line, result.exception)
            assert result.exit_code in (0, 1), (line, result.output)


def _exists(arguments: list[str]) -> None:
    """The verb and the options of a command are the command line's."""
    verb = next((word for word in arguments if not word.startswith("-")), "audit")
    assert verb in VERBS
    command = cli.get_command(click.Context(cli), verb)
    assert command is not None
    parts = [command, *getattr(command, "commands", {}).values()]
    known = {name for one in (cli, *parts) for option in one.params for name in option.opts}
    assert {word for word in arguments if word.startswith("-")} <= known | {"--help"}


def test_what_is_skipped_stands_in_a_page() -> None:
    told = "\n".join(page.read_text(encoding="utf-8") for page in (*PAGES, *READMES))
    assert [line for line in SKIPPED if line not in told] == []


@pytest.mark.parametrize(
    "page", [*PAGES, *READMES, ROOT / "CONTRIBUTING.md"], ids=lambda page: f"{page.parent.name}-{page.stem}"
)
def test_every_command_that_is_named_within_a_text_is_one(page: Path) -> None:
    """Those in running text have words for a name (``--member NAMN``), so they are not run."""
    for named in re.findall(r"`(?:\S*/)?analys ([a-z][^`]*)`", page.read_text(encoding="utf-8")):
        _exists(shlex.split(re.sub(r"[\[\]|…]|\.\.\.", " ", named)))


def test_the_readme_s_first_steps_run_in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    block = next(b for b in _blocks(ROOT / "README.md", "") if "analys start" in b)
    commands = "".join(line + "\n" for line in block.splitlines() if line.startswith(("analys", "cd ")))
    assert len(commands.splitlines()) == 6
    test_a_block_of_commands_runs_in_the_project(commands, tmp_path, monkeypatch)


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
