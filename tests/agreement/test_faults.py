"""A file with faults gives one message that lists them all, each with its line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analys.agreement import load
from analys.agreement.load import left_from_template
from analys.agreement.values import read_values
from analys.errors import AnalysError, Fault, InputError

SOUND = """\
id = "prov"
namn = "Prov"
andamal = "prov"
[[dokument]]
id = "avtal"
titel = "Avtal"
utgivare = "prov"
datum = 2020-01-01
diarienummer = "1"
[[part]]
id = "staten"
namn = "Staten"
roll = "betalar hälften"
[[version]]
id = "1"
namn = "Första"
dokument = "avtal"
fakturering = "okand"
uppsagning = "okand"
aterbetalning = "okand"
vakans = "okand"
moms = "okand"
[version.giltighet]
fran = 2020-01-01
till = 2021-12-31
kalla = { dokument = "avtal", stalle = "§ 1" }
[version.medlemmar]
kommuner = ["Linköping", "Norrköping"]
kalla = { dokument = "avtal", stalle = "§ 2" }
[version.kostnad]
typ = "fast"
belopp_kr = 1000
kalla = { dokument = "avtal", stalle = "§ 3" }
[version.nyckel]
typ = "andelar"
andelar = { "Linköping" = "60 %", "Norrköping" = "40 %" }
kalla = { dokument = "avtal", stalle = "§ 4" }
[version.avrundning]
enhet = "krona"
kalla = { dokument = "avtal", stalle = "§ 5" }
"""

SECOND = """
[[version]]
id = "2"
namn = "Andra"
dokument = "avtal"
medlemmar = "okand"
kostnad = "okand"
nyckel = "okand"
avrundning = "okand"
fakturering = "okand"
uppsagning = "okand"
aterbetalning = "okand"
vakans = "okand"
moms = "okand"
[version.giltighet]
fran = 2021-07-01
kalla = { dokument = "avtal", stalle = "§ 1" }
"""


def faults(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "avtal.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load(file)
    return [_shown(fault) for fault in caught.value.faults]


def _shown(fault: Fault) -> str:
    place = f", {fault.place}" if fault.place else ""
    return f"{Path(fault.file).name}{place}: väntade {fault.expected}, fann {fault.found}; {fault.action}"


def line_of(text: str, marker: str) -> int:
    """The line on which the text first has the marker."""
    return text[: text.index(marker)].count("\n") + 1


def test_the_sound_file_has_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "avtal.toml"
    file.write_text(SOUND, encoding="utf-8")
    assert load(tmp_path).id == load(file).id == "prov"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '"Norrköping"]',
            '"Norrkoping"]',
            "avtal.toml:{line}, version[1].medlemmar.kommuner[2]: väntade en kommuns namn eller kod; "
            "menas Norrköping (0581)?, fann 'Norrkoping'; rätta värdet",
        ),
        (
            "belopp_kr = 1000",
            "belop_kr = 1000",
            "avtal.toml:{line}, version[1].kostnad.belop_kr: väntade ett nyckelord i språket, fann 'belop_kr'; "
            "skriv belopp_kr, om det är det som menas",
        ),
        (
            '"40 %"',
            '"30 %"',
            "avtal.toml:{line}, version[1].nyckel.andelar: väntade andelar som tillsammans är 100 %, inte 90 %, "
            "fann en tabell; rätta värdet",
        ),
        (
            'moms = "okand"\n',
            "",
            "avtal.toml:{line}, version[1].moms: väntade nyckelordet moms, fann inget; skriv det, "
            'eller "okand" om inget dokument anger villkoret',
        ),
        (
            'vakans = "okand"',
            'vakans = "en månad"',
            "avtal.toml:{line}, version[1].vakans: väntade en tabell med villkoret, eller \"okand\", fann 'en månad'; "
            "rätta värdet",
        ),
        (
            'stalle = "§ 3"',
            'stalle = "§ 3" , citat = 5',
            "avtal.toml:{line}, version[1].kostnad.kalla.citat: väntade text inom citattecken, fann 5; rätta värdet",
        ),
        (
            '{ dokument = "avtal", stalle = "§ 4" }',
            '{ dokument = "avtl", stalle = "§ 4" }',
            "avtal.toml:{line}, version[1].nyckel.kalla.dokument: väntade id för ett dokument, fann 'avtl'; "
            "skriv avtal, om det är det som menas",
        ),
        (
            'typ = "andelar"',
            'typ = "andel"',
            "avtal.toml:{line}, version[1].nyckel.typ: väntade typ, något av belopp, grundavgift, kolumn, lika, andelar, "
            "grupper, vard, blandad, kr_per_invanare, kr_per_enhet, folkmangd, trappa, fann 'andel'; "
            "skriv andelar, om det är det som menas",
        ),
        (
            "till = 2021-12-31",
            "till = 2019-12-31",
            "avtal.toml:{line}, version[1].giltighet.till: väntade en dag från 2020-01-01, fann 2019-12-31; "
            "rätta datumen",
        ),
        (
            "fran = 2020-01-01",
            'fran = "nyår"',
            "avtal.toml:{line}, version[1].giltighet.fran: väntade ett datum utan citattecken, som 2018-11-18, "
            "fann 'nyår'; rätta värdet",
        ),
        (
            '["Linköping", "Norrköping"]',
            '["Linköping", "Norrköping", "0580"]',
            "avtal.toml:{line}, version[1].medlemmar.kommuner[3]: väntade varje medlem en gång, fann '0580' igen, "
            "efter 'Linköping'; ta bort en av dem",
        ),
        (
            '"Linköping" = "60 %"',
            '"Mjölby" = "60 %"',
            "avtal.toml:{line}, version[1].nyckel.andelar.Mjölby: väntade en av medlemmarna, fann Mjölby; "
            "rätta namnet eller medlemmarna",
        ),
        (
            'enhet = "krona"',
            'enhet = "krona"\nrest = "vard"',
            'avtal.toml:{line}, version[1].avrundning.vard: väntade en värd med rest = "vard", och bara då, '
            "fann ingen; skriv vem värden är",
        ),
        (
            "belopp_kr = 1000",
            'belopp_kr = "1.234"',
            "avtal.toml:{line}, version[1].kostnad.belopp_kr: väntade ett entydigt tal (punkt före tre siffror kan "
            "betyda två saker), fann '1.234'; rätta värdet",
        ),
        (
            "belopp_kr = 1000",
            "belopp_kr = -1000",
            "avtal.toml:{line}, version[1].kostnad.belopp_kr: väntade ett belopp i hela ören, noll eller mer och "
            "under 10 000 000 mnkr, fann -1000; rätta värdet",
        ),
        (
            "fran = 2020-01-01",
            "fran = 0001-01-01",
            "avtal.toml:{line}, version[1].giltighet.fran: väntade 1900-01-01 eller mer, fann 0001-01-01; rätta värdet",
        ),
        (
            '["Linköping", "Norrköping"]',
            "[]",
            "avtal.toml:{line}, version[1].medlemmar.kommuner: väntade minst en, fann en lista med 0; rätta värdet",
        ),
        (
            'andelar = { "Linköping" = "60 %", "Norrköping" = "40 %" }',
            'andelar = { "Linköping" = "60 %", "Norrköping" = nan }',
            "avtal.toml:{line}, version[1].nyckel.andelar.Norrköping: väntade ett tal på svenska, som 1 234,50, "
            "fann NaN; rätta värdet",
        ),
    ],
)
def test_one_fault(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in SOUND
    text = SOUND.replace(old, new)
    marker = {"moms": "[[version]]", "vard": "[version.avrundning]"}.get(message.split(":")[1].rpartition(".")[2], new)
    assert faults(tmp_path, text) == [message.replace("{line}", str(line_of(text, marker)))]


def test_versions_that_overlap_without_saying_so(tmp_path: Path) -> None:
    line = line_of(SOUND + SECOND, "fran = 2021-07-01")
    assert faults(tmp_path, SOUND + SECOND) == [
        f"avtal.toml:{line}, version[2].giltighet.fran: väntade versionerna 1 och 2 i kraft en i taget, eller "
        "[[version.overlappar]] för dagarna, fann båda i kraft från 2021-07-01 till 2021-12-31; rätta datumen, eller "
        "skriv överlappningen och vilken version som gäller (galler)"
    ]
    stated = """
