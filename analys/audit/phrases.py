"""An agreement's terms in few Swedish words, fit to stand in a sentence: "uppsägningstiden är *två månader*"."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from functools import singledispatch
from typing import Any, Final

from analys.agreement import costs, keys, model
from analys.agreement.fields import UNKNOWN
from analys.allocation import Mode, Residual, Unit
from analys.swedish import format_date, format_kr, format_percent

_MODES: Final = {
    Mode.HALF_UP: "till närmaste",
    Mode.HALF_EVEN: "till närmaste jämna",
    Mode.FLOOR: "nedåt till",
    Mode.UP: "uppåt till",
}
_UNITS: Final = {
    Unit.ORE: "öre",
    Unit.KRONA: "hel krona",
    Unit.TEN: "tiotal kronor",
    Unit.HUNDRED: "hundratal kronor",
    Unit.TKR: "tusental kronor",
}
_RESTS: Final = {
    Residual.LARGEST_REMAINDER: "resten efter största rest",
    Residual.LARGEST_MEMBER: "resten på den största",
    Residual.HOST: "resten på värdkommunen",
    Residual.DIVISOR: "divisormetod",
}
_VAT: Final = {
    model.VatRule.OUTSIDE: "utanför momsen",
    model.VatRule.EXCLUDED: "belopp exklusive moms",
    model.VatRule.INCLUDED: "belopp inklusive moms",
}


def told(term: Any) -> str:
    """A term in a few words; "ingen" where there is no such term, "ingen känd uppgift" where no document states it."""
    if term is None:
        return "ingen"
    return "ingen känd uppgift" if term == UNKNOWN else _told(term)


def format_day(month: int, day: int) -> str:
    """(12, 31) -> "31 december"."""
    return format_date(dt.date(2000, month, day)).removesuffix(" 2000")


def listed(words: list[str]) -> str:
    """ "a", "a och b", "a, b och c"."""
    return " och ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _months(count: int) -> str:
    return f"{count} {'månad' if count == 1 else 'månader'}"


def _kr(ore: int) -> str:
    return format_kr(Fraction(ore, 100))


@singledispatch
def _told(term: Any) -> str:
    raise TypeError(f"no words for {type(term).__name__}")


@_told.register
def _(term: model.Members) -> str:
    least = f", minst {term.minimum}" if term.minimum else ""
    moves = ", med angivna in- och utträden" if term.changes else ""
    return f"{len(term.municipalities)} kommuner{least}{moves}"


@_told.register
def _(term: costs.FixedCost) -> str:
    amounts = [f"{_kr(ore)} för {year}" for year, ore in sorted(term.amounts_ore.items())]
    yearly = [f"{_kr(term.amount_ore)} per år"] if term.amount_ore is not None else []
    return f"ett fast belopp, {listed([*yearly, *amounts])}"


@_told.register
def _(term: costs.BuiltCost) -> str:
    more = f" och {_kr(term.overhead_ore)} i overhead" if term.overhead_ore else ""
    pay, extra = _kr(term.monthly_pay_ore), format_percent(term.contributions, 0)
    return f"en månadslön på {pay} med {extra} påslag i {_months(term.months)} per år{more}"


@_told.register
def _(term: costs.BudgetCost) -> str:
    return "årets budget" + (", avräknad mot utfallet" if term.actual_ore else "")


@_told.register
def _(term: costs.ThresholdCost) -> str:
    return f"{format_percent(term.part, 0)} av utfallet över {_kr(term.threshold_ore)}"


@_told.register
def _(term: costs.TariffCost) -> str:
    return "avgifter enligt taxa"


@_told.register
def _(term: keys.PopulationRule) -> str:
    when = "året före" if term.years_back == 1 else "samma år" if not term.years_back else f"{term.years_back} år före"
    day = "utan angiven referensdag" if term.reference_day == UNKNOWN else f"{format_day(*term.reference_day)} {when}"
    mean = f", medeltal av {term.mean_years} år" if term.mean_years > 1 else ""
    own = {
        keys.PerHeadKey: "kronor per invånare efter ",
        keys.StepKey: "avgift efter storlek och ",
    }
    fee = f"en grundavgift på {_kr(term.base_fee_ore)} och resten efter " if isinstance(term, keys.BaseFeeKey) else ""
    return f"{fee or own.get(type(term), '')}folkmängden {day}{mean}"


@_told.register
def _(term: keys.ColumnKey) -> str:
    return term.measure


@_told.register
def _(term: keys.EqualKey) -> str:
    return "lika delar"


@_told.register
def _(term: keys.FixedKey) -> str:
    return "fasta andelar"


@_told.register
def _(term: keys.MixedKey) -> str:
    return listed([f"{format_percent(part.weight, 0)} {_how(part.key)} {told(part.key)}" for part in term.parts])


def _how(key: Any) -> str:
    return "i" if isinstance(key, keys.EqualKey) else "efter"


@_told.register
def _(term: keys.GroupKey) -> str:
    return f"{len(term.groups)} grupper med var sin del"


@_told.register
def _(term: costs.Index) -> str:
    series = f"{format_percent(term.percent, 1)} per år" if term.percent is not None else term.series.upper()
    lag = f" {term.lag} år tidigare" if term.lag else ""
    bounds = [
        f"{name} {format_percent(at, 1)}" for name, at in (("högst", term.cap), ("lägst", term.floor)) if at is not None
    ]
    return f"{series}{lag} från {term.base_year} års priser{''.join(f', {bound}' for bound in bounds)}"


@_told.register
def _(term: keys.Limits) -> str:
    bounds = [
        *(
            f"{name} {_kr(ore)}"
            for name, ore in (("högst", term.most_ore), ("lägst", term.least_ore))
            if ore is not None
        ),
        *([f"högst {format_percent(term.most_share, 0)} av kostnaden"] if term.most_share is not None else []),
        *(
            f"{name} {format_kr(rate, 2)} per invånare"
            for name, rate in (
                ("högst", term.most_per_head),
                ("lägst", term.least_per_head),
                ("ändrat högst", term.change_per_head),
            )
            if rate is not None
        ),
    ]
    return listed(bounds)


@_told.register
def _(term: model.RoundingTerm) -> str:
    decimals = term.share_decimals
    shares = "oavrundade andelar" if decimals is None else f"andelar med {max(0, decimals - 2)} decimaler i procent"
    rest = _RESTS.get(term.residual)
    return f"{shares} och belopp {_MODES[term.mode]} {_UNITS[term.unit]}{f', {rest}' if rest else ''}"


@_told.register
def _(term: model.Billing) -> str:
    if term.invoices:
        each = [f"{format_date(invoice.due)} för {_months(invoice.months)}" for invoice in term.invoices]
        return f"faktura senast {listed(each)}"
    days = [term.yearly_by] if term.yearly_by else list(term.instalments)
    return f"faktura varje år senast {listed([format_day(*day) for day in days])}" if days else "inga angivna dagar"


@_told.register
def _(term: model.Notice) -> str:
    return _months(term.months)


@_told.register
def _(term: model.Refund) -> str:
    nothing = term.rule is model.RefundRule.NONE
    return "ingen" if nothing else "pengar tillbaka från första dagen i månaden efter upphörandet"


@_told.register
def _(term: model.Vacancy) -> str:
    if not term.refunded:
        return "ingen återbetalning vid vakans"
    longer = f" längre än {_months(term.longer_than_months)}" if term.longer_than_months else ""
    return f"återbetalning vid vakans{longer}"


@_told.register
def _(term: model.Vat) -> str:
    return _VAT[term.rule]
