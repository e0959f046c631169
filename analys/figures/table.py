"""Tables as a council reads them: Swedish headings and numbers, and the two ends of an interval in one cell."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import Any, Final

import pandas as pd

from analys.evidence import Interval
from analys.swedish import MINUS, format_number, format_percent

#: Headings whose words are more than their column's name with a capital.
HEADINGS: Final = {
    "andel": "Andel",
    "andel_decimaler": "Andelens decimaler",
    "andel_fran_jamn": "Avvikelse från jämn fördelning",
    "angiven_bas_kr": "Bas som antas fördelad, kr",
    "angivet": "Angivet",
    "bilaga_kr": "Enligt bilagan, kr",
    "ar": "År",
    "aterger": "Återger",
    "aterskapade": "Återskapade",
    "av": "Av",
    "avvikelse_kr_per_invanare": "Avvikelse från jämn, kr per invånare",
    "bas_fran_kr": "Bas från, kr",
    "bas_kr": "Bas som beloppen medger, kr",
    "bas_till_kr": "Bas till, kr",
    "basar": "Belopp från",
    "belopp_kr": "Belopp, kr",
    "betalt_kr": "Betalt enligt reskontran, kr",
    "bilagans_regel_kr": "Med SCB:s folkmängd och bilagans regel, kr",
    "citat": "Ordalydelse",
    "egen_uppgift": "Egen uppgift",
    "effekt_egen_regel_kr": "Effekt med egen regel, kr",
    "effekt_exakt_kr": "Effekt med exakta andelar, kr",
    "efter_kr": "Efter, kr",
    "egen_regel_kr": "Med egen regel, kr",
    "enligt_regel": "Enligt regeln",
    "exakt_kr": "Med exakta andelar, kr",
    "exakta_andelar_kr": "Med SCB:s folkmängd och exakta andelar, kr",
    "folkmangd": "Folkmängd",
    "folkmangd_bilaga": "Folkmängd i bilagan",
    "folkmangd_bilagan": "Folkmängd i bilagan",
    "folkmangd_scb": "Folkmängd hos SCB",
    "fore_kr": "Före, kr",
    "forklaring": "Förklaring",
    "forvantat_kr": "Förväntat, kr",
    "helar": "Helår",
    "helar_kr": "Helårseffekt, kr",
    "i_underlaget": "Finns i underlaget",
    "inom": "Ryms",
    "innevarande_ar_kr": "Delårseffekt, kr",
    "jamn_kr_per_invanare": "Jämn fördelning, kr per invånare",
    "kalla": "Källa",
    "kr_per_invanare": "Kr per invånare",
    "kr": "Kr",
    "lagst": "Lägst till högst, kr per invånare",
    "lamnar": "Lämnar",
    "lasning": "Dagen läses som att avtalet",
    "lamnar_efter_sig_kr": "Lämnar efter sig, kr",
    "okning": "Ökning",
    "ovriga_efter_kr": "Övriga efter, kr",
    "ovriga_fore_kr": "Övriga före, kr",
    "manader": "Månader",
    "nyckelvarde": "Nyckelvärde",
    "oforenlig": "Oförenlig",
    "period_fran": "Från",
    "period_till": "Till",
    "prisniva": "Prisnivå",
    "skal": "Skäl",
    "skillnad_bilagans_regel_kr": "Skillnad med bilagans regel, kr",
    "skillnad_exakta_andelar_kr": "Skillnad med exakta andelar, kr",
    "skillnad_kr": "Skillnad, kr",
    "skillnad_kr_per_invanare": "Skillnad, kr per invånare",
    "skulle_vara": "Skulle vara",
    "stalle": "Ställe",
    "stammer": "Stämmer",
    "summa_av_beloppen_kr": "Summan av beloppen, kr",
    "total_fran_kr": "Total från, kr",
    "total_till_kr": "Total till, kr",
    "tryckt_summa_kr": "Tryckt summa, kr",
    "ursprung": "Ur",
    "uppgift": "Uppgift",
    "varde": "Belopp",
    "varfor": "Varför",
    "vy": "Räknat på",
}
_VALUES: Final = {
    "beraknad": "beräknad",
    "oforenligt": "oförenligt",
    "okand": "uppgift saknas",
    "bilaga": "bilagan",
    "spann": "uppgivet intervall",
    "tolv manader": "tolv månader",
    "fakturaar": "fakturaår",
    "population": "folkmängd",
    "half_up": "närmaste",
    "floor": "nedåt",
    "none": "ingen",
    True: "ja",
    False: "nej",
}


def heading(column: str) -> str:
    """A column's heading in plain Swedish."""
    if fixed := _FIXED.fullmatch(column):
        return f"Kr per invånare i {fixed[1]} års priser"
    return HEADINGS.get(column, column.replace("_", " ").capitalize())


