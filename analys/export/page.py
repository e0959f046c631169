"""A report as a web page: one HTML file that needs nothing else, readable with a screen reader and without scripts.

The page follows WCAG 2.1 AA (EN 301 549): ``tests/browser`` tries it in a browser. Its content security policy forbids
every request, and every script but the page's own.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import jinja2
from markupsafe import Markup

from analys.export.blocks import Blank, Block, Figure, Items, Numbers, Report, Section, Table, Text
from analys.figures.chart import ACCENT, CONTRAST, GRID, INK, MARK, MUTED, PAPER, SOURCE_ID, TITLE_ID, Chart, slug
from analys.figures.table import is_number, swedish_table
from analys.files import write_atomically

#: What each colour of the charts is called in the style sheet, which gives it another value in the dark.
THEME: Final = {
    INK: "ink",
    "#000000": "ink",
    MUTED: "muted",
    GRID: "grid",
    MARK: "mark",
    ACCENT: "accent",
    CONTRAST: "contrast",
    PAPER: "paper",
}
#: Columns of a chart's data that repeat what the page says beside it, or that no reader needs.
_SAID_ELSEWHERE: Final = ("kommunkod", "kalla", "villkor", "vy")
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}\b")
_SVG: Final = "http://www.w3.org/2000/svg"
_LINK: Final = "{http://www.w3.org/1999/xlink}href"


def write(report: Report, file: Path) -> Path:
    """Write the report as a web page: the same bytes on every run. Returns the file."""
    write_atomically(file, render(report).encode())
    return file


def render(report: Report) -> str:
    """The page's whole text: the same for the same report."""
    script = part("page.js")
    digest = base64.b64encode(hashlib.sha256(f"\n{script}".encode()).digest()).decode()
    text: str = _template().render(
        title=report.title,
        whom=report.whom,
        sections=[_section(section) for section in _shown(report)],
        sources=list(enumerate(report.sources, start=1)),
        style=Markup(part("page.css")),
        script=Markup(script),
        script_hash=f"sha256-{digest}",
    )
    return text


def _shown(report: Report) -> list[Section]:
    """The answer first, then the letter and the annex without the chart that the answer has shown already."""
    shown = {block.name for section in report.answer for block in section.walk() if isinstance(block, Figure)}

    def rest(section: Section) -> Section:
        blocks = tuple(block for block in section.blocks if not isinstance(block, Figure) or block.name not in shown)
        return replace(section, blocks=blocks)

    return [*report.answer, *(rest(section) for section in (*report.sections, *report.annex))]


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("analys.export", "web"), autoescape=True, undefined=jinja2.StrictUndefined
    )


def _template() -> jinja2.Template:
    return _environment().get_template("page.html")


@functools.cache
def part(name: str) -> str:
    """A part of the page that is the same for every report: ``page.css`` or ``page.js``."""
    return (Path(__file__).parent / "web" / name).read_text(encoding="utf-8")


def _section(section: Section) -> dict[str, Any]:
    return {
        "id": f"avsnitt-{slug(section.heading)}",
        "heading": section.heading,
        "blocks": [_block(block) for block in section.blocks],
        "sections": [_section(under) for under in section.sections],
    }


def _block(block: Block) -> dict[str, Any]:
    """What the template shows of a block."""
    match block:
        case Text():
            return {"kind": "text", "text": block.text, "notes": block.notes}
        case Blank():
            return {"kind": "blank", "text": block.text}
        case Items():
            return {"kind": "items", "tag": "ol" if block.numbered else "ul", "entries": block.items}
        case Numbers():
            return {"kind": "numbers", "entries": block.entries}
        case Table():
            return {"kind": "table", "table": _table(block)}
        case Figure():
            return _figure(block)


