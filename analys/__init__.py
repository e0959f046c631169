"""Reconstruct, audit, compare and report jointly financed municipal services in Sweden.

The way of the data is the way of the folders: ``data/raw`` (what documents and statistics say)
-> ``data/processed`` (tidy tables) -> ``notebooks`` (questions and answers) -> ``exports``.
"""

__version__ = "0.1.0"
