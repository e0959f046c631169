"""Agreement folders made for tests: two versions, an annex of each, statements that disagree, one that leaves."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

#: Whose part of the cost is what, in per cent.
PARTS = {"Lund": 50, "Eslöv": 30, "Höör": 20}
CITED = '{ dokument = "avtal", stalle = "§ 4" }'


def write(folder: Path, *, name: str = "prov", first: int = 2019, parts: Mapping[str, int] = PARTS) -> Path:
    """A folder whose cost is 600 000 kr from the year ``first``, stated differently by two members two years later."""
    folder.mkdir(parents=True)
    members = ", ".join(f'"{member}"' for member in parts)
    shares = ", ".join(f'"{member}" = "{part} %"' for member, part in parts.items())
    (folder / "avtal.toml").write_text(
        f"""id = "{name}"
namn = "Prov"
andamal = "prov"

[[dokument]]
id = "avtal"
titel = "Provavtal"
utgivare = "Prov"
datum = {first - 1}-11-01
diarienummer = "1"

[[version]]
id = "{first}"
namn = "Avtalet {first}"
dokument = "avtal"
vakans = "okand"
moms = "okand"
giltighet = {{ fran = {first}-01-01, kalla = {CITED} }}
medlemmar = {{ kommuner = [{members}], kalla = {CITED} }}
kostnad = {{ typ = "fast", belopp_per_ar_kr = {{ {first} = 600000 }}, kalla = {CITED} }}
nyckel = {{ typ = "andelar", andelar = {{ {shares} }}, kalla = {CITED} }}
avrundning = {{ enhet = "krona", regel = "halv_upp", kalla = {CITED} }}
fakturering = {{ arligen_senast = "11-30", kalla = {CITED} }}
uppsagning = {{ manader = 3, kalla = {CITED} }}
aterbetalning = {{ regel = "fran_manaden_efter", kalla = {CITED} }}

[[beslut]]
kommun = "{next(iter(parts))}"
typ = "uppsagning"
status = "beslut"
datum = {first + 3}-02-01
verkan = {first + 3}-06-30
kalla = {CITED}
""",
        encoding="utf-8",
    )
    rows = [f"{member};{_kr(part, 600_000)}" for member, part in parts.items()]
    annex = "\n".join([f"Kommun;Belopp {first}, kr", *rows, "Summa;600000", ""])
    (folder / f"bilaga-{first}.csv").write_text(annex, encoding="utf-8")
    _statements(folder / "uppgifter.csv", first, list(parts))
    return folder


def _kr(part: int, total: int) -> int:
    return int((Decimal(total) * part / 100).quantize(Decimal(1), ROUND_HALF_UP))


def _statements(file: Path, first: int, members: list[str]) -> None:
    """The first says 330 tkr of the third year, the second 210 tkr; the third a range over the second and third."""
    year = first + 2
    head = "id,kommunkod,kommun,typ,period_fran,period_till,angivet,precision_kr,dokument,stalle,citat"
    codes = {"Lund": "1281", "Eslöv": "1285", "Höör": "1267"}
    rows = [
        f"a,{codes[members[0]]},{members[0]},betalning,{year}-01-01,{year}-12-31,330 tkr,1000,avtal,p. 1,",
        f"b,{codes[members[1]]},{members[1]},betalning,{year}-01-01,{year}-12-31,210 tkr,1000,avtal,p. 2,",
        f"c,{codes[members[2]]},{members[2]},betalning per år,{first + 1}-01-01,{year}-12-31,120–130 tkr,1000,avtal,p. 3,",
    ]
    file.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
