"""What facts from contracts and decisions imply for an agreement: terms, statements and proposals, each with its quotation.

A term is proposed only where all documents that speak of it say the same; where they differ nothing is chosen.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from analys.draft.annex import Implied
from analys.errors import AnalysError
from analys.facts import Fact
from analys.facts.patterns import whole_year
from analys.register import resolve_municipality
from analys.swedish import MONTHS, fold


@dataclass(frozen=True)
class Sourced:
    """A fact with the document that states it, and the municipality whose document that is ("" where none is told)."""

    fact: Fact
    document: str
    own: str

    @property
    def source(self) -> dict[str, str]:
        return {"dokument": self.document, "stalle": self.fact.place, "citat": self.fact.quotation}


def own_municipality(text: str) -> str:
    """The municipality that a document speaks for: the only one, or the one named most often as "X kommun"."""
    named = Counter(match[1] for match in re.finditer(r"\b([A-ZÅÄÖ]\w+(?: [A-ZÅÄÖ]\w+)?) kommun\b", text))
    known = Counter({name: count for name, count in named.items() if _name(name)})
    if not known:
        return ""
    (first, most), *others = known.most_common(2)
    return _name(first) if not others or most > 2 * others[0][1] else ""


def _name(name: str) -> str:
    try:
        return resolve_municipality(name).name
    except AnalysError:
        return ""


def _months(fact: Fact) -> dict[str, Any]:
    return {"manader": int(fact.value.split()[0])}


def _refund(fact: Fact) -> dict[str, Any]:
    return {"regel": "fran_manaden_efter" if fact.value == "från månaden efter" else "ingen"}


def _vacancy(fact: Fact) -> dict[str, Any]:
    longer = re.search(r"\d+", fact.value)
    return {"aterbetalas": True, "langre_an_manader": int(longer[0]) if longer else 0}


def _invoicing(fact: Fact) -> dict[str, Any]:
    day, month = fact.value.split()[-2:]
    return {"arligen_senast": f"{MONTHS.index(month) + 1:02d}-{int(day):02d}"}


def _timing(fact: Fact) -> dict[str, Any]:
    return {"betalning": fold(fact.value.removeprefix("i "))}


def _validity(fact: Fact) -> dict[str, Any]:
    return {"fran": fact.first} | ({"till": fact.last} if fact.last else {})


def _members(fact: Fact) -> dict[str, Any]:
    return {"kommuner": fact.value.split(", ")}


#: Term of a version, the kind of fact that states it, which of its values it can be, and how it is written.
_TERMS: Final[tuple[tuple[str, str, re.Pattern[str], Callable[[Fact], dict[str, Any]]], ...]] = (
    ("uppsagning", "uppsägningstid", re.compile(r"\d{1,3} månader"), _months),
    ("aterbetalning", "återbetalning", re.compile(r"från månaden efter|återbetalas inte"), _refund),
    ("vakans", "vakans", re.compile(r".+"), _vacancy),
    ("giltighet", "giltighet", re.compile(r"\d{4}-\d\d-\d\d–.*"), _validity),
    ("medlemmar", "medlemmar", re.compile(r".+"), _members),
    ("fakturering", "fakturering", re.compile(r"årligen senast \d{1,2} \w+"), _invoicing),
    ("fakturering", "betalningstid", re.compile(r".+"), _timing),
)


def terms(facts: Sequence[Sourced]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """The terms that the documents agree on, and a line for each that they do not."""
    told: dict[str, dict[str, Any]] = {}
    open_questions = []
    for term, kind, form, write in _TERMS:
        stating = [each for each in facts if each.fact.kind == kind and form.fullmatch(each.fact.value)]
        values = dict.fromkeys(each.fact.value for each in stating)
        if len(values) == 1:
            told[term] = write(stating[0].fact) | {"kalla": stating[0].source} | told.get(term, {})
        elif values:
            open_questions.append(
                f"{term}: handlingarna anger {' och '.join(values)}; skriv den version som var och en gäller"
            )
    return told, open_questions


def confirmed(found: Implied, terms: dict[str, dict[str, Any]], facts: Sequence[Sourced]) -> dict[str, dict[str, Any]]:
    """The annex's terms, where those that a document states in words have its quotation: the cost of the year as it is
    printed, and the key with the day of its figures. What no words say stays computed."""
    stated = {
        "kostnad": [each for each in facts if each.fact.kind == "kostnad" and _is_cost(each.fact, terms, found.year)],
        "nyckel": [each for each in facts if each.fact.kind == "nyckel" and _is_key(each, terms, facts)],
    }
    words = {term: {"kalla": each[0].source} for term, each in stated.items() if each}
    computed = ("underlag", "anmarkning")
    return terms | {
        term: {key: value for key, value in terms[term].items() if key not in computed} | source
        for term, source in words.items()
    }


def _is_cost(fact: Fact, terms: dict[str, dict[str, Any]], year: int) -> bool:
    printed = terms.get("kostnad", {}).get("belopp_per_ar_kr", {}).get(year)
    is_year = (fact.first, fact.last) == whole_year(year)
    return is_year and fact.kronor is not None and fact.kronor.low == fact.kronor.high == printed


def _is_key(each: Sourced, terms: dict[str, dict[str, Any]], facts: Sequence[Sourced]) -> bool:
    """Whether the words name the key that the amounts follow, and the day of the figures where it has one."""
    key = terms.get("nyckel", {})
    dates = [figures.get("referensdatum") for figures in key.get("varden", {}).values()]
    named = {other.fact.value for other in facts if other.fact.quotation == each.fact.quotation}
    return key.get("typ") == each.fact.value and all(date and date.isoformat() in named for date in dates)


#: Kind of fact -> the type of a row in ``uppgifter.csv``.
_STATED: Final = {
    "betalning": "betalning",
    "betalning per år": "betalning per år",
    "kostnad": "kostnad per år",
    "besparing": "besparing",
}


def statements(facts: Sequence[Sourced]) -> list[dict[str, str]]:
    """Rows of ``uppgifter.csv``: stated payments, costs and savings with their period and whose they are."""
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for each in facts:
        first, last = each.fact.first, each.fact.last
        if first and last and each.fact.kind in _STATED and (row := _statement(each, first, last)):
            rows.setdefault((row["kommun"], row["typ"], row["period_fran"], row["angivet"], each.document), row)
    taken: Counter[str] = Counter()
    for row in rows.values():
        taken[row["id"]] += 1
        row["id"] += f"-{taken[row['id']]}" if taken[row["id"]] > 1 else ""
    return list(rows.values())


def _statement(each: Sourced, first: dt.date, last: dt.date) -> dict[str, str] | None:
    """One row; ``None`` for what somebody pays or saves where no document says who."""
    fact, kind = each.fact, _STATED[each.fact.kind]
    is_of_all = fact.kind == "kostnad"
    name = "" if is_of_all else _name(re.sub(r"s? kommun$", "", fact.about)) or each.own
    if not name and not is_of_all:
        return None
    words = [name or "tjänst", kind, str(first.year)]
    return {
        "id": "-".join(fold(word).replace(" ", "-") for word in words),
        "kommunkod": resolve_municipality(name).code if name else "",
        "kommun": name,
        "typ": kind,
        "period_fran": first.isoformat(),
        "period_till": last.isoformat(),
        "angivet": fact.value,
        "precision_kr": str(fact.precision or ""),
        "dokument": each.document,
        "stalle": fact.place,
        "citat": fact.quotation,
    }


def proposals(facts: Sequence[Sourced]) -> list[dict[str, Any]]:
    """``[[beslut]]``: who has proposed to leave, on which day and on what condition, once a municipality."""
    found: dict[str, dict[str, Any]] = {}
    for each in (each for each in facts if each.fact.kind == "uppsägning" and each.own):
        beside = [other.fact for other in facts if other.document == each.document]
        dates = [fact for fact in beside if fact.kind == "datum"]
        proposal = {
            "kommun": each.own,
            "typ": "uppsagning",
            "status": "forslag",
            "datum": _first_day(fact for fact in dates if fact.about == "handling"),
            "verkan": _first_day(fact for fact in dates if fact.quotation == each.fact.quotation),
        }
        conditions = [{"villkor": fact.quotation} for fact in beside if fact.kind == "villkor"]
        found.setdefault(each.own, {**proposal, **dict(*conditions[:1]), "kalla": each.source})
    return list(found.values())


def _first_day(dates: Iterable[Fact]) -> dt.date | str:
    return next((dt.date.fromisoformat(fact.value) for fact in dates), "okand")
