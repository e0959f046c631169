"""Reports written once for the whole folder of tests."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from analys.export import annex_workbook, memo, pdf
from analys.export.report import file_name, report

AGREEMENT = "ostergotland"

needs_libreoffice = pytest.mark.skipif(
    pdf.program() is None,
    reason="LibreOffice is not installed: the annex was not recalculated and no PDF was made "
    "(apt-get install libreoffice-calc libreoffice-writer)",
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("rapporter")


@pytest.fixture(scope="session")
def written(folder):
    """Memos and annexes by (member, suffix), made when they are asked for."""
    made: dict[tuple[str | None, str], Path] = {}

    def get(member: str | None, suffix: str) -> Path:
        if (member, suffix) not in made:
            file = folder / f"{file_name(AGREEMENT, member)}.{suffix}"
            if suffix == "docx":
                made[member, suffix] = memo.write(report(AGREEMENT, member), file)
            else:
                made[member, suffix] = annex_workbook.write(AGREEMENT, member, file)
        return made[member, suffix]

    return get


def recalculated(files: list[Path], folder: Path) -> list[Path]:
    """The workbooks as LibreOffice saves them after calculating every formula anew."""
    return converted(files, folder, "xlsx:Calc MS Excel 2007 XML")


def converted(files: list[Path], folder: Path, to: str) -> list[Path]:
    """The files as LibreOffice writes them in another format, in one run."""
    folder.mkdir()
    command = [pdf.program(), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", to, "--outdir", str(folder), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return [folder / f"{file.stem}.{to.partition(':')[0]}" for file in files]
