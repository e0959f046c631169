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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
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
#: Sweden's rates of VAT, in per cent, and how far in kronor a bill's VAT may be rounded.
_VAT_RATES: Final = (Decimal(25), Decimal(12), Decimal(6))
_VAT_ROUNDING: Final = Decimal("0.51")
#: Headings of amounts that often hold the VAT.
_VAT_UNSAID: Final = frozenset({"total", "totalbelopp", "fakturabelopp", "summa"})
#: Headings of columns that hold months, never days.
_PERIODS: Final = frozenset({"period", "manad", "bokforingsperiod", "month"})


def settled(match: Match, rows: Iterable[Sequence[object]], day_zero: dt.date | None = None) -> tuple[Match, str]:
    """The match with what ``rows`` (their cells) decide, unless its column map says it, and that in words.

    ``day_zero``: what whole numbers in a column of dates count from; ``None`` where they are no day numbers.
    """
    width = len(match.headings)
    whole = [row for row in rows if len(row) >= width]
    days, amounts = _column(match, Target.DATUM, whole), _column(match, Target.BELOPP, whole)
    found: dict[str, object] = {}
    said: list[str] = []
    if not match.layout.forst_i_datum and (order := _order(days)):
        found["forst_i_datum"], example = order
        said.append(f"{'dagen' if order[0] == DAY else 'månaden'} står först i datum som {shown(example)}")
    columns = [heading for heading, of in zip(match.headings, match.targets, strict=True) if of is Target.DATUM]
    if not match.layout.sist_i_datum and columns and all(fold(heading) in _PERIODS for heading in columns):
        found["sist_i_datum"] = MONTH
    elif not match.layout.sist_i_datum and (ending := _ending(days)):
        found["sist_i_datum"], example = ending
        said.append(f"{'dagen' if ending[0] == DAY else 'månaden'} står sist i datum som {shown(example)}")
    if not match.layout.tusental and (grouping := _grouping(amounts)):
        found["tusental"], example = grouping
        said.append(f"{shown(grouping[0])} skiljer tusental, som i {shown(example)}")
    if day_zero and (number := _day_number(days)):
        found["dagnummer_fran"] = day_zero
        said.append(f"datumen är dagnummer: {number} är {cells.date(number, day_zero=day_zero)}")
    if told := _amounts_said(match, whole, str(found.get("tusental", match.layout.tusental))):
        found["belopp_ar"], words = told
        said.append(words)
    if len(columns) > 1:
        said.append(f"datumet är det första som raden har av {', '.join(map(mask, columns))}")
    return replace(match, layout=match.layout.model_copy(update=found)) if found else match, "; ".join(said)


def _amounts_said(match: Match, rows: Sequence[Sequence[object]], grouping: str) -> tuple[str, str] | None:
    """Whether the amounts hold the VAT, by the VAT beside them, and that in words; ``None`` where nothing says."""
    columns = {of: index for index, of in reversed(list(enumerate(match.targets)))}
    heading = {of: mask(match.headings[index]) for of, index in columns.items() if of}
    if match.layout.belopp_ar or Target.DEBET in columns:
        return None
    if Target.BELOPP not in columns:
        parts = [heading.get(target, "") for target in (Target.BELOPP_INKL_MOMS, Target.MOMS)]
        return ("brutto", f"beloppet är {parts[0]} utan {parts[1]}") if all(parts) else None
    if Target.MOMS not in columns:
        unsaid = fold(match.headings[columns[Target.BELOPP]]) in _VAT_UNSAID
        return ("", f"filen säger inte om {heading[Target.BELOPP]} är med eller utan moms") if unsaid else None
    pairs = [(row[columns[Target.BELOPP]], row[columns[Target.MOMS]]) for row in rows]
    votes = Counter(side for amount, vat in pairs if (side := _side(amount, vat, grouping)))
    side, count = votes.most_common(1)[0] if votes else ("", 0)
    names = f"{heading[Target.BELOPP]} och {heading[Target.MOMS]}"
    if not side:
        return None
    if 10 * count < 9 * votes.total():
        return "", f"{names} säger inte entydigt om beloppet är med eller utan moms ({dict(votes)})"
    rest = "är med moms: den dras ifrån" if side == "brutto" else "är utan moms"
    return side, f"{heading[Target.BELOPP]} {rest}, enligt {heading[Target.MOMS]} på {count} rader"


