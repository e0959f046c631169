"""An agreement's terms against each other: months charged, versions that overlap, build-ups, and what has changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any, Final

from pydantic import BaseModel

from analys.agreement import UNKNOWN, Agreement, Version
from analys.agreement.costs import BuiltCost
from analys.agreement.model import Members
from analys.agreement.words import told
from analys.allocation.year import allocate_year
from analys.audit.finding import Code, Finding, Severity
from analys.audit.shares import nothing_for
from analys.audit.single import Audit
from analys.errors import AnalysError
from analys.evidence import Underlag
from analys.intake.annex import Kind
from analys.swedish import format_date, format_kr, listed, quantize

#: What does not belong to a term's content: where it stands, how sure it is, and the figures of single years.
_ABOUT: Final = {"citation", "note", "underlag", "values", "stated_ore"}
#: The terms that the amounts of a year follow from.
_SHARING: Final = ("members", "cost", "index", "key", "limits", "rounding")
#: Attribute -> what the term is called as data, and in a sentence.
_TERMS: Final = {
    "members": ("medlemmar", "Medlemskretsen"),
    "cost": ("kostnad", "Kostnaden"),
    "index": ("indexreglering", "Indexregleringen"),
    "key": ("nyckel", "Fördelningsnyckeln"),
    "limits": ("gränser", "Gränserna"),
    "rounding": ("avrundning", "Avrundningen"),
    "billing": ("fakturering", "Faktureringen"),
    "notice": ("uppsägning", "Uppsägningstiden"),
    "refund": ("återbetalning", "Återbetalningen"),
    "vacancy": ("vakans", "Vakansregeln"),
    "vat": ("moms", "Momsregeln"),
}


def check(agreement: Agreement, audits: Sequence[Audit]) -> list[Finding]:
    """All that an agreement's terms say against each other."""
    findings = [f for version in agreement.versions if (f := _months(version, audits))]
    findings += [f for pair in combinations(agreement.versions, 2) if (f := _overlap(*pair, audits))]
    findings += [f for version in agreement.versions for f in _build_up(version)]
    ordered = sorted(agreement.versions, key=lambda version: version.validity.from_date)
    findings += [f for pair in pairwise(ordered) for f in _changes(agreement, *pair)]
    return findings


def whole_months(first: dt.date, last: dt.date) -> int:
    """How many calendar months a period from one day to another, both included, touches."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _months(version: Version, audits: Sequence[Audit]) -> Finding | None:
    billing: Any = version.billing
    if version.validity.to_date is None or billing == UNKNOWN or not billing.invoices:
        return None
    covered = whole_months(version.validity.from_date, version.validity.to_date)
    invoiced = sum(invoice.months for invoice in billing.invoices)
    if covered == invoiced:
        return None
    message = (
        f"{version.name} gäller {covered} månader, {format_date(version.validity.from_date)} till "
        f"{format_date(version.validity.to_date)}, och {invoiced} månader faktureras. Båda kan stämma; fråga vad "
        f"{'den extra tiden' if invoiced > covered else 'den tid som inte faktureras'} avser."
    )
    return Finding(
        Code.PERIOD,
        Severity.UPPLYSNING,
        message,
        expected=covered,
        found=invoiced,
        explanation={"version": version.id, "months": invoiced - covered},
        effect_kr=_monthly(version, audits, invoiced - covered),
        evidence=f"{_cited(version.validity)}; {_cited(billing)}",
    )


def _cited(term: Any) -> str:
    return f"{term.citation.document}, {term.citation.place}"


def _monthly(version: Version, audits: Sequence[Audit], months: int) -> dict[str, int]:
    """What ``months`` cost each member by the annex of the version, from the longest period that it charges."""
    for audit in audits:
        if version.id not in audit.annex.file and version.document not in audit.annex.file:
            continue
        columns = [c for c in audit.annex.of_kind(Kind.AMOUNT) if c.period.years]
        if columns:
            column = max(columns, key=lambda c: c.period.years or 0)
            length = Fraction(column.period.years or 1) * 12
            return {
                member.municipality.code: int(
                    quantize(Fraction(member.figures[column.letter].value) * months / length, 0)
                )
                for member in audit.annex.members
            }
    return {}


def _overlap(first: Version, second: Version, audits: Sequence[Audit]) -> Finding | None:
    start = max(first.validity.from_date, second.validity.from_date)
    ends = [v.validity.to_date for v in (first, second) if v.validity.to_date is not None]
    if not ends or start > min(ends):
        return None
    end = min(ends)
    earlier = min((first, second), key=lambda version: version.validity.from_date)
    months = whole_months(start, end)
    message = (
        f"{first.name} och {second.name} gäller båda {format_date(start)} till {format_date(end)}: "
        f"{months} {'månad' if months == 1 else 'månader'} kan ha debiterats två gånger. Båda avtalen kan stämma; fråga "
        "om tiden har räknats av."
    )
    return Finding(
        Code.PERIOD,
        Severity.UPPLYSNING,
        message,
        expected=0,
        found=months,
        explanation={"versions": [first.id, second.id], "from": start, "to": end},
        effect_kr=_monthly(earlier, audits, months),
        evidence=f"{_cited(first.validity)}; {_cited(second.validity)}",
    )


def _build_up(version: Version) -> list[Finding]:
    """A cost that is built up from pay and contributions must give the sums that the documents state for a year."""
    cost: Any = version.cost
    if not isinstance(cost, BuiltCost):
        return []
    built = cost.yearly_ore
    findings = []
    for year, stated in cost.stated_ore.items():
        if abs(built - stated) >= 100:
            found, right = format_kr(Fraction(stated, 100)), format_kr(built / 100)
            message = f"{version.name}: summan {found} för {year} följer inte av uppbyggnaden, som ger {right}."
            findings.append(
                Finding(
                    Code.TOTAL_AMOUNT,
                    Severity.OFORENLIGT,
                    message,
                    expected=built / 100,
                    found=Fraction(stated, 100),
                    explanation={"version": version.id, "year": year},
                    evidence=_cited(cost),
                )
            )
    return findings


def _changes(agreement: Agreement, before: Version, after: Version) -> list[Finding]:
    """The terms that the documents state and that are not the same; figures of single years are no terms.

    A term that is inferred is no term of a document: of it only what the documents do state is told.
    """
    findings = []
    for name, (term, subject) in _TERMS.items():
        old, new = (_Stated.of(getattr(version, name), version) for version in (before, after))
        if old is None or new is None or old.content == new.content or (not old.is_stated and not new.is_stated):
            continue
        documented = old.is_documented and new.is_documented
        findings.append(
            Finding(
                Code.RULE_CHANGED,
                Severity.UPPLYSNING,
                _change(subject, old, new),
                expected=old.text,
                found=new.text,
                explanation={"term": term, "versions": [before.id, after.id]},
                effect_kr=_effect(agreement, before, after, name) if documented else {},
                evidence="; ".join(_cited(each.term) for each in (old, new) if isinstance(each.term, BaseModel)),
            )
        )
    return findings


@dataclass(frozen=True)
class _Stated:
    """A term as its version's documents state it: ``text`` in words, ``content`` to compare by."""

    term: Any
    version: Version
    text: str
    content: Any

    @classmethod
    def of(cls, term: Any, version: Version) -> _Stated | None:
        """The term, or the sums that the documents state where the term itself is inferred; ``None`` for neither."""
        if not isinstance(term, BaseModel) or getattr(term, "underlag", "") == Underlag.DOKUMENTERAD:
            return cls(term, version, _shown(term), _content(term))
        sums: dict[int, int] = getattr(term, "stated_ore", {})
        if not sums:
            return None
        text = listed([f"{format_kr(Fraction(ore, 100))} för {year}" for year, ore in sorted(sums.items())])
        return cls(term, version, f"den angivna summan {text}", sums)

    @property
    def is_stated(self) -> bool:
        return self.term != UNKNOWN and self.term is not None

    @property
    def is_documented(self) -> bool:
        return bool(self.content == _content(self.term))


