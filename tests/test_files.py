"""Every file that the project writes is the old one or the new one, whole, whatever happens on the way."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from analys import files
from analys.errors import InputError
from analys.files import replacing, workspace, write_atomically


def test_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    with suppress(ZeroDivisionError), replacing(path) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    write_atomically(path, b"new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_never_replaced_and_a_device_is_written_to(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="väntade en fil att skriva, fann en mapp"):
        write_atomically(tmp_path, b"")
    write_atomically(Path(os.devnull), b"x")


def test_missing_folder_is_said() -> None:
    for path in (Path("/nowhere/at/all.csv"), Path("x" * 5000)):
        with pytest.raises(InputError, match="väntade en"):
            write_atomically(path, b"")


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_killed_run_leaves_the_old_output_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    code = (
        "import sys, time; from pathlib import Path; from analys.files import replacing\n"
        "with replacing(Path(sys.argv[1])) as t:\n"
        "    t.write_text('half'); print('ready', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 2, "what the killed run had on its way"
    write_atomically(tmp_path / "other.csv", b"")
    assert sorted(found.name for found in tmp_path.iterdir()) == ["other.csv", "out.csv"]


def test_what_a_running_job_or_another_machine_has_on_its_way_is_left_alone(tmp_path: Path) -> None:
    elsewhere = tmp_path / ".analys-annandator-1-abc"
    elsewhere.mkdir()
    with workspace(tmp_path) as mine:
        files.remove_leftovers(tmp_path)
        assert mine.is_dir()
    assert list(tmp_path.iterdir()) == [elsewhere]


def test_a_link_is_written_through(tmp_path: Path) -> None:
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_full_disk_names_the_file_and_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.csv"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=r"out\.csv: väntade en fil att skriva, fann en full disk"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
