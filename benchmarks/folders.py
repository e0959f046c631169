"""Makes agreement folders with known contradictions between their documents. Shares no code with the audit.

A folder has an agreement of one or two versions, an annex, payments that its members state for a year, a yearly range,
and the parties' organisation numbers. Of each contradiction the truth says the code, whose it is, and why it cannot be
seen, where it cannot: two payments that can still share a total are no contradiction.
"""

from __future__ import annotations

import csv
import random
from fractions import Fraction
from pathlib import Path

from benchmarks.kinds.world import NAMES, POPULATION
from benchmarks.known.made import NUMBERS, Truth, write_csv

KINDS = ("payments-disagree", "range", "rule-changed", "period", "orgnr-invalid", "orgnr-party")
HEAD = ["id", "kommunkod", "kommun", "typ", "period_fran", "period_till", "angivet", "precision_kr", "dokument"]
HEAD += ["stalle", "citat"]
SOURCE = 'kalla = { dokument = "avtal", stalle = "1" }'
DOCUMENT = """
id = "prov"
namn = "Prov"
andamal = "Prov"
[[dokument]]
id = "avtal"
titel = "Avtal"
utgivare = "Kommunen"
datum = 2014-01-01
diarienummer = "1"
"""
#: A changed term: what the finding calls it, its key in the file, and how it is written.
CHANGES = (
    ("uppsägning", "uppsagning", "manader = 3"),
    ("avrundning", "avrundning", 'regel = "nedat"'),
    ("återbetalning", "aterbetalning", 'regel = "fran_manaden_efter"'),
    ("vakans", "vakans", "aterbetalas = true"),
    ("nyckel", "nyckel", 'typ = "lika"'),
    ("moms", "moms", 'regel = "exklusive"'),
)


def make(rng: random.Random, folder: Path, kinds: list[str]) -> list[Truth]:
    """Write a folder with one contradiction of each kind; return them."""
    return _Maker(rng, folder, kinds).make()


