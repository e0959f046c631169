"""The arithmetic of sharing a cost: key values to shares, shares to amounts, and what rounding leaves over.

Money is integer öre, shares are exact fractions; every rounding is an explicit :class:`Rounding`. :func:`split` is the
rule for one group of members, written to be read; :mod:`analys.allocation.engine` does the same for millions of rows.
"""

from analys.allocation.inverse import implied_base
from analys.allocation.split import Split, shares, split, split_by_shares
from analys.rounding import Mode, Residual, Rounding, Unit

__all__ = ["Mode", "Residual", "Rounding", "Split", "Unit", "implied_base", "shares", "split", "split_by_shares"]
