"""What the columns of a population table are called, in Swedish and English, and what each such heading means."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Final

from analys.finder.dates import LAST_DAY, MONTHS_PATTERN, day_in_year, find_period
from analys.swedish import fold


class Role(Enum):
    """What a column or a dimension holds."""

    CODE = auto()
    NAME = auto()
    PERIOD = auto()
    CONTENTS = auto()
    BREAKDOWN = auto()
    POPULATION = auto()
    VALUE = auto()  # a number of something that the rest of the file must say
    OTHER = auto()


_CODES: Final = re.compile(
    r"(region|kommun|lans?|lan och kommun|omrades?|municipality|county|area) ?(kod|code|nr|id)|kod|code|knkod|lkod"
)
_NAMES: Final = re.compile(
    r"(region|kommun|lan|omrade|municipality|county|area)( ?(namn|name|s namn))?|namn|name|kommuner|regioner"
    r"|municipalities|lan kommun|lan och kommun|county municipality|region kommun|medlem|part"
)
_PERIODS: Final = re.compile(
    r"ar|year|tid|time|tidpunkt|period|manad|month|kvartal|quarter|vecka|week|datum|date|referensdatum|ar manad"
    r"|referensperiod|matperiod|per|per datum|avser"
)
_CONTENTS: Final = re.compile(
    r"tabellinnehall|contents?|contentscode|innehall|variabel|variable|matt|measure|nyckeltal|indikator|kpi"
)
#: Breakdown dimensions by the column name that they get.
_BREAKDOWNS: Final = {
    "kon": re.compile(r"kon|sex|gender|kvinnor och man"),
    "alder": re.compile(r"alder|age|aldersgrupp|age group|aldersklass"),
    "civilstand": re.compile(r"civilstand|marital status|civil status"),
}
#: Dimensions that nobody can ask for; a category of theirs is a part of the population all the same.
_OTHER_BREAKDOWNS: Final = re.compile(
    r"((svensk|utlandsk)( och)? )*bakgrund|fodelse(land|region)|medborgarskap|utbildning(sniva)?|hushallstyp|boendeform"
    r"|upplatelseform|background|country of birth|citizenship|level of education|household type"
)
_POPULATION: Final = re.compile(
    r"\b(folkm\w*|folkbokford\w*|befolkning(en|smangd|santal)?|bef|invanare|invanarantal|innevanare|inv"
    r"|population|pop|inhabitants|antal personer|number of persons|be0101n1|n01951"
    r"|(pop|bef|inv|folkm\w*) ?(19|20)\d\d)\b"
)
_VALUES: Final = re.compile(
    r"antal|varde|value|values|personer|number|persons|be0101(?!n[2-9])\w*|\d{6}\w\w|observations?"
)
#: Other measures that stand beside the population, in headings that may also mention it.
_OTHER_MEASURES: Final = re.compile(
    r"okning|minskning|fodda|fodelse|doda|overskott|flytt|invandr|utvandr|invandring|justering|andel|procent"
    r"|per ?cent|share|forandring|change|increase|growth|births?|deaths?|migra|net\b|netto|tathet|density|areal|area\b"
    r"|medelfolkmangd|mean population|average|medel|prognos|forecast|framskriv|projection|per inv|per invanare|per 1000"
    r"|per km|km2|kvadrat|tatort|landsbygd|urban|rural|kr\b|kostnad|rank|index|inrikes|utrikes"
    r"|adjustment|surplus|differens|skillnad|tusen|thousand|\btal\b|hektar|kvkm|median|avvik|centralort|bakgrund"
    r"|medborgar|arbetskraft|arbetsfor|arbetslos|arbetande|sysselsatt|forvarv|anstall|pendl|inkomst|skatt|rostberatt"
    r"|hushall|lagenhet|bostad|smahus|fastighet|bilar|fordon|foretag|elever|student|pensionar|dagbef|nattbef"
    rf"|\bper (?!{MONTHS_PATTERN}|den\b|ar\b|manad|kvartal|kommun|lan\b|region|kon\b|alder)[a-z]"
    r"|\b(folkmangd|befolkning|invanare|personer|population|inhabitants) (med|utan|som|with|without)\b"
)
#: What a title that says it speaks of: "Antal hushåll efter region och år".
_TITLE_OF_A_TABLE: Final = re.compile(
    r"(?P<measure>.+?) (efter|per|by|fordelat pa) (region|kommun|lan\b|municipal|count)"
)
_FORECAST: Final = re.compile(r"prognos|forecast|framskriv|projection")
#: Figures in these are no number of persons.
_NOT_IN_PERSONS: Final = re.compile(
    r"tusen|thousand|\b1 ?000|miljon|million|procent|per ?cent|promille|\bper\b|\b[tm]?kr\b|kronor|hushall|km|hektar|index"
)
#: A title that speaks of one sex: "Folkmängd 31 december 2023, män", "Antal kvinnor per kommun".
_SEX_IN_TITLE: Final = re.compile(
    r"(?:[,:(–-]\s*|^(?:antal\s+)?)(män|kvinnor|men|women|males|females)\b(?!\s+(?:och|and|inte|ej)\b)"
)
#: ... and of some ages: "Befolkning 20-64 år", "Folkmängd 2023, 65 år och äldre", but not "... och andel 65 år och
#: äldre"; "0-100+ år" is everybody.
_AGES_IN_TITLE: Final = re.compile(
    r"(?:[,:(–-]|\d{4}|\b(?>\w*(?:folkmängd|befolkning)\w*)|invånare|personer|population|i åldern|aged)\s*"
    r"(?P<ages>\b(?!0\s*[-–]\s*1\d\d)\d{1,3}\s*[-–]\s*\d{1,3}\s*(?:år|years)\b"
    r"|\b\d{1,3}\s*(?:år|years?)\s+(?:och|eller|and|or)\s+(?:äldre|yngre|över|under|older|over|younger))"
)
#: What a ledger's columns are called; no table of population has two of them.
_OF_A_LEDGER: Final = re.compile(
    r"\b(leverantor\w*|faktura\w*|verifika\w*|konto( ?(nr|text|nummer|namn))?|\w*belopp)\b"
)
#: Words of a heading that say when or whose, but not what is counted.
_SAYS_NO_MEASURE: Final = re.compile(
    rf"\b({MONTHS_PATTERN}|den|ar|year|m\d\d|[kqh][1-4]|totalt?|samtliga|bada konen|both sexes|man|men|kvinnor|women"
    r"|males?|females?|summa|prel\w*|\d{4}p|och|and)\b"
)
#: Ages in a heading: "0-17 år", "65+", "18–64", "0 år"; dates such as 31-12-2023 are none.
_AGES: Final = re.compile(
    r"(?<![\d-])(?:\d{1,2}\s*[-–]\s*\d{1,3}(?![\d-])(?:\s*(?:år|years?))?|\d{1,3}\s*(?:\+|år\b|years?\b|-åring)(?:\s*år)?)"
)
_PRELIMINARY: Final = re.compile(r"\bprel|\d{4}p\b")
_MEN: Final = re.compile(r"man|men|males?|pojkar|boys|m")
_WOMEN: Final = re.compile(r"kvinnor|women|females?|flickor|girls|k|kvinna")
_TOTAL: Final = re.compile(
    r"tot(al\w*)?( samtliga.*| (alder|aldrar|ages?|alla|all|kon|sexe?s?|civilstand|marital|status))*|t"
    r"|samtliga.*|bada konen.*|both sexes.*|all|alla|all ages|summa|bade.*|1 ?2|kvinnor och man"
    r"|man och kvinnor|(man|men) (kvinnor|women) total\w*"
)

MEN: Final = "män"
WOMEN: Final = "kvinnor"
_CATEGORIES: Final = {"": _TOTAL, MEN: _MEN, WOMEN: _WOMEN}


@dataclass(frozen=True)
class Column:
    """One column of a table: its role and what its heading adds. ``breakdown`` is (dimension, category), ``note`` what is
    to be said of its figures."""

    index: int
    heading: str
    role: Role
    period: dt.date | None = None
    dimension: str = ""
    breakdown: tuple[tuple[str, str], ...] = ()
    note: str = ""


def dimension_of(heading: str) -> str:
    """The breakdown that a heading names (kon, alder, civilstand, or another by its own name), or ""."""
    folded = _fold(heading)
    other = folded if _OTHER_BREAKDOWNS.fullmatch(folded) else ""
    return next((name for name, pattern in _BREAKDOWNS.items() if pattern.fullmatch(folded)), other)


def role_of(heading: str) -> Role:
    """What a dimension or a column with this heading holds."""
    folded = _fold(heading)
    for pattern, role in (
        (_CODES, Role.CODE), (_NAMES, Role.NAME), (_PERIODS, Role.PERIOD), (_CONTENTS, Role.CONTENTS),
    ):  # fmt: skip
        if pattern.fullmatch(folded):
            return role
    if dimension_of(heading):
        return Role.BREAKDOWN
    if is_population(heading):
        return Role.POPULATION
    rest = " ".join(_SAYS_NO_MEASURE.sub(" ", _without_dates(folded)).split())
    if folded and (not rest or _VALUES.fullmatch(rest)):
        return Role.VALUE
    return Role.OTHER


def is_population(text: str) -> bool:
    """Whether a heading or a measure's name says population, and nothing that only goes with it."""
    folded = _fold(text)
    return bool(_POPULATION.search(folded)) and not _OTHER_MEASURES.search(_without_dates(folded))


