"""One finder of tables: where a grid holds rows of municipalities, under which headings, and how their figures are written.

What differs between an annex, a population file and a ledger is data of the rooms that read them.
"""
