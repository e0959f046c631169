"""``grupper``: what each group carries, and how its members share it: nested shares, cost blocks, fees by category,
a member's own cost (särkostnad) before the rest is shared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Self, final

from pydantic import Field, field_validator, model_validator

from analys.agreement.fields import Municipality, Name, Ore, Part, Strict
from analys.agreement.keys.base import KeyRule, Need, Scope, Total, family, make_one
from analys.agreement.lines import Path as Place
from analys.agreement.problem import Problem
from analys.agreement.question import Question, Weights
from analys.agreement.words import kr, listed, percent
from analys.register import Region

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
        return tuple(member for member in members if not self.municipalities or member in self.municipalities)

    def kronor(self, year: int) -> int | None:
        """The group's yearly öre together; ``None`` where it carries a part, a fee each, or nothing that is known."""
        stated = max((own for own in self.by_year if own <= year), default=None)
        return self.amount_ore if stated is None else self.by_year[stated]

    def shares(self, question: Question) -> Weights:
        """Each payer's part of what the group carries."""
        if self.party is not None:
            return {self.party: Fraction(1)}
        members = self.present(question.members)
        if not members:
            raise question.fault(f"gruppen {self.told()} har ingen medlem {question.year}")
        if self.key is None:
            return question.parts({member.code: Fraction(1) for member in members}, "medlemmar")
        return self.key.weigh(question.within(Fraction(1), members))

    def told(self) -> str:
        who = self.name or self.party or listed([region.name for region in self.municipalities]) or "alla"
        if self.part is not None:
            carried = percent(self.part)
        elif self.fee_ore is not None:
            carried = f"{kr(self.fee_ore)} var"
        else:
            amounts = [kr(self.amount_ore)] if self.amount_ore is not None else []
            carried = listed([*amounts, *(f"{kr(ore)} för {year}" for year, ore in sorted(self.by_year.items()))])
        return f"{who} {carried}" + (f" {self.key.joined_by} {self.key.told()}" if self.key else "")


@family("grupper")
@final
class GroupKey(KeyRule):
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
        return any(group.part is None or (group.key and group.key.has_fees) for group in self.groups)

    def keys_within(self) -> list[KeyRule]:
        return [group.key for group in self.groups if group.key]

    def weigh(self, question: Question) -> Weights:
        fees: Weights = {}
        for group in self.groups:
            for payer, fee in self._fees(group, question).items():
                fees[payer] = fees.get(payer, Fraction(0)) + fee
        sharing = [group for group in self.groups if group.part is not None]
        if not fees:
            return self._shared(sharing, question)
        return question.after(fees, (lambda rest: self._shared(sharing, rest)) if sharing else None)

    def _fees(self, group: Group, question: Question) -> Weights:
        """The yearly kronor, in öre, of a group that carries kronor."""
        if group.fee_ore is not None:
            fee = question.agreed(f"Avgift, {group.told()}", Fraction(group.fee_ore, 100), "kr") * 100
            return {member.code: fee for member in group.present(question.members)}
        if group.part is not None:
            return {}
        ore = group.kronor(question.year)
        if ore is None:
            raise question.fault(f"gruppen {group.told()} har inget belopp för {question.year}")
        amount = question.agreed(f"Belopp, {group.told()}", Fraction(ore, 100), "kr") * 100
        own = replace(question, total_ore=ore * question.part)
        return {payer: amount * share for payer, share in group.shares(own).items()}

    def _shared(self, groups: list[Group], question: Question) -> Weights:
        nested: Weights = {}
        for group in groups:
            part = group.part or Fraction(0)
            own = question.agreed(f"Andel, {group.told()}", part, "andel")
            for payer, share in group.shares(question.within(part)).items():
                nested[payer] = nested.get(payer, Fraction(0)) + own * share
        return nested

    def told(self) -> str:
        return listed([group.told() for group in self.groups])

    def faults(self, scope: Scope, place: Place) -> Iterator[Problem]:
        for n, group in enumerate(self.groups):
            at: Place = (*place, "grupper", n)
            if group.party and group.party not in scope.parties:
                yield Problem((*at, "part"), "id för en part", repr(group.party), "lägg till den under [[part]]")
            for m, region in enumerate(group.municipalities):
                yield from scope.regions([region], (*at, "kommuner", m))
            if group.key:
                yield from group.key.faults_within(scope, (*at, "nyckel"))
        yield from self._left_out(scope, (*place, "grupper"))

    def _left_out(self, scope: Scope, place: Place) -> Iterator[Problem]:
        """Members that no group has would pay nothing, which an agreement says by fixed shares of zero."""
        groups = [group for group in self.groups if group.party is None]
        covered = {region for group in groups for region in group.present(tuple(scope.members))}
        absent = [region.name for region in scope.members if region not in covered]
        if groups and absent:
            yield Problem(place, "varje medlem i en grupp", f"ingen med {', '.join(absent)}", "lägg dem i en grupp")

    def needs(self, year: int) -> list[Need]:
        return [need for key in self.keys_within() for need in key.needs(year)]