def is_other_measure(text: str) -> bool:
    """Whether a heading says births, moves, density, shares ... or a mean population."""
    return bool(_OTHER_MEASURES.search(_fold(text)))


def mentions_population(text: str) -> bool:
    """Whether a text speaks of population at all, be it with something that goes with it."""
    return bool(_POPULATION.search(_fold(text)))


def is_only_other_measure(text: str) -> bool:
    """Whether a title speaks of another measure and nowhere of population: "Folkökning 2023", "Hundar efter region"."""
    mentioned = _POPULATION.search(_fold(text))
    if mentioned and mentioned[0] != "antal personer":  # persons may be in the labour force, or on a train
        return False
    title = _TITLE_OF_A_TABLE.match(_fold(text))
    return is_other_measure(text) or (title is not None and role_of(title["measure"]) is Role.OTHER)


def names_another_measure(text: str) -> bool:
    """Whether the name of a measure, such as one in a column of measures, is not that of all the population."""
    is_part = bool(_AGES.search(text.casefold())) or bool(sex_in(text))
    return is_part or role_of(text) not in (Role.POPULATION, Role.VALUE)


def is_forecast(titles: Iterable[str]) -> bool:
    """Whether titles announce a forecast, and none the population."""
    seen = list(titles)
    return any(_FORECAST.search(_fold(title)) for title in seen) and not any(map(is_population, seen))


