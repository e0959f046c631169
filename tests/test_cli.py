"""The command line: verbs, exit codes, and messages without trace backs."""

import gettext
import subprocess
import sys
from pathlib import Path

import click
import pytest
from babel.messages import pofile

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


def test_an_audit_of_a_file_imports_only_what_files_need():
    heavy = ("pandas", "openpyxl", "stdnum", "analys.agreement", "analys.allocation.year")
    code = f"import sys, analys.audit; print([m for m in {heavy} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_verb_has_help(verb):
    result = run(verb, "--help")
    assert result.returncode == 0
    assert result.stdout.startswith(f"Användning: analys {verb}")


def test_an_unknown_verb_is_exit_2():
    result = run("nosuchverb")
    assert result.returncode == 2
    assert "Kommandot 'nosuchverb' finns inte: analys --help visar dem som finns" in result.stderr


def test_a_mistyped_verb_is_suggested():
    assert "menade du audit?" in run("adit").stderr


def test_what_click_says_is_compiled_from_the_text_that_is_written():
    folder = Path(cli.__file__).parents[1] / "locale" / "sv" / "LC_MESSAGES"
    with (folder / "analys.po").open("rb") as written, (folder / "analys.mo").open("rb") as compiled:
        catalog, read = pofile.read_po(written, locale="sv"), gettext.GNUTranslations(compiled)
    for message in catalog:
        first, *more = message.id if isinstance(message.id, tuple) else (message.id,)
        if first:
            told = read.ngettext(first, *more, 2) if more else read.gettext(first)
            assert told == (message.string[1] if more else message.string)
    click_says = "".join(file.read_text(encoding="utf-8") for file in Path(click.__file__).parent.glob("*.py"))
    begun = [str(message.id[0] if isinstance(message.id, tuple) else message.id) for message in catalog if message.id]
    assert [text for text in begun if text.splitlines()[0][:20] not in click_says] == []


@pytest.mark.parametrize(
    "arguments",
    [["report", "--template", "850101-1236.docx", "x"], ["report", "--format", "850101-1236", "x"], ["850101-1236"]],
)
def test_what_click_quotes_shows_no_personal_number(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    told = capsys.readouterr().err
    assert caught.value.code == 2
    assert "850101-1236" not in told
    assert "******-****" in told
    assert told.startswith("Användning: analys ")


@pytest.mark.parametrize(("error", "code"), [(click.exceptions.Exit(1), 1), (KeyboardInterrupt(), 130)])
def test_findings_and_an_interrupt_have_exit_codes_of_their_own(error, code, monkeypatch, capsys):
    def end(_):
        raise error

    monkeypatch.setattr(cli.cli, "invoke", end)
    with pytest.raises(SystemExit) as caught:
        cli.main(["run"])
    assert caught.value.code == code
    assert "Traceback" not in capsys.readouterr().err


def test_bad_input_is_told_on_stderr_with_exit_2(monkeypatch, capsys):
    def fail(*_, **__):
        raise AnalysError("file x: väntade a, fann b")

    monkeypatch.setattr(cli.cli, "main", fail)
    with pytest.raises(SystemExit) as caught:
        cli.main([])
    assert caught.value.code == 2
    assert capsys.readouterr().err == "file x: väntade a, fann b\n"