#: Amounts that are shown to the öre.
_TO_THE_ORE: Final = {
    "angiven_bas_kr", "bas_fran_kr", "bas_kr", "bas_till_kr", "betalt_kr", "exakta_andelar_kr", "forvantat_kr",
    "skillnad_exakta_andelar_kr", "skillnad_kr",
}  # fmt: skip
_FIXED: Final = re.compile(r"kr_per_invanare_(\d{4})_ars_priser")


def _format_of(column: str) -> Callable[[Any], str]:
    if column == "okning" or (column.startswith("andel") and column != "andel_decimaler"):
        return lambda value: format_percent(value)
    if column in ("ar", "basar", "helar", "prisniva", "version"):
        return str
    return lambda value: format_number(value, _decimals(column))


def _decimals(column: str) -> int:
    return 2 if "kr_per_invanare" in column or column in _TO_THE_ORE else 0


def _cell(value: Any, shown: Callable[[Any], str]) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, str | bool):
        return str(_VALUES.get(value, value))
    if isinstance(value, dt.date):  # a time stamp is one too
        return f"{value:%Y-%m-%d}"
    return shown(value)


def _pair(column: str) -> tuple[str, str] | None:
    """The stem of a low bound's column and the name of its high bound's: ``lagst_x`` or ``x_lagst_kr``."""
    if "lagst" not in column:
        return None
    stem = column.replace("lagst_", "").replace("_lagst", "")
    return stem, column.replace("lagst", "hogst")


@dataclass(frozen=True)
class SwedishTable:
    """A table of text, indexed by its first column. In a notebook: the whole of it, no cell cut short."""

    text: pd.DataFrame

    def __repr__(self) -> str:
        return self.text.to_string()

    def _repr_html_(self) -> str:
        table = self.text.reset_index()
        align = {name: "right" if table[name].map(is_number).all() else "left" for name in table.columns}
        head = "".join(
            f'<th scope="col" style="text-align:{align[name]}">{escape(name)}</th>' for name in table.columns
        )
        body = "".join(
            "<tr>"
            + "".join(f'<td style="text-align:{align[name]}">{escape(row[name])}</td>' for name in align)
            + "</tr>"
            for row in table.to_dict("records")
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def is_number(text: str) -> bool:
    """Whether a cell holds a number, an interval or nothing, and stands to the right."""
    return not text or (
        text[0] in f"+{MINUS}0123456789" and not re.search(r"[A-Za-zÅÄÖåäö]", text.replace(" till ", ""))
    )


def swedish_table(frame: pd.DataFrame) -> SwedishTable:
    """A frame in plain Swedish: an interval's two columns become one, ``784 116 till 1 087 645``."""
    shown: dict[str, list[str]] = {}
    for column in frame.columns:
        pair = _pair(column)
        if pair and pair[1] in frame.columns:
            stem, high = pair
            ends = zip(frame[column], frame[high], strict=True)
            shown[heading(stem)] = [_interval(first, last, _decimals(stem)) for first, last in ends]
        elif "hogst" not in column or column.replace("hogst", "lagst") not in frame.columns:
            shown[heading(column)] = [_cell(value, _format_of(column)) for value in frame[column]]
    table = pd.DataFrame(shown)
    return SwedishTable(table.set_index(table.columns[0]))


def _interval(low: Any, high: Any, decimals: int) -> str:
    if pd.isna(low):
        return ""
    ends = Interval(Fraction(str(low)), Fraction(str(high))).outward(decimals)
    return " till ".join(dict.fromkeys(format_number(end, decimals) for end in ends))
