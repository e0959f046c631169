"""Annexes of the known families, one after another from one seed."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from typing import Any

from benchmarks.ambiguity import Charge
from benchmarks.kinds.world import POPULATION
from benchmarks.known.made import Made, rounded
from benchmarks.known.sheet import Written


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


class _Builder(Written):
    """One annex."""

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
            parts = [Fraction(rounded(p * step, "half_up"), step) for p in parts]
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
        shares = [Fraction(rounded(p * 10**shown, "half_up"), 10**shown) for p in exact_shares]
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
        headings: dict[str, Any],
        codes: list[str],
        ways: list[list[Fraction]],
        used: list[int],
        made: list[int],
        rows: list[dict[str, Any]],
        totals: dict[str, Any],
    ) -> Charge:
        """Column ``j`` as the truth has it; ``ways``: the parts that were used, and the exact ones."""
        heading = headings["amounts"][j]
        is_fee = self.key == "fee"
        if self.key not in ("fee", "given"):
            ways += [
                [Fraction(rounded(part * 10**decimals, "half_up"), 10**decimals) for part in ways[1]]
                for decimals in (3, 4, 5, 6)
            ]
        rows_of = {str(row["code"]): row["amounts"][j] for row in reversed(rows)}
        return Charge(
            heading,
            codes,
            ways,
            self.fee if is_fee else 0,
            Fraction(sum(used), 100) if is_fee else Fraction(self.unit),
            self.unit,
            made,
            [rows_of.get(code, amount) for code, amount in zip(codes, made, strict=True)],
            totals["amounts"][j] if self.with_totals else None,
            any(truth.code == "total-amount" and truth.heading == heading for truth in self.truths),
        )

    def _total(self, amounts: list[int], whole: int) -> int:
        return whole if self.prints_base and self.key != "fee" else sum(amounts)