def _change(subject: str, old: _Stated, new: _Stated) -> str:
    """What has changed, in a sentence; a term that only one of the documents has, has not changed."""
    if isinstance(old.term, Members) and isinstance(new.term, Members) and (moved := _of_members(old.term, new.term)):
        return f"{subject} har ändrats {moved}."
    if UNKNOWN in (old.term, new.term):
        there, missing = (new, old) if old.term == UNKNOWN else (old, new)
        return f"{subject} anges i {there.version.name}, {there.text}, men inte i {missing.version.name}."
    if old.text == new.text:
        both = f"båda säger {old.text}, men med olika innehåll"
        return f"{subject} har ändrats mellan {old.version.name} och {new.version.name}: {both}."
    return f"{subject} har ändrats från {old.text} ({old.version.name}) till {new.text} ({new.version.name})."


def _effect(agreement: Agreement, before: Version, after: Version, name: str) -> dict[str, int]:
    """What the change costs each member in the new version's first whole year, all other terms being the new ones.

    Nothing for terms that no amount of a year follows from; empty where a term or a figure that it takes is not known.
    """
    if name not in _SHARING:
        return nothing_for(after) if name != "vat" else {}
    year = after.valid_from.year + ((after.valid_from.month, after.valid_from.day) != (1, 1))
    lasting = {"validity": after.validity.model_copy(update={"to_date": None}), "overlaps": ()}
    terms = [after.model_copy(update=lasting), after.model_copy(update=lasting | {name: getattr(before, name)})]
    try:
        now, then = (allocate_year(agreement.model_copy(update={"versions": (each,)}), year) for each in terms)
    except AnalysError:
        return {}
    amounts = [{row.code: row.amount_ore for row in made.rows if row.code} for made in (now, then)]
    paid, would = amounts
    return {
        code: int(quantize(Fraction(paid.get(code, 0) - would.get(code, 0), 100), 0))
        for code in sorted({*paid, *would})
    }


def _content(term: Any) -> Any:
    return _bare(term.model_dump()) if isinstance(term, BaseModel) else term


def _bare(data: Any) -> Any:
    """Without what does not belong to a term's content, also in the keys within a key."""
    if isinstance(data, dict):
        return {key: _bare(value) for key, value in data.items() if key not in _ABOUT}
    return [_bare(each) for each in data] if isinstance(data, list | tuple) else data


def _shown(term: Any) -> str:
    return listed([region.name for region in term.municipalities]) if isinstance(term, Members) else told(term)


def _of_members(old: Members, new: Members) -> str | None:
    """Who has joined and who has left; ``None`` when it is something else of the members that has changed."""
    joined = [region.name for region in new.municipalities if region not in old.municipalities]
    left = [region.name for region in old.municipalities if region not in new.municipalities]
    moves = [f"{listed(names)} har {what}" for names, what in ((joined, "tillkommit"), (left, "lämnat")) if names]
    return f"mellan versionerna: {'; '.join(moves)}" if moves else None
