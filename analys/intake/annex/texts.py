"""What the text around an annex's table says of it: numbers with their unit, and the day that a population is of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from analys.finder.dates import find_period
from analys.intake.annex.model import Column, Kind, Mention, Text
from analys.swedish import UNITS, plain

#: A number with its unit, as texts state it.
MENTION: Final = re.compile(
    r"(?<![\d,.])(?P<number>\d{1,3}(?: \d{3})+(?:,\d+)?|\d+(?:,\d+)?)\s?"
    r"(?P<unit>kronor|kr|tkr|mnkr|mkr|%|procent|personer|invånare)(?![a-zåäö])",
    re.I,
)
_MENTIONED_IN: Final = {"personer": "personer", "invånare": "personer", "%": "andel", "procent": "andel"}
_DATED_POPULATION: Final = re.compile(r"(folkmängd|befolkning|invånar)\w{0,30}+\s++(per|den|vid|år|i|\d).{0,40}", re.I)
_SENTENCE_END: Final = re.compile(r"(?<=[a-zåäö)])[.;]\s")


def mentions(texts: Sequence[Text]) -> Iterator[Mention]:
    """The numbers that texts state."""
    for text in texts:
        for match in MENTION.finditer(plain(text.text)):
            unit = match["unit"].lower()
            value = Decimal(match["number"].replace(" ", "").replace(",", ".")) * UNITS.get(unit, Decimal(1))
            yield Mention(text.cell, match[0].strip(), value, _MENTIONED_IN.get(unit, "kr"))


def dated(column: Column, texts: Sequence[Text]) -> Column:
    """A population column without a date takes the one that the text states for the population, if it states one."""
    if column.kind is not Kind.POPULATION or column.date:
        return column
    sentences = (sentence for text in texts for sentence in _SENTENCE_END.split(text.text))
    said = filter(None, map(_DATED_POPULATION.search, sentences))
    return replace(column, date=next(filter(None, (find_period(match[0]) for match in said)), None))