def _table(block: Table) -> dict[str, Any]:
    columns = list(zip(block.headings, block.numeric, strict=True))
    return {
        "id": f"tabell-{block.number}",
        "label": block.label,
        "caption": block.caption,
        "underlag": block.underlag,
        "columns": columns,
        "rows": [list(zip(row, columns, strict=True)) for row in block.rows],
        "highlighted": block.highlighted,
        "notes": block.notes,
    }


def _figure(block: Figure) -> dict[str, Any]:
    svg = block.chart.svg.decode()
    themed = set(_COLOUR.findall(svg)) <= set(THEME)
    return {
        "kind": "figure",
        "id": _figure_id(block),
        "label": block.label,
        "caption": block.caption,
        "underlag": block.underlag,
        "notes": block.notes,
        "svg": Markup(_inline_svg(block.chart, svg, _figure_id(block), themed=themed)),
        "fixed_colours": not themed,
        "table": _data_table(block),
    }


def _figure_id(block: Figure) -> str:
    return f"figur-{block.number}"


def _data_table(block: Figure) -> dict[str, Any]:
    """The figures that a chart draws, as a table of their own."""
    data = block.chart.data.drop(columns=list(_SAID_ELSEWHERE), errors="ignore")
    shown = swedish_table(data).text.reset_index()
    columns = [(str(name), place > 0 and bool(shown[name].map(is_number).all())) for place, name in enumerate(shown)]
    return {
        "id": f"{_figure_id(block)}-data",
        "label": f"Siffrorna i {block.label}",
        "caption": "samma siffror som i diagrammet",
        "underlag": "",
        "columns": columns,
        "rows": [list(zip(row, columns, strict=True)) for row in shown.to_numpy()],
        "highlighted": frozenset(),
        "notes": (),
    }


def _inline_svg(chart: Chart, svg: str, prefix: str, *, themed: bool) -> str:
    """A chart as an element of a page: named by its title, described by its alt text, in the page's colours.

    Without its title and its source line, which the page has as text.
    Ids are made the page's own, since two charts on a page may use the same. A chart that is not ``themed`` has colours
    outside :data:`THEME` and keeps all of its own.
    """
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    root = ET.fromstring(svg)  # our own, not somebody's file
    for name in ("metadata", "title", "defs"):
        for element in root.findall(f"{{{_SVG}}}{name}"):
            if name != "defs" or element.find(f"{{{_SVG}}}style") is not None:
                root.remove(element)
    picture = root.find(f"{{{_SVG}}}g")
    assert picture is not None
    for name in (TITLE_ID, SOURCE_ID):
        line = root.find(f".//{{{_SVG}}}g[@id='{name}']")
        assert line is not None
        picture.remove(line)
    left, top, width, height = (float(bound) for bound in root.attrib["viewBox"].split())
    first, last = chart.bare_part
    root.set("viewBox", f"{left:g} {top + height * first:.1f} {width:.1f} {height * (last - first):.1f}")
    for place, (name, text) in enumerate((("title", chart.title), ("desc", chart.alt))):
        element = ET.Element(f"{{{_SVG}}}{name}", {"id": name})
        element.text = text
        root.insert(place, element)
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    root.attrib |= {"role": "img", "aria-labelledby": "title", "aria-describedby": "desc"}
    for element in root.iter():
        for attribute, value in element.attrib.items():
            element.set(attribute, _localised(attribute, value, prefix, themed))
    return ET.tostring(root, encoding="unicode")


def _localised(attribute: str, value: str, prefix: str, themed: bool) -> str:
    """An attribute's value with the figure's id before every other id, and the theme's names for its colours."""
    if attribute in ("id", "aria-labelledby", "aria-describedby"):
        return f"{prefix}-{value}"
    if attribute == _LINK:
        return value.replace("#", f"#{prefix}-")
    value = value.replace("url(#", f"url(#{prefix}-")
    if themed and attribute == "style":
        return _COLOUR.sub(lambda colour: f"var(--{THEME[colour[0]]})", value)
    return value
