"""Annexes of every kind that municipalities make, with known faults. Shares no code with the audit.

:mod:`world` holds who the municipalities are and how many live there, :mod:`families` how a cost is shared,
:mod:`faults` what goes wrong, :mod:`decide` whether anybody could tell, :mod:`layouts` how it looks on paper.
"""
