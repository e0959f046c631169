"""Office files are zip archives with time stamps; here the same content becomes the same bytes."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable
from typing import Final

from analys.errors import AnalysError

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_YEARS: Final = range(1980, 2108)
_MODIFIED: Final = re.compile(rb"(<dcterms:(?:modified|created)[^>]*>)[^<]*(</dcterms:)")


def check_clock() -> None:
    """Raise :class:`AnalysError` where the clock is outside the years that a zip archive can tell."""
    year = time.localtime().tm_year
    if year not in _YEARS:
        raise AnalysError(
            f"datorns klocka står på år {year}, och Word- och Excelfiler har inga tider före {_YEARS.start} eller efter "
            f"{_YEARS.stop - 1}; ställ klockan"
        )


def without_time(content: bytes, edit: Callable[[str, bytes], bytes] = lambda name, part: part) -> bytes:
    """The archive with every time stamp fixed. ``edit`` may change a part: it gets the part's name and content."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as written, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as out:
        for entry in written.infolist():
            part = edit(entry.filename, written.read(entry))
            if entry.filename == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>1980-01-01T00:00:00Z\g<2>", part)
            info = zipfile.ZipInfo(entry.filename, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(info, part)
    return fixed.getvalue()
