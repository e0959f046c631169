"""What a column as a whole says of cells that alone could mean two things.

"05/06/2023" is a day in May or in June, "200105" a month of 2001 or a day of 2020, "1.234" more than a thousand kronor
or little more than one, and 45077 in a spreadsheet's column of dates the day that lost its format. One cell cannot tell;
where another cell of the column fits one reading only and none contradicts it, all are read so and the answer says so.
Else each is reported.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any, Final

from analys.finder.marks import Marks, Size, Written, decide, only_groups
from analys.intake.invoices import cells
from analys.intake.invoices.layouts import DAY, MONTH, Match, Target
from analys.masking import mask, shown
from analys.swedish import fold, parse_date, plain

#: The lines at the beginning of a text that its columns are judged by, in a small ledger as in a large one.
SAMPLE: Final = 1000
#: The columns that say what a bill costs and what of that is VAT.
AMOUNT_AND_VAT: Final = (Target.BELOPP, Target.BELOPP_INKL_MOMS, Target.MOMS)
#: What part of an amount without VAT, or of one that holds it, the VAT is at Sweden's rates of 25, 12 and 6 per cent.
_VAT_PARTS: Final = [
    (side, rate / of) for rate in map(Decimal, (25, 12, 6)) for side, of in (("netto", 100), ("brutto", 100 + rate))
]
_SAID_OF_VAT: Final = {"brutto": "är med moms: den dras ifrån", "netto": "är utan moms"}
#: So large a part of the rows that tell must agree.
_MOST: Final = Decimal("0.9")
#: How far in kronor a bill's VAT may be rounded.
_VAT_ROUNDING: Final = Decimal("0.51")
#: Headings of amounts that often hold the VAT.
_VAT_UNSAID: Final = frozenset({"total", "totalbelopp", "fakturabelopp", "summa"})
_CALLED: Final = {DAY: "dagen", MONTH: "månaden"}
_GROUPING_MARKS: Final = {Marks.POINT_GROUPS: ".", Marks.COMMA_GROUPS: ","}
#: Between points the day stands first: so Swedes and their neighbours write, and nobody the other way.
_DOTTED: Final = re.compile(r"\d{1,2}\.\d")
#: Headings of columns that hold months, never days.
_PERIODS: Final = frozenset({"period", "manad", "bokforingsperiod", "month"})


@dataclass(frozen=True)
class _Sample:
    """The rows that decide, with the map as far as it is decided; ``day_zero`` is what whole numbers in a column of
    dates count from, ``None`` where they are no day numbers."""

    match: Match
    rows: Sequence[Sequence[object]]
    day_zero: dt.date | None = None

    def headings(self, target: Target) -> list[str]:
        return [heading for heading, of in zip(self.match.headings, self.match.targets, strict=True) if of is target]

    def column(self, target: Target) -> int | None:
        """The first column of a target."""
        return self.match.targets.index(target) if target in self.match.targets else None

    def cells(self, target: Target) -> list[object]:
        """The cells of the target's columns that say something."""
        columns = [column for column, of in enumerate(self.match.targets) if of is target]
        found = (row[column] for row in self.rows for column in columns)
        return [cell for cell in found if cells.text(cell)]


#: What a column decides, and that in words; nothing where it does not.
_Decision = tuple[object, str] | None