[[version.overlappar]]
version = "1"
fran = 2021-07-01
till = 2021-12-31
galler = "2"
kalla = { dokument = "avtal", stalle = "§ 1" }
"""
    file = tmp_path / "avtal.toml"
    file.write_text(SOUND + SECOND + stated, encoding="utf-8")
    assert load(file).version("2").overlaps[0].governs == "2"
    line = line_of(SOUND + SECOND + stated, "[[version.overlappar]]")
    assert faults(tmp_path, SOUND.replace("2021-12-31", "2021-06-30") + SECOND + stated) == [
        f"avtal.toml:{line}, version[2].overlappar[1]: väntade versioner som överlappar, fann ingen med '1'; "
        "ta bort den"
    ]


def test_all_faults_come_in_one_message_in_the_order_of_the_lines(tmp_path: Path) -> None:
    text = SOUND.replace('"Norrköping"]', '"Norrkoping", "Linköping"]').replace("belopp_kr", "belop_kr") + SECOND
    text = text.replace('"40 %"', '"30 %"').replace('dokument = "avtal"\nmed', 'dokument = "avtl"\nmed')
    found = faults(tmp_path, text)
    markers = ["Norrkoping", "Norrkoping", "belop_kr", '"30 %"', "avtl", "fran = 2021-07-01"]
    lines = [line_of(text, marker) for marker in markers]
    assert [message.partition(",")[0] for message in found] == [f"avtal.toml:{line}" for line in lines]


def test_text_that_is_no_toml_names_its_line(tmp_path: Path) -> None:
    text = SOUND.replace("belopp_kr = 1000", "belopp_kr = kr")
    (message,) = faults(tmp_path, text)
    line = line_of(text, "belopp_kr")
    assert message.startswith(f"avtal.toml:{line}: väntade TOML, fann Invalid value (at line {line}")


def test_a_term_that_is_filled_in_but_still_unknown_names_the_line_to_remove(tmp_path: Path) -> None:
    text = SOUND + '[version.moms]\nregel = "utanfor"\nkalla = { dokument = "avtal", stalle = "§ 9" }\n'
    unknown, table = line_of(text, "moms ="), line_of(text, "[version.moms]")
    assert faults(tmp_path, text) == [
        f"avtal.toml:{table}: väntade varje villkor en gång, fann moms på rad {unknown} och den här tabellen; "
        f"ta bort rad {unknown}"
    ]


@pytest.mark.parametrize(
    "value", ["1e999999999", "1e-999999999", "9" * 5000, "[" * 100_000, '"' + "9" * 10_000 + '"', "0x" + "f" * 4000]
)
def test_a_hostile_value_is_a_fault_at_once(tmp_path: Path, value: str) -> None:
    (message,) = faults(tmp_path, SOUND.replace("belopp_kr = 1000", f"belopp_kr = {value}"))
    assert message.startswith("avtal.toml:")
    assert len(message) < 400


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    (message,) = faults(tmp_path, SOUND + "#" * 2_000_000)
    assert message == "avtal.toml: väntade ett avtal, fann över 2000000 byte; ange en annan fil"


def test_a_file_in_another_encoding_says_so(tmp_path: Path) -> None:
    file = tmp_path / "avtal.toml"
    file.write_bytes(SOUND.encode("latin-1"))
    with pytest.raises(InputError, match="text i UTF-8"):
        load(file)


def test_keys_within_keys_only_share(tmp_path: Path) -> None:
    fixed = 'typ = "andelar"\nandelar = { "Linköping" = "60 %", "Norrköping" = "40 %" }'
    inner = '{ typ = "kr_per_invanare", kr_per_invanare = 5 }'
    mixed = f'typ = "blandad"\ndelar = [{{ vikt = 1, nyckel = {inner} }}]'
    (message,) = faults(tmp_path, SOUND.replace(fixed, mixed))
    assert "delar[1].nyckel.typ: väntade en nyckel som delar en kostnad" in message
    groups = 'typ = "grupper"\ngrupper = [{ andel = 1, kommuner = ["Linköping"], nyckel = { typ = "lika" } }]'
    (message,) = faults(tmp_path, SOUND.replace(fixed, groups))
    assert "väntade varje medlem i en grupp, fann ingen med Norrköping" in message
    stranger = 'typ = "grupper"\ngrupper = [{ andel = "1/2", part = "regionen" }, { andel = "1/2", part = "staten" }]'
    (message,) = faults(tmp_path, SOUND.replace(fixed, stranger))
    assert "grupper[1].part: väntade id för en part, fann 'regionen'" in message


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "CON",
        "con",
        "nul",
        "com1",
        "x/y",
        "x\\\\y",
        "a b",
        "Prov",
        "pröv",
        "-x",
        "x-",
        "x" * 65,
        "~",
        "$x",
    ],
)
def test_an_id_that_could_not_name_a_file_is_refused_with_its_line(tmp_path: Path, name: str) -> None:
    (message,) = faults(tmp_path, SOUND.replace('id = "prov"', f'id = "{name}"'))
    assert message.startswith("avtal.toml:1, id: väntade en id av små bokstäver a–z, siffror och bindestreck")
    if name in ("Prov", "pröv"):
        assert "till exempel prov, fann" in message


@pytest.mark.parametrize("name", ["prov", "prov-2", "a_b", "x" * 64, "2024"])
def test_an_id_that_can_name_a_file(tmp_path: Path, name: str) -> None:
    file = tmp_path / "avtal.toml"
    file.write_text(SOUND.replace('id = "prov"', f'id = "{name}"'), encoding="utf-8")
    assert load(file).id == name


@pytest.mark.parametrize(
    ("old", "place"),
    [('namn = "Prov"', "namn"), ('titel = "Avtal"', "dokument[avtal].titel"), ('namn = "Staten"', "part[staten].namn"),
     ('stalle = "§ 4"', "version[1].nyckel.kalla.stalle"), ('namn = "Första"', "version[1].namn")],
)  # fmt: skip
@pytest.mark.parametrize("mark", ["\\u001b[31m", "\\u202e", "\\u0000", "\\u0085", "\\u2066", "\\r\\n", "\\u2028"])
def test_marks_that_a_terminal_obeys_are_refused(tmp_path: Path, old: str, place: str, mark: str) -> None:
    text = SOUND.replace(old, f'{old[:-1]}{mark}"', 1)
    (message,) = faults(tmp_path, text)
    assert message.startswith(f"avtal.toml:{line_of(text, mark)}, {place}: väntade text utan styrtecken (U+")


def test_an_empty_name_is_refused_and_notes_may_have_lines(tmp_path: Path) -> None:
    (message,) = faults(tmp_path, SOUND.replace('namn = "Prov"', 'namn = " "'))
    assert "avtal.toml:2, namn: väntade ett namn, inte tom text" in message
    file = tmp_path / "avtal.toml"
    file.write_text(SOUND.replace('namn = "Prov"', 'namn = "Prov"\nanmarkning = "en\\nrad\\u00ad"'), encoding="utf-8")
    assert load(file).note == "en\nrad\u00ad"


def test_what_is_still_the_templates_text_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "avtal.toml"
    text = SOUND.replace("§ 1", "paragraf eller rubrik").replace("§ 3", "...")
    file.write_text(text, encoding="utf-8")
    load(file)  # it can be used
    found = [(fault.file.rpartition(":")[2], fault.place, fault.found) for fault in left_from_template(file)]
    assert found == [
        (str(line_of(text, "paragraf")), "version[1].giltighet.kalla.stalle", "mallens text 'paragraf eller rubrik'"),
        (str(line_of(text, '"..."')), "version[1].kostnad.kalla.stalle", "mallens text '...'"),
    ]
    file.write_text(SOUND, encoding="utf-8")
    assert left_from_template(file) == []


LINES = (SOUND + SECOND).splitlines()
SCRAPS = ["5", '"x"', "[]", "{}", "true", "2020-01-01", "-1", '"okand"', "nan", '{ typ = "lika" }', "1e400", "[{}]"]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, len(LINES) - 1), st.integers(0, len(LINES) - 1), st.sampled_from(SCRAPS)), max_size=4
    )
)
def test_whatever_is_done_to_a_file_it_is_an_agreement_or_a_message(
    tmp_path: Path, changes: list[tuple[int, int, str]]
) -> None:
    text = list(LINES)
    for at, other, scrap in changes:
        key, equals, _ = text[at].partition("=")
        if other % 3 == 0 and equals:
            text[at] = f"{key}= {scrap}"
        elif other % 3 == 1:
            text[at], text[other] = text[other], text[at]
        else:
            text[at] = ""
    file = tmp_path / "avtal.toml"
    file.write_text("\n".join(text), encoding="utf-8")
    message = ""
    try:
        load(file)
    except AnalysError as error:
        message = str(error)
    assert message == "" or message.startswith(str(file))


def test_key_values_in_a_file_beside_the_agreement(tmp_path: Path) -> None:
    key = 'typ = "kolumn"\nmatt = "elever"\nvarden = { 2020 = { fil = "elever.csv", kolumn = "Elever" } }'
    fixed = 'typ = "andelar"\nandelar = { "Linköping" = "60 %", "Norrköping" = "40 %" }'
    text = SOUND.replace(fixed, key)
    line = line_of(text, "varden =")
    assert faults(tmp_path, text) == [
        f"avtal.toml:{line}, version[1].nyckel.varden.2020.fil: väntade en fil bredvid avtalet, "
        "fann 'elever.csv'; rätta namnet eller lägg dit filen"
    ]
    (tmp_path / "elever.csv").write_text("Elevtal\nKommun;Elever\nLinköping;12\nNorrköping;många\nSumma;12\n")
    (message,) = faults(tmp_path, text)
    assert "fann 'många' i elever.csv, B4" in message
    (tmp_path / "elever2.csv").write_text("Kommun;Elever\nLinköpings kommun;1 200\n0581;800\nSumma;2 000\n")
    file = tmp_path / "avtal.toml"
    file.write_text(text.replace("elever.csv", "elever2.csv"), encoding="utf-8")
    from analys.allocation.year import allocate_year

    assert [row.value for row in allocate_year(load(file), 2020).rows] == [1200, 800]


def test_a_file_outside_the_agreements_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("Kommun;Elever\nLinköping;1\n")
    key = 'typ = "kolumn"\nmatt = "elever"\nvarden = { 2020 = { fil = "../secret.csv", kolumn = "Elever" } }'
    fixed = 'typ = "andelar"\nandelar = { "Linköping" = "60 %", "Norrköping" = "40 %" }'
    folder = tmp_path / "avtal"
    folder.mkdir()
    (message,) = faults(folder, SOUND.replace(fixed, key))
    assert "väntade en fil bredvid avtalet, fann '../secret.csv'" in message


def test_a_file_without_the_columns_is_a_fault_of_the_file(tmp_path: Path) -> None:
    key = 'typ = "kolumn"\nmatt = "elever"\nvarden = { 2020 = { fil = "elever.xlsx", kolumn = "Elever" } }'
    fixed = 'typ = "andelar"\nandelar = { "Linköping" = "60 %", "Norrköping" = "40 %" }'
    (tmp_path / "elever.xlsx").write_bytes(b"not a workbook")
    (message,) = faults(tmp_path, SOUND.replace(fixed, key))
    assert "fann inga rader i elever.xlsx" in message


def test_what_is_no_agreement_is_named(tmp_path: Path) -> None:
    with pytest.raises(AnalysError, match=r"är inget avtal: varken en TOML-fil, en mapp med avtal\.toml"):
        load(tmp_path)


def test_a_table_that_is_edited_is_read_anew(tmp_path: Path) -> None:
    table = tmp_path / "elever.csv"
    table.write_text("Kommun;Elever\nLinköping;1\n", encoding="utf-8")
    assert read_values(table, "Elever") == {"0580": 1}
    table.write_text("Kommun;Elever\nLinköping;2\n", encoding="utf-8")
    os.utime(table, ns=(1, 1))
    assert read_values(table, "Elever") == {"0580": 2}
    table.write_text("Kommun;Elever\nLinköping;1\nLinköping;1\nMjölby;−1\nMotala;\n", encoding="utf-8")
    os.utime(table, ns=(2, 2))
    with pytest.raises(InputError) as caught:
        read_values(table, "Elever")
    assert [(fault.place.rpartition(" ")[2], fault.expected) for fault in caught.value.faults] == [
        ("B3", "varje kommun en gång"),
        ("B4", "noll eller mer för Mjölby"),
    ]
