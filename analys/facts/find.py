"""The facts of a document: one rule a kind of fact, each looking at one sentence at a time.

A fact repeats what the document says and no more: its quotation is the sentence as it stands, ``value`` is what a term of
an agreement would hold. Nothing is concluded from what is not said.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

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
    words = re.findall(r"\b[A-ZÅÄÖ][a-zåäöé]+(?:[- ][A-ZÅÄÖ][a-zåäö]+)?", sentence.text)
    named = list(dict.fromkeys(filter(None, map(_municipality, words))))
    if len(named) > 2:
        yield _fact("medlemmar", ", ".join(named), sentence)


def _county(name: str) -> str | None:
    wanted = fold(name)
    for code, region in regions().items():
        if (
            len(code) == 2
            and fold(region.name).startswith(wanted[:-1] if wanted.endswith("s") else wanted)
            and code != "00"
        ):
            return code
    return None


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
    "förtecknad handling": r"^(?:beslutsunderlag|bilag(?:a|or)|handlingar)\b",
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
    if not re.search(
        r"\b(?:avtal|tjänst|överenskommelse)\w*\b.{0,60}\b(?:gäller|löper|löpa|sträcker sig|perioden)",
        sentence.text,
        re.I,
    ):
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
        kind = next((what for what, words in _PAID.items() if re.search(words, part, re.I)), "belopp")
        first, last = _for(part)
        if kind == "betalning" and re.search(r"årligen|per år|/år|varje år", sentence.text, re.I):
            kind = "betalning per år"
        yield _fact(
            kind,
            amount.text,
            sentence,
            _who(part),
            first=first,
            last=last,
            kronor=amount.kronor,
            precision=amount.precision,
        )
    if found and (again := re.search(r"samma belopp för (?:år )?((?:19|20)\d{2})", sentence.text)):
        year, part = int(again[1]), sentence.text[found[-1].end :]
        kind = next((what for what, words in _PAID.items() if re.search(words, part, re.I)), "belopp")
        yield _fact(
            kind, found[-1].text, sentence, _who(part), first=dt.date(year, 1, 1), last=dt.date(year, 12, 31),
            kronor=found[-1].kronor, precision=found[-1].precision, remark="samma belopp som tidigare i meningen",
        )  # fmt: skip


def _for(text: str) -> tuple[dt.date | None, dt.date | None]:
    first, last = patterns.period(text)
    if first or last:
        return first, last
    years = patterns.YEAR.findall(text)
    return (dt.date(int(years[0]), 1, 1), dt.date(int(years[0]), 12, 31)) if years else (None, None)


def _who(text: str) -> str:
    named = re.search(
        r"\b([A-ZÅÄÖ]\w+(?: [A-ZÅÄÖ]\w+)? kommun|kommunstyrelsen|kommunen|[A-ZÅÄÖ]\w+nämnden)\b", text, re.I
    )
    return named[1] if named else ""


# --- on what terms -----------------------------------------------------------------------------------------------------


def _notice(sentence: Sentence) -> Iterator[Fact]:
    match = re.search(rf"({patterns.COUNT})\s+månader?s?\s+(?:varsel|uppsägning)", sentence.text, re.I) or re.search(
        rf"uppsägningstid\w*\s+(?:är|om|på)\s+({patterns.COUNT})\s+månad", sentence.text, re.I
    )
    if match:
        yield _fact("uppsägningstid", f"{patterns.count(match[1])} månader", sentence)


def _refund(sentence: Sentence) -> Iterator[Fact]:
    if not re.search(r"återbetal", sentence.text, re.I):
        return
    if re.search(r"vakan", sentence.text, re.I):
        longer = re.search(rf"längre än ({patterns.COUNT}) månad", sentence.text, re.I)
        yield _fact("vakans", f"längre än {patterns.count(longer[1])} månader" if longer else "återbetalas", sentence)
    elif re.search(r"återbetalas?\s+inte|inte\s+återbetal", sentence.text, re.I):
        yield _fact("återbetalning", "återbetalas inte", sentence)
    elif re.search(r"första dagen i månaden,? efter", sentence.text, re.I):
        yield _fact("återbetalning", "från månaden efter", sentence)
    else:
        yield _fact("återbetalning", "återbetalas", sentence)


def _invoicing(sentence: Sentence) -> Iterator[Fact]:
    if not re.search(r"faktur", sentence.text, re.I):
        return
    month = patterns.MONTH
    for match in re.finditer(
        rf"senast\s+(?:den\s+)?(sista|\d{{1,2}})\s+({month})(?:\s+(\d{{4}}))?", sentence.text, re.I
    ):
        yearly = "årligen " if not match[3] and re.search(r"årligen|varje år", sentence.text, re.I) else ""
        yield _fact(
            "fakturering", f"{yearly}senast {match[1]} {match[2]}{' ' + match[3] if match[3] else ''}", sentence
        )


#: Terms that are told by their words: kind, value, what the sentence must hold.
_TOLD: Final = (
    ("nyckel", "folkmangd", patterns.SHARED_BY_POPULATION),
    ("nyckel", "lika", re.compile(r"(?:delas|fördelas|delar)\b.{0,60}\b(?:lika|med lika delar)\b", re.I)),
    ("avtalsändring", "skriftlig och undertecknad av båda", patterns.SIGNED_CHANGES),
    ("villkor", "under förutsättning", re.compile(r"under förutsättning att", re.I)),
    ("uppsägning", "sägs upp", patterns.TERMINATES),
)


def _told(sentence: Sentence) -> Iterator[Fact]:
    for kind, value, words in _TOLD:
        if words.search(sentence.text):
            yield _fact(kind, value, sentence)


RULES: Final[tuple[Rule, ...]] = (
    _parties, _registry_numbers, _dates, _validity, _members, _told, _shares, _amounts, _invoicing, _notice, _refund,
)  # fmt: skip
