"""What if: an agreement ends, members leave it, or its key or its index is another. Who gains and who loses?

A scenario changes the periods and totals of the agreement's own years and shares them by the same engine. What it
answers is an estimate (``skattad``) by stated assumptions, also where it starts from documented amounts.
"""

from analys.scenario.answer import GAINS, LOSES, SAME, Change, Comparison, Scenario, YearTotals
from analys.scenario.compare import compare, compare_all, each_leaving

__all__ = [
    "GAINS",
    "LOSES",
    "SAME",
    "Change",
    "Comparison",
    "Scenario",
    "YearTotals",
    "compare",
    "compare_all",
    "each_leaving",
]
