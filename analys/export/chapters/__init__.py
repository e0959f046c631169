"""The economic chapters of a report, one module a question that councils ask."""
