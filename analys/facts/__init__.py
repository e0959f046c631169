"""What contracts and decisions say: terms, amounts, dates and parties, each with its quotation and its place."""

from analys.facts.find import Fact, find
from analys.facts.quotation import Quoted, occurs

__all__ = ["Fact", "Quoted", "find", "occurs"]
