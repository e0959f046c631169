"""The command line: verbs, exit codes, and messages without trace backs."""

import subprocess
import sys

import pytest

from analys import cli
from analys.errors import AnalysError


def run(*arguments):
    return subprocess.run([sys.executable, "-m", "analys", *arguments], capture_output=True, text=True, check=False)


def test_help_lists_every_verb():
    result = run("--help")
    assert result.returncode == 0
    for verb in cli.VERBS:
        assert f"\n  {verb}" in result.stdout


def test_help_imports_neither_pandas_nor_matplotlib():
    code = "import sys, analys.cli; print([m for m in ('pandas', 'matplotlib', 'pydantic') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_verb_has_help(verb):
    result = run(verb, "--help")
    assert result.returncode == 0
    assert result.stdout.startswith(f"Usage: analys {verb}")


def test_an_unknown_verb_is_exit_2():
    result = run("nosuchverb")
    assert result.returncode == 2
    assert "No such command" in result.stderr


def test_bad_input_is_told_on_stderr_with_exit_2(monkeypatch, capsys):
    def fail(*_, **__):
        raise AnalysError("file x: väntade a, fann b")

    monkeypatch.setattr(cli.cli, "main", fail)
    with pytest.raises(SystemExit) as caught:
        cli.main([])
    assert caught.value.code == 2
    assert capsys.readouterr().err == "file x: väntade a, fann b\n"