def settled(match: Match, rows: Iterable[Sequence[object]], day_zero: dt.date | None = None) -> tuple[Match, str]:
    """The match with what ``rows`` (their cells) decide, unless its column map says it, and that in words.

    ``day_zero``: what whole numbers in a column of dates count from; ``None`` where they are no day numbers.
    """
    width = len(match.headings)
    sample = _Sample(match, [row for row in rows if len(row) >= width], day_zero)
    said: list[str] = []
    for field, decided_by in _DECISIONS.items():
        decided = None if getattr(match.layout, field) else decided_by(sample)
        if decided:
            layout = sample.match.layout.model_copy(update={field: decided[0]})
            sample = replace(sample, match=replace(sample.match, layout=layout))
            said.append(decided[1])
    if mended := [
        heading for heading, of in zip(match.headings, match.targets, strict=True) if "\ufffd" in heading and of
    ]:
        said.append(
            f"rubriker med förstörda bokstäver lästa som de enda kända som passar: {', '.join(map(mask, mended))}"
        )
    if len(dates := sample.headings(Target.DATUM)) > 1:
        said.append(f"datumet är det första som raden har av {', '.join(map(mask, dates))}")
    return sample.match, "; ".join(filter(None, said))


def _order(sample: _Sample) -> _Decision:
    """Whether the day or the month stands first in "31/05/2023"."""
    written = [day for day in sample.cells(Target.DATUM) if isinstance(day, str) and cells.is_numeric_date(day)]
    found = _only_reading(written, {order: partial(cells.date, first=order) for order in (DAY, MONTH)})
    if found:
        return found[0], f"{_CALLED[found[0]]} står först i datum som {shown(found[1])}"
    dotted = bool(written) and all(_DOTTED.match(cells.text(day)) for day in written)
    if dotted and all(_is_read(partial(cells.date, first=DAY), day) for day in written):
        return DAY, f"{_CALLED[DAY]} står först i datum med punkter, som {shown(written[0])}"
    return None


def _ending(sample: _Sample) -> _Decision:
    """Whether six digits such as 200105 end in a day or a month."""
    headings = sample.headings(Target.DATUM)
    if headings and all(fold(heading) in _PERIODS for heading in headings):
        return MONTH, ""
    written = [digits for day in sample.cells(Target.DATUM) if re.fullmatch(r"\d{6}", digits := cells.text(day))]
    found = _only_reading(written, {MONTH: _month, DAY: parse_date})
    return (found[0], f"{_CALLED[found[0]]} står sist i datum som {shown(found[1])}") if found else None


def _month(digits: str) -> dt.date:
    """The month of digits that end in one. Raises ``ValueError``."""
    return dt.date(cells.year(int(digits[:4])), int(digits[4:]), 1)


def _only_reading(written: Sequence[str], readings: Mapping[str, Callable[[str], object]]) -> tuple[str, str] | None:
    """The one reading that all of the cells have, and a cell that has no other."""
    fitting = {name: [cell for cell in written if _is_read(parse, cell)] for name, parse in readings.items()}
    whole = [name for name, found in fitting.items() if len(found) == len(written)]
    if len(whole) != 1:
        return None
    others = {cell for name, found in fitting.items() if name not in whole for cell in found}
    return whole[0], next(cell for cell in written if cell not in others)


def _is_read(parse: Callable[[Any], object], cell: object) -> bool:
    try:
        parse(cell)
    except ValueError:
        return False
    return True


def _grouping(sample: _Sample) -> _Decision:
    """The mark that groups thousands, with a cell in which it can do nothing else."""
    written = [plain(amount) for amount in sample.cells(Target.BELOPP) if isinstance(amount, str)]
    mark = _GROUPING_MARKS.get(decide({0: Written(Size.OTHER, written)})[0], "")
    shows = (amount for amount in written if mark and only_groups(amount, mark))
    return next(((mark, f"{shown(mark)} skiljer tusental, som i {shown(amount)}") for amount in shows), None)


def _day_number(sample: _Sample) -> _Decision:
    """What day numbers count from, in a column that holds nothing but days and such numbers."""
    days = sample.cells(Target.DATUM)
    numbers = [int(day) for day in days if isinstance(day, int | float) and int(day) in cells.DAY_NUMBERS]
    dates = sum(isinstance(day, dt.date) for day in days)
    if not sample.day_zero or not numbers or len(numbers) + dates < len(days):
        return None
    day = cells.date(numbers[0], day_zero=sample.day_zero)
    return sample.day_zero, f"datumen är dagnummer: {numbers[0]} är {day}"


