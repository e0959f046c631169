"""``analys read --as invoices``."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from analys.cli.read import command

LEDGER = 'leverantor,leverantor_id,konto_nr,belopp,datum,kommun_id\nEk,850101-1236,4631,"1 250,50",2023-05-31,0581\n'


def test_csv_on_standard_output(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(LEDGER, encoding="utf-8")
    result = CliRunner().invoke(command, [str(path), "--as", "invoices"])
    assert result.exit_code == 0
    assert result.stdout == (
        "kommunkod,kopare,leverantor_id,leverantor,faktura_nr,datum,konto_nr,belopp_kr,valuta,text,kalla\n"
        '0581,,******-****,Ek,,2023-05-31,4631,1250.50,SEK,,"a.csv, rad 2"\n'
    )


def test_reported_rows_and_a_column_map(tmp_path: Path) -> None:
    path, layout = tmp_path / "a.csv", tmp_path / "map.toml"
    path.write_text("Lev;Netto\nA;1\nB;x\n", encoding="utf-8")
    layout.write_text('namn="m"\nkalla="m"\nobligatoriska=["belopp"]\n[kolumner]\nLev="leverantor"\nNetto="belopp"\n')
    result = CliRunner().invoke(command, [str(path), "--as", "invoices", "--json", "--layout", str(layout)])
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["format"], answer["rows_in"], answer["rows_out"]) == (1, "m", 2, 1)
    assert answer["reported"][0]["row"] == 3
    path.write_text("Lev;Netto;Hemligt\nA;1;2\n", encoding="utf-8")
    result = CliRunner().invoke(command, [str(path), "--as", "invoices"])
    assert (result.exit_code, "skriv en kolumnkarta" in result.stderr) == (2, True)
