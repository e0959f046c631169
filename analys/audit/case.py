"""What the checks of one annex share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from analys.audit.inputs import Inputs
from analys.audit.members import Membership
from analys.audit.rule import Charged, Rule
from analys.audit.sums import Derived
from analys.intake.annex import Annex, Column, Member


@dataclass(frozen=True)
class Case:
    """What the checks of one annex share: ``annex`` has only the rows that count, ``surplus`` others that totals may
    count; ``shares`` tells how each column of shares follows from populations,
    ``agreed`` what an agreement's own rule gives."""

    annex: Annex
    inputs: tuple[Inputs, ...]
    membership: Membership
    surplus: Sequence[Member]
    charges: Mapping[str, Charged]
    rules: Mapping[str, Rule]
    shares: Sequence[tuple[Column, Derived | None]]
    agreed: Mapping[str, Rule] = field(default_factory=dict)

    def beside(self, column: Column) -> list[Decimal]:
        """The figures in a column that totals may count: of surplus rows, and of parties that are no municipality."""
        return [*(member.figures[column.letter].value for member in self.surplus), *self.annex.beside(column)]
