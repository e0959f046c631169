"""Postings that several files deliver: yearly ledgers overlap, and a ledger is sent again in another format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pandas as pd

from analys.intake.result import ReadResult, Reported
from analys.masking import MASK

#: What makes two rows of two files the same posting, besides how many like it stand before it in its file.
_SAME: Final = ["buyer", "supplier", "faktura_nr", "datum", "konto_nr", "belopp_kr"]


def without_copies(results: Sequence[ReadResult], files: Sequence[str]) -> list[ReadResult]:
    """The results without the postings that an earlier one has too; each of these is reported with the first's place.

    Two rows are one posting delivered twice when buyer, supplier, invoice number, date, account and amount agree and
    they stand in different files. Alike rows of one file are kept: an invoice may have them. Rows without an invoice
    number are taken for copies only where their whole file repeats earlier ones.
    """
    if len(results) < 2:
        return list(results)
    together = pd.concat([_identities(result.frame, at) for at, result in enumerate(results)], ignore_index=True)
    together["place"] = range(len(together))
    again = together.duplicated([*_SAME, "like_it"])
    whole = again.groupby(together["file"]).transform("all")
    again &= (together["faktura_nr"] != "") | whole
    first = together.groupby([*_SAME, "like_it"], sort=False)["place"].transform("min")
    places = [
        f"{file}, blad {sheet}, rad {row}" if sheet else f"{file}, rad {row}"
        for file, result in zip(files, results, strict=True)
        for sheet, row in result.places
    ]
    settled = []
    for at, (file, result) in enumerate(zip(files, results, strict=True)):
        own = together["file"] == at
        originals = [places[place] for place in first[own & again]]
        settled.append(_without(result, file, again[own].tolist(), originals))
    return settled


def _identities(frame: pd.DataFrame, file: int) -> pd.DataFrame:
    named = frame["leverantor_id"].isin(["", MASK])
    rows = pd.DataFrame(
        {
            "buyer": frame["kommunkod"].where(frame["kommunkod"] != "", frame["kopare"]),
            "supplier": frame["leverantor"].where(named, frame["leverantor_id"]),
            **{column: frame[column] for column in _SAME[2:]},
        }
    )
    return rows.assign(like_it=rows.groupby(_SAME).cumcount(), file=file)


def _without(result: ReadResult, file: str, copies: Sequence[bool], originals: Sequence[str]) -> ReadResult:
    if not originals:
        return result
    places = [place for place, copy in zip(result.places, copies, strict=True) if copy]
    reported = [
        Reported(
            file, sheet, row, f"väntade en ny post, fann en som har levererats två gånger: densamma som {original}"
        )
        for (sheet, row), original in zip(places, originals, strict=True)
    ]
    return replace(
        result,
        frame=result.frame[[not copy for copy in copies]].reset_index(drop=True),
        reported=(*result.reported, *reported),
        places=[place for place, copy in zip(result.places, copies, strict=True) if not copy],
    )
