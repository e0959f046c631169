"""How an annex of a known family is written."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from benchmarks.kinds.world import NAMES
from benchmarks.known.faults import Faulty


class Written(Faulty):
    """A faulty annex as rows of a sheet."""

    def _headings(self) -> dict[str, Any]:
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

    def _sheet(
        self, headings: dict[str, Any], rows: list[dict[str, Any]], totals: dict[str, Any]
    ) -> list[list[object]]:
        rng = self.rng
        kronor = rng.choice(["{} kr", "{}", "typed"])
        amounts: list[str] = headings["amounts"]
        head = ["Kommun"] + (["Org.nr"] if self.with_numbers else [])
        head += [str(headings["population"])] if self.with_population else []
        head += [str(headings["share"])] if self.with_shares else []
        sheet: list[list[object]] = [["Finansiering av gemensam tjänst"], [], [*head, *amounts]]
        for row in rows:
            line: list[object] = [NAMES[str(row["code"])]]
            line += [row["number"] or ""] if self.with_numbers else []
            line += [_number(int(row["population"]), kronor == "typed")] if self.with_population else []
            line += [self._share(row["share"])] if self.with_shares else []
            line += [_money(amount, kronor) for amount in row["amounts"]]
            sheet.append(line)
        if self.with_totals:
            line = [rng.choice(["Total", "Summa", "Totalt"]), *([""] if self.with_numbers else [])]
            line += [_number(int(totals["population"]), False)] if self.with_population else []
            line += [self._share(totals["share"])] if self.with_shares else []
            line += [_money(amount, kronor) for amount in totals["amounts"]]
            sheet.append(line)
        return sheet

    def _share(self, share: Fraction) -> str:
        decimals = self.printed_decimals
        if self.percent_style == "0,0121":
            return f"{float(share):.{decimals + 2}f}".replace(".", ",")
        text = f"{float(share * 100):.{decimals}f}".replace(".", ",")
        return text + {"1,21%": "%", "1,21 %": " %", "bare percent": ""}[self.percent_style]


def _number(figure: int, typed: bool) -> object:
    return figure if typed else f"{figure:,}".replace(",", "\u00a0")


def _money(amount: int, style: str) -> object:
    return amount if style == "typed" else style.format(f"{amount:,}".replace(",", "\u00a0"))
