"""The parts of the Excel annex: its cells, its sheets, and the formulas that they hold."""
