"""What is asked, and what is answered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from analys.agreement.costs import Index
from analys.agreement.keys import Key
from analys.agreement.model import Agreement
from analys.errors import AnalysError
from analys.evidence import Underlag
from analys.register import Region

if TYPE_CHECKING:
    import pandas as pd

GAINS: Final = "vinner"
LOSES: Final = "förlorar"
SAME: Final = "oförändrat"


@dataclass(frozen=True)
class Scenario:
    """What is changed; everything else stays as the agreement says.

    ``end``: the agreement's last day. ``leaving``: members out from ``leave_date`` on, the rest carrying it on;
    ``stranded``: the part of the leavers' cost that does not fall away. ``key``, ``index``: instead of the agreement's.
    Raises :class:`AnalysError` for leavers without a date, or a part that is none.
    """

    end: dt.date | None = None
    leaving: tuple[Region, ...] = ()
    leave_date: dt.date | None = None
    stranded: Fraction = Fraction(0)
    key: Key | None = None
    index: Index | None = None

    def __post_init__(self) -> None:
        if self.leaving and self.leave_date is None:
            raise AnalysError("säg från vilken dag medlemmarna lämnar")
        if not 0 <= self.stranded <= 1:
            raise AnalysError(f"den del av kostnaden som finns kvar är mellan 0 och 1, inte {float(self.stranded):g}")


@dataclass(frozen=True)
class Change:
    """One payer's year before and after, in öre. ``inhabitants`` is ``None`` for parties that are no municipality."""

    year: int
    payer: str
    code: str
    name: str
    before_ore: int
    after_ore: int
    inhabitants: int | None

    @property
    def difference_ore(self) -> int:
        """What the payer pays more; a saving is negative."""
        return self.after_ore - self.before_ore

    @property
    def outcome(self) -> str:
        if self.difference_ore == 0:
            return SAME
        return LOSES if self.difference_ore > 0 else GAINS

    def per_head(self, ore: int) -> Fraction | None:
        """An amount in kronor an inhabitant."""
        return Fraction(ore, 100 * self.inhabitants) if self.inhabitants else None


@dataclass(frozen=True)
class YearTotals:
    """A year's sums in öre. ``uncovered_ore`` is cost that nobody is left to pay."""

    year: int
    before_ore: int
    after_ore: int
    residual_before_ore: int
    residual_after_ore: int
    uncovered_ore: int


@dataclass(frozen=True)
class Comparison:
    """A scenario's answer: a change for each payer and year, the years' sums, and what was assumed (Swedish)."""

    agreement: Agreement
    changes: tuple[Change, ...]
    totals: tuple[YearTotals, ...]
    assumptions: tuple[str, ...]
    underlag: Underlag = Underlag.SKATTAD

    def to_frame(self) -> pd.DataFrame:
        """A row a payer and year: ar, kommunkod, kommun, fore_kr, efter_kr, skillnad_kr, the same kr_per_invanare,
        utfall, underlag. Kronor are ``Decimal``, kronor an inhabitant floats."""
        import pandas as pd

        def kronor(ore: int) -> Decimal:
            return Decimal(ore).scaleb(-2)

        def rate(change: Change, ore: int) -> float | None:
            value = change.per_head(ore)
            return None if value is None else float(value)

        return pd.DataFrame(
            {
                "ar": change.year,
                "kommunkod": change.code,
                "kommun": change.name,
                "fore_kr": kronor(change.before_ore),
                "efter_kr": kronor(change.after_ore),
                "skillnad_kr": kronor(change.difference_ore),
                "fore_kr_per_invanare": rate(change, change.before_ore),
                "efter_kr_per_invanare": rate(change, change.after_ore),
                "skillnad_kr_per_invanare": rate(change, change.difference_ore),
                "utfall": change.outcome,
                "underlag": str(self.underlag),
            }
            for change in self.changes
        )
