"""The facts of a document: one rule a kind of fact, each looking at one sentence at a time.

A fact repeats what the document says and no more: its quotation is the sentence as it stands, ``value`` is what a term of
an agreement would hold. Nothing is concluded from what is not said.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final, NamedTuple

from stdnum.se import orgnr

from analys import register
from analys.documents.model import Document, Line
from analys.evidence import Interval
from analys.facts import patterns
from analys.facts.sentences import Sentence, clean, sentences
from analys.register import municipalities, parties, regions
from analys.swedish import fold, genitive


@dataclass(frozen=True)
class Fact:
    """One thing that a document states.

    ``kind`` is what (:data:`RULES`), ``value`` how (a date as ISO, an amount as written, a number of months), ``about``
    whom or what, ``first`` and ``last`` the days it is for. ``kronor`` is the interval that an amount stands for.
    """

    kind: str
    value: str
    about: str
    quotation: str
    place: str
    first: dt.date | None = None
    last: dt.date | None = None
    kronor: Interval | None = None
    precision: int | None = None
    remark: str = ""

    @property
    def doubtful(self) -> bool:
        """Whether what is stated cannot be right as it stands, or is known as something else."""
        return self.remark.startswith((_WRONG_DIGIT, "numret är", "länet har"))

    def as_json(self) -> dict[str, Any]:
        """The fact as published: bounds in kronor as text, days as ISO, nothing as null."""
        return {
            "slag": self.kind,
            "varde": self.value,
            "avser": self.about,
            "fran": self.first and self.first.isoformat(),
            "till": self.last and self.last.isoformat(),
            "lagst_kr": self.kronor and str(self.kronor.low),
            "hogst_kr": self.kronor and str(self.kronor.high),
            "plats": self.place,
            "citat": self.quotation,
            "anmarkning": self.remark,
        }


#: What is longer than so many characters is a sentence, not an office.
_LONGEST_OFFICE: Final = 60

_WRONG_DIGIT: Final = "kontrollsiffran stämmer inte"

Rule = Callable[[Sentence], Iterator[Fact]]


def find(document: Document) -> list[Fact]:
    """Every fact that the rules know, in the document's order, each once."""
    facts = [fact for sentence in sentences(document.lines) for rule in RULES for fact in rule(sentence)]
    facts += _recipients(document.lines)
    return list({(fact.kind, fact.value, fact.about, fact.quotation): fact for fact in reversed(facts)}.values())[::-1]


def _fact(kind: str, value: str, sentence: Sentence, about: str = "", **more: Any) -> Fact:
    return Fact(kind, value, about, sentence.text, sentence.stalle, **more)


# --- who ---------------------------------------------------------------------------------------------------------------


def _parties(sentence: Sentence) -> Iterator[Fact]:
    """Organisation numbers with the name before them; whether the check digit holds and whose number it is known as."""
    for match in patterns.ORGANISATION_NUMBER.finditer(sentence.text):
        number = re.sub(r"\s?[-–‑]\s?", "-", match[0])[-11:]
        if not number[2].isdigit() or int(number[2]) < 2:  # a person's number, or a date
            continue
        names = [
            name[0] for name in patterns.PARTY.finditer(sentence.text[max(0, match.start() - 120) : match.start()])
        ]
        name = names[-1] if names else ""
        yield _fact("part", number, sentence, name, remark=_remark(number, name))


def _remark(number: str, name: str) -> str:
    if not orgnr.is_valid(number):
        return _WRONG_DIGIT
    known = parties().get(number)
    if known and name and fold(known.name).split()[0] not in fold(name):
        return f"numret är {genitive(known.name)} i registret"
    return "kontrollsiffran stämmer"


def _members(sentence: Sentence) -> Iterator[Fact]:
    """Several municipalities in one sentence, or all of a county."""
    said = re.search(
        rf"(?:samtliga|alla|länets)\s+(?:deltagande\s+)?({patterns.COUNT})?\s?(?:deltagande )?kommuner(?: i ([A-ZÅÄÖ]\w+))?",
        sentence.text, re.I,
    )  # fmt: skip
    if said and said[2] and (county := _county(said[2])):
        names = [region.name for region in municipalities(county)]
        stated = patterns.count(said[1]) if said[1] else len(names)
        remark = "" if stated == len(names) else f"länet har {len(names)} kommuner"
        yield _fact("medlemmar", ", ".join(names), sentence, said[0], remark=remark)
        return
    # A sentence's first word is no part of the name after it: "Mellan Kalmar kommun" is Kalmar.
    words = re.findall(rf"\b(?!{patterns.OPENING})[A-ZÅÄÖ][a-zåäöé]+(?:[- ][A-ZÅÄÖ][a-zåäö]+)?", sentence.text)
    named = list(dict.fromkeys(filter(None, map(_municipality, words))))
    if len(named) > 2:
        yield _fact("medlemmar", ", ".join(named), sentence)


