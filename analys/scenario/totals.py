"""What the account says that a year costs, for a scenario of a year that no document states the cost of."""

from __future__ import annotations

from analys.account import Basis, account
from analys.agreement.model import Agreement
from analys.swedish import NBSP, format_kr, format_number


def known_totals(agreement: Agreement) -> str:
    """The costs of the last year that there is any for, each with its source, as the end of a Swedish sentence."""
    own = account(agreement.file)
    told = []
    for year in own.years[-1:]:
        for (_, label), parts in own.sources(Basis.TWELVE_MONTHS, [year]).items():
            if own.is_whole(parts):
                low, high = own.total(parts).outward(0)
                span = format_kr(low) if low == high else f"{format_number(low)}–{format_kr(high)}"
                told.append(f"{span} ({label.replace(NBSP, ' ')})")
        if told:
            return f". Kostnaden {year} är {' eller '.join(told)}"
    return ""
