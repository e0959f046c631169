"""Makes cost-sharing annexes with known faults, to measure the audit by. Shares no code with the audit.

Only the population table and the parties' organisation numbers are the same data, read here with ``csv``. An annex is
for a random group of 2 to 60 municipalities, by a random rule; a fault is injected either before the shares and amounts
are reckoned (they follow from the wrong figure) or after (only the cell is wrong).
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from benchmarks.ambiguity import Charge, nameless

REFERENCE = Path(__file__).resolve().parent.parent / "analys" / "reference"
YEARS = range(2013, 2025)

CELL_KINDS = ("population-date", "population-digit", "population-swapped", "population-unknown", "share", "amount")
ROW_KINDS = ("member-missing", "member-extra", "member-duplicate")
TOTAL_KINDS = ("total-population", "total-share", "total-amount")
OTHER_KINDS = ("unit", "vat", "orgnr-invalid", "orgnr-party", "period")
KINDS = (*CELL_KINDS, *ROW_KINDS, *TOTAL_KINDS, *OTHER_KINDS)


@dataclass(frozen=True)
class Truth:
    """An injected fault: its code, whose (or which column's) it is, what explains it, and ``unclear``: why it cannot be
    told apart from another, where it cannot."""

    code: str
    kommunkod: str | None = None
    heading: str | None = None
    explanation: dict[str, object] = field(default_factory=dict)
    unclear: str = ""


@dataclass
class Made:
    """Rows as they stand in a sheet, the faults in them, and the rule that made the amounts."""

    rows: list[list[object]]
    truths: list[Truth]
    rule: dict[str, object]
    kinds: list[str] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)


def _read(path: str) -> list[dict[str, str]]:
    with (REFERENCE / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


NAMES: dict[str, str] = {}
POPULATION: dict[str, dict[int, int]] = {}
for _row in _read("statistik/folkmangd-31-december-2013-2024.csv"):
    if len(_row["regionkod"]) == 4:
        NAMES[_row["regionkod"]] = _row["region"]
        POPULATION.setdefault(_row["regionkod"], {})[int(_row["ar"])] = int(_row["folkmangd"])
#: (municipality, population at the end of a month), where there is such a series.
MONTHS = {(r["regionkod"], int(r["folkmangd"])) for r in _read("statistik/folkmangd-norrkoping-manad-2013-2024.csv")}
NUMBERS = {r["kommunkod"]: r["organisationsnummer"] for r in _read("parter/organisationsnummer.csv") if r["kommunkod"]}


class Annexes:
    """A stream of annexes from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def clean(self) -> Made:
        """An annex without faults."""
        return _Builder(self.random).finish()

    def faulty(self, kinds: list[str]) -> Made:
        """An annex with one fault of each kind, each in another row (an exchange takes two)."""
        return _Builder(self.random, kinds).finish()


class _Builder:
    def __init__(self, rng: random.Random, kinds: list[str] | None = None) -> None:
        # A wrong period is wrong before anything else happens to its column.
        self.rng, self.kinds = rng, sorted(kinds or [], key=lambda kind: kind != "period")
        self._twice = {kind for kind in self.kinds if self.kinds.count(kind) > 1}
        self.truths: list[Truth] = []
        self.free: list[int] = []
        self.gone: list[str] = []
        self._group()
        self._rule()
        self._layout()

    def _group(self) -> None:
        rng = self.rng
        few = 4 if {"period", "unit", "vat", "amount", "share", *ROW_KINDS} & set(self.kinds) else 2
        size = max(few + 2 * len(self.kinds), round(2 * 30 ** rng.random()))
        county = rng.choice(sorted({code[:2] for code in NAMES}))
        anywhere = rng.random() < 0.5
        pool = [code for code in NAMES if anywhere or code[:2] == county]
        if len(pool) < few + 2 * len(self.kinds):
            pool = list(NAMES)
        if {"orgnr-invalid", "orgnr-party"} & set(self.kinds):
            pool = list(NUMBERS)
        self.codes = rng.sample(pool, min(size, len(pool), 60))
        if rng.random() < 0.7:
            self.codes.sort()
        self.year = rng.choice(YEARS)
        self.free = list(range(len(self.codes)))
        rng.shuffle(self.free)

    def _rule(self) -> None:
        rng = self.rng
        needs_population = any(k.startswith(("population", "total-population")) for k in self.kinds)
        key = rng.choices(["population", "given", "equal", "mixed", "fee"], [60, 10, 6, 12, 6])[0]
        self.key = "population" if needs_population and key in ("given", "equal") else key
        plain_key = {"share", "period"} & set(self.kinds) or "total-amount" in self._twice
        if plain_key and self.key in ("equal", "mixed", "fee"):
            self.key = "population"
        self.share_decimals = rng.choice([None, None, 1, 2, 2, 3, 4]) if self.key != "fee" else None
        self.mode = rng.choice(["half_up", "half_up", "half_even", "floor", "up"])
        self.unit = rng.choices([1, 10, 100, 1000], [80, 8, 6, 6])[0]
        self.residual = rng.choices(["none", "largest_remainder", "largest", "one", "divisor"], [60, 10, 10, 10, 10])[0]
        scale = rng.choice([3_000, 30_000, 300_000]) * len(self.codes) * self.unit
        self.total = round(scale * (0.5 + rng.random())) // self.unit * self.unit
        self.fraction = rng.choice([10, 20, 25, 30, 40, 50])
        self.fee = rng.choice([1000, 2500, 5000, 10000, 25000])
        self.rate = Fraction(rng.randint(50, 5000), 100)

    def _layout(self) -> None:
        rng = self.rng
        population_fault = any("population" in kind for kind in self.kinds)
        self.with_population = population_fault or rng.random() < 0.85
        shares_fault = {"share", "total-share"} & set(self.kinds)
        self.with_shares = bool(shares_fault) or self.key == "given" or rng.random() < 0.6
        self.printed_decimals = self.share_decimals if self.share_decimals is not None else rng.choice([2, 2, 3])
        if self.key == "fee":
            self.with_shares = bool(shares_fault)
        self.periods = [Fraction(1)]
        if "period" in self.kinds or "total-amount" in self._twice or (self.key != "fee" and rng.random() < 0.15):
            self.periods = [Fraction(1, 2), Fraction(1)]
        rows_fault = set(self.kinds) & {"member-missing", "member-extra"}
        total_fault = any(kind.startswith("total") for kind in self.kinds)
        self.with_totals = bool(rows_fault) or total_fault or rng.random() < 0.85
        if rows_fault:
            self.with_population = True
        # The total is known, or only the sum of the rounded amounts is printed.
        self.prints_base = rng.random() < 0.5 or self.residual not in ("none", "divisor")
        self.with_numbers = bool({"orgnr-invalid", "orgnr-party"} & set(self.kinds))
        self.percent_style = rng.choice(["1,21%", "1,21 %", "bare percent", "0,0121"])

    # -- the rule ------------------------------------------------------------------------------------------------

    def _weights(self, populations: list[int]) -> list[Fraction]:
        n, whole = len(populations), sum(populations)
        if self.key == "equal":
            return [Fraction(1, n)] * n
        if self.key == "given":
            return self.given
        if self.key == "mixed":
            part = Fraction(self.fraction, 100)
            return [part / n + (1 - part) * Fraction(p, whole) for p in populations]
        return [Fraction(p, whole) for p in populations]

    def _make_given(self, n: int) -> None:
        cuts = sorted(self.rng.sample(range(1, 10000), n - 1))
        self.given = [Fraction(b - a, 10000) for a, b in zip([0, *cuts], [*cuts, 10000], strict=True)]
        self.share_decimals, self.printed_decimals = None, 2

    def _amounts(self, parts: list[Fraction], populations: list[int], total: Fraction) -> list[int]:
        unit = self.unit
        if self.key == "fee":
            return [unit * _round(Fraction(self.fee + self.rate * p) / unit, self.mode) for p in populations]
        if self.residual == "largest_remainder":
            whole = sum(parts)
            quotas = [total * p / whole / unit for p in parts]
            counts = [q.numerator // q.denominator for q in quotas]
            for i in sorted(range(len(parts)), key=lambda i: (counts[i] - quotas[i], i))[
                : int(total / unit) - sum(counts)
            ]:
                counts[i] += 1
            return [unit * c for c in counts]
        if self.residual == "divisor":
            base, step = Fraction(total) / unit, Fraction(total) / unit
            for _ in range(200):
                counts = [_round(base * p, self.mode) for p in parts]
                gap = int(total / unit) - sum(counts)
                if gap == 0:
                    break
                step = step / 2
                base += step / 100 if gap > 0 else -step / 100
            else:
                self.prints_base = False  # a tie: no divisor hands out just this total
            return [unit * c for c in counts]
        amounts = [unit * _round(total * p / unit, self.mode) for p in parts]
        if self.residual in ("largest", "one"):
            i = max(range(len(parts)), key=lambda i: parts[i]) if self.residual == "largest" else self.host
            amounts[i] += int(total) - sum(amounts)
        return amounts

    # -- the annex -----------------------------------------------------------------------------------------------

    def finish(self) -> Made:
        rng = self.rng
        codes, n = list(self.codes), len(self.codes)
        self.host = rng.randrange(n)
        if self.key == "given":
            self._make_given(n)
        true = [POPULATION[code][self.year] for code in codes]
        printed, used = list(true), list(true)
        for kind in self.kinds:
            if kind.startswith("population"):
                self._population_fault(kind, codes, true, printed, used)
        self.people = (sum(true), sum(printed), sum(used))
        parts = self._weights(used)
        self.exact = dict(zip(codes, parts, strict=True))
        if self.share_decimals is not None:
            step = 10 ** (self.share_decimals + 2)
            parts = [Fraction(_round(p * step, "half_up"), step) for p in parts]
        exact_shares = parts if self.share_decimals is not None or self.key == "given" else self._weights(used)
        lengths = list(self.periods)
        if "period" in self.kinds:
            lengths[0] = rng.choice([Fraction(1), Fraction(1, 3), Fraction(1, 4)])
        wholes = [int(self.total * years / self.unit) * self.unit for years in lengths]
        columns = [self._amounts(parts, used, Fraction(whole)) for whole in wholes]
        if self.key == "fee":
            columns = columns[:1]
            self.periods = [Fraction(1)]
        totals = [self._total(column, whole) for column, whole in zip(columns, wholes, strict=True)]
        as_made = [list(column) for column in columns]
        self.adds = [self.with_totals and sum(c) == total for c, total in zip(columns, totals, strict=True)]
        shown = self.printed_decimals + 2
        shares = [Fraction(_round(p * 10**shown, "half_up"), 10**shown) for p in exact_shares]
        headings = self._headings()
        share_total = Fraction(1) if rng.random() < 0.6 else sum(shares)
        population_total = sum(printed if rng.random() < 0.5 else used) if self._typed_after else sum(printed)
        rows = self._table(codes, printed, shares, columns)
        total_row = {"population": population_total, "share": share_total, "amounts": totals}
        for kind in self.kinds:
            if not kind.startswith("population"):
                self._other_fault(kind, rows, total_row, columns, totals, headings)
        if self.gone and (why := self._unclear_absence(rows)):
            self.truths = [replace(t, unclear=why) if t.code == "member-missing" else t for t in self.truths]
        sheet = self._sheet(headings, rows, total_row)
        rule = {"key": self.key, "mode": self.mode, "unit": self.unit, "residual": self.residual}
        made = [
            self._charge(j, headings, codes, [parts, self._weights(used)], used, as_made[j], rows, total_row)
            for j in range(len(columns))
        ]
        return Made(sheet, self.truths, rule, self.kinds, made)

    def _charge(
        self,
        j: int,
        headings: dict[str, object],
        codes: list[str],
        ways: list[list[Fraction]],
        used: list[int],
        made: list[int],
        rows: list[dict[str, object]],
        totals: dict[str, object],
    ) -> Charge:
        """Column ``j`` as the truth has it; ``ways``: the parts that were used, and the exact ones."""
        heading = headings["amounts"][j]  # type: ignore[index]
        is_fee = self.key == "fee"
        if self.key not in ("fee", "given"):
            ways += [
                [Fraction(_round(part * 10**decimals, "half_up"), 10**decimals) for part in ways[1]]
                for decimals in (3, 4, 5, 6)
            ]
        rows_of = {str(row["code"]): row["amounts"][j] for row in reversed(rows)}  # type: ignore[index]
        return Charge(
            heading,
            codes,
            ways,
            self.fee if is_fee else 0,
            Fraction(sum(used), 100) if is_fee else Fraction(self.unit),
            self.unit,
            made,
            [rows_of.get(code, amount) for code, amount in zip(codes, made, strict=True)],
            totals["amounts"][j] if self.with_totals else None,  # type: ignore[index]
            any(truth.code == "total-amount" and truth.heading == heading for truth in self.truths),
        )

    def _total(self, amounts: list[int], whole: int) -> int:
        return whole if self.prints_base and self.key != "fee" else sum(amounts)

    _typed_after = False

    def _population_fault(
        self, kind: str, codes: list[str], true: list[int], printed: list[int], used: list[int]
    ) -> None:
        rng, i = self.rng, self.free.pop()
        code, right = codes[i], true[i]
        before = rng.random() < 0.5
        wrong: dict[int, int] = {}
        explanation: dict[str, object] = {}
        unclear = ""
        if kind == "population-date":
            year = rng.choice([y for y in YEARS if y != self.year and POPULATION[code][y] != right])
            wrong[i] = POPULATION[code][year]
            if sum(people == wrong[i] for people in POPULATION[code].values()) == 1:
                explanation = {"date": f"{year}-12-31"}
        elif kind == "population-digit":
            wrong[i] = _slip(rng, right)
            known = wrong[i] in POPULATION[code].values() or (code, wrong[i]) in MONTHS
            unclear = "a slip that is the figure of another date" if known else ""
        elif kind == "population-swapped":
            j = self.free.pop()
            wrong = {i: true[j], j: right}
            explanation = {"kommunkod": codes[j]}
            self.truths.append(Truth(kind, codes[j], explanation={"kommunkod": code}))
        else:
            wrong[i] = round(right * rng.uniform(0.6, 1.6)) + 7
            if _is_slip(right, wrong[i]) or wrong[i] in POPULATION[code].values():
                unclear = "a figure that a slip or another year explains"
        for row, figure in wrong.items():
            printed[row] = figure
            if before:
                used[row] = figure
            else:
                self._typed_after = True
        self.truths.append(Truth(kind, code, explanation=explanation, unclear=unclear))

    def _headings(self) -> dict[str, object]:
        rng, date = self.rng, f"31 december {self.year}"
        population = rng.choice(
            [f"Folkmängd {self.year}", f"Invånare {date}", f"Befolkning {self.year}-12-31", f"Antal invånare {date}"]
            + (["Antal invånare", "Folkmängd"] if len(self.codes) > 7 else [])
        )
        share = "Andel (%)" if self.percent_style == "bare percent" else rng.choice(["Andel", "Andel folkmängd"])
        if len(self.periods) > 1:
            amounts = ["Belopp halvår", "Belopp/år"]
        else:
            amounts = [rng.choice([f"Kostnad per kommun {self.year + 1}", "Avgift", "Belopp/år", "Avgift (kr)"])]
        return {"population": population, "share": share, "amounts": amounts}

    def _table(
        self, codes: list[str], printed: list[int], shares: list[Fraction], columns: list[list[int]]
    ) -> list[dict[str, object]]:
        return [
            {
                "code": code,
                "population": printed[i],
                "share": shares[i],
                "amounts": [column[i] for column in columns],
                "number": NUMBERS.get(code),
            }
            for i, code in enumerate(codes)
        ]

    def _other_fault(
        self,
        kind: str,
        rows: list[dict[str, object]],
        totals: dict[str, object],
        columns: list[list[int]],
        amount_totals: list[int],
        headings: dict[str, object],
    ) -> None:
        rng = self.rng
        column = rng.randrange(len(columns))
        if kind == "total-amount" and kind in self._twice:
            column = sum(truth.code == kind for truth in self.truths)
        if kind == "total-population":
            right = int(totals["population"])  # type: ignore[call-overload]
            while totals["population"] in (right, *self.people):  # or it would be right by another reading
                totals["population"] = _slip(rng, right)
            self.truths.append(Truth(kind, heading=str(headings["population"])))
        elif kind == "total-share":
            totals["share"] = Fraction(rng.choice([80, 90, 95, 98, 102, 105, 110, 120]), 100)
            self.truths.append(Truth(kind, heading=str(headings["share"])))
        elif kind == "total-amount":
            right = amount_totals[column]
            while amount_totals[column] in (right, sum(columns[column])):
                amount_totals[column] = _slip(rng, right)
            self.truths.append(Truth(kind, heading=headings["amounts"][column]))  # type: ignore[index]
        elif kind == "period":
            self.truths.append(Truth(kind))  # the column was reckoned for another time than its heading says
        elif kind == "member-extra":
            code = rng.choice([c for c in NAMES if c not in self.codes])
            people = POPULATION[code][self.year]
            share = Fraction(
                _round(Fraction(people, sum(POPULATION[c][self.year] for c in self.codes)) * 10000, "half_up"), 10000
            )
            row = {"code": code, "population": people, "share": share, "number": None}
            row["amounts"] = [round(Fraction(t) * share / self.unit) * self.unit for t in amount_totals]
            rows.insert(rng.randrange(len(rows) + 1), row)
            self.truths.append(Truth(kind, code))
        else:
            i = self._free_row(rows, kind, column)
            self._row_fault(kind, rows, i, column)

    def _free_row(self, rows: list[dict[str, object]], kind: str, column: int) -> int:
        """A row that no other fault has touched; for a wrong unit one that is still something in tkr."""
        indices = {str(row["code"]): k for k, row in enumerate(rows)}
        large = [i for i in self.free if rows[indices[self.codes[i]]]["amounts"][column] >= 2000]  # type: ignore[index]
        i = large[-1] if kind == "unit" and large else self.free[-1]
        self.free.remove(i)
        return indices[self.codes[i]]

    def _row_fault(self, kind: str, rows: list[dict[str, object]], i: int, column: int) -> None:
        rng, row = self.rng, rows[i]
        code = str(row["code"])
        amounts: list[int] = row["amounts"]  # type: ignore[assignment]
        unclear = ""
        if kind == "member-missing":
            rows.pop(i)
            self.gone.append(code)
        elif kind == "member-duplicate":
            rows.insert(rng.randrange(len(rows) + 1), {**row, "amounts": list(amounts)})
        elif kind == "share":
            digits = 10 ** (self.printed_decimals + 2)
            share: Fraction = row["share"]  # type: ignore[assignment]
            row["share"] = Fraction(_slip(rng, int(share * digits)), digits)
            unclear = self._unclear_share(rows, share, i, digits)
        elif kind == "amount":
            right = amounts[column]
            amounts[column] = _slip(rng, right // self.unit) * self.unit
            if abs(amounts[column] - right) == self.unit and not self.adds[column]:
                unclear = "an amount one unit beside its rule, which may be what was left over: no total tells"
        elif kind == "unit":
            amounts[column] = _round(Fraction(amounts[column], 1000), "half_up")
            unclear = "" if amounts[column] else "an amount so small that it is 0 tkr"
        elif kind == "vat":
            amounts[column] = _round(Fraction(amounts[column] * 5, 4), "half_up")
        elif kind == "orgnr-invalid":
            number = NUMBERS[code]
            row["number"] = number[:-1] + str((int(number[-1]) + rng.randint(1, 9)) % 10)
        elif kind == "orgnr-party":
            row["number"] = NUMBERS[rng.choice([c for c in NUMBERS if c != code])]
        alone = self.key == "given" and len(self.periods) == 1 and "member-missing" in self.kinds
        if alone and kind in ("share", "amount", "unit", "vat"):
            unclear = "a given share or its only amount, when a missing member leaves open what the shares add to"
        self.truths.append(Truth(kind, code, unclear=unclear))

    def _unclear_share(self, rows: list[dict[str, object]], right: Fraction, i: int, digits: int) -> str:
        """Why row ``i``'s share, with so many digits, cannot be told from what some rounding of all shares gives."""
        shares = [Fraction(row["share"]) for row in rows]  # type: ignore[arg-type]
        steps = abs(shares[i] - right) * digits
        if self.key == "given" and steps <= Fraction(len(rows), 2):
            return "a given share off by no more than what rounding so many leaves over, which its amount carries"
        if steps <= 1 and sum(shares) == 1:
            return "a share adjusted by one step so that all add to one"
        exact = [self.exact.get(str(row["code"]), Fraction(0)) for row in rows]
        if any(
            [_round(part * digits, mode) for part in exact] == [s * digits for s in shares] for mode in ("up", "floor")
        ):
            return "a share that is right if all were rounded up, or all down"
        return ""

    def _unclear_absence(self, rows: list[dict[str, object]]) -> str:
        """Why nothing in the annex can name the municipalities that have no row."""
        people = {code: known[self.year] for code, known in POPULATION.items()}
        if nameless(self.gone, [str(row["code"]) for row in rows], people):
            return "missing municipalities with the same population together as others without a row"
        if "total-population" in self.kinds and self.key in ("given", "equal"):
            return "a missing municipality of which only a wrong total of populations tells"
        return ""

    def _sheet(
        self, headings: dict[str, object], rows: list[dict[str, object]], totals: dict[str, object]
    ) -> list[list[object]]:
        rng = self.rng
        kronor = rng.choice(["{} kr", "{}", "typed"])
        amounts: list[str] = headings["amounts"]  # type: ignore[assignment]
        head = ["Kommun"] + (["Org.nr"] if self.with_numbers else [])
        head += [str(headings["population"])] if self.with_population else []
        head += [str(headings["share"])] if self.with_shares else []
        sheet: list[list[object]] = [["Finansiering av gemensam tjänst"], [], [*head, *amounts]]
        for row in rows:
            line: list[object] = [NAMES[str(row["code"])]]
            line += [row["number"] or ""] if self.with_numbers else []
            line += [_number(int(row["population"]), kronor == "typed")] if self.with_population else []  # type: ignore[call-overload]
            line += [self._share(row["share"])] if self.with_shares else []  # type: ignore[arg-type]
            line += [_money(amount, kronor) for amount in row["amounts"]]  # type: ignore[attr-defined]
            sheet.append(line)
        if self.with_totals:
            line = [rng.choice(["Total", "Summa", "Totalt"])] + ([""] if self.with_numbers else [])
            line += [_number(int(totals["population"]), False)] if self.with_population else []  # type: ignore[call-overload]
            line += [self._share(totals["share"])] if self.with_shares else []  # type: ignore[arg-type]
            line += [_money(amount, kronor) for amount in totals["amounts"]]  # type: ignore[attr-defined]
            sheet.append(line)
        return sheet

    def _share(self, share: Fraction) -> str:
        decimals = self.printed_decimals
        if self.percent_style == "0,0121":
            return f"{float(share):.{decimals + 2}f}".replace(".", ",")
        text = f"{float(share * 100):.{decimals}f}".replace(".", ",")
        return text + {"1,21%": "%", "1,21 %": " %", "bare percent": ""}[self.percent_style]


def _round(value: Fraction, mode: str) -> int:
    floor = value.numerator // value.denominator
    rest = value - floor
    if mode == "floor":
        return floor
    if mode == "up":
        return floor + (rest > 0)
    if mode == "half_up" or rest != Fraction(1, 2):
        return floor + (rest >= Fraction(1, 2))
    return floor + floor % 2


def _slip(rng: random.Random, figure: int) -> int:
    """One digit changed, or two unlike neighbours exchanged, never at the cost of the first digit."""
    digits = str(figure)
    pairs = [i for i in range(len(digits) - 1) if digits[i] != digits[i + 1] and (i > 0 or digits[1] != "0")]
    if pairs and rng.random() < 0.4:
        i = rng.choice(pairs)
        return int(digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :])
    i = rng.randrange(len(digits))
    choices = [d for d in "0123456789" if d != digits[i] and (i > 0 or len(digits) == 1 or d != "0")]
    return int(digits[:i] + rng.choice(choices) + digits[i + 1 :])


def _is_slip(right: int, found: int) -> bool:
    """Whether one digit is changed, lost or added, or two neighbours exchanged."""
    a, b = str(right), str(found)
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    a, b = a[start:], b[start:]
    return a[1:] == b[1:] or a[1:] == b or b[1:] == a or (a[1::-1] == b[:2] and a[2:] == b[2:])


def _number(figure: int, typed: bool) -> object:
    return figure if typed else f"{figure:,}".replace(",", "\u00a0")


def _money(amount: int, style: str) -> object:
    return amount if style == "typed" else style.format(f"{amount:,}".replace(",", "\u00a0"))


def write_csv(rows: list[list[object]], path: Path) -> None:
    """The rows as a semicolon-separated file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)


def write_xlsx(rows: list[list[object]], path: Path) -> None:
    """The rows as a workbook."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Bilaga")
    for row in rows:
        sheet.append(row)
    book.save(path)
