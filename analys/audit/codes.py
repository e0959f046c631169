"""What each code of a finding says, with an example: the page ``docs/koder.md`` (``python -m analys.audit.codes``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from analys.audit.finding import Code


class Told(NamedTuple):
    """What a code means, and a finding of it. The examples' figures are made up."""

    meaning: str
    example: str


CODES: Final[Mapping[Code, Told]] = {
    Code.POPULATION_DATE: Told(
        "Talet är kommunens folkmängd, men för en annan dag än de andras.",
        "Bys folkmängd 10 250 (cell B7) är inte SCB:s tal för 31 december 2022, 10 410, utan för 31 december 2019.",
    ),
    Code.POPULATION_DIGIT: Told(
        "En siffra är fel, borta, för mycket eller omkastad.",
        "10 140 i stället för 10 410: två siffror har bytt plats.",
    ),
    Code.POPULATION_SWAPPED: Told("Två kommuner har varandras folkmängd.", "Bys tal står på Sjös rad, och tvärtom."),
    Code.POPULATION_UNKNOWN: Told(
        "Folkmängden är ingen som SCB har för kommunen, eller kolumnen säger inte vilken dag den avser.",
        "Kolumnen Folkmängd anger inget datum.",
    ),
    Code.TOTAL_POPULATION: Told("Summan av folkmängderna är inte radernas.", "Summan är 200 fler än raderna ger."),
    Code.TOTAL_SHARE: Told("Summan av andelarna är inte radernas.", "100,00 % (cell C18), fast raderna ger 99,99 %."),
    Code.TOTAL_AMOUNT: Told("Summan av beloppen är inte radernas.", "701 520 kr, fast raderna ger 701 521 kr."),
    Code.SHARE: Told("En andel följer inte av det som den räknas ur.", "12,5 % där folkmängden ger 12,9 %."),
    Code.AMOUNT: Told("Ett belopp följer inte regeln som de andra följer.", "45 000 kr där regeln ger 45 841 kr."),
    Code.MEMBER_MISSING: Told("En medlem saknas.", "Summan räknar med 8 900 personer som ingen rad har: Å kommun."),
    Code.MEMBER_EXTRA: Told("En rad räknas inte med, eller är ingen medlem.", "Summan går ihop utan raden Ö."),
    Code.MEMBER_DUPLICATE: Told("En medlem står två gånger.", "By står på rad 6 och rad 14."),
    Code.UNIT: Told("Fel enhet: kronor bland tusental, delar bland procent.", "64 (kronor) bland belopp i tkr."),
    Code.VAT: Told("Skillnaden är momsen.", "Beloppet är 1,25 gånger det som regeln ger."),
    Code.ORGNR_INVALID: Told("Organisationsnumrets kontrollsiffra stämmer inte.", "202100-2271."),
    Code.ORGNR_PARTY: Told("Numret är en annan parts.", "Kommunens nummer står vid länsstyrelsens namn."),
    Code.PERIOD: Told("Tiden som betalas är en annan än den som gäller.", "Avtalet gäller 17 månader, 18 faktureras."),
    Code.PAYMENTS_DISAGREE: Told(
        "Uppgifter om betalningar ryms inte i en och samma total.", "En ger 1 221–1 224 tkr, en annan 1 053–1 069 tkr."
    ),
    Code.RANGE: Told("Bilagans belopp ligger utanför det som en handling anger.", "41 738 kr; handlingen: 47–64 tkr."),
    Code.RANGE_UNMET: Told(
        "Ett angivet spann stöds inte av någon bilaga.", "47–64 tkr per år innehåller inget belopp."
    ),
    Code.RULE_CHANGED: Told("Ett villkor har ändrats mellan två versioner.", "Faktura två gånger, sedan varje år."),
    Code.REGISTRY_NUMBER: Told("Diarienumret är ett annat avtals.", "Förslaget nämner det förra avtalets nummer."),
    Code.FORMULA_TYPED: Told("Ett tal är inskrivet bland formler.", "45 000 i D7; D6 och D8 har formler."),
    Code.FORMULA_UNLIKE: Told("En formel är inte som grannarnas.", "=B7/B$17 där de andra delar med B$18."),
    Code.FORMULA_RANGE: Told("En summa utelämnar rader.", "=SUM(D5:D16) utelämnar D17."),
    Code.FORMULA_DENOMINATOR: Told("Andelar delas inte med hela summan.", "De ger tillsammans 103,20 %."),
    Code.FORMULA_HIDDEN: Told("En summa räknar med dolda celler.", "=SUM(D5:D18), och rad 9 är dold."),
    Code.FORMULA_YEAR: Told("En kolumn hämtar från fel år.", "2024 hämtar 2021, de andra från året före."),
    Code.FORMULA_ROUNDING: Told("Visade tal ger en annan summa än den visade.", "De visade ger 101; cellen visar 100."),
}

_HEAD: Final = """# Granskningens koder

Varje fynd av `analys audit` har en kod som inte ändras, så att andra program kan läsa den (`--json`, fältet `code`).
Sidan skrivs av `python -m analys.audit.codes`. Exemplens kommuner och tal är påhittade.

Ett fynds allvar (`severity`) är `fel` (räkningen eller ett faktum säger emot), `oforenligt` (två uppgifter kan inte båda
vara sanna; vilken som är fel sägs inte) eller `upplysning` (märkligt, och kan ändå vara rätt). `effect_kr` säger vad ett fel
kostar: kronor per kommun, plus för den som betalar för mycket.

| kod | betyder | exempel |
|---|---|---|
"""


def page() -> str:
    """The page, a row a code in the order of :class:`Code`."""
    return _HEAD + "".join(f"| `{code}` | {CODES[code].meaning} | {CODES[code].example} |\n" for code in Code)


if __name__ == "__main__":
    import sys

    sys.stdout.buffer.write(page().encode())
