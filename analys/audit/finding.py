"""What an audit finds: one object a fault, with its place, what was expected, what it costs whom, and a sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any


class Severity(StrEnum):
    """``fel``: arithmetic or fact contradicts. ``oforenligt``: two sources cannot both be true."""

    FEL = "fel"
    OFORENLIGT = "oforenligt"
    UPPLYSNING = "upplysning"


class Code(StrEnum):
    """What kind of fault; kept stable, because other programs read them."""

    POPULATION_DATE = "population-date"
    POPULATION_DIGIT = "population-digit"
    POPULATION_SWAPPED = "population-swapped"
    POPULATION_UNKNOWN = "population-unknown"
    TOTAL_POPULATION = "total-population"
    TOTAL_SHARE = "total-share"
    TOTAL_AMOUNT = "total-amount"
    SHARE = "share"
    AMOUNT = "amount"
    MEMBER_MISSING = "member-missing"
    MEMBER_EXTRA = "member-extra"
    MEMBER_DUPLICATE = "member-duplicate"
    UNIT = "unit"
    VAT = "vat"
    ORGNR_INVALID = "orgnr-invalid"
    ORGNR_PARTY = "orgnr-party"
    PERIOD = "period"
    PAYMENTS_DISAGREE = "payments-disagree"
    RANGE = "range"
    RANGE_UNMET = "range-unmet"
    RULE_CHANGED = "rule-changed"
    REGISTRY_NUMBER = "registry-number"
    FORMULA_TYPED = "formula-typed"
    FORMULA_UNLIKE = "formula-unlike"
    FORMULA_RANGE = "formula-range"
    FORMULA_DENOMINATOR = "formula-denominator"
    FORMULA_HIDDEN = "formula-hidden"
    FORMULA_YEAR = "formula-year"
    FORMULA_ROUNDING = "formula-rounding"


Value = int | Decimal | Fraction | str | None


@dataclass(frozen=True)
class Finding:
    """One finding. ``message`` is one Swedish sentence fit for a memo; ``evidence`` says what it rests on.

    ``effect_kr``: municipality code -> whole kronor that the member pays too much (plus) or too little (minus)
    because of the fault. ``expected`` and ``found``: persons, parts of one, kronor or text.
    """

    code: Code
    severity: Severity
    message: str
    kommunkod: str | None = None
    kommun: str | None = None
    column: str | None = None
    sheet: str | None = None
    cell: str | None = None
    expected: Value = None
    found: Value = None
    explanation: Mapping[str, Any] = field(default_factory=dict)
    effect_kr: Mapping[str, int] = field(default_factory=dict)
    evidence: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain data in the published order of keys."""
        return {
            "code": str(self.code),
            "severity": str(self.severity),
            "kommunkod": self.kommunkod,
            "kommun": self.kommun,
            "column": self.column,
            "sheet": self.sheet,
            "cell": self.cell,
            "expected": plain_value(self.expected),
            "found": plain_value(self.found),
            "explanation": {key: plain_value(value) for key, value in self.explanation.items()},
            "effect_kr": dict(self.effect_kr),
            "evidence": self.evidence,
            "message": self.message,
        }


def plain_value(value: Any) -> Any:
    """A value as JSON has it: whole numbers as integers, dates in ISO form, other exact numbers as decimals."""
    if isinstance(value, Decimal | Fraction):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(item) for item in value]
    return value
