"""Exact numbers that remember the spreadsheet formula that gives them.

Whoever weighs with plain fractions gets plain fractions; whoever puts traced ones in gets the formula as well, so that
a workbook reckons exactly as the program does and no family of keys writes its arithmetic twice.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any


class Traced(Fraction):
    """A value with its formula in Excel's English form, without the equals sign."""

    formula: str

    def __new__(cls, value: Fraction | int, formula: str) -> Traced:
        self = super().__new__(cls, value)
        self.formula = formula
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Traced, (Fraction(self), self.formula)

    def __copy__(self) -> Traced:
        return self

    def __deepcopy__(self, _: Any) -> Traced:
        return self


def formula(value: Fraction | int) -> str:
    """The formula of a number: a traced one's own, or the number itself as a spreadsheet writes it."""
    if isinstance(value, Traced):
        return value.formula
    exact = Fraction(value)
    digits = next((n for n in range(13) if (exact * 10**n).denominator == 1), None)
    if digits is None:
        return f"({exact.numerator}/{exact.denominator})"
    if digits == 0:
        return str(exact.numerator)
    whole, part = divmod(abs(exact.numerator) * 10**digits // exact.denominator, 10**digits)
    return f"{'-' if exact < 0 else ''}{whole}.{part:0{digits}d}"


def total(values: Iterable[Fraction]) -> Fraction:
    """The sum, as one SUM in a formula."""
    parts = list(values)
    result = sum((Fraction(value) for value in parts), Fraction(0))
    if not any(isinstance(value, Traced) for value in parts):
        return result
    return Traced(result, f"SUM({_span([formula(value) for value in parts])})")


_ADDRESS = re.compile(r"(?P<column>(?:.*!)?\$?[A-Z]{1,3}\$?)(?P<row>[0-9]+)")


def _span(texts: list[str]) -> str:
    """Cells under one another as a range; anything else as a list."""
    places = [_ADDRESS.fullmatch(text) for text in texts]
    rows = [int(place["row"]) for place in places if place]
    columns = {place["column"] for place in places if place}
    together = len(rows) == len(texts) and len(columns) == 1 and rows == list(range(rows[0], rows[0] + len(rows)))
    if not together or len(texts) == 1:
        return ",".join(texts)
    return f"{texts[0]}:{texts[-1].rpartition('!')[2]}"


def _operator(compute: Callable[[Any, Any], Any], sign: str, neutral: int | None) -> tuple[Any, Any]:
    """The operator and its reflection. ``neutral``: what the number on the left may be without changing the other."""

    def forward(self: Traced, other: Any) -> Any:
        return _joined(self, other)

    def reflected(self: Traced, other: Any) -> Any:
        return self if neutral is not None and other == neutral else _joined(other, self)

    def _joined(left: Any, right: Any) -> Any:
        if not isinstance(left, int | Fraction) or not isinstance(right, int | Fraction):
            return NotImplemented
        return Traced(compute(Fraction(left), Fraction(right)), f"({formula(left)}{sign}{formula(right)})")

    return forward, reflected


Traced.__add__, Traced.__radd__ = _operator(operator.add, "+", 0)  # type: ignore[method-assign]
Traced.__sub__, Traced.__rsub__ = _operator(operator.sub, "-", None)  # type: ignore[method-assign]
Traced.__mul__, Traced.__rmul__ = _operator(operator.mul, "*", 1)  # type: ignore[method-assign]
Traced.__truediv__, Traced.__rtruediv__ = _operator(operator.truediv, "/", None)  # type: ignore[method-assign]
