"""The postings that are wanted, out of a large ledger: as the reader for small ledgers takes and dates them."""

from __future__ import annotations

from pathlib import Path

import pytest

from analys.ledgers import delivery, stream
from analys.ledgers.select import Wanted

HEADING = "kopare;faktura_nr;leverantor;leverantor_id;konto_nr;belopp;datum;kommun_id\n"


@pytest.mark.parametrize(
    ("days", "span"),
    [
        (["31.05.2023", "01.02.2023", "2023-03-01", "i går"], ("2023-02-01", "2023-05-31")),
        (["06/05/2023", "31/05/2023", "", "07/01/2022 12:00"], ("2022-01-07", "2023-05-31")),
        (["202305", "2022", "20230601", "2023-05-31"], ("2022", "2023-06-01")),
    ],
)
def test_a_ledger_speaks_of_all_its_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: list[str], span: tuple[str, str]
) -> None:  # fmt: skip
    """Also of those that only rows have that are not wanted."""
    monkeypatch.setattr(stream, "BLOCK", 100)
    path = tmp_path / "a.csv"
    path.write_text(HEADING + "".join(f"K;{day};L;556036-0793;4;1;{day};0581\n" for day in days))
    wanted = Wanted(["202100-2270"], [], [])
    whole = delivery.read_all([path], wanted)
    monkeypatch.setattr(delivery, "WHOLE", 0)
    selected = delivery.read_all([path], wanted)
    assert selected.frame.empty
    assert selected.dates == whole.dates == {"0581": [span]}