def _county(name: str) -> str | None:
    """The code of the county whose name begins so, with or without a genitive s."""
    wanted = fold(name).removesuffix("s")
    counties = {code: fold(region.name) for code, region in regions().items() if len(code) == 2 and code != "00"}
    return next((code for code, county in counties.items() if county.startswith(wanted)), None)


def _municipality(name: str) -> str:
    region = register.find(name)
    return region.name if region and region.is_municipality else ""


def _shares(sentence: Sentence) -> Iterator[Fact]:
    for match in patterns.PERCENT.finditer(sentence.text):
        if name := _municipality(match[1]):
            yield _fact("andel", f"{match[2]} %", sentence, name)


#: Below such a line stand those to whom a decision is sent, each on a line of its own.
_SENT: Final = re.compile(r"(?:skickas|expedieras|delges)\s+till:?$", re.I)
#: Who can be one: an office or an authority. Names of persons are no facts of an agreement.
_OFFICE: Final = re.compile(
    r"länsstyrelse|kommun|region|nämnd|styrelse|förvaltning|enhet|kontor|förbund|direktör|chef|akten|bolag|\bAB\b", re.I
)


def _recipients(lines: Sequence[Line]) -> Iterator[Fact]:
    """To whom a decision is sent: the offices in the lines below the words, up to the first line that names none."""
    below, found = "", False
    for line in lines:
        text = clean(line.text)
        if _SENT.search(text):
            below, found = text.rstrip(":"), False
        elif below and _OFFICE.search(text) and len(text) <= _LONGEST_OFFICE and not re.search(r"[\d.:]", text):
            found = True
            yield Fact(
                "skickas till", text.split(",")[0].strip(), "", text.split(",")[0].strip(), f"{below} ({line.place})"
            )
        elif found:
            below = ""


# --- when and which ----------------------------------------------------------------------------------------------------


def _registry_numbers(sentence: Sentence) -> Iterator[Fact]:
    found = [match[0] for match in patterns.REGISTRY_NUMBER.finditer(sentence.text)]
    found += [match[1] for match in patterns.CALLED_REGISTRY_NUMBER.finditer(sentence.text)]
    for number in dict.fromkeys(found):
        if not patterns.DATE.fullmatch(number):
            yield _fact("diarienummer", number, sentence)


#: What a date is, by the words before it; the first that fits.
_DATED: Final = {
    "förtecknad handling": r"^(?:beslutsunderlag|bilag(?:a|or)|handlingar)\b(?!\s+\d)",
    "folkmängd": r"(?:folkmängd|befolkning|invånar)\w*(?:\s+(?:per|den|vid))*\s*$",
    "uppsägning": r"säg(?:s|er|a) upp|upphör|frånträd",
    "möte": r"möte|sammanträd|utskott|ledningsgrupp|integrationsråd",
    "beslut": r"beslut",
    "faktura": r"faktur",
    "avtal": r"avtal",
    "skrivelse": r"skrivelse",
    "handling": r"datum",
}


def _dates(sentence: Sentence) -> Iterator[Fact]:
    for date, start in patterns.dates(sentence.text):
        before = f"{sentence.heading} {sentence.text[:start]}"[-160:]
        about = next((what for what, words in _DATED.items() if re.search(words, before, re.I)), "")
        yield _fact("datum", date.isoformat(), sentence, about)


def _validity(sentence: Sentence) -> Iterator[Fact]:
    if not patterns.IN_FORCE.search(sentence.text):
        return
    first, last = patterns.period(sentence.text)
    if first or last:
        yield _fact("giltighet", f"{first or ''}–{last or ''}", sentence, first=first, last=last)
    elif re.search(r"tills\s?vidare", sentence.text, re.I):
        yield _fact("giltighet", "tills vidare", sentence)


# --- how much ----------------------------------------------------------------------------------------------------------

#: What an amount is, by the words of its sentence; the first that fits.
_PAID: Final = {
    "betalning": r"\b(?:har|hade)\b.{0,80}\b(?:betalat|betalt|finansierat|delfinansierat|erlagt)|\bbetalade\b",
    "besparing": r"besparing|sparar|minskad kostnad",
    "lön": r"månadslön|lön på",
    "faktura": r"fakturera",
    "kostnad": r"kostnad|beräknas till|belopp|ersättning|avgift",
}