class _Maker:
    def __init__(self, rng: random.Random, folder: Path, kinds: list[str]) -> None:
        self.rng, self.folder, self.kinds = rng, folder, kinds
        self.codes = sorted(rng.sample(sorted(NUMBERS), rng.randint(3, len(NUMBERS))))
        self.year = rng.randint(2015, 2020)
        self.years = rng.choice([1, 2, 3])
        self.total = rng.randrange(200_000, 5_000_000)
        self.truths: list[Truth] = []

    def make(self) -> list[Truth]:
        first, second = {}, {}
        has_second = "rule-changed" in self.kinds or self.rng.random() < 0.4
        overlaps = "period" in self.kinds and has_second
        if "rule-changed" in self.kinds:
            # A key that changes within the first year would change what the payments of that year imply.
            changes = [change for change in CHANGES if change[0] != "nyckel" or not overlaps or self.years > 1]
            word, term, body = self.rng.choice(changes)
            second = {term: body}
            self.truths.append(Truth("rule-changed", explanation={"term": word}))
        if "period" in self.kinds:
            self.truths.append(Truth("period"))
        if not has_second and ("period" in self.kinds or self.rng.random() < 0.5):
            first = {"fakturering": self._invoices("period" in self.kinds)}
        versions = [self._version("v1", "Första avtalet", self.year, self.years, first, "")]
        if has_second:
            month = self.rng.randint(2, 12) if overlaps else 0
            start = f"{self.year + self.years - 1}-{month:02}-01" if overlaps else f"{self.year + self.years}-01-01"
            versions.append(self._version("v2", "Andra avtalet", start, None, second, start if overlaps else ""))
        (self.folder / "avtal.toml").write_text(DOCUMENT + "".join(versions), encoding="utf-8")
        self._annex()
        with (self.folder / "uppgifter.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEAD, *self._payments(), *self._range()])
        self._numbers()
        return self.truths

    def _invoices(self, wrong: bool) -> str:
        months = [12] * self.years
        while wrong and sum(months) == 12 * self.years:
            months[self.rng.randrange(self.years)] = self.rng.choice([6, 9, 11, 12, 13, 18])
        days = [
            f'{{ senast = {self.year + i}-12-10, manader = {count}, avser = "året" }}' for i, count in enumerate(months)
        ]
        return f"fakturor = [{', '.join(days)}]"

    def _version(
        self, name: str, title: str, first: int | str, years: int | None, changes: dict[str, str], overlap: str
    ) -> str:
        names = ", ".join(f'"{NAMES[code]}"' for code in self.codes)
        terms = {
            "medlemmar": f"kommuner = [{names}]",
            "kostnad": f'typ = "fast"\nbelopp_kr = {self.total}',
            "nyckel": 'typ = "folkmangd"\nreferensdag = "12-31"',
            "avrundning": 'regel = "halv_upp"',
            "fakturering": 'arligen_senast = "12-10"',
            "uppsagning": "manader = 6",
            "aterbetalning": 'regel = "ingen"',
            "vakans": "aterbetalas = false",
            "moms": 'regel = "utanfor"',
        } | changes
        start = f"{first}-01-01" if isinstance(first, int) else first
        end = f"\ntill = {self.year + years - 1}-12-31" if years is not None else ""
        text = f'\n[[version]]\nid = "{name}"\nnamn = "{title}"\ndokument = "avtal"\n'
        text += f"[version.giltighet]\nfran = {start}{end}\n{SOURCE}\n"
        if overlap:
            text += f'[[version.overlappar]]\nversion = "v1"\nfran = {overlap}\n'
            text += f'till = {self.year + self.years - 1}-12-31\ngaller = "v2"\n{SOURCE}\n'
        return text + "".join(f"[version.{term}]\n{body}\n{SOURCE}\n" for term, body in terms.items())

    def _part(self, code: str, year: int) -> Fraction:
        return Fraction(POPULATION[code][year - 1], sum(POPULATION[each][year - 1] for each in self.codes))

    def _annex(self) -> None:
        """What the members pay in the first year, by the agreement."""
        parts = {code: self._part(code, self.year) for code in self.codes}
        self.amounts = {code: int(self.total * part + Fraction(1, 2)) for code, part in parts.items()}
        rows: list[list[object]] = [["Kommun", f"Folkmängd {self.year - 1}", f"Kostnad {self.year}"]]
        rows += [[NAMES[code], POPULATION[code][self.year - 1], self.amounts[code]] for code in self.codes]
        people = sum(POPULATION[code][self.year - 1] for code in self.codes)
        write_csv([*rows, ["Summa", people, sum(self.amounts.values())]], self.folder / "bilaga-v1.csv")

    def _payments(self) -> list[list[object]]:
        """What two or three members say that they paid of one total in the first year, in tkr or in kronor."""
        payers = self.rng.sample(self.codes, min(len(self.codes), self.rng.randint(2, 3)))
        units = [self.rng.choice([1, 1000]) for _ in payers]
        stated = [int(self.amounts[c] / unit + Fraction(1, 2)) for c, unit in zip(payers, units, strict=True)]
        if "payments-disagree" in self.kinds:
            stated[0] = max(1, stated[0] + self.rng.choice([-1, 1]) * self.rng.randint(1, 1 + stated[0] // 3))
        if not all(stated):
            return self._payments()
        half = [Fraction(unit, 2) if unit > 1 else Fraction(1) for unit in units]
        totals = [
            ((s * u - h) / self._part(c, self.year), (s * u + h) / self._part(c, self.year))
            for c, s, u, h in zip(payers, stated, units, half, strict=True)
        ]
        meet = max(low for low, _ in totals) < min(high for _, high in totals)
        if "payments-disagree" in self.kinds:
            why = "payments that can still share a total" if meet else ""
            self.truths.append(Truth("payments-disagree", unclear=why))
        return [
            self._statement(code, "betalning", f"{number} {'tkr' if unit > 1 else 'kr'}")
            for code, number, unit in zip(payers, stated, units, strict=True)
        ]

    def _range(self) -> list[list[object]]:
        """What a member says that it pays a year, from and to."""
        code = self.rng.choice(self.codes)
        low, high = self.amounts[code] * Fraction(8, 10), self.amounts[code] * Fraction(12, 10)
        if "range" in self.kinds:
            factor = self.rng.choice([Fraction(1, 2), Fraction(7, 10), Fraction(3, 2), Fraction(3)])
            low, high = low * factor, high * factor
        unit = 1000 if self.amounts[code] > 20_000 else 1
        first, last = int(low / unit), int(high / unit) + 1
        inside = first * unit - unit / 2 <= self.amounts[code] <= last * unit + unit / 2
        if "range" in self.kinds:
            self.truths.append(Truth("range", code, unclear="a range that still holds the amount" if inside else ""))
        return [self._statement(code, "betalning per år", f"{first}–{last} {'tkr' if unit > 1 else 'kr'}")]

    def _statement(self, code: str, kind: str, text: str) -> list[object]:
        name = f"{NAMES[code].lower()}-{kind}"
        return [name, code, NAMES[code], kind, f"{self.year}-01-01", f"{self.year}-12-31", text, "", "avtal", "1", ""]

    def _numbers(self) -> None:
        numbers = {code: NUMBERS[code] for code in self.codes}
        wrong = self.rng.sample(self.codes, 2)
        if "orgnr-invalid" in self.kinds:
            right = numbers[wrong[0]]
            numbers[wrong[0]] = right[:-1] + str((int(right[-1]) + self.rng.randint(1, 9)) % 10)
            self.truths.append(Truth("orgnr-invalid", wrong[0]))
        if "orgnr-party" in self.kinds:
            numbers[wrong[1]] = NUMBERS[self.rng.choice([code for code in NUMBERS if code != wrong[1]])]
            self.truths.append(Truth("orgnr-party", wrong[1]))
        with (self.folder / "organisationsnummer.csv").open("w", encoding="utf-8", newline="") as file:
            lines = [["avtal", "1", f"{NAMES[code]} kommun", number] for code, number in numbers.items()]
            csv.writer(file).writerows([["dokument", "stalle", "part", "organisationsnummer"], *lines])
