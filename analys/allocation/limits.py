"""Rebates, ceilings, floors and limits on the yearly change, and who carries what they cut or bring."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from analys.agreement.limits import NOBODY, OTHERS, Limits
from analys.agreement.question import Question, Weights
from analys.errors import AnalysError
from analys.swedish import format_kr

#: Payer -> (least, most) in öre; ``None`` where there is no bound.
Bounds = Mapping[str, tuple[Fraction, Fraction | None]]

_NOTHING = Fraction(0)


class Yearly(NamedTuple):
    """What a payer paid in a whole year: öre, and kronor an inhabitant where the inhabitants are known."""

    ore: Fraction
    rate: Fraction | None


class LimitsError(AnalysError):
    """Bounds that cannot hold the total."""


def limited(
    limits: Limits,
    weights: Weights,
    question: Question,
    heads: Mapping[str, int | None],
    before: Mapping[str, Yearly],
) -> Weights:
    """The weights after rebates and bounds: parts of the total, or fees in öre where there is no total.

    ``heads``: inhabitants by payer, where the limits ask for them. ``before``: the whole year before. Raises
    :class:`LimitsError` when the limits cannot hold the total, :class:`AnalysError` when inhabitants are not known.
    """
    whole = question.total_ore
    amounts = dict(weights) if whole is None else {payer: part * whole for payer, part in weights.items()}
    rebated = {payer: _rebate(limits, payer, heads) for payer in amounts}
    bounds = {payer: _bounds(limits, payer, question, heads, before.get(payer)) for payer in amounts}
    if whole is None:  # a tariff: what is cut from one member nobody else carries
        return {payer: _bound(fee * (1 - rebated[payer]), bounds[payer]) for payer, fee in amounts.items()}
    if not whole:
        return weights
    if limits.carried_by == OTHERS:
        settled = within(_carried_by_others(amounts, rebated), whole, bounds)
    else:
        settled = {payer: _bound(ore * (1 - rebated[payer]), bounds[payer]) for payer, ore in amounts.items()}
    if limits.carried_by not in (OTHERS, NOBODY):
        settled = _carried_by_one(limits, settled, whole)
    return {payer: ore / whole for payer, ore in settled.items()}


def _rebate(limits: Limits, payer: str, heads: Mapping[str, int | None]) -> Fraction:
    return max((own.part for own in limits.rebates if own.holds(payer, heads.get(payer))), default=_NOTHING)


def _carried_by_others(amounts: Weights, rebated: Mapping[str, Fraction]) -> Weights:
    """What is rebated is added to those without a rebate, in proportion to what they pay."""
    given = sum((ore * rebated[payer] for payer, ore in amounts.items()), _NOTHING)
    carrying = sum((ore for payer, ore in amounts.items() if not rebated[payer]), _NOTHING)
    if given and not carrying:
        raise LimitsError("alla har rabatt, så ingen bär den; skriv vem som gör det (granser.bars_av)")
    more = 1 + given / carrying if given else Fraction(1)
    return {payer: ore * (1 - rebated[payer] if rebated[payer] else more) for payer, ore in amounts.items()}


def _carried_by_one(limits: Limits, settled: Weights, whole: Fraction) -> Weights:
    """One member pays what the others leave."""
    host = limits.carried_by
    code = "" if isinstance(host, str) else host.code
    if code not in settled:
        raise LimitsError(f"den som bär skillnaden (granser.bars_av) är inte medlem: {getattr(host, 'name', host)}")
    others = sum((ore for payer, ore in settled.items() if payer != code), _NOTHING)
    if others > whole:
        raise _too_narrow("minst", others, whole)
    return settled | {code: whole - others}


def _bounds(
    limits: Limits, payer: str, question: Question, heads: Mapping[str, int | None], before: Yearly | None
) -> tuple[Fraction, Fraction | None]:
    """A payer's least and most öre in the period; yearly bounds count for the period's part of the year."""
    own = limits.kronor(payer)
    low, high = [Fraction(own.least_ore or 0)], [] if own.most_ore is None else [Fraction(own.most_ore)]
    year = None if question.total_ore is None else question.total_ore / question.part
    if year is not None:
        low += [] if limits.least_share is None else [limits.least_share * year]
        high += [] if limits.most_share is None else [limits.most_share * year]
    persons = heads.get(payer)
    if persons is not None:
        low += [] if limits.least_per_head is None else [limits.least_per_head * 100 * persons]
        high += [] if limits.most_per_head is None else [limits.most_per_head * 100 * persons]
    if before is not None and persons is not None and before.rate is not None and limits.change_per_head is not None:
        low.append((before.rate - limits.change_per_head) * 100 * persons)
        high.append((before.rate + limits.change_per_head) * 100 * persons)
    if before is not None and limits.change_part is not None:
        low.append(before.ore * (1 - limits.change_part))
        high.append(before.ore * (1 + limits.change_part))
    return max(low) * question.part, min(high) * question.part if high else None


def within(weights: Mapping[str, Fraction], total: Fraction, bounds: Bounds) -> dict[str, Fraction]:
    """``total`` in proportion to the weights, as far as each payer's bounds let it; exact.

    Of the payers outside their bounds, those on the side that distorts the total more are fixed at their bound, and the
    rest is shared anew, until nobody is outside. Raises :class:`LimitsError` when the bounds cannot hold the total.
    """
    least = sum((bounds[payer][0] for payer in weights), _NOTHING)
    caps = [cap for payer in weights if (cap := bounds[payer][1]) is not None]
    if total < least:
        raise _too_narrow("minst", least, total)
    if len(caps) == len(weights) and total > sum(caps):
        raise _too_narrow("högst", sum(caps, _NOTHING), total)
    fixed: dict[str, Fraction] = {}
    while len(fixed) < len(weights):
        free = {payer: weight for payer, weight in weights.items() if payer not in fixed}
        rest, weight_sum = total - sum(fixed.values(), _NOTHING), sum(free.values(), _NOTHING)
        wanted = {p: rest * weight / weight_sum if weight_sum else _NOTHING for p, weight in free.items()}
        bounded = {payer: _bound(amount, bounds[payer]) for payer, amount in wanted.items()}
        distortion = sum(bounded.values(), _NOTHING) - sum(wanted.values(), _NOTHING)
        if distortion == 0:
            return {payer: fixed.get(payer, bounded.get(payer, _NOTHING)) for payer in weights}
        side = 1 if distortion > 0 else -1
        fixed |= {payer: amount for payer, amount in bounded.items() if (amount - wanted[payer]) * side > 0}
    raise _too_narrow("högst", sum(fixed.values(), _NOTHING), total)


def _too_narrow(side: str, limit: Fraction, total: Fraction) -> LimitsError:
    allowed, whole = format_kr(limit / 100, 2), format_kr(total / 100, 2)
    return LimitsError(f"gränserna ger {side} {allowed}, men {whole} ska fördelas")


def _bound(amount: Fraction, bounds: tuple[Fraction, Fraction | None]) -> Fraction:
    low, high = bounds
    raised = max(amount, low)
    return raised if high is None else min(raised, high)
