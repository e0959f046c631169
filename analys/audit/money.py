"""Öre as the findings tell them: kronor, exact, and as text."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from analys.swedish import format_kr


def kronor(ore: int | Fraction) -> Decimal:
    """Öre as kronor, exactly for whole öre."""
    exact = Fraction(ore)
    return Decimal(exact.numerator) / Decimal(exact.denominator) / 100


def told(ore: int | Fraction) -> str:
    """Öre as text in kronor, with decimals where they are not whole."""
    return format_kr(kronor(ore), 0 if ore % 100 == 0 else 2)