def is_not_in_persons(unit: str) -> bool:
    """Whether a unit, or a title that may name one, speaks of thousands, shares, money ..."""
    return "%" in unit or bool(_NOT_IN_PERSONS.search(_fold(unit)))


def says_thousands(titles: Iterable[str]) -> bool:
    """Whether a title says that the figures are thousands of persons."""
    return any(re.search(r"\b(tusental|1 ?000 ?tal|i tusen|in thousands)\b", _fold(title)) for title in titles)


def parts_in_titles(titles: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The part of the population that titles limit a table to: one sex, some ages."""
    parts: dict[str, str] = {}
    for title in (title.casefold() for title in titles if mentions_population(title) or _SEX_IN_TITLE.match(title)):
        if (sex := _SEX_IN_TITLE.search(title)) and sex_in(title):
            parts.setdefault("kon", category(sex[1]))
        if ages := _AGES_IN_TITLE.search(title):
            parts.setdefault("alder", ages["ages"])
    return tuple(parts.items())


def says_county(heading: str) -> bool:
    """Whether a heading names counties (or their codes) and no municipalities."""
    return re.fullmatch(r"(lans?|county|counties)( ?(namn|name|kod|code|nr))?|lnnamn|lkod", _fold(heading)) is not None


def are_of_a_ledger(headings: Iterable[str]) -> bool:
    """Whether the headings are those of a ledger of invoices."""
    return sum(bool(_OF_A_LEDGER.search(fold(heading.replace("_", " ")))) for heading in headings) > 1


def day_named(titles: Iterable[str]) -> tuple[int, int]:
    """Month and day that a yearly figure refers to: the day that a title names ("Folkmängd den 1 november"), else 31
    December."""
    named = (day_in_year(title) for title in titles if _POPULATION.search(_fold(title)))
    return next(filter(None, named), LAST_DAY)


def is_contents(texts: Sequence[object]) -> bool:
    """Whether the cells of a column name what is counted, the population among it."""
    return all(isinstance(text, str) for text in texts) and any(is_population(str(text)) for text in set(texts))


def is_sex(text: str) -> bool:
    """Whether a cell says men, women or both."""
    return category(text) in ("", MEN, WOMEN)


@lru_cache(maxsize=10_000)
def category(text: str) -> str:
    """A breakdown's category by one name: "" for a total, else män, kvinnor, or as written."""
    folded = fold(text)
    return next((name for name, pattern in _CATEGORIES.items() if pattern.fullmatch(folded)), text)


def part_of(dimension: str, text: str) -> str:
    """The category of a breakdown's cell; SCB's codes of sex are 1 and 2."""
    return {"1": MEN, "2": WOMEN}.get(text, category(text)) if dimension == "kon" else category(text)


def are_sexes(texts: Iterable[str]) -> bool:
    """Whether a column's cells say men, women or both. One letter again and again says something else: K is the mark of
    a municipality where a column tells municipalities from counties."""
    found = {text.strip() for text in texts}
    return all(map(is_sex, found)) and not (len(found) == 1 and len(*found) == 1)


def sex_in(heading: str) -> str:
    """män or kvinnor when a heading or a sheet's name says one of them, else ""."""
    words = set(_fold(heading).split())
    men, women = bool(words & {"man", "men", "males"}), bool(words & {"kvinnor", "women", "females"})
    return "" if men == women else MEN if men else WOMEN


def describe(index: int, heading: str, day: tuple[int, int] = LAST_DAY) -> Column:
    """What the column with this (joined) heading holds; ``day`` (month, day) is the one that a plain year means."""
    role = role_of(heading)
    if role in (Role.POPULATION, Role.VALUE):
        age = _AGES.search(heading.casefold())
        parts = (("kon", sex_in(heading)), ("alder", age[0].strip() if age else ""))
        breakdown = tuple((dimension, part) for dimension, part in parts if part)
        note = "preliminär enligt källan" if _PRELIMINARY.search(heading.casefold()) else ""
        return Column(index, heading, role, find_period(heading, day), "", breakdown, note)
    return Column(index, heading, role, dimension=dimension_of(heading))


def _fold(heading: str) -> str:
    """Folded, with soft hyphenation joined and a footnote's digit gone: "Folk-\nmängd 1)" -> folkmangd, not 2023K1; and
    without the X that R puts before a year."""
    text = re.sub("[\u00b9\u00b2\u00b3\u2070-\u2079\u00ad]", "", heading)
    text = re.sub(r"(?<=[a-zåäö])[-‑]\s+(?=[a-zåäö])", "", text)
    return re.sub(r"(?<=[a-z]{2}) ?\d$|^x(?=(19|20)\d\d$)", "", fold(text))


def _without_dates(folded: str) -> str:
    return re.sub(r"\b\d++(?=[mkqh]?\d*\b)", " ", folded)
