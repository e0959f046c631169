"""How much of an annex is read right out of the forms that annexes come in, and what it takes.

    python -m benchmarks.documents [--annexes 200] [--formats pdf-linjer skanning-200 …]

Every annex is made here: invented figures of real municipalities, written as a Word file, a web page, a PDF (ruled,
without rulings, over two pages, two tables), pasted text, and as the picture of a page (150 to 300 dots an inch, up to two
degrees askew, as a JPEG with noise). Printed for each form: cells read right, numbers wrong without a word, and seconds.

Goals: every cell of what was never on paper; of scans 98 % of the cells right or told to be confirmed; no number wrong
without a word; a second for a page, ten seconds of processor time for a scanned one, below 1.5 GB.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import resource
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analys import documents
from analys.documents.model import Certainty, Grid
from analys.errors import InputError
from analys.intake import annex as annexes
from analys.intake.annex.proof import Standing, review
from analys.register import regions
from benchmarks.table import Row, Run, of

Table = list[list[str]]
NBSP = "\u00a0"


@dataclass(frozen=True)
class Annex:
    """The tables of one annex as they are printed, and how."""

    title: str
    tables: list[Table]
    seed: int


def make(seed: int, tables: int = 1, members: int = 0) -> Annex:
    """An annex whose amounts are shares of a cost, rounded, with a total row."""
    chance = random.Random(seed)
    return Annex(f"Bilaga {seed}. Kostnadsfördelning", [_table(chance, members) for _ in range(tables)], seed)


def _table(chance: random.Random, members: int) -> Table:
    named = [region for region in regions().values() if region.is_municipality]
    chosen = sorted(chance.sample(named, members or chance.randint(3, 16)), key=lambda region: region.name)
    people = [int(10 ** chance.uniform(3.4, 5.2)) for _ in chosen]
    cost = chance.randint(200, 9000) * 1000
    blank = chance.choice([" ", NBSP])
    year = chance.randint(2015, 2026)
    amounts = [round(cost * each / sum(people)) for each in people]
    shares = [each / sum(people) for each in people]
    percent = chance.choice(["%", f"{blank}%"])
    columns: list[tuple[str, list[str]]] = [
        ("Kommun", [*(region.name for region in chosen), chance.choice(["Summa", "Totalt"])]),
        (f"Folkmängd 31 dec {year - 1}", [_grouped(each, blank) for each in [*people, sum(people)]]),
        ("Andel", [f"{100 * each:.2f}{percent}".replace(".", ",") for each in [*shares, 1.0]]),
        (f"Belopp {year} (kr)", [_grouped(each, blank) for each in [*amounts, sum(amounts)]]),
        (f"Belopp {year + 1} (kr)", [_grouped(2 * each, blank) for each in [*amounts, sum(amounts)]]),
    ]
    kept = [columns[0], *(column for column in columns[1:4] if chance.random() < 0.85)]
    kept += [columns[3]] if columns[3] not in kept else []
    kept += [columns[4]] if chance.random() < 0.4 else []
    return [list(row) for row in zip(*([head, *cells] for head, cells in kept), strict=True)]


def _grouped(number: int, blank: str) -> str:
    return f"{number:,}".replace(",", blank)


INTRODUCTION = (
    "Parterna delar kostnaden i förhållande till folkmängden den 31 december året före verksamhetsåret. Beloppen "
    "faktureras i två delar, senast den 10 juni och den 10 december. Uppsägningstiden är två månader."
)

# -- the forms ---------------------------------------------------------------------------------------------------------


def docx(annex: Annex, path: Path) -> None:
    import docx as word

    document = word.Document()
    document.add_heading(annex.title)
    for table in annex.tables:
        document.add_paragraph(INTRODUCTION)
        made = document.add_table(len(table), len(table[0]))
        for y, row in enumerate(table):
            for x, cell in enumerate(row):
                made.cell(y, x).text = cell
    document.save(str(path))


def html(annex: Annex, path: Path) -> None:
    parts = [f"<!DOCTYPE html><html><body><h1>{annex.title}</h1>"]
    for table in annex.tables:
        rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in table)
        parts.append(f"<p>{INTRODUCTION}</p><table>{rows}</table>")
    path.write_text("".join(parts), encoding="utf-8")


def tabs(annex: Annex, path: Path) -> None:
    tables = ("\n".join("\t".join(row) for row in table) for table in annex.tables)
    path.write_text(
        f"{annex.title}\n\n" + "".join(f"{INTRODUCTION}\n\n{table}\n\n" for table in tables), encoding="utf-8"
    )


def layout(annex: Annex, path: Path) -> None:
    """As a program shows a PDF in letters of one width."""
    lines = [annex.title, ""]
    for table in annex.tables:
        widths = [max(map(len, column)) + 3 for column in zip(*table, strict=True)]
        lines += [INTRODUCTION[:90], INTRODUCTION[90:], ""]
        for row in table:
            rest = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
            lines.append(f"    {row[0].ljust(widths[0])}{''.join(rest)}".rstrip())
        lines.append("")
    path.write_text("\n".join(lines), encoding="utf-8")


def pdf(annex: Annex, path: Path, style: str = "linjer", height: float = 0) -> None:
    """A PDF page; ``style`` is what stands between the cells, ``height`` where the table begins, in millimetres."""
    from fpdf import FPDF

    chance = random.Random(annex.seed)
    size = chance.choice([8, 9, 10, 11])
    page = FPDF()
    page.set_auto_page_break(True, 20)
    page.add_page()
    page.set_font("Helvetica", "B", 14)
    page.cell(0, 10, annex.title, new_x="LMARGIN", new_y="NEXT")
    page.set_font("Helvetica", "", size)
    for table in annex.tables:
        page.multi_cell(0, size * 0.5, INTRODUCTION, align=chance.choice(["J", "L"]), new_x="LMARGIN", new_y="NEXT")
        page.set_y(max(page.get_y() + 5, height))
        _draw(page, table, style, size, chance)
        page.set_y(page.get_y() + 8)
    page.cell(0, 6, "Avtalet gäller från och med den 1 januari. Sida 1 (1)")
    page.output(str(path))


def _draw(page: Any, table: Table, style: str, size: float, chance: random.Random) -> None:
    pad = chance.uniform(3, 9)
    page.set_font("Helvetica", "B", size)
    widths = [max(page.get_string_width(cell) for cell in column) + pad for column in zip(*table, strict=True)]
    if (total := sum(widths)) > 185:
        widths = [width * 185 / total for width in widths]
    line = size * chance.uniform(0.45, 0.65)
    for at, row in enumerate(table):
        if page.will_page_break(line):
            page.add_page()
        border: str | int = {"linjer": 1, "inga": 0, "vågräta": "B", "rubrik": "B" if at == 0 else 0, "lodräta": "LR"}[
            style
        ]
        page.set_font("Helvetica", "B" if at in (0, len(table) - 1) else "", size)
        for x, (cell, width) in enumerate(zip(row, widths, strict=True)):
            page.cell(width, line, cell, border=border, align="L" if x == 0 else "R")
        page.ln(line)


def scan(annex: Annex, path: Path, dots: int = 200) -> None:
    """The page as a scanner gives it: dots, a little askew, grey paper with noise, as a JPEG in a PDF."""
    import numpy as np
    import pypdfium2
    from PIL import Image

    chance = random.Random(annex.seed)
    whole = path.with_suffix(".hel.pdf")
    pdf(annex, whole, chance.choice(["linjer", "inga", "vågräta"]))
    picture = pypdfium2.PdfDocument(whole)[0].render(scale=dots / 72).to_pil().convert("L")
    whole.unlink()
    turned = picture.rotate(chance.uniform(-2, 2), expand=True, fillcolor=250, resample=Image.Resampling.BICUBIC)
    grains = np.random.default_rng(annex.seed).normal(0, chance.uniform(2, 10), (turned.height, turned.width))
    noisy = Image.fromarray(np.clip(np.asarray(turned) + grains, 0, 255).astype("uint8"))
    content = io.BytesIO()
    noisy.save(content, "JPEG", quality=chance.randint(45, 85))
    Image.open(content).save(path, "PDF", resolution=dots)


@dataclass(frozen=True)
class Form:
    """A form of annexes: how it is written, with which ending, out of what."""

    write: Callable[[Annex, Path], None]
    ending: str
    tables: int = 1
    members: int = 0
    share: float = 1.0  # of the annexes that are asked for
    scanned: bool = False


FORMS = {
    "docx": Form(docx, "docx", 2),
    "html": Form(html, "html", 2),
    "text-tabbar": Form(tabs, "txt", 2),
    "text-kolumner": Form(layout, "txt", 2),
    "pdf-linjer": Form(pdf, "pdf"),
    "pdf-utan-linjer": Form(lambda annex, path: pdf(annex, path, "inga"), "pdf"),
    "pdf-vågräta": Form(lambda annex, path: pdf(annex, path, "vågräta"), "pdf"),
    "pdf-lodräta": Form(lambda annex, path: pdf(annex, path, "lodräta"), "pdf"),
    "pdf-rubriklinje": Form(lambda annex, path: pdf(annex, path, "rubrik"), "pdf"),
    "pdf-två-tabeller": Form(lambda annex, path: pdf(annex, path, "inga"), "pdf", 2),
    "pdf-två-tabeller-linjer": Form(pdf, "pdf", 2),
    "pdf-två-sidor": Form(lambda annex, path: pdf(annex, path, "linjer", 180), "pdf", 1, 24),
    "pdf-två-sidor-utan": Form(lambda annex, path: pdf(annex, path, "inga", 180), "pdf", 1, 24),
    "skanning-150": Form(lambda annex, path: scan(annex, path, 150), "pdf", scanned=True),
    "skanning-200": Form(lambda annex, path: scan(annex, path, 200), "pdf", scanned=True),
    "skanning-300": Form(lambda annex, path: scan(annex, path, 300), "pdf", scanned=True),
}

# -- what is read ------------------------------------------------------------------------------------------------------


@dataclass
class Result:
    """``cells`` in all, ``right`` as printed, ``told`` not right but to be confirmed, ``silent`` wrong without a word."""

    cells: int = 0
    right: int = 0
    told: int = 0
    silent: int = 0
    files: int = 0
    refused: int = 0
    seconds: float = 0
    slowest: float = 0
    wrong: list[str] = field(default_factory=list)

    def add(
        self, table: Table, grid: Grid | None, first: int, proven: frozenset[str], mended: dict[str, str], where: str
    ) -> None:
        for y, row in enumerate(table, first):
            for x, printed in enumerate(row):
                self.cells += 1
                cell = grid.rows[y][x] if grid and y < len(grid.rows) and x < len(grid.rows[y]) else None
                if cell is not None and _alike(mended.get(cell.place, str(cell.value or "")), printed):
                    self.right += 1
                    continue
                self.wrong.append(f"{where} {y},{x}: {printed!r} -> {cell.value if cell else None!r}")
                if grid is None or (grid.certainty is Certainty.RECOGNISED and cell and cell.place not in proven):
                    self.told += 1
                elif _is_number(printed):
                    self.silent += 1


def _alike(found: str, printed: str) -> bool:
    """Blanks within numbers and between words say nothing."""
    return re.sub(r"\s", "", found) == re.sub(r"\s", "", printed)


def _is_number(text: str) -> bool:
    return text[:1].isdigit()


def _best(table: Table, grids: Sequence[Grid]) -> tuple[Grid | None, int]:
    """The grid, and its row, from which on most of a table's cells stand where they should."""
    places = [(grid, first) for grid in grids for first in range(len(grid.rows))]

    def held(place: tuple[Grid, int]) -> int:
        rows = place[0].rows[place[1] :]
        return sum(
            _alike(str(cell.value or ""), printed)
            for row, line in zip(rows, table, strict=False)
            for cell, printed in zip(row, line, strict=False)
        )

    return max(places, key=held, default=(None, 0))


