"""Agreements as data: read from TOML, checked as a whole, every term with its validity and its citation."""

from analys.agreement.fields import UNKNOWN
from analys.agreement.load import edition, load
from analys.agreement.model import Agreement, Version

__all__ = ["UNKNOWN", "Agreement", "Version", "edition", "load"]