def _side(amount: object, vat: object, grouping: str) -> str:
    """Whether the VAT is 25, 12 or 6 per cent of an amount without it or of one that holds it; "" where both or none."""
    try:
        kronor, tax = (abs(cells.amount(cell, grouping=grouping)) for cell in (amount, vat))
    except (ValueError, OverflowError):
        return ""
    fitting = {
        side
        for rate in _VAT_RATES
        for side, part in (("netto", rate), ("brutto", rate / (100 + rate) * 100))
        if tax and abs(tax - kronor * part / 100) <= _VAT_ROUNDING
    }
    return fitting.pop() if len(fitting) == 1 else ""


def _column(match: Match, target: Target, rows: Iterable[Sequence[object]]) -> list[object]:
    """The cells of the target's columns that say something."""
    columns = [column for column, of in enumerate(match.targets) if of is target]
    found = (row[column] for row in rows for column in columns)
    return [cell for cell in found if (cells.text(cell) if isinstance(cell, str) else cell is not None)]


def _order(days: Sequence[object]) -> tuple[str, str] | None:
    """Whether the day or the month stands first in "31/05/2023", and the cell that shows it."""
    written = [day for day in days if isinstance(day, str) and cells.is_numeric_date(day)]
    fitting = {
        order: [day for day in written if _is_read(partial(cells.date, first=order), day)] for order in (DAY, MONTH)
    }
    for order, other in ((DAY, MONTH), (MONTH, DAY)):
        if len(fitting[order]) == len(written) > len(fitting[other]):
            return order, next(day for day in written if day not in fitting[other])
    return None


def _ending(days: Sequence[object]) -> tuple[str, str] | None:
    """Whether six digits such as 200105 end in a day or a month, and the cell that shows it."""
    written = [digits for day in days if re.fullmatch(r"\d{6}", digits := cells.text(day))]
    months = [digits for digits in written if "01" <= digits[4:] <= "12" and "1970" <= digits[:4] <= "2100"]
    dates = [digits for digits in written if _is_read(parse_date, digits)]
    if len(months) == len(written) > len(dates):
        return MONTH, next(digits for digits in written if digits not in dates)
    if len(dates) == len(written) > len(months):
        return DAY, next(digits for digits in written if digits not in months)
    return None


def _is_read(parse: Callable[[Any], object], cell: object) -> bool:
    try:
        parse(cell)
    except ValueError:
        return False
    return True


def _grouping(amounts: Sequence[object]) -> tuple[str, str] | None:
    """The mark that groups thousands, and a cell in which it can do nothing else."""
    written = [plain(amount) for amount in amounts if isinstance(amount, str)]
    mark = _GROUPING_MARKS.get(decide({0: Written(Size.OTHER, written)})[0], "")
    shows = (amount for amount in written if mark and only_groups(amount, mark))
    return next(((mark, amount) for amount in shows), None)


_GROUPING_MARKS: Final = {Marks.POINT_GROUPS: ".", Marks.COMMA_GROUPS: ","}


def _day_number(days: Sequence[object]) -> int:
    """A day number of a column that holds nothing but days and day numbers; else 0."""
    numbers = [int(day) for day in days if isinstance(day, int | float) and int(day) in cells.DAY_NUMBERS]
    dates = sum(isinstance(day, dt.date) for day in days)
    return numbers[0] if numbers and len(numbers) + dates == len(days) else 0