def _reviewed(path: Path) -> tuple[frozenset[str], dict[str, str]]:
    """The places that relations prove, and the texts that were mended, by their place."""
    try:
        reviews = [review(annex) for annex in annexes.read_all(path)]
    except InputError:
        return frozenset(), {}
    proven = (each.figure.cell for done in reviews for each in done.checked if each.standing is Standing.PROVEN)
    return frozenset(proven), {each.place: each.text for done in reviews for each in done.mended}


def _processor() -> float:
    """Seconds of the processor, those of processes that have ended included."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def measure(form: Form, annexes_wanted: int, folder: Path) -> Result:
    result = Result()
    for seed in range(annexes_wanted):
        annex = make(seed, form.tables, form.members)
        path = folder / f"{seed}.{form.ending}"
        form.write(annex, path)
        start = _processor()
        try:
            grids = documents.open(path).grids
        except InputError as error:
            result.refused += 1
            result.wrong.append(str(error))
            grids = ()
        taken = _processor() - start
        result.seconds, result.slowest = result.seconds + taken, max(result.slowest, taken)
        result.files += 1
        reviewed = _reviewed(path) if form.scanned else (frozenset[str](), dict[str, str]())
        for table in annex.tables:
            result.add(table, *_best(table, grids), *reviewed, path.name)
    return result


#: Annexes of each form in the published size; the form that takes the least time.
EACH = 20
QUICKEST = "docx"


def rows(run: Run) -> Iterator[Row]:
    """Each form's cells read right, or told to be confirmed; in the smallest size one form."""
    for name in FORMS if run.scale else [QUICKEST]:
        with tempfile.TemporaryDirectory() as folder:
            found = measure(FORMS[name], run.of(EACH), Path(folder))
        goal = ">= 98 %" if FORMS[name].scanned else "100 %"
        note = f"{found.silent} tysta fel; {found.refused} vägrade; {found.seconds / found.files:.1f} s per fil"
        yield Row(f"{name}: celler rätt, eller sagda", goal, of(found.right + found.told, found.cells), note)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--annexes", type=int, default=200, help="in all, shared among the forms")
    parser.add_argument("--formats", nargs="*", default=list(FORMS), choices=list(FORMS), metavar="FORM")
    parser.add_argument("--wrong", type=int, default=0, help="so many cells that were read wrong, of each form")
    options = parser.parse_args(arguments)
    each = max(1, options.annexes // len(options.formats))
    print(f"{'form':26}{'bilagor':>8}{'celler':>8}{'rätt %':>8}{'rätt el. sagt %':>17}{'tysta fel':>10}"
          f"{'s/fil':>8}{'längst':>8}{'vägrade':>8}")  # fmt: skip
    for name in options.formats:
        with tempfile.TemporaryDirectory() as folder:
            found = measure(FORMS[name], each, Path(folder))
        shown = 100 * found.right / found.cells, 100 * (found.right + found.told) / found.cells
        print(f"{name:26}{found.files:8}{found.cells:8}{shown[0]:8.2f}{shown[1]:17.2f}{found.silent:10}"
              f"{found.seconds / found.files:8.2f}{found.slowest:8.2f}{found.refused:8}", flush=True)  # fmt: skip
        for line in found.wrong[: options.wrong]:
            print("   ", line)
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(f"minne som mest: {most:.0f} MB")


if __name__ == "__main__":
    main()
