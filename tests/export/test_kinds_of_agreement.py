"""Agreements of kinds that the bundled ones are not get every document all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from analys.export.report_set import Format, write

CITED = 'kalla = { dokument = "avtal", stalle = "§ 5" }'
TARIFF = """
[version.kostnad]
typ = "taxa"
{CITED}
[version.nyckel]
typ = "kr_per_enhet"
enhet = "krona skatteunderlag"
kr_per_enhet = "0,023 ‰"
matt = "skatteunderlag"
varden = {{ 2023 = {{ tal = {{ "Leksand" = 3600000000, "Mora" = 4700000000 }} }} }}
{CITED}
"""
IN_ARREARS = """
[version.kostnad]
typ = "fast"
belopp_per_ar_kr = {{ 2023 = 1000001 }}
{CITED}
[version.nyckel]
typ = "lika"
{CITED}
[version.fakturering]
delbetalningar = ["07-15", "01-15"]
betalning = "efterskott"
{CITED}
"""
HEAD = """
id = "{id}"
namn = "Prov {id}"
andamal = "prov"
dokument = [{{ id = "avtal", titel = "Prov", utgivare = "prov", datum = "okand", diarienummer = "okand" }}]
[[version]]
id = "1"
namn = "Avtalet"
dokument = "avtal"
{unknown}
giltighet = {{ fran = 2023-01-01, kalla = {{ dokument = "avtal", stalle = "§ 1" }} }}
medlemmar = {{ kommuner = ["Leksand", "Mora"], kalla = {{ dokument = "avtal", stalle = "§ 2" }} }}
"""


@pytest.mark.parametrize(("terms", "form"), [(TARIFF, Format.XLSX), (IN_ARREARS, Format.HTML)])
def test_tariffs_and_payment_in_arrears_are_reported(tmp_path: Path, terms: str, form: Format) -> None:
    folder = tmp_path / "prov"
    folder.mkdir()
    names = ("avrundning", "fakturering", "uppsagning", "aterbetalning", "vakans", "moms")
    unknown = "\n".join(f'{name} = "okand"' for name in names if f"[version.{name}]" not in terms)
    text = HEAD.format(id="prov", unknown=unknown) + terms.format(CITED=CITED)
    (folder / "avtal.toml").write_text(text, encoding="utf-8")
    (written,) = write(str(folder), "Mora", [form], tmp_path / "rapporter")
    assert written.stat().st_size > 5000