def _amounts(sentence: Sentence) -> Iterator[Fact]:
    found = list(patterns.amounts(sentence.text))
    for amount in found:
        # What is said of an amount stands in its own part of the sentence, or before it.
        part = sentence.text[: amount.end + 60]
        stated = _amount(sentence, amount, part, *_for(part))
        if stated.kind == "betalning" and _YEARLY.search(sentence.text):
            stated = replace(stated, kind="betalning per år")
        yield stated
    again = re.search(r"samma belopp för (?:år )?((?:19|20)\d{2})", sentence.text)
    if found and again:
        repeated = _amount(sentence, found[-1], sentence.text[found[-1].end :], *patterns.whole_year(int(again[1])))
        yield replace(repeated, remark="samma belopp som tidigare i meningen")


def _amount(
    sentence: Sentence, amount: patterns.Amount, part: str, first: dt.date | None, last: dt.date | None
) -> Fact:
    """An amount with what a part of its sentence says of it, for a time."""
    kind = next((what for what, words in _PAID.items() if re.search(words, part, re.I)), "belopp")
    return _fact(
        kind, amount.text, sentence, _who(part), first=first, last=last, kronor=amount.kronor, precision=amount.precision,
    )  # fmt: skip


def _for(text: str) -> tuple[dt.date | None, dt.date | None]:
    """The days that a text names: a period, else its first year."""
    stated, year = patterns.period(text), patterns.YEAR.search(text)
    if year is None or stated != (None, None):
        return stated
    return patterns.whole_year(int(year[1]))


def _who(text: str) -> str:
    named = re.search(
        r"\b([A-ZÅÄÖ]\w+(?: [A-ZÅÄÖ]\w+)? kommun|kommunstyrelsen|kommunen|[A-ZÅÄÖ]\w+nämnden)\b", text, re.I
    )
    return named[1] if named else ""


# --- on what terms -----------------------------------------------------------------------------------------------------


def _invoicing(sentence: Sentence) -> Iterator[Fact]:
    if not re.search(r"faktur", sentence.text, re.I):
        return
    yearly = "årligen " if _YEARLY.search(sentence.text) else ""
    for match in _LATEST.finditer(sentence.text):
        day, month, year = match.groups()
        when = f"senast {day} {month} {year}" if year else f"{yearly}senast {day} {month}"
        yield _fact("fakturering", when, sentence)


_YEARLY: Final = re.compile(r"årligen|per år|/år|varje år", re.I)
_LATEST: Final = re.compile(rf"senast\s+(?:den\s+)?(sista|\d{{1,2}})\s+({patterns.MONTH})(?:\s+(\d{{4}}))?", re.I)


class _Term(NamedTuple):
    """A term that is told by its words: ``value`` may hold the number that stands in them."""

    kind: str
    value: str
    words: re.Pattern[str]


def _said(kind: str, value: str, words: str) -> _Term:
    return _Term(kind, value, re.compile(words.replace("COUNT", f"(?P<count>{patterns.COUNT})"), re.I))


#: Of each group the first that a sentence says.
_TERMS: Final = (
    (_Term("nyckel", "folkmangd", patterns.SHARED_BY_POPULATION),),
    (_said("nyckel", "lika", r"(?:delas|fördelas|delar)\b.{0,60}\b(?:lika|med lika delar)\b"),),
    (_Term("avtalsändring", "skriftlig och undertecknad av båda", patterns.SIGNED_CHANGES),),
    (_said("villkor", "under förutsättning", r"under förutsättning att"),),
    (_Term("uppsägning", "sägs upp", patterns.TERMINATES),),
    (
        _said("uppsägningstid", "{} månader", r"COUNT\s+månader?s?\s+(?:varsel|uppsägning)"),
        _said("uppsägningstid", "{} månader", r"uppsägningstid\w*\s+(?:är|om|på)\s+COUNT\s+månad"),
    ),
    (
        _said("vakans", "längre än {} månader", r"^(?=.*återbetal)(?=.*vakan).*längre än COUNT månad"),
        _said("vakans", "återbetalas", r"^(?=.*återbetal).*vakan"),
        _said("återbetalning", "återbetalas inte", r"återbetalas?\s+inte|inte\s+återbetal"),
        _said("återbetalning", "från månaden efter", r"^(?=.*återbetal).*första dagen i månaden,? efter"),
        _said("återbetalning", "återbetalas", r"återbetal"),
    ),
    (
        _said("betalningstid", "i förskott", r"(?:faktur|debiter|betala).{0,80}\bförskott"),
        _said("betalningstid", "i efterskott", r"(?:faktur|debiter|betala).{0,80}\befterskott"),
    ),
)


def _terms(sentence: Sentence) -> Iterator[Fact]:
    for group in _TERMS:
        said = ((term, match) for term in group if (match := term.words.search(sentence.text)))
        for term, match in islice(said, 1):
            count = match.groupdict().get("count")
            yield _fact(term.kind, term.value.format(count and patterns.count(count)), sentence)


RULES: Final[tuple[Rule, ...]] = (
    _parties, _registry_numbers, _dates, _validity, _members, _terms, _shares, _amounts, _invoicing,
)  # fmt: skip
