"""A new project folder: the folders, an empty register, the notebooks as templates, a Swedish README."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from analys.errors import AnalysError, told
from analys.files import write_atomically
from analys.project import Project, forget
from analys.swedish import fold

#: The file's name in the package (a package ships no hidden file), and in the project.
_TEXTS = {"README.md": "README.md", "gitignore": ".gitignore", "rattelser.toml": "data/raw/rattelser.toml"}


def start(folder: Path) -> Project:
    """Make a project of ``folder``, which must be missing or empty. Raises :class:`AnalysError` when it is neither."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AnalysError(f"{folder}: väntade en ny eller tom mapp, fann något i den; välj ett annat namn")
    made = Project(folder.absolute())
    try:
        for place in (made.raw, made.processed, made.notebooks, made.exports):
            place.mkdir(parents=True)
    except OSError as error:
        raise AnalysError(f"{error.filename or folder}: mappen kan inte göras ({told(error)})") from error
    for source, target in _TEXTS.items():
        text = (_shipped() / source).read_text(encoding="utf-8")
        if source == "README.md":
            text = Template(text).substitute(namn=made.folder.name)
        write_atomically(made.folder / target, text.encode())
    for template in (_shipped() / "notebooks").glob("*.ipynb"):
        write_atomically(made.notebooks / template.name, template.read_bytes())
    # Last: a folder that was not finished is no project.
    write_atomically(made.register, (json.dumps(_register(made), ensure_ascii=False, indent=2) + "\n").encode())
    forget()
    return made


def _register(made: Project) -> dict[str, Any]:
    return {
        "profile": "data-package",
        "name": fold(made.folder.name).replace(" ", "-") or "projekt",
        "title": f"Rådata: {made.folder.name}",
        "description": "Vad dokumenten och statistiken säger. Filerna ändras aldrig; rättelser står i rattelser.toml.",
        "resources": [],
    }


def _shipped() -> Path:
    return Path(str(files("analys"))) / "startmapp"


def templates() -> list[Path]:
    """The notebooks of the tool's own project, which those of one agreement are made of (``analys notebooks``): in a wheel
    they lie in the package, in the tool's own repository beside it."""
    package = Path(str(files("analys")))
    shipped = package / "anteckningsbocker"
    return sorted((shipped if shipped.is_dir() else package.parent / "notebooks").glob("*.ipynb"))
