"""Annexes of the families that the audit's search has always known, with known faults. Shares no code with the audit.

An annex is for a random group of 2 to 60 municipalities, by a random rule; a fault is injected either before the shares
and amounts are reckoned (they follow from the wrong figure) or after (only the cell is wrong).
"""
