"""One account of amounts for every agreement: member x year x basis x source x ``underlag`` x interval.

Whatever an agreement's folder holds goes into it: annexes (what shall be charged), terms (computed by the allocation),
statements (intervals; several that disagree stand side by side). Every question reads it; nobody keeps another.
"""

from analys.account.book import Account, account, total
from analys.account.frames import (
    amounts_by_municipality_year,
    contradicted_ranges,
    implied_totals,
    shares_by_municipality_year,
    totals_by_year,
)
from analys.account.model import Amount, Basis, Origin, Payer

__all__ = [
    "Account",
    "Amount",
    "Basis",
    "Origin",
    "Payer",
    "account",
    "amounts_by_municipality_year",
    "contradicted_ranges",
    "implied_totals",
    "shares_by_municipality_year",
    "total",
    "totals_by_year",
]