def _vat(sample: _Sample) -> _Decision:
    """Whether the amounts hold the VAT, by the VAT beside them; in words where nothing tells though something should."""
    net, gross, vat = (sample.column(target) for target in (Target.BELOPP, Target.BELOPP_INKL_MOMS, Target.MOMS))
    names = [mask(heading) for target in AMOUNT_AND_VAT for heading in sample.headings(target)[:1]]
    if Target.DEBET in sample.match.targets:
        return None
    if net is None:
        return None if gross is None or vat is None else ("brutto", f"beloppet är {names[0]} utan {names[-1]}")
    if vat is None:
        unsaid = fold(sample.match.headings[net]) in _VAT_UNSAID
        return ("", f"filen säger inte om {names[0]} är med eller utan moms") if unsaid else None
    grouping = sample.match.layout.tusental
    adding = 0 if gross is None else sum(_adds_up(row, net, vat, gross, grouping) for row in sample.rows)
    if gross is not None and adding and adding >= _MOST * len(sample.rows):
        _, total, tax = names
        return "netto", f"{names[0]} är utan moms: {names[0]} + {tax} = {total} på {adding} av {len(sample.rows)} rader"
    votes = Counter(side for row in sample.rows if (side := _side(row[net], row[vat], grouping)))
    if not votes:
        return None
    (side, count), *_ = votes.most_common(1)
    if count < _MOST * votes.total():
        return "", f"{names[0]} och {names[-1]} säger inte entydigt om beloppet är med eller utan moms ({dict(votes)})"
    return side, f"{names[0]} {_SAID_OF_VAT[side]}, enligt {names[-1]} på {count} rader"


def with_one_amount(match: Match, rows: Iterable[Sequence[object]]) -> Match:
    """The match with one of two columns of amounts as the total, where the other and the VAT make that in each row with
    VAT."""
    amounts = [column for column, of in enumerate(match.targets) if of is Target.BELOPP]
    if len(amounts) != 2 or Target.MOMS not in match.targets or not match.doubled:
        return match
    vat, grouping = match.targets.index(Target.MOMS), match.layout.tusental
    whole = [row for row in rows if len(row) >= len(match.headings) and cells.text(row[vat]).strip("0,. ")]
    for net, total in (amounts, amounts[::-1]):
        if whole and all(_adds_up(row, net, vat, total, grouping) for row in whole):
            targets = list(match.targets)
            targets[total] = Target.BELOPP_INKL_MOMS
            return replace(match, targets=tuple(targets))
    return match


def _adds_up(row: Sequence[object], net: int, vat: int, total: int, grouping: str) -> bool:
    """Whether an amount and its VAT make the total."""
    try:
        amount, tax, whole = (cells.amount(row[column], grouping=grouping) for column in (net, vat, total))
    except (ValueError, OverflowError):
        return False
    return abs(amount + tax - whole) <= _VAT_ROUNDING


def _side(amount: object, vat: object, grouping: str) -> str:
    """Whether the VAT is 25, 12 or 6 per cent of an amount without it or of one that holds it; "" where both or none."""
    try:
        kronor, tax = (abs(cells.amount(cell, grouping=grouping)) for cell in (amount, vat))
    except (ValueError, OverflowError):
        return ""
    fitting = {side for side, part in _VAT_PARTS if tax and abs(tax - kronor * part) <= _VAT_ROUNDING}
    return fitting.pop() if len(fitting) == 1 else ""


#: What a column map may leave open, in the order in which it is decided and told.
_DECISIONS: Final[Mapping[str, Callable[[_Sample], _Decision]]] = {
    "forst_i_datum": _order,
    "sist_i_datum": _ending,
    "tusental": _grouping,
    "dagnummer_fran": _day_number,
    "belopp_ar": _vat,
}
