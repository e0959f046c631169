"""``grupper``: what each group carries, and how its members share it: nested shares, cost blocks, fees by category,
a member's own cost (särkostnad) before the rest is shared."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Literal, Self, final

from pydantic import Field, field_validator, model_validator

from analys.agreement.fields import Municipality, Name, Ore, Part, Strict
from analys.agreement.keys.base import Composite, KeyRule, Scope, Total, family, make_one, stated
from analys.agreement.lines import Path as Place
from analys.agreement.problem import Problem
from analys.agreement.question import Question, Weights
from analys.agreement.words import kr, percent
from analys.register import Region
from analys.swedish import listed

if TYPE_CHECKING:
    from analys.agreement.keys import Key


class Group(Strict):
    """What one ``party``, or ``municipalities`` (all, when unsaid), carries, and by which key they share it.

    ``part`` of what is left after all kronor; or yearly kronor for the group together (``amount_ore``, ``by_year``), or
    for each of its members (``fee_ore``). A group of one needs no key.
    """

    name: Name | None = Field(None, alias="namn")
    part: Part | None = Field(None, alias="andel")
    amount_ore: Ore | None = Field(None, alias="belopp_kr")
    by_year: dict[int, Ore] = Field(default_factory=dict, alias="belopp_per_ar_kr")
    fee_ore: Ore | None = Field(None, alias="avgift_kr")
    party: str | None = Field(None, alias="part")
    municipalities: tuple[Municipality, ...] = Field((), alias="kommuner")
    key: Key | None = Field(None, alias="nyckel")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        carried = [self.part is not None, self.amount_ore is not None or bool(self.by_year), self.fee_ore is not None]
        if sum(carried) != 1:
            raise ValueError("en av andel, belopp_kr (eller belopp_per_ar_kr) och avgift_kr")
        alone = self.party is not None or self.fee_ore is not None
        if (alone and self.key) or not (alone or self.key or len(self.municipalities) == 1):
            raise ValueError("nyckel för en grupp som delar; ingen nyckel med part eller avgift_kr")
        if self.party and self.municipalities:
            raise ValueError("antingen part eller kommuner")
        return self

    def present(self, members: tuple[Region, ...]) -> tuple[Region, ...]:
        """The group's members of those who are in."""
        own = self.municipalities or members
        return tuple(member for member in members if member in own)

    def kronor(self, year: int) -> int | None:
        """The group's yearly öre together; ``None`` where it carries a part, a fee each, or nothing that is known."""
        return stated(self.by_year, year, self.amount_ore)

    def shares(self, question: Question) -> Weights:
        """Each payer's part of what the group carries."""
        if self.party is not None:
            return Weights({self.party: Fraction(1)})
        members = self.present(question.members)
        if not members:
            raise question.fault(f"gruppen {self.told()} har ingen medlem {question.year}")
        if self.key is None:
            return question.equal(members)
        return self.key.weigh(question.within(Fraction(1), members))

    def shared(self, question: Question, part: Fraction) -> Weights:
        """Each payer's part of the whole, of a group that carries a part of it."""
        return question.agreed(f"Andel, {self.told()}", part, "andel") * self.shares(question.within(part))

    def fees(self, question: Question) -> Weights:
        """The yearly kronor, in öre, of a group that carries kronor."""
        if self.fee_ore is not None:
            fee = question.agreed(f"Avgift, {self.told()}", Fraction(self.fee_ore, 100), "kr") * 100
            return Weights.each((member.code for member in self.present(question.members)), fee)
        ore = self.kronor(question.year)
        if ore is None:
            raise question.fault(f"gruppen {self.told()} har inget belopp för {question.year}")
        amount = question.agreed(f"Belopp, {self.told()}", Fraction(ore, 100), "kr") * 100
        own = replace(question, total_ore=ore * question.part)
        return amount * self.shares(own)

    def told(self) -> str:
        who = self.name or self.party or listed([region.name for region in self.municipalities]) or "alla"
        how = f" {self.key.joined_by} {self.key.told()}" if self.key else ""
        return f"{who} {self._carried()}{how}"

    def _carried(self) -> str:
        if self.part is not None:
            return percent(self.part)
        if self.fee_ore is not None:
            return f"{kr(self.fee_ore)} var"
        amounts = [] if self.amount_ore is None else [kr(self.amount_ore)]
        amounts += [f"{kr(ore)} för {year}" for year, ore in sorted(self.by_year.items())]
        return listed(amounts)


@family("grupper")
@final
class GroupKey(Composite):
    """State 1/2, region 1/4, the municipalities together 1/4 and then by a key of their own; kronor come first."""

    type: Literal["grupper"] = Field(alias="typ")
    groups: tuple[Group, ...] = Field(alias="grupper", min_length=1)
    total = Total.EITHER

    @field_validator("groups")
    @classmethod
    def _whole(cls, groups: tuple[Group, ...]) -> tuple[Group, ...]:
        if parts := [group.part for group in groups if group.part is not None]:
            make_one(parts, "andelar (andel)")
        return groups

    @property
    def has_fees(self) -> bool:
        return self.paying != [] or super().has_fees

    def keys_within(self) -> list[tuple[Place, KeyRule]]:
        return [(("grupper", n, "nyckel"), group.key) for n, group in enumerate(self.groups) if group.key]

    def with_keys(self, changed: Callable[[KeyRule], KeyRule]) -> KeyRule:
        groups = tuple(
            group.model_copy(update={"key": changed(group.key)}) if group.key else group for group in self.groups
        )
        return self.model_copy(update={"groups": groups})

    @property
    def paying(self) -> list[Group]:
        """The groups that carry kronor."""
        return [group for group in self.groups if group.part is None]

    def weigh(self, question: Question) -> Weights:
        if not self.paying:
            return self._shared(question)
        fees = reduce(operator.add, [group.fees(question) for group in self.paying])
        sharing = len(self.paying) < len(self.groups)
        return question.after(fees, self._shared if sharing else None)

    def _shared(self, question: Question) -> Weights:
        """What the groups with a part of the total carry."""
        return reduce(
            operator.add, [group.shared(question, group.part) for group in self.groups if group.part is not None]
        )

    def told(self) -> str:
        return listed([group.told() for group in self.groups])

    def faults(self, scope: Scope, place: Place) -> Iterator[Problem]:
        for n, group in enumerate(self.groups):
            at: Place = (*place, "grupper", n)
            if group.party and group.party not in scope.parties:
                yield Problem((*at, "part"), "id för en part", repr(group.party), "lägg till den under [[part]]")
            for m, region in enumerate(group.municipalities):
                yield from scope.regions([region], (*at, "kommuner", m))
        yield from super().faults(scope, place)
        yield from self._left_out(scope, (*place, "grupper"))

    def _left_out(self, scope: Scope, place: Place) -> Iterator[Problem]:
        """Members that no group has would pay nothing, which an agreement says by fixed shares of zero."""
        if all(group.party for group in self.groups):
            return
        covered: set[Region] = set()
        for group in self.groups:
            covered |= set() if group.party else set(group.present(tuple(scope.members)))
        absent = [region.name for region in scope.members if region not in covered]
        if absent:
            yield Problem(place, "varje medlem i en grupp", f"ingen med {', '.join(absent)}", "lägg dem i en grupp")
