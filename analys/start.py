"""A new project folder: the folders, an empty register, the notebooks as templates, a Swedish README."""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from analys.files import filling
from analys.project import Project, forget
from analys.swedish import fold

#: The file's name in the package (a package ships no hidden file), and in the project.
_TEXTS = {"README.md": "README.md", "gitignore": ".gitignore", "rattelser.toml": "data/raw/rattelser.toml"}


def start(folder: Path) -> Project:
    """Make a project of ``folder``, which must be missing or empty. Raises :class:`AnalysError` when it is neither."""
    done = Project(folder.absolute())
    # The data come last: a folder that was not finished is no project.
    with filling(folder, "data") as place:
        made = Project(place.absolute())
        for each in (made.raw, made.processed, made.notebooks, made.exports):
            each.mkdir(parents=True)
        for source, target in _TEXTS.items():
            text = (_shipped() / source).read_text(encoding="utf-8")
            if source == "README.md":
                text = Template(text).substitute(namn=done.folder.name)
            (place / target).write_bytes(text.encode())
        for template in (_shipped() / "notebooks").glob("*.ipynb"):
            shutil.copyfile(template, made.notebooks / template.name)
        register = json.dumps(_register(done.folder.name), ensure_ascii=False, indent=2)
        made.register.write_bytes(f"{register}\n".encode())
    forget()
    return done


def _register(name: str) -> dict[str, Any]:
    return {
        "profile": "data-package",
        "name": fold(name).replace(" ", "-") or "projekt",
        "title": f"Rådata: {name}",
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
