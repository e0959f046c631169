"""Annexes as they are typed: the same thirteen municipalities, made by hand in the shapes that real annexes have.

Each shape is a function that takes the clean figures and returns the sheets of a workbook, or the bytes of a text file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from analys.population import table as populations
from analys.register import municipalities

Rows = list[list[object]]
TOTAL = 763_900


def half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))


@dataclass
class Figures:
    """Names, populations on 31 December of ``year``, exact parts, and amounts rounded half up."""

    names: list[str]
    people: list[int]
    amounts: list[int]
    year: int

    @property
    def parts(self) -> list[Fraction]:
        return [Fraction(figure, sum(self.people)) for figure in self.people]


def figures(county: str = "05", year: int = 2017, total: int = TOTAL, count: int | None = None) -> Figures:
    members = municipalities(county)[:count]
    people = [populations()[member.code, year] for member in members]
    whole = sum(people)
    return Figures([m.name for m in members], people, [half_up(Fraction(total * p, whole)) for p in people], year)


def comma(value: Fraction | float, decimals: int) -> str:
    steps = half_up(Fraction(value) * 10**decimals)
    return f"{steps // 10**decimals},{steps % 10**decimals:0{decimals}}"


def grouped(value: int, mark: str) -> str:
    return f"{value:,}".replace(",", mark)


@dataclass
class Shape:
    """Sheets by name, or a text file; ``merge`` are merged ranges, ``hidden`` hidden sheets."""

    sheets: dict[str, Rows] = field(default_factory=dict)
    text: bytes = b""
    merge: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


SHAPES: dict[str, Callable[[Figures], Shape]] = {}


def shape(made: Callable[[Figures], Shape]) -> Callable[[Figures], Shape]:
    SHAPES[made.__name__] = made
    return made


def plain(f: Figures) -> Rows:
    rows: Rows = [["Kommun", f"Folkmängd {f.year}", "Andel", f"Kostnad {f.year + 1}"]]
    rows += [
        [n, p, f"{comma(s * 100, 2)}%", a] for n, p, s, a in zip(f.names, f.people, f.parts, f.amounts, strict=True)
    ]
    return [*rows, ["Total", sum(f.people), "100%", sum(f.amounts)]]


def csv_bytes(rows: Rows, mark: str, encoding: str) -> bytes:
    return "\r\n".join(mark.join("" if c is None else str(c) for c in row) for row in rows).encode(encoding)


@shape
def title_text_and_notes(f: Figures) -> Shape:
    rows: Rows = [["Bilaga 2 till samverkansavtal"], ["Kostnadsfördelning mellan kommunerna"], [], *plain(f)]
    rows += [[], ["Källa: SCB."], ["* Avrundning kan göra att summan avviker."], ["Fastställd av samrådet 2018-02-14"]]
    return Shape({"Bilaga": rows})


@shape
def merged_title(f: Figures) -> Shape:
    return Shape({"Blad1": [["Kostnadsfördelning 2018"], *plain(f)]}, merge=("A1:D1",))


@shape
def utf8_semicolon(f: Figures) -> Shape:
    return Shape(text=csv_bytes(plain(f), ";", "utf-8-sig"))


@shape
def latin1_semicolon(f: Figures) -> Shape:
    return Shape(text=csv_bytes(plain(f), ";", "latin-1"))


@shape
def tabs(f: Figures) -> Shape:
    return Shape(text=csv_bytes(plain(f), "\t", "utf-8"))


@shape
def commas(f: Figures) -> Shape:
    rows = plain(f)
    for row, part in zip(rows[1:], [*f.parts, Fraction(1)], strict=True):
        row[2] = f"{float(part):.4f}"
    return Shape(text=csv_bytes(rows, ",", "utf-8"))


@shape
def commas_with_quotes(f: Figures) -> Shape:
    rows = [[f'"{cell}"' if "," in str(cell) else cell for cell in row] for row in plain(f)]
    return Shape(text=csv_bytes(rows, ",", "utf-8"))


@shape
def shares_as_parts(f: Figures) -> Shape:
    rows = plain(f)
    for row, part in zip(rows[1:], [*f.parts, Fraction(1)], strict=True):
        row[2] = comma(part, 4)
    return Shape({"Bilaga": rows})


@shape
def shares_in_bare_per_cent(f: Figures) -> Shape:
    rows = plain(f)
    rows[0][2] = "Procent"
    for row, part in zip(rows[1:], [*f.parts, Fraction(1)], strict=True):
        row[2] = comma(part * 100, 2)
    return Shape({"Bilaga": rows})


@shape
def unrounded_shares(f: Figures) -> Shape:
    rows = plain(f)
    for row, part in zip(rows[1:], [*f.parts, Fraction(1)], strict=True):
        row[2] = float(part)
    return Shape({"Bilaga": rows})


@shape
def amounts_in_tkr(f: Figures) -> Shape:
    rows = plain(f)
    rows[0][3] = "Kostnad 2018 (tkr)"
    for row in rows[1:]:
        row[3] = comma(Fraction(int(str(row[3])), 1000), 1)
    return Shape({"Bilaga": rows})


@shape
def amounts_with_unit_in_the_cell(f: Figures) -> Shape:
    rows = plain(f)
    for row in rows[1:]:
        row[1], row[3] = grouped(int(str(row[1])), "\u202f"), f"{grouped(int(str(row[3])), ' ')} kr"
    return Shape({"Bilaga": rows})


@shape
def dots_between_thousands(f: Figures) -> Shape:
    rows = plain(f)
    for row in rows[1:]:
        row[1], row[3] = grouped(int(str(row[1])), "."), grouped(int(str(row[3])), ".")
    return Shape({"Bilaga": rows})


@shape
def half_years_and_quarters(f: Figures) -> Shape:
    rows: Rows = [["Kommun", "Antal invånare 2017-12-31", "Belopp/år", "Belopp halvår", "Belopp per kvartal"]]
    yearly = [half_up(TOTAL * part) for part in f.parts]
    lines = [yearly, [half_up(TOTAL * p / 2) for p in f.parts], [half_up(TOTAL * p / 4) for p in f.parts]]
    rows += [[n, p, *amounts] for n, p, *amounts in zip(f.names, f.people, *lines, strict=True)]
    return Shape({"Bilaga": [*rows, ["Summa", sum(f.people), *(sum(line) for line in lines)]]})


@shape
def names_with_kommun(f: Figures) -> Shape:
    rows = plain(f)
    for row in rows[1:14]:
        row[0] = f"{row[0]} kommun" if str(row[0]).endswith("s") else f"{row[0]}s kommun"
    return Shape({"Bilaga": rows})


@shape
def upper_case_without_rings_and_dots(f: Figures) -> Shape:
    plain_letters = str.maketrans("ÅÄÖ", "AAO")
    rows = [[str(row[0]).upper().translate(plain_letters), *row[1:]] for row in plain(f)]
    rows[0] = plain(f)[0]
    return Shape({"Bilaga": rows})


@shape
def code_before_the_name(f: Figures) -> Shape:
    codes = [member.code for member in municipalities("05")]
    return Shape({"Bilaga": [[c, *row] for c, row in zip(["Kommunkod", *codes, None], plain(f), strict=True)]})


@shape
def number_before_the_name(f: Figures) -> Shape:
    return Shape({"Bilaga": [["Nr" if i == 0 else i if i < 14 else None, *row] for i, row in enumerate(plain(f))]})


@shape
def code_and_name_in_one_cell(f: Figures) -> Shape:
    rows = plain(f)
    for row, member in zip(rows[1:14], municipalities("05"), strict=True):
        row[0] = f"{member.code} {row[0]}"
    return Shape({"Bilaga": rows})


@shape
def total_called_after_the_county(f: Figures) -> Shape:
    rows = plain(f)
    rows[-1][0] = "Östergötlands län"
    return Shape({"Bilaga": rows})


@shape
def total_called_sum_of_municipalities(f: Figures) -> Shape:
    rows = plain(f)
    rows[-1][0] = "Summa kommuner"
    return Shape({"Bilaga": rows})


@shape
def total_above_and_no_label(f: Figures) -> Shape:
    rows = plain(f)
    rows[-1][0] = None
    return Shape({"Bilaga": rows})


@shape
def subtotal_and_total(f: Figures) -> Shape:
    rows = plain(f)
    small = rows[1:5]
    subtotal = ["Summa små kommuner", sum(int(str(r[1])) for r in small), None, sum(int(str(r[3])) for r in small)]
    return Shape({"Bilaga": [rows[0], *small, subtotal, *rows[5:]]})


@shape
def empty_rows_and_columns(f: Figures) -> Shape:
    rows = [[None, row[0], None, *row[1:], None] for row in plain(f)]
    return Shape({"Bilaga": [[], [], rows[0], [], *rows[1:7], [], *rows[7:]]})


@shape
def hidden_and_other_sheets(f: Figures) -> Shape:
    other: Rows = [["Att göra"], ["Fråga Mjölby om fakturan"], ["Klart", 3]]
    return Shape({"Försättsblad": [["Avtal om samordning"]], "Bilaga": plain(f), "Arbete": other}, hidden=("Arbete",))


@shape
def two_population_years(f: Figures) -> Shape:
    before = [populations()[m.code, 2016] for m in municipalities("05")]
    extra = [f"Folkmängd {f.year - 1}", *before, sum(before)]
    return Shape({"Bilaga": [[row[0], e, *row[1:]] for e, row in zip(extra, plain(f), strict=True)]})


@shape
def columns_in_odd_order(f: Figures) -> Shape:
    return Shape({"Bilaga": [[row[3], row[0], row[2], row[1]] for row in plain(f)]})


@shape
def amount_per_inhabitant(f: Figures) -> Shape:
    per_head = comma(Fraction(TOTAL, sum(f.people)), 2)
    return Shape({"Bilaga": [[*row, "Kr per invånare" if i == 0 else per_head] for i, row in enumerate(plain(f))]})


@shape
def with_and_without_tax(f: Figures) -> Shape:
    rows = plain(f)
    rows[0][3] = "Kostnad 2018 exkl. moms"
    for i, row in enumerate(rows):
        row.append(comma(Fraction(int(str(row[3])) * 5, 4), 2) if i else "Kostnad 2018 inkl. moms")
    return Shape({"Bilaga": rows})


@shape
def remarks_beside_the_rows(f: Figures) -> Shape:
    rows = [[*row, "Anmärkning" if i == 0 else "värdkommun" if i == 9 else None] for i, row in enumerate(plain(f))]
    return Shape({"Bilaga": rows})


@shape
def unit_row_under_the_headings(f: Figures) -> Shape:
    rows = plain(f)
    return Shape({"Bilaga": [rows[0], [None, "(antal)", "(procent)", "(kr)"], *rows[1:]]})


@shape
def heading_in_two_rows(f: Figures) -> Shape:
    rows = plain(f)
    return Shape(
        {"Bilaga": [["Kommun", "Folkmängd", "Andel", "Kostnad"], [None, "2017-12-31", "%", "2018"], *rows[1:]]}
    )


@shape
def only_shares_and_amounts(f: Figures) -> Shape:
    return Shape({"Bilaga": [[row[0], row[2], row[3]] for row in plain(f)]})


@shape
def only_amounts(f: Figures) -> Shape:
    return Shape({"Bilaga": [[row[0], row[3]] for row in plain(f)]})


@shape
def negative_amounts(f: Figures) -> Shape:
    rows = plain(f)
    for row in rows[1:]:
        row[3] = f"\u2212{grouped(int(str(row[3])), ' ')}"
    rows[0][3] = "Återbetalning, kr"
    return Shape({"Bilaga": rows})


@shape
def a_region_that_pays_half(f: Figures) -> Shape:
    rows: Rows = [["Part", f"Folkmängd {f.year}", "Andel", "Belopp per år"]]
    amounts = [half_up(TOTAL * part / 2) for part in f.parts]
    rows += [[n, p, f"{comma(s * 50, 2)} %", a] for n, p, s, a in zip(f.names, f.people, f.parts, amounts, strict=True)]
    rows.append(["Region Östergötland", None, "50 %", TOTAL // 2])
    return Shape({"Bilaga": [*rows, ["Summa", sum(f.people), "100 %", TOTAL // 2 + sum(amounts)]]})


@shape
def the_state_and_a_joint_authority(f: Figures) -> Shape:
    rows = plain(f)[:-1]
    rows += [["Länsstyrelsen Östergötland", None, None, 200_000], ["Kommunalförbundet Itsam", "-", None, "50 000 kr"]]
    return Shape({"Bilaga": [*rows, ["Totalt", sum(f.people), "100%", sum(f.amounts) + 250_000]]})


@shape
def a_region_after_the_subtotal(f: Figures) -> Shape:
    rows = plain(f)
    rows[-1][0] = "Summa kommuner"
    region = ["Region Östergötland", sum(f.people), None, 300_000]
    return Shape({"Bilaga": [*rows, region, ["Totalt", None, None, 300_000 + sum(f.amounts)]]})


@shape
def names_in_two_columns_of_the_county(f: Figures) -> Shape:
    return Shape({"Bilaga": [["Län" if i == 0 else "Östergötland", *row] for i, row in enumerate(plain(f))]})
