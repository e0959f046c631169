"""What every family of allocation keys (fördelningsnycklar) can do; each family is one class in one file beside this.

A new family is a new file: it states its fields, weighs the members, words itself, and names its faults and needs.
``@family`` and ``@final`` make it a part of the language; mypy refuses one that lacks a method.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, TypeVar

from pydantic import Field

from analys.agreement.fields import Citation, Prose, Strict, municipality
from analys.agreement.lines import Path as Place
from analys.agreement.problem import Problem
from analys.agreement.question import Question, Weights
from analys.agreement.values import read_values
from analys.errors import InputError
from analys.evidence import Underlag
from analys.register import Region

if TYPE_CHECKING:
    from analys.agreement.keys.measure import PopulationRule


class Total(Enum):
    """Whether a key shares a cost, or makes the total by itself (a tariff, with ``kostnad`` of ``typ = "taxa"``)."""

    SHARED = "shared"
    MADE = "made"
    EITHER = "either"


class Need(NamedTuple):
    """A figure that a key needs for a year's cost: what it is of, and its day where that is known."""

    what: str
    date: dt.date | None


@dataclass(frozen=True)
class Scope:
    """What the names and files of a key may refer to."""

    folder: Path
    members: Sequence[Region]
    parties: frozenset[str]

    def names(self, names: Sequence[str], place: Place) -> Iterator[Problem]:
        """Each name must be a member's, or the id of a party."""
        for name in names:
            if name not in self.parties:
                yield from self._member(name, (*place, name))

    def _member(self, name: str, place: Place) -> Iterator[Problem]:
        try:
            region = municipality(name)
        except ValueError as error:
            yield Problem(place, str(error), repr(name), "rätta namnet")
            return
        yield from self.regions([region], place)

    def regions(self, regions: Sequence[Region], place: Place) -> Iterator[Problem]:
        """Each must be a member, where the members are known."""
        for region in regions:
            if self.members and region not in self.members:
                yield Problem(place, "en av medlemmarna", region.name, "rätta namnet eller medlemmarna")

    def file(self, name: str, column: str, place: Place) -> Iterator[Problem]:
        """A table beside the agreement, with a column of that heading."""
        file = self.folder / name
        if not file.resolve().is_relative_to(self.folder.resolve()) or not file.is_file():
            yield Problem(place, "en fil bredvid avtalet", repr(name), "rätta namnet eller lägg dit filen")
            return
        try:
            read_values(file, column)
        except InputError as error:
            for fault in error.faults:
                yield Problem(place, fault.expected, f"{fault.found} i {name}, {fault.place}", fault.action)


class KeyRule(Strict, ABC):
    """A key. The outermost one of a version must have its citation; keys within it need none."""

    citation: Citation | None = Field(None, alias="kalla")
    underlag: Underlag = Underlag.DOKUMENTERAD
    note: Prose | None = Field(None, alias="anmarkning")

    type: Any = Field(alias="typ")
    #: Whether the key shares a cost or makes the total.
    total: ClassVar[Total] = Total.SHARED
    #: The word between a part and what it is shared by: "30 % *i* lika delar", "70 % *efter* folkmängden".
    joined_by: ClassVar[str] = "efter"

    @abstractmethod
    def weigh(self, question: Question) -> Weights:
        """Each payer's part of the question's total; of a tariff, each payer's fee of a whole year in öre.

        Reckoned by sums, products and quotients of what :meth:`Question.noted` and :meth:`Question.agreed` give, so that
        a workbook gets the formulas. Raises :class:`AnalysError` that names the figure that is missing.
        """

    @abstractmethod
    def told(self) -> str:
        """The key in few Swedish words, fit to stand in a sentence."""

    @abstractmethod
    def faults(self, scope: Scope, place: Place) -> Iterator[Problem]:
        """The names and files that the key refers to and that are not there; ``place`` is the key's own."""

    def faults_within(self, scope: Scope, place: Place) -> Iterator[Problem]:
        """As :meth:`faults`, for a key within another: it shares that one's total, so it cannot make its own."""
        if self.total is Total.MADE:
            expected = "en nyckel som delar en kostnad: en taxa är avtalets egen nyckel"
            yield Problem((*place, "typ"), expected, repr(self.type), "gör den till versionens nyckel")
        yield from self.faults(scope, place)

    @abstractmethod
    def needs(self, year: int) -> list[Need]:
        """The figures that a year's cost is shared by."""

    @property
    def has_fees(self) -> bool:
        """Whether agreed kronor are part of the outcome, so that it is more than shares."""
        return False

    def populations(self) -> list[PopulationRule]:
        """The population rules in the key, also within the keys that it is made of."""
        return []

    def with_populations(self, changed: Callable[[PopulationRule], dict[str, Any]]) -> KeyRule:
        """The key with every population rule in it updated by what ``changed`` says of it."""
        return self


class Composite(KeyRule):
    """A key that is made of others: it needs what they need, and their faults are its own."""

    @abstractmethod
    def keys_within(self) -> list[tuple[Place, KeyRule]]:
        """The keys that this one is made of, each with its place in it."""

    @abstractmethod
    def with_keys(self, changed: Callable[[KeyRule], KeyRule]) -> KeyRule:
        """This key, made of what ``changed`` makes of each of those."""

    def populations(self) -> list[PopulationRule]:
        return [rule for _, key in self.keys_within() for rule in key.populations()]

    def with_populations(self, changed: Callable[[PopulationRule], dict[str, Any]]) -> KeyRule:
        return self.with_keys(lambda key: key.with_populations(changed))

    def faults(self, scope: Scope, place: Place) -> Iterator[Problem]:
        for at, key in self.keys_within():
            yield from key.faults_within(scope, (*place, *at))

    def needs(self, year: int) -> list[Need]:
        return [need for _, key in self.keys_within() for need in key.needs(year)]

    @property
    def has_fees(self) -> bool:
        return any(key.has_fees for _, key in self.keys_within())


#: The families, by the ``typ`` that the file names them with.
FAMILIES: Final[dict[str, type[KeyRule]]] = {}

_Family = TypeVar("_Family", bound=KeyRule)
_Stated = TypeVar("_Stated")


def family(typ: str) -> Callable[[type[_Family]], type[_Family]]:
    """Make a class a family of the language. It must be ``@final``: then the type check refuses one that lacks a method.

    Raises ``TypeError`` for a class that is not.
    """

    def register(own: type[_Family]) -> type[_Family]:
        if not getattr(own, "__final__", False):
            raise TypeError(f"the family {own.__name__} is not @final, so nothing checks that it is complete")
        FAMILIES[typ] = own
        return own

    return register


def stated(by_year: Mapping[int, _Stated], year: int, otherwise: _Stated | None = None) -> _Stated | None:
    """What holds in a year: what the latest year up to it says, or else what holds for all years."""
    until = [own for own in by_year if own <= year]
    return by_year[max(until)] if until else otherwise


def payer(name: str) -> str:
    """A member's code, or the party id that a name is (the check has seen to its being one)."""
    try:
        return municipality(name).code
    except ValueError:
        return name


def make_one(parts: Sequence[Fraction], what: str) -> None:
    """Raise ``ValueError`` for parts that do not make one."""
    if sum(parts) != 1:
        percent = f"{float(sum(parts) * 100):.10g}".replace(".", ",")
        raise ValueError(f"{what} som tillsammans är 100 %, inte {percent} %")
