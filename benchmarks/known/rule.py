"""Who shares, by which rule, and how it is printed: drawn at random, so that the faults asked for make sense."""

from __future__ import annotations

import random
from fractions import Fraction

from benchmarks.kinds.world import NAMES, YEARS
from benchmarks.known.made import NUMBERS, ROW_KINDS, Truth, rounded


class Drawn:
    """A group, a rule and a layout."""

    given: list[Fraction]
    host: int

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
            return [unit * rounded(Fraction(self.fee + self.rate * p) / unit, self.mode) for p in populations]
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
                counts = [rounded(base * p, self.mode) for p in parts]
                gap = int(total / unit) - sum(counts)
                if gap == 0:
                    break
                step = step / 2
                base += step / 100 if gap > 0 else -step / 100
            else:
                self.prints_base = False  # a tie: no divisor hands out just this total
            return [unit * c for c in counts]
        amounts = [unit * rounded(total * p / unit, self.mode) for p in parts]
        if self.residual in ("largest", "one"):
            i = max(range(len(parts)), key=lambda i: parts[i]) if self.residual == "largest" else self.host
            amounts[i] += int(total) - sum(amounts)
        return amounts
