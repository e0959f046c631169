"""Files that look as the real ones do, made from the registered population."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from analys import catalog
from analys.register import Region, regions


def population(year: int) -> dict[str, int]:
    """The registered population of 31 December by region code."""
    with catalog.resource("folkmangd").file.open(encoding="utf-8", newline="") as file:
        return {row["regionkod"]: int(row["folkmangd"]) for row in csv.DictReader(file) if row["ar"] == str(year)}


def short(region: Region) -> str:
    """Counties as SCB's workbooks name them: "Stockholm", "Östergötland"."""
    if region.is_municipality or region.code == "00":
        return region.name
    stem = region.name.removesuffix(" län")
    keep = {"Örebro", "Uppsala", "Kalmar", "Skåne", "Halland", "Jämtland", "Gävleborg", "Blekinge", "Dalarna"}
    return stem if stem in keep else stem.removesuffix("s")


def yearly_workbook(path: Path, year: int, *, codes: str = "text", extra_sheets: bool = True) -> None:
    """ "Folkmängd i riket, län och kommuner 31 december ÅÅÅÅ": titles, merged headings in four rows, notes below."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Totalt"
    _yearly_sheet(sheet, year, population(year), codes)
    if extra_sheets:
        for name in ("Män", "Kvinnor"):
            halves = {code: people // 2 for code, people in population(year).items()}
            _yearly_sheet(workbook.create_sheet(name), year, halves, codes)
        info = workbook.create_sheet("Information")
        info["A1"] = "Statistiken är framställd av SCB"
        info["A3"] = "Fullständig statistik finns i Statistikdatabasen"
    workbook.save(path)


def _yearly_sheet(sheet: Any, year: int, people: dict[str, int], codes: str) -> None:
    sheet["A1"] = f"Folkmängd i riket, län och kommuner 31 december {year} och befolkningsförändringar {year}"
    sheet["A2"] = "Population in the country, counties and municipalities"
    sheet.merge_cells("A1:K1")
    headings = [
        [
            "Kod",
            "Kommunnamn",
            "Folkmängd",
            "Folkökning1",
            "Levande födda",
            "Döda",
            "Inflyttade",
            None,
            None,
            "Juste-\nringar2)",
        ],
        [None, None, None, None, None, None, "Totalt", "Därav från", None, None],
        [None, None, None, None, None, None, None, "Egna länet", "Övriga Sverige", None],
        [None, None, None, None, None, None, None, "antal", "antal", None],
    ]
    for number, row in enumerate(headings, start=4):
        for column, text in enumerate(row, start=1):
            if text is not None:
                sheet.cell(number, column, text)
    sheet.merge_cells("A4:A7")
    sheet.merge_cells("B4:B7")
    sheet.merge_cells("C4:C7")
    sheet.merge_cells("G4:I4")
    sheet.merge_cells("H5:I5")
    row = 8
    for region in regions().values():
        if len(region.code) == 2:
            row += 1
        if region.code != "00":
            sheet.cell(row, 1, region.code if codes == "text" else int(region.code))
        sheet.cell(row, 2, f"{short(region)}   ")
        sheet.cell(row, 3, people[region.code])
        for column, value in enumerate((1454, 1200, "‑48", 3000, ".", 500, 3), start=4):
            sheet.cell(row, column, value)
        row += 1
    row += 1
    for note in (
        "1) Folkökning = Folkmängden 31 december minus folkmängden 31 december året före",
        "2) Justeringar 2023",
        "Källa: SCB",
    ):
        sheet.cell(row, 1, note)
        row += 1


def database_rows(years: tuple[int, ...], county: str = "05") -> list[tuple[str, str, int, int]]:
    """Code, name, year and population of a county and its municipalities."""
    chosen = [region for region in regions().values() if region.code.startswith(county)]
    return [(region.code, region.name, year, population(year)[region.code]) for region in chosen for year in years]


def px(years: tuple[int, ...], *, codepage: str = "iso-8859-15", charset: str = "ANSI", county: str = "05") -> str:
    """A px file as SCB's database saves it, long values over several lines."""
    rows = database_rows(years, county)
    names = list(dict.fromkeys((code, name) for code, name, _, _ in rows))
    values = ",\n".join(f'"{name}"' for _, name in names)
    keys = ",".join(f'"{code}"' for code, _ in names)
    times = ",".join(f'"{year}"' for year in years)
    figures = {(code, year): str(people) for code, _, year, people in rows}
    data = "\n".join(" ".join(figures[code, year] for year in years) + " " for code, _ in names)
    return (
        (f'CHARSET="{charset}";\n' if charset else "")
        + 'AXIS-VERSION="2013";\n'
        + (f'CODEPAGE="{codepage}";\n' if codepage else "")
        + 'LANGUAGE="sv";\nCREATION-DATE="20250221 08:00";\nDECIMALS=0;\nMATRIX="BE0101N1";\n'
        'SUBJECT-CODE="BE";\nSUBJECT-AREA="Befolkning";\nTITLE="Folkmängd efter "\n"region och år";\n'
        'CONTENTS="Folkmängd";\n'
        'UNITS="antal";\nSTUB="region";\nHEADING="år";\n'
        f'VALUES("region")={values};\nVALUES("år")={times};\nTIMEVAL("år")=TLIST(A1),{times};\n'
        f'CODES("region")={keys};\nCODES("år")={times};\n'
        f'NOTE="Se nedan; "\n"DATA= är inte slut";\nSOURCE="SCB";\nDATA=\n{data};\n'
    )


def jsonstat(years: tuple[int, ...], county: str = "05", **changes: Any) -> str:
    """An answer of PxWebApi 2 in json-stat2."""
    rows = [row for row in database_rows(years, county) if len(row[0]) == 4]
    names = {code: name for code, name, _, _ in rows}
    content = {
        "version": "2.0",
        "class": "dataset",
        "label": "Folkmängd efter region, tabellinnehåll och år",
        "source": "SCB",
        "updated": "2025-02-21T07:00:00Z",
        "role": {"time": ["Tid"], "metric": ["ContentsCode"]},
        "id": ["Region", "ContentsCode", "Tid"],
        "size": [len(names), 1, len(years)],
        "dimension": {
            "Region": {
                "label": "region",
                "category": {"index": {code: at for at, code in enumerate(names)}, "label": names},
            },
            "ContentsCode": {
                "label": "tabellinnehåll",
                "category": {"index": {"BE0101N1": 0}, "label": {"BE0101N1": "Folkmängd"}},
            },
            "Tid": {
                "label": "år",
                "category": {
                    "index": {str(year): at for at, year in enumerate(years)},
                    "label": {str(year): str(year) for year in years},
                },
            },
        },
        "value": [people for _, _, _, people in rows],
    }
    return json.dumps(content | changes, ensure_ascii=True)
