"""Fuzz the invoice readers: ``python -m fuzz.invoices [--seconds 60] [--engine atheris|hypothesis]``.

Whatever the bytes, the reader may answer with a table or with an InputError, rows in are rows out plus rows reported,
no personal number comes out, and for text the streaming engine gives the same sums as the reader for small ledgers.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from analys import project
from fuzz import harness

CRASHES = Path(__file__).parent.parent / "tests" / "intake" / "invoices" / "crashes"
WORKBOOKS = Path(__file__).parent.parent / "tests" / "intake" / "workbooks"
FOLDER = Path(tempfile.mkdtemp(prefix="fuzz-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)


def seeds() -> list[bytes]:
    """One small file of each format and a few of their turns."""
    import openpyxl

    from tests.intake.invoices.test_ubl import document

    spec = (
        "kopare;faktura_nr;leverantor;leverantor_id;konto_nr;belopp;datum;kommun_id\n"
        'Norrköpings kommun;F1;"Länsstyrelsen; Öst";202100-2270;46310;188 000,00;2023-05-31;0581\n'
        "Norrköpings kommun;F2;Ek;850101-1236;46310;-12,5;20230601;581\n\n"
    )
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Blad1")
    sheet.append(["Förvaltnin", "Leverantör", "Leverantör", "Fakturanum", "Konto som ", "Konterat b"])
    sheet.append(["KS", "Kontorsbolaget AB", "NULL", 123456, "64310 Kontorsmateriel", 1234.56])
    book.save(FOLDER / "seed.xlsx")
    examples = [file.read_bytes() for file in sorted((project.required().raw / "exempel-reskontra").iterdir())]
    texts = [
        spec,
        spec.replace(";", ","),
        document(),
        document("CreditNote", "S", "25", vat="94000.00", gross="470000.00"),
    ]
    return [
        *examples,
        *(text.encode() for text in texts),
        spec.encode("latin-1").replace(b"\n", b"\r"),
        spec.encode("utf-16"),
        (FOLDER / "seed.xlsx").read_bytes(),
        spec.replace("188 000,00", "188.000,00").replace("2023-05-31", "31.05.2023").encode(),
        *((WORKBOOKS / f"reskontra.{ending}").read_bytes() for ending in ("xls", "ods")),
    ]


def check(content: bytes) -> None:
    """Read the bytes as a file; raises for anything but a sound table or an InputError."""
    from analys.documents.files import Kind, detect
    from analys.errors import InputError
    from analys.intake import invoices
    from analys.intake.invoices.cells import LARGEST_KR
    from analys.ledgers import totals

    path = FOLDER / "input.dat"
    path.write_bytes(content)
    try:
        result = invoices.read(path)
    except InputError as error:
        if not str(error).startswith(str(path)):
            raise RuntimeError("a fault without its file") from error
        return
    frame = result.frame
    assert result.rows_in == len(frame) + len(result.reported)
    assert len(result.places) == len(frame)
    assert all(entry.row > 0 and entry.reason for entry in result.reported)
    assert all(abs(amount) <= LARGEST_KR and amount == round(amount, 2) for amount in frame["belopp_kr"])
    assert "850101-1236" not in repr(result.reported) + "".join(frame["leverantor_id"])
    mixed = any("another encoding" in entry.reason for entry in result.reported)
    if detect(path, 1 << 30).kind is Kind.TEXT and not mixed:
        answer = totals([path])
        keys = zip(frame["kommunkod"], frame["datum"].str[:4], strict=True)
        assert answer.postings == Counter(keys), (answer.postings, result)
        assert answer.rows_reported == len(result.reported), (answer.reported, result.reported)
        assert sum(answer.ore.values()) == sum(frame["belopp_kr"]) * 100


if __name__ == "__main__":
    harness.main(__doc__ or "", check, seeds(), CRASHES, ["analys.intake", "analys.ledgers"])
