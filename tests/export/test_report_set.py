"""The verb report: whole sets or nothing, progress, refusals, and what is said where LibreOffice is missing."""

import os
import signal
import subprocess
import sys
import time
import zipfile

import docx
import pytest
from click.testing import CliRunner

from analys.cli import cli, main
from analys.errors import AnalysError
from analys.export import annex_workbook, memo, pdf, report_set
from analys.export.report_set import Format

SMALL = "exempel-andelar-avrakning"


def run(*arguments):
    return CliRunner().invoke(cli, ["report", *arguments])


def test_a_set_has_the_formats_that_were_asked_for(tmp_path):
    result = run(SMALL, "--member", "Sundsvall", "--format", "docx,xlsx,html", "-o", str(tmp_path / "ny"))
    assert result.exit_code == 0, result.output
    stem = "exempel-andelar-avrakning-sundsvall"
    names = sorted(file.name for file in (tmp_path / "ny").iterdir())
    assert names == [f"{stem}.{kind}" for kind in ("docx", "html", "xlsx")]
    assert "[1/1] Sundsvall: " in result.stderr


def test_all_is_each_member_and_the_group(tmp_path):
    result = run(SMALL, "--all", "--format", "xlsx", "-o", str(tmp_path))
    names = {file.stem.removeprefix(f"{SMALL}-") for file in tmp_path.iterdir()}
    assert names == {"ange", "timra", "harnosand", "sundsvall", "kramfors", "solleftea", "ornskoldsvik", "alla"}
    assert "[8/8] hela gruppen" in result.stderr
    assert result.stdout == f"8 filer i {tmp_path}\n"


@pytest.mark.parametrize("stop", [KeyboardInterrupt, AnalysError, SystemExit])
def test_a_stop_leaves_what_was_there(stop, tmp_path, monkeypatch):
    report_set.write(SMALL, "Sundsvall", [Format.DOCX, Format.XLSX], tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def stopped(*_, **__):
        raise stop

    monkeypatch.setattr(annex_workbook, "write", stopped)
    (tmp_path / "exempel-andelar-avrakning-sundsvall.docx").write_bytes(b"earlier")
    with pytest.raises(stop):
        report_set.write(SMALL, "Sundsvall", [Format.DOCX, Format.XLSX], tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == set(before)
    assert (tmp_path / "exempel-andelar-avrakning-sundsvall.docx").read_bytes() == b"earlier"


def test_without_libreoffice_the_other_formats_are_written(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "program", lambda: None)
    result = run(SMALL, "--member", "Timrå", "--format", "xlsx,pdf", "-o", str(tmp_path))
    assert result.exit_code == 1
    assert "PDF kräver LibreOffice" in result.stderr
    assert [file.suffix for file in tmp_path.iterdir()] == [".xlsx"]


def refused(capsys, *arguments):
    with pytest.raises(SystemExit) as stopped:
        main(["report", *arguments])
    assert stopped.value.code == 2
    return capsys.readouterr().err


def test_only_a_pdf_without_libreoffice_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(pdf, "program", lambda: None)
    assert "inget skrevs" in refused(capsys, SMALL, "--format", "pdf", "-o", str(tmp_path))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--member", "Stockholm"], "Stockholm är inte medlem i exempel-andelar-avrakning; medlemmarna är Ånge, Timrå"),
        (["--member", "Sundvsall"], "menade du Sundsvall (2281)?"),
        (["--format", "doc"], "väntade några av docx, xlsx, html, pdf, fann 'doc'"),
        (["--format", ""], "väntade några av docx, xlsx, html, pdf, fann ''"),
        (["--all", "--member", "Timrå"], "--member och --all utesluter varandra"),
    ],
)
def test_a_request_that_cannot_be_met_is_refused_before_anything_is_written(arguments, message, tmp_path, capsys):
    folder = tmp_path / "ny"
    assert message in refused(capsys, SMALL, *arguments, "-o", str(folder))
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path, capsys):
    (tmp_path / "fil").write_text("")
    message = refused(capsys, SMALL, "--member", "Timrå", "--format", "xlsx", "-o", str(tmp_path / "fil" / "ut"))
    assert message.strip() == (
        f"{tmp_path / 'fil' / 'ut'}: rapporten kunde inte skrivas där (en fil i en mapps ställe); välj en annan mapp (-o), "
        "eller stäng filen där den är öppen"
    )


def test_a_template_without_the_styles_is_refused_with_their_names(tmp_path, capsys):
    docx.Document().save(str(tmp_path / "tom.docx"))
    arguments = ["--all", "--format", "docx", "--template", str(tmp_path / "tom.docx"), "-o", str(tmp_path / "ut")]
    assert "saknar formatmallarna Källrad, Att skriva, Tabelltext, Bild, Rapporttabell" in refused(
        capsys, SMALL, *arguments
    )
    assert list((tmp_path / "ut").iterdir()) == []


def test_an_agreement_that_is_not_there_is_refused(capsys):
    assert "'saknas' är inget avtal" in refused(capsys, "saknas")


def test_an_agreement_without_a_cost_says_so(tmp_path, capsys):
    agreement = tmp_path / "avtal.toml"
    text = (memo.TEMPLATE.parents[3] / "data" / "raw" / SMALL / "avtal.toml").read_text(encoding="utf-8")
    start = text.index("[version.kostnad]")
    end = text.index("[version.", start + 1)
    while text.startswith("[version.kostnad", end):
        end = text.index("[version.", end + 1)
    first = text.index("[[version]]")
    text = text[:start] + text[end:]
    text = text[: text.index("\n", first) + 1] + 'kostnad = "okand"\n' + text[text.index("\n", first) + 1 :]
    agreement.write_text(text, encoding="utf-8")
    message = refused(capsys, str(agreement), "--format", "xlsx", "-o", str(tmp_path / "ut"))
    assert "ingen handling anger kostnaden, och ingen bilaga eller uppgift anger belopp" in message


@pytest.fixture
def interruptible():
    """Processes that a shell starts in the background ignore interrupts, and those that they start do too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize(("how", "ends_with"), [("SIGINT", 130), ("SIGKILL", -9)])
def test_a_process_that_is_stopped_leaves_whole_files_and_nothing_running(how, ends_with, tmp_path):
    command = [
        sys.executable,
        "-m",
        "analys",
        "report",
        "ostergotland",
        "--all",
        "--format",
        "docx",
        "-o",
        str(tmp_path),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not list(tmp_path.glob("*.docx")):
            assert process.poll() is None
            time.sleep(0.1)
        process.send_signal(getattr(signal, how))
        process.communicate(timeout=60)  # the pipes close when the last process that holds them has ended
    assert process.returncode == ends_with
    left = list(tmp_path.iterdir())
    assert 0 < len(left) < 14
    assert all(file.suffix == ".docx" and zipfile.is_zipfile(file) for file in left)
