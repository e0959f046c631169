"""What a report is made of: sections of blocks that every format shows in its own way.

A block's text is finished Swedish: numbers are formatted when the block is made, once, and no format touches them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Final

from analys.figures.chart import Chart
from analys.figures.sources import BETWEEN
from analys.swedish import MINUS, MONTHS, NBSP

_AFTER_NUMBER: Final = "|".join([r"\d{3}\b", r"kr\b", r"tkr\b", r"mnkr\b", "%", *(rf"{month}\b" for month in MONTHS)])
_BOUND: Final = re.compile(rf"(?<=\d) (?={_AFTER_NUMBER})|(?:(?<=§)|(?<=\bpunkt)) (?=\d)|(?<=\bdnr) (?=\S)")
_FIGURE: Final = rf"[+{MINUS}]?\d[\d{NBSP}]*(?:,\d+)?"
_NUMBER: Final = re.compile(rf"{_FIGURE}(?:(?:–|{NBSP}till{NBSP}){_FIGURE})?(?:{NBSP}%)?")


def typeset(text: str) -> str:
    """No-break spaces where a line must not end: within numbers and dates, before units, after § and dnr."""
    return _BOUND.sub(NBSP, text)


class Measure(Enum):
    """What a headline value measures."""

    LAST_YEAR = auto()
    PART_YEAR = auto()
    FULL_YEAR = auto()
    TWELVE_MONTHS = auto()
    PER_HEAD = auto()
    NET = auto()
    PART_OF_NET_COST = auto()
    FIGURES_AGREE = auto()
    POPULATIONS = auto()
    MOVED = auto()


@dataclass(frozen=True)
class Headline:
    """One value with the name that says its basis, what it rests on, and its source.

    ``measure`` and ``by``, whose statements or annexes it follows from, find the workbook's cells that give it.
    """

    label: str
    value: str
    underlag: str
    source: str
    measure: Measure
    by: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class Text:
    """A paragraph. ``source`` is what it rests on, several with "; " between; ``notes`` their numbers."""

    text: str
    source: str = ""
    notes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Blank:
    """What a human must write: shown so that nobody can overlook it. ``text`` says what is wanted."""

    text: str


@dataclass(frozen=True)
class Items:
    """A list; ``numbered`` where the order counts."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Numbers:
    """The headline values, shown large: each with its label, its value and what it rests on."""

    entries: tuple[Headline, ...]


@dataclass(frozen=True)
class Table:
    """A table of text. The first column names the row; ``highlighted`` are the places of the member's own rows.

    ``number`` counts the report's tables and ``notes`` are its sources' numbers; ``underlag`` says what the figures rest
    on where no column does.
    """

    name: str
    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    source: str
    underlag: str = ""
    highlighted: frozenset[int] = frozenset()
    number: int = 0
    notes: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        return f"Tabell{NBSP}{self.number}"

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold numbers only, and stand to the right. The first never does: it names the row."""
        columns = list(zip(*self.rows, strict=True))
        return tuple(
            place > 0 and any(cells) and all(not cell or _NUMBER.fullmatch(cell) for cell in cells)
            for place, cells in enumerate(columns)
        )


@dataclass(frozen=True)
class Figure:
    """A chart, drawn when it is asked for and then kept. Its caption is its title, which the picture itself leaves out."""

    name: str
    draw: Callable[[], Chart] = field(compare=False)
    underlag: str = ""
    number: int = 0
    notes: tuple[int, ...] = ()

    @functools.cached_property
    def chart(self) -> Chart:
        return self.draw()

    @property
    def label(self) -> str:
        return f"Figur{NBSP}{self.number}"

    @property
    def caption(self) -> str:
        return typeset(self.chart.title)

    @property
    def source(self) -> str:
        return self.chart.source


Block = Text | Blank | Items | Numbers | Table | Figure


@dataclass(frozen=True)
class Section:
    """A heading, its blocks, and the sections under it."""

    heading: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...] = ()

    def walk(self) -> Iterator[Block]:
        """Every block in reading order."""
        yield from self.blocks
        for section in self.sections:
            yield from section.walk()


@dataclass(frozen=True)
class Report:
    """A whole report: the letter that is decided on, and the annex with its tables, charts and sources.

    ``file_name`` is that of every format, without its suffix; ``whom``: the municipality or group; ``answer`` is what a
    web page opens with; ``sources`` are the numbered notes, the first of them number 1.
    """

    agreement_id: str
    member: str | None
    file_name: str
    title: str
    whom: str
    sections: tuple[Section, ...]
    annex: tuple[Section, ...] = ()
    answer: tuple[Section, ...] = ()
    sources: tuple[str, ...] = ()

    def blocks(self) -> Iterator[Block]:
        """Every block in reading order."""
        for section in (*self.sections, *self.annex):
            yield from section.walk()


def numbered(report: Report, in_full: Mapping[str, str]) -> Report:
    """The report with its tables, figures and sources numbered in reading order.

    ``in_full``: how a source that the texts name in short is written in the list of sources.
    """
    counts = {Table: 0, Figure: 0}
    sources: dict[str, int] = {}

    def noted(source: str) -> tuple[int, ...]:
        parts = [part for part in source.split(BETWEEN) if part]
        return tuple(sorted({sources.setdefault(part, len(sources) + 1) for part in parts}))

    def count(block: Block) -> Block:
        if isinstance(block, Text):
            return replace(block, notes=noted(block.source))
        if not isinstance(block, Table | Figure):
            return block
        counts[type(block)] += 1
        return replace(block, number=counts[type(block)], notes=noted(block.source))

    def number(section: Section) -> Section:
        blocks = tuple(count(block) for block in section.blocks)
        return replace(section, blocks=blocks, sections=tuple(number(inner) for inner in section.sections))

    letter, annex = (tuple(number(section) for section in part) for part in (report.sections, report.annex))
    drawn = {block.name: block for section in annex for block in section.walk() if isinstance(block, Figure)}

    def same(block: Block) -> Block:
        """The answer's chart is one of the annex's, with its number."""
        return drawn.get(block.name, block) if isinstance(block, Figure) else block

    answer = tuple(replace(each, blocks=tuple(same(block) for block in each.blocks)) for each in report.answer)
    listed = tuple(in_full.get(source, source) for source in sources)
    return replace(report, sections=letter, annex=annex, answer=answer, sources=listed)
