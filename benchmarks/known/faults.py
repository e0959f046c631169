"""The faults, each injected into what the rule made."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from benchmarks.ambiguity import nameless
from benchmarks.kinds.world import NAMES, POPULATION, YEARS
from benchmarks.known.made import MONTHS, NUMBERS, Truth, is_slip, rounded, slip
from benchmarks.known.rule import Drawn


class Faulty(Drawn):
    """A drawn annex that faults are injected into."""

    exact: dict[str, Fraction]
    adds: list[bool]
    people: tuple[int, int, int]
    _typed_after = False

    def _population_fault(
        self, kind: str, codes: list[str], true: list[int], printed: list[int], used: list[int]
    ) -> None:
        rng, i = self.rng, self.free.pop()
        code, right = codes[i], true[i]
        before = rng.random() < 0.5
        wrong: dict[int, int] = {}
        explanation: dict[str, Any] = {}
        unclear = ""
        if kind == "population-date":
            year = rng.choice([y for y in YEARS if y != self.year and POPULATION[code][y] != right])
            wrong[i] = POPULATION[code][year]
            if sum(people == wrong[i] for people in POPULATION[code].values()) == 1:
                explanation = {"date": f"{year}-12-31"}
        elif kind == "population-digit":
            wrong[i] = slip(rng, right)
            known = wrong[i] in POPULATION[code].values() or (code, wrong[i]) in MONTHS
            unclear = "a slip that is the figure of another date" if known else ""
        elif kind == "population-swapped":
            j = self.free.pop()
            wrong = {i: true[j], j: right}
            explanation = {"kommunkod": codes[j]}
            self.truths.append(Truth(kind, codes[j], explanation={"kommunkod": code}))
        else:
            wrong[i] = round(right * rng.uniform(0.6, 1.6)) + 7
            if is_slip(right, wrong[i]) or wrong[i] in POPULATION[code].values():
                unclear = "a figure that a slip or another year explains"
        for row, figure in wrong.items():
            printed[row] = figure
            if before:
                used[row] = figure
            else:
                self._typed_after = True
        self.truths.append(Truth(kind, code, explanation=explanation, unclear=unclear))

    def _table(
        self, codes: list[str], printed: list[int], shares: list[Fraction], columns: list[list[int]]
    ) -> list[dict[str, Any]]:
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
        rows: list[dict[str, Any]],
        totals: dict[str, Any],
        columns: list[list[int]],
        amount_totals: list[int],
        headings: dict[str, Any],
    ) -> None:
        rng = self.rng
        column = rng.randrange(len(columns))
        if kind == "total-amount" and kind in self._twice:
            column = sum(truth.code == kind for truth in self.truths)
        if kind == "total-population":
            right = int(totals["population"])
            while totals["population"] in (right, *self.people):  # or it would be right by another reading
                totals["population"] = slip(rng, right)
            self.truths.append(Truth(kind, heading=str(headings["population"])))
        elif kind == "total-share":
            totals["share"] = Fraction(rng.choice([80, 90, 95, 98, 102, 105, 110, 120]), 100)
            self.truths.append(Truth(kind, heading=str(headings["share"])))
        elif kind == "total-amount":
            right = amount_totals[column]
            while amount_totals[column] in (right, sum(columns[column])):
                amount_totals[column] = slip(rng, right)
            self.truths.append(Truth(kind, heading=headings["amounts"][column]))
        elif kind == "period":
            self.truths.append(Truth(kind))  # the column was reckoned for another time than its heading says
        elif kind == "member-extra":
            code = rng.choice([c for c in NAMES if c not in self.codes])
            people = POPULATION[code][self.year]
            share = Fraction(
                rounded(Fraction(people, sum(POPULATION[c][self.year] for c in self.codes)) * 10000, "half_up"), 10000
            )
            row = {"code": code, "population": people, "share": share, "number": None}
            row["amounts"] = [round(Fraction(t) * share / self.unit) * self.unit for t in amount_totals]
            rows.insert(rng.randrange(len(rows) + 1), row)
            self.truths.append(Truth(kind, code))
        else:
            i = self._free_row(rows, kind, column)
            self._row_fault(kind, rows, i, column)

    def _free_row(self, rows: list[dict[str, Any]], kind: str, column: int) -> int:
        """A row that no other fault has touched; for a wrong unit one that is still something in tkr."""
        indices = {str(row["code"]): k for k, row in enumerate(rows)}
        large = [i for i in self.free if rows[indices[self.codes[i]]]["amounts"][column] >= 2000]
        i = large[-1] if kind == "unit" and large else self.free[-1]
        self.free.remove(i)
        return indices[self.codes[i]]

    def _row_fault(self, kind: str, rows: list[dict[str, Any]], i: int, column: int) -> None:
        rng, row = self.rng, rows[i]
        code = str(row["code"])
        amounts: list[int] = row["amounts"]
        unclear = ""
        if kind == "member-missing":
            rows.pop(i)
            self.gone.append(code)
        elif kind == "member-duplicate":
            rows.insert(rng.randrange(len(rows) + 1), {**row, "amounts": list(amounts)})
        elif kind == "share":
            digits = 10 ** (self.printed_decimals + 2)
            share: Fraction = row["share"]
            row["share"] = Fraction(slip(rng, int(share * digits)), digits)
            unclear = self._unclear_share(rows, share, i, digits)
        elif kind == "amount":
            right = amounts[column]
            amounts[column] = slip(rng, right // self.unit) * self.unit
            if abs(amounts[column] - right) == self.unit and not self.adds[column]:
                unclear = "an amount one unit beside its rule, which may be what was left over: no total tells"
        elif kind == "unit":
            amounts[column] = rounded(Fraction(amounts[column], 1000), "half_up")
            unclear = "" if amounts[column] else "an amount so small that it is 0 tkr"
        elif kind == "vat":
            amounts[column] = rounded(Fraction(amounts[column] * 5, 4), "half_up")
        elif kind == "orgnr-invalid":
            number = NUMBERS[code]
            row["number"] = number[:-1] + str((int(number[-1]) + rng.randint(1, 9)) % 10)
        elif kind == "orgnr-party":
            row["number"] = NUMBERS[rng.choice([c for c in NUMBERS if c != code])]
        alone = self.key == "given" and len(self.periods) == 1 and "member-missing" in self.kinds
        if alone and kind in ("share", "amount", "unit", "vat"):
            unclear = "a given share or its only amount, when a missing member leaves open what the shares add to"
        self.truths.append(Truth(kind, code, unclear=unclear))

    def _unclear_share(self, rows: list[dict[str, Any]], right: Fraction, i: int, digits: int) -> str:
        """Why row ``i``'s share, with so many digits, cannot be told from what some rounding of all shares gives."""
        shares = [Fraction(row["share"]) for row in rows]
        steps = abs(shares[i] - right) * digits
        if self.key == "given" and steps <= Fraction(len(rows), 2):
            return "a given share off by no more than what rounding so many leaves over, which its amount carries"
        if steps <= 1 and sum(shares) == 1:
            return "a share adjusted by one step so that all add to one"
        exact = [self.exact.get(str(row["code"]), Fraction(0)) for row in rows]
        if any(
            [rounded(part * digits, mode) for part in exact] == [s * digits for s in shares] for mode in ("up", "floor")
        ):
            return "a share that is right if all were rounded up, or all down"
        return ""

    def _unclear_absence(self, rows: list[dict[str, Any]]) -> str:
        """Why nothing in the annex can name the municipalities that have no row."""
        people = {code: known[self.year] for code, known in POPULATION.items()}
        if nameless(self.gone, [str(row["code"]) for row in rows], people):
            return "missing municipalities with the same population together as others without a row"
        if "total-population" in self.kinds and self.key in ("given", "equal"):
            return "a missing municipality of which only a wrong total of populations tells"
        return ""
