"""The audit's results as tidy frames, for notebooks, figures and tables. Money in kronor; columns in Swedish."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

import pandas as pd

from analys.audit.documents import DocumentAudit, FileAudit
from analys.audit.finding import Code
from analys.audit.questions import KINDS, Question, questions, reference_days
from analys.audit.rule import said
from analys.audit.shares import Implied
from analys.audit.single import base_as_json
from analys.intake.annex import Kind

Results = Iterable[FileAudit | DocumentAudit]


def findings(results: Results) -> pd.DataFrame:
    """One row a finding: fil, kod, allvar, kommunkod, kommun, kolumn, cell, forvantat, funnet, effekt_kr, fynd."""
    rows = []
    for result in results:
        for finding in result.findings:
            told = finding.as_json()
            own = finding.effect_kr.get(finding.kommunkod or "")
            rows.append(
                {
                    "fil": result.file.rpartition("/")[2],
                    "kod": told["code"],
                    "allvar": told["severity"],
                    "kommunkod": told["kommunkod"],
                    "kommun": told["kommun"],
                    "kolumn": told["column"],
                    "cell": told["cell"],
                    "forvantat": told["expected"],
                    "funnet": told["found"],
                    "effekt_kr": own,
                    "fynd": told["message"],
                }
            )
    frame = pd.DataFrame(rows, columns=list(_FINDING_COLUMNS))
    return frame.astype({"effekt_kr": "Int64"})


_FINDING_COLUMNS = (
    "fil", "kod", "allvar", "kommunkod", "kommun", "kolumn", "cell", "forvantat", "funnet", "effekt_kr", "fynd"
)  # fmt: skip


def rules(audits: Iterable[FileAudit]) -> pd.DataFrame:
    """One row an amount column with the inferred rule: fil, kolumn, nyckel, andel_decimaler (of a per cent),
    avrundning, enhet_kr, bas_fran_kr, bas_till_kr, rest, aterger, av."""
    rows = [
        {
            "fil": audit.file.rpartition("/")[2],
            "kolumn": next(c.heading for c in audit.annex.of_kind(Kind.AMOUNT) if c.letter == letter),
            "nyckel": said(rule.key.name),
            "andel_decimaler": None if rule.rounding.share_decimals is None else rule.rounding.share_decimals - 2,
            "avrundning": str(rule.rounding.mode),
            "enhet_kr": int(rule.rounding.unit) / 100,
            "bas_fran_kr": base_as_json(rule)[0],
            "bas_till_kr": base_as_json(rule)[1],
            "rest": str(rule.rounding.residual),
            "aterger": rule.reproduced,
            "av": len(rule.hits),
        }
        for audit in audits
        for letter, rule in audit.rules.items()
    ]
    frame = pd.DataFrame(rows, columns=list(_RULE_COLUMNS))
    return frame.astype({"andel_decimaler": "Int64"})


_RULE_COLUMNS = (
    "fil", "kolumn", "nyckel", "andel_decimaler", "avrundning", "enhet_kr", "bas_fran_kr", "bas_till_kr", "rest",
    "aterger", "av",
)  # fmt: skip


def payment_questions(results: Results) -> pd.DataFrame:
    """What to ask of the payments that cannot share one total: ar, kommunkod, kommun, angivet, slag, fraga, skulle_vara,
    passar_fran_kr, passar_till_kr.

    ``results`` are those of an agreement's audit. Each kind of question is asked of each payment; where nothing of the
    kind would make the payments meet, the question says so and has no bounds. The last row of a year, of no
    municipality, says whether another day's population would.
    """
    done = list(results)
    audits = [each for each in done if isinstance(each, FileAudit)]
    rows: list[dict[str, object]] = []
    for documents in (each for each in done if isinstance(each, DocumentAudit)):
        for stated in _disagreeing(documents):
            rows += [_as_row(stated[0].year, each) for each in questions(documents.agreement, audits, stated)]
            if days := reference_days(documents.agreement, stated):
                rows.append({"ar": stated[0].year, "slag": KINDS["reference-day"], "fraga": days.text})
    frame = pd.DataFrame(rows, columns=list(_QUESTION_COLUMNS))
    return frame.astype({"passar_fran_kr": "Int64", "passar_till_kr": "Int64"})


def _disagreeing(documents: DocumentAudit) -> Iterator[list[Implied]]:
    """The payments of each year that has a finding of them."""
    years = {f.explanation["year"] for f in documents.findings if f.code is Code.PAYMENTS_DISAGREE}
    for year, of_year in groupby(documents.implied, key=lambda each: each.year):
        if year in years:
            yield list(of_year)


def _as_row(year: int, question: Question) -> dict[str, object]:
    low, high = question.as_json()["fits_kr"] or (None, None)
    return {
        "ar": year,
        "kommunkod": question.statement.code,
        "kommun": question.statement.name,
        "angivet": question.statement.text,
        "slag": KINDS[question.kind],
        "fraga": question.text,
        "skulle_vara": question.would_be,
        "passar_fran_kr": low,
        "passar_till_kr": high,
    }


_QUESTION_COLUMNS = (
    "ar", "kommunkod", "kommun", "angivet", "slag", "fraga", "skulle_vara", "passar_fran_kr", "passar_till_kr"
)  # fmt: skip


def digit_questions(documents: DocumentAudit) -> pd.DataFrame:
    """Which single changed digit would make a year's payments meet: ar, kommunkod, kommun, angivet, skulle_vara,
    total_fran_kr, total_till_kr. A question for whoever has the invoices, never a verdict."""
    asked = payment_questions([documents])
    digits = asked[(asked["slag"] == KINDS["one-digit"]) & asked["passar_fran_kr"].notna()].reset_index(drop=True)
    digits = digits.drop(columns=["slag", "fraga"]).astype({"passar_fran_kr": "int64", "passar_till_kr": "int64"})
    return digits.rename(columns={"passar_fran_kr": "total_fran_kr", "passar_till_kr": "total_till_kr"})
