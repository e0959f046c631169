"""PC-Axis, json-stat2 and Kolada."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analys.errors import InputError
from analys.intake.population import px, read
from analys.intake.result import ReadResult

from . import samples

ROWS = samples.database_rows((2022, 2023))
EXPECTED = {(code, f"{year}-12-31"): people for code, _, year, people in ROWS}
PX = samples.px((2022, 2023))


def _read(path: Path, content: str, encoding: str = "utf-8") -> ReadResult:
    path.write_bytes(content.encode(encoding))
    result = read(path)
    assert result.rows_in == len(result.frame) + len(result.reported)
    return result


def _figures(result: ReadResult) -> dict[tuple[str, str], int]:
    frame = result.frame
    return dict(zip(zip(frame["regionkod"], frame["referensdatum"], strict=True), frame["folkmangd"], strict=True))


def _message(path: Path, content: str, encoding: str = "utf-8") -> str:
    with pytest.raises(InputError) as caught:
        _read(path, content, encoding)
    return str(caught.value).removeprefix(str(path))


@pytest.mark.parametrize(
    ("codepage", "charset", "encoding", "why"),
    [
        ("iso-8859-15", "ANSI", "iso-8859-15", "som filen säger (iso-8859-15)"),
        ("", "ANSI", "cp1252", "som filen säger (windows-1252)"),
        ("utf-8", "ANSI", "utf-8", "som filen säger (utf-8)"),
        ("utf-8", "ANSI", "utf-8-sig", "börjar med byteordningsmärket för UTF-8"),
        ("", "", "cp850", "skrivna som i DOS"),
        ("iso-8859-15", "ANSI", "cp850", "fast filen säger iso-8859-15"),
        ("no-such-page", "", "latin-1", "skrivna som i windows-1252"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_px_in_its_code_pages(tmp_path: Path, codepage: str, charset: str, encoding: str, why: str, end: str) -> None:
    content = samples.px((2022, 2023), codepage=codepage, charset=charset).replace("\n", end)
    result = _read(tmp_path / "a.px", content, encoding)
    assert _figures(result) == EXPECTED
    assert not result.reported
    assert why in result.why
    assert result.frame["kalla"][0] == "SCB, Folkmängd efter region och år, fil a.px"


def test_px_that_ends_as_files_did_in_dos(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.px", f"{PX}\x1a", "cp850")
    assert _figures(result) == EXPECTED


@pytest.mark.parametrize(
    ("times", "labels", "dates"),
    [
        ('TLIST(M1),"2022M11","2023M06"', '"2022M11","2023M06"', ["2022-11-30", "2023-06-30"]),
        ('TLIST(Q1,"2022Q4"-"2023Q1")', "", ["2022-12-31", "2023-03-31"]),
        ('TLIST(A1,"2022"-"2023")', '"2022","2023"', ["2022-12-31", "2023-12-31"]),
        ('TLIST(H1),"2022H1","2022H2"', '"2022H1","2022H2"', ["2022-06-30", "2022-12-31"]),
        ('TLIST(M1,"2022M12"-"2023M01")', '"dec 2022","jan 2023"', ["2022-12-31", "2023-01-31"]),
        ('TLIST(W1),"2022W01","2022W02"', '"v 1","v 2"', ["2022-01-09", "2022-01-16"]),
    ],
)
def test_px_time_kinds(tmp_path: Path, times: str, labels: str, dates: list[str]) -> None:
    content = PX.replace('TIMEVAL("år")=TLIST(A1),"2022","2023"', f'TIMEVAL("år")={times}')
    content = content.replace('VALUES("år")="2022","2023";', f'VALUES("år")={labels};' if labels else "")
    content = content.replace('CODES("år")="2022","2023";', "")
    assert _read(tmp_path / "a.px", content).frame["referensdatum"].tolist() == dates * 14


def test_px_missing_data_symbols_are_reported_with_their_line(tmp_path: Path) -> None:
    content = PX.replace("5317", '".."').replace("5279", '"."').replace("3637", '"-"').replace("9992", '"....."')
    result = _read(tmp_path / "a.px", content)
    line = content[: content.index('".."')].count("\n") + 1
    found = [(entry.row, entry.reason) for entry in result.reported]
    assert found[:3] == [
        (line, "ingen folkmängd: '..'"),
        (line, "ingen folkmängd: '.'"),
        (line + 1, "ingen folkmängd: '-'"),
    ]
    assert len(found) == 4


def test_px_second_language_and_keys(tmp_path: Path) -> None:
    content = PX.replace('LANGUAGE="sv";', 'LANGUAGE="sv";\nLANGUAGES="sv","en";')
    content = content.replace('HEADING="år";', 'HEADING="år";STUB[en]="area";VALUES[en]("area")="a";')
    assert _figures(_read(tmp_path / "a.px", content)) == EXPECTED
    keyed = PX[: PX.index("DATA=\n")] + 'KEYS("region")=CODES;\nDATA=\n"0581",144 145 \n"0586",28 29 ;\n'
    result = _read(tmp_path / "a.px", keyed)
    assert _figures(result)["0586", "2023-12-31"] == 29
    assert (len(result.frame), len(result.reported)) == (4, 24)
    assert "utelämnar talet" in result.reported[0].reason
    assert "väntade nycklar som CODES eller VALUES nämner, fann '0599'" in _message(
        tmp_path / "a.px", keyed.replace('"0586",28', '"0599",28')
    )
    assert "rad 41: väntade ett semikolon efter data" in _message(tmp_path / "a.px", keyed.replace(" ;\n", "\n"))


def test_px_without_total_and_without_one_regions_figures(tmp_path: Path) -> None:
    content = PX.replace("år", "kön").replace('"2022","2023"', '"män","kvinnor"')
    content = content.replace('TIMEVAL("kön")=TLIST(A1),"män","kvinnor";\n', "").replace("efter ", "2023 efter ")
    content = content.replace('HEADING="kön"', 'HEADING="kön","år"').replace("DATA=\n", 'VALUES("år")="2023";\nDATA=\n')
    first, _, data = content.rpartition("DATA=\n")
    one_line = f"{first}DATA=\n{' '.join(data.split())}".replace("5317 5279", '".." ".."')
    result = _read(tmp_path / "a.px", one_line)
    assert _figures(result)["0581", "2023-12-31"] == EXPECTED["0581", "2022-12-31"] + EXPECTED["0581", "2023-12-31"]
    assert [entry.reason for entry in result.reported] == ["ingen folkmängd: '..'"] * 2


def test_px_that_was_cut_off_keeps_what_is_whole(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.px", PX[: PX.rindex(";") - 30])
    figures = _figures(result)
    assert figures == {key: EXPECTED[key] for key in figures}
    assert len(figures) + len(result.reported) == len(EXPECTED)
    assert {entry.reason for entry in result.reported} == {"filen bryts av före talet"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("\n471912", "\n471912 1"), "rad 51: väntade 28 celler, som dimensionerna säger, fann fler"),
        (("\n471912", "\n"), "rad 51: väntade 28 celler, som dimensionerna säger, fann 27"),
        (('UNITS="antal"', 'UNITS="tusental"'), "väntade ett antal personer, fann enheten 'tusental'"),
        (('CONTENTS="Folkmängd"', 'CONTENTS="Hushåll"'), "väntade folkmängd, fann 'Hushåll'"),
        (('CONTENTS="Folkmängd"', 'CONTENTS="Folkökning"'), "väntade folkmängd, fann 'Folkökning'"),
        (('STUB="region";\nHEADING="år";', ""), "väntade nyckelordet STUB eller HEADING, fann inget av dem"),
        (
            ('CODES("region")="05",', 'CODES("region")='),
            'väntade VALUES("region") och lika många koder, fann 14 värden',
        ),
        (("DATA=\n", "DOTA=\n"), 'väntade ett nyckelord som VALUES("region")= eller DATA=, fann filens slut'),
        (('UNITS="antal";', 'UNITS="antal;'), 'väntade ett nyckelord som VALUES("region")= eller DATA=, fann'),
    ],
)
def test_px_that_breaks_the_format(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    assert PX.count(change[0]) == 1 or change[0] == "DATA=\n"
    assert message in _message(tmp_path / "a.px", change[1].join(PX.rsplit(change[0], 1)))


def test_px_without_its_last_semicolon(tmp_path: Path) -> None:
    """A last figure that is followed by space is whole; one at the very end may be the beginning of a longer one."""
    whole = PX[: PX.rindex(";")]
    assert _figures(_read(tmp_path / "a.px", f"{whole}\n")) == EXPECTED
    result = _read(tmp_path / "a.px", whole.rstrip())
    assert [entry.reason for entry in result.reported] == ["filen bryts av före talet"]


def test_px_whose_values_and_time_values_contradict_each_other(tmp_path: Path) -> None:
    content = PX.replace('VALUES("år")="2022","2023"', 'VALUES("år")="2023","2022"')
    result = _read(tmp_path / "a.px", content)
    assert result.frame.empty
    assert {entry.reason for entry in result.reported} == {
        "inget referensdatum: varken rubrik, rad, titel eller filnamn säger det"
    }


def test_px_of_measures_with_a_unit_each(tmp_path: Path) -> None:
    content = PX.replace('HEADING="år"', 'CONTVARIABLE="mått";HEADING="mått","år"').replace(
        "SOURCE=", 'VALUES("mått")="Folkmängd";UNITS("Folkmängd")="1 000-tal";SOURCE='
    )
    result = _read(tmp_path / "a.px", content)
    assert {entry.reason for entry in result.reported} == {"Folkmängd i '1 000-tal', vilket inte är ett antal personer"}


def test_px_of_another_day_in_the_year(tmp_path: Path) -> None:
    content = PX.replace('TITLE="Folkmängd efter "', 'TITLE="Folkmängd den 1 november efter "')
    assert set(_read(tmp_path / "a.px", content).frame["referensdatum"]) == {"2022-11-01", "2023-11-01"}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_px_never_ends_in_another_error(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(PX)))
    length = data.draw(st.integers(0, 40))
    content = PX[:start] + data.draw(st.text(alphabet='";=,()TLISA1 \n[]0', max_size=20)) + PX[start + length :]
    path = tmp_path_factory.mktemp("px") / "a.px"
    path.write_bytes(content.encode())
    try:
        cube, _ = px.read_cube(path)
    except InputError:
        return
    assert all(cell.row > 0 for cell in cube.cells)


def _jsonstat(**changes: Any) -> str:
    return samples.jsonstat((2022, 2023), **changes)


def test_jsonstat(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.json", _jsonstat())
    assert _figures(result) == {key: people for key, people in EXPECTED.items() if len(key[0]) == 4}
    assert result.format == "json-stat2"
    assert result.frame["kalla"][0] == "SCB, Folkmängd efter region, tabellinnehåll och år, fil a.json"


def test_jsonstat_nulls_status_and_sparse_values(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.json", _jsonstat(value={"0": 5317, "1": None, "25": 7}, status={"1": ".."}))
    assert len(result.frame) == 2
    reasons = {entry.row: entry.reason for entry in result.reported}
    assert reasons[2] == "ingen folkmängd: status '..'"
    assert reasons[3] == "filen har inget värde på platsen"


def test_jsonstat_status_of_a_value_is_told(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.json", _jsonstat(status={"0": "e", "1": "A"}))
    assert [kalla.rpartition("fil a.json")[2] for kalla in result.frame["kalla"][:3]] == ["; status e i källan", "", ""]


def test_text_that_no_terminal_should_see(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.json", _jsonstat(label="=A1 \ud800 \x1b[31m Folkmängd", source=""))
    assert result.frame["kalla"][0] == "A1 \ufffd \ufffd[31m Folkmängd, fil a.json"


def test_jsonstat_without_total_of_sexes(tmp_path: Path) -> None:
    content = json.loads(_jsonstat())
    content["id"][1], content["size"][1] = "Kon", 2
    content["dimension"]["Kon"] = {"label": "kön", "category": {"label": {"1": "män", "2": "kvinnor"}}}
    content["role"] = {"time": ["Tid"]}
    content["value"] = list(range(52))
    result = _read(tmp_path / "a.json", json.dumps(content))
    assert _figures(result)["0509", "2022-12-31"] == 0 + 2
    assert (len(result.frame), len(result.reported)) == (26, 26)


@pytest.mark.parametrize(
    ("contents", "title", "reason"),
    [
        ({"label": {"BE0101N1": "Folkmängd"}, "unit": {"BE0101N1": {"base": "antal personer"}}}, "", ""),
        ({"label": {"X": "Antal"}}, "Folkmängd efter region", ""),
        ({"label": {"X": "Antal"}}, "Antal hushåll efter region", "ett annat mått: Antal"),
        ({"label": {"X": "Bilar i trafik"}}, "", "ett annat mått: Bilar i trafik"),
        (
            {"label": {"X": "Folkmängd"}, "unit": {"X": {"base": "tusental"}}},
            "",
            "Folkmängd i 'tusental', vilket inte är ett antal personer",
        ),
        (
            {"label": {"X": "Folkmängd"}, "unit": {"X": {"base": "personer", "multiplier": 3}}},
            "",
            "Folkmängd i '1000 personer', vilket inte är ett antal personer",
        ),
    ],
)
def test_jsonstat_measures_and_units(tmp_path: Path, contents: dict[str, Any], title: str, reason: str) -> None:
    content = json.loads(_jsonstat(label=title))
    content["dimension"]["ContentsCode"]["category"] = contents
    result = _read(tmp_path / "a.json", json.dumps(content))
    assert {entry.reason for entry in result.reported} == ({reason} if reason else set())
    assert len(result.frame) == (0 if reason else 26)


def test_jsonstat_label_that_names_the_day_of_its_year(tmp_path: Path) -> None:
    content = _jsonstat().replace('"2022": "2022"', '"2022": "1 januari 2022"')
    result = _read(tmp_path / "a.json", content)
    assert set(result.frame["referensdatum"]) == {"2022-01-01", "2023-12-31"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (_jsonstat()[:-20], "rad 1, tecken "),
        (_jsonstat(value=[1] * 25), "väntade en json-stat2-tabell, fann 25 värden, men dimensioner för 26"),
        (_jsonstat()[:-1] + ', "value": []}', "fann nyckeln 'value' två gånger i ett objekt"),
        (_jsonstat(value=[1] * 27), "fann 1 värden utöver de 26 som dimensionerna säger"),
        (_jsonstat(size=[13, 1, 3]), "fann storlekarna [13, 1, 3], men kategorierna [13, 1, 2]"),
        (_jsonstat(dimension=3), "väntade en json-stat2-tabell, fann ett fält med något annat än det formatet säger"),
        (_jsonstat(value=[1], size=[10**9] * 3), "väntade en json-stat2-tabell, fann storlekarna [1000000000, "),
        (
            _jsonstat(size=[1e308, 1, 1]).replace("1e+308", "1e999"),
            "fann ett fält med något annat än det formatet säger",
        ),
        ('{"id": [NaN]}', "fann NaN, som inte är ett tal"),
        ('{"id": [' + "9" * 5000 + "]}", "fann ett tal med 5000 siffror"),
        ("[" * 200_000, "fann listor i listor, för djupt för en tabell"),
        ('{"a": 1}', "väntade json-stat2 eller Koladas JSON, fann JSON med a"),
        ("[1]", "väntade ett JSON-objekt, fann en lista eller ett ensamt värde"),
    ],
    ids=[
        "cut",
        "few",
        "repeated key",
        "many",
        "sizes",
        "dimension",
        "huge",
        "infinite",
        "NaN",
        "digits",
        "deep",
        "other",
        "list",
    ],
)
def test_json_that_cannot_be_read(tmp_path: Path, content: str, message: str) -> None:
    assert message in _message(tmp_path / "a.json", content)


def test_jsonstat_1_in_its_bundle(tmp_path: Path) -> None:
    content = json.loads(_jsonstat())
    content["dimension"] |= {key: content.pop(key) for key in ("id", "size", "role")}
    result = _read(tmp_path / "a.json", json.dumps({"dataset": content}))
    assert _figures(result) == {key: people for key, people in EXPECTED.items() if len(key[0]) == 4}
    assert (result.format, not result.reported) == ("json-stat 1", True)
    broken = json.dumps({"dataset": {"dimension": {"Region": {}}}})
    assert "fann JSON med dimension" in _message(tmp_path / "a.json", broken)


def _pxweb(rows: list[tuple[list[str], list[object]]], measure: tuple[str, str] = ("BE0101N1", "Folkmängd")) -> str:
    columns = [("Region", "region", "d"), ("Kon", "kön", "d"), ("Tid", "år", "t"), (*measure, "c")]
    return json.dumps(
        {
            "columns": [{"code": code, "text": text, "type": kind} for code, text, kind in columns],
            "comments": [],
            "data": [{"key": key, "values": values} for key, values in rows],
        }
    )


def test_pxweb_1(tmp_path: Path) -> None:
    rows: list[tuple[list[str], list[object]]] = [
        (["0512", "1", "2023"], ["1800"]),
        (["0512", "2", "2023"], ["1837"]),
        (["0513", "1+2", "2023"], ["9992"]),
        (["0560", "1+2", "2023"], [".."]),
    ]
    result = _read(tmp_path / "a.json", f"\ufeff{_pxweb(rows)}")
    assert _figures(result) == {("0512", "2023-12-31"): 3637, ("0513", "2023-12-31"): 9992}
    assert {entry.row: entry.reason for entry in result.reported} == {
        2: "summerad med rad 1: män och kvinnor ger totalen",
        4: "ingen folkmängd: '..'",
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (_pxweb([(["0512", "1+2"], ["5"])]), "fann 2 nycklar och 1 värden på rad 1 i data, inte som i columns"),
        (_pxweb([(["0512", "1+2", "2023"], [])]), "fann 3 nycklar och 0 värden på rad 1 i data, inte som i columns"),
        (
            _pxweb([(["0512", "2", "2023"], ["5"])] * 2),
            "väntade varje nyckel en gång, fann 0512, 2, 2023 igen på rad 2",
        ),
        (
            '{"columns": [1], "data": []}',
            "väntade ett svar från PxWebApi 1, fann ett fält med något annat än det formatet säger",
        ),
        (_pxweb([]), "väntade rader med en kommun, ett län eller riket och en folkmängd, fann inga"),
    ],
    ids=["keys", "values", "repeated", "columns", "empty"],
)
def test_pxweb_1_that_breaks_its_form(tmp_path: Path, content: str, message: str) -> None:
    assert message in _message(tmp_path / "a.json", content)


def test_pxweb_1_of_another_measure(tmp_path: Path) -> None:
    result = _read(tmp_path / "a.json", _pxweb([(["0512", "1+2", "2023"], ["5"])], ("BE0101N2", "Folkökning")))
    assert [entry.reason for entry in result.reported] == ["ett annat mått: Folkökning"]


def _kolada(*entries: tuple[str, object, list[tuple[str, object]]], kpi: str = "N01951", **more: Any) -> str:
    values = [
        {
            "kpi": kpi,
            "municipality": municipality,
            "period": period,
            "values": [
                {"gender": gender, "value": value, "status": "Missing" if value is None else "", "count": 1}
                for gender, value in figures
            ],
        }
        for municipality, period, figures in entries
    ]
    return json.dumps({"count": len(values), "values": values, **more})


def test_kolada(tmp_path: Path) -> None:
    content = _kolada(
        ("0581", 2023, [("T", 144932.0), ("K", 72000), ("M", 72932)]),
        ("0586", 2023, [("T", None)]),
        ("0580", 2023, [("T", "Missing")]),
        ("0005", 2023, [("T", 472298)]),
        ("0000", 2023, [("T", 10551707)]),
        ("G35", 2023, [("T", 5)]),
        ("0513", "x", [("T", 5)]),
        next_url="https://api.kolada.se/v3/data?page=2",
    )
    result = _read(tmp_path / "a.json", content)
    assert _figures(result) == {
        ("0581", "2023-12-31"): 144932,
        ("05", "2023-12-31"): 472298,
        ("00", "2023-12-31"): 10551707,
    }
    assert {entry.row: entry.reason for entry in result.reported} == {
        2: "en del av folkmängden (kon: kvinnor); totalerna läses",
        3: "en del av folkmängden (kon: män); totalerna läses",
        4: "ingen folkmängd: Missing",
        5: "ingen folkmängd: 'Missing'",
        8: "en grupp av kommuner (G35)",
        9: "inget referensdatum: varken rubrik, rad, titel eller filnamn säger det",
    }
    assert "en sida av flera" in result.why
    assert result.frame["kalla"][0] == "Kolada, nyckeltal N01951, fil a.json"


def test_kolada_with_other_key_figures(tmp_path: Path) -> None:
    young = _kolada(("0581", 2023, [("T", 33000)]), kpi="N01900")
    assert _message(tmp_path / "a.json", young) == (
        ": väntade nyckeltal N01951, invånare totalt, fann N01900; välj det nyckeltalet"
    )
    both = json.loads(_kolada(("0581", 2023, [("T", 144932)])))
    both["values"] += json.loads(young)["values"]
    result = _read(tmp_path / "a.json", json.dumps(both))
    assert _figures(result) == {("0581", "2023-12-31"): 144932}
    assert [entry.reason for entry in result.reported] == ["ett annat nyckeltal: N01900"]


def test_a_note_in_pieces_with_a_semicolon_each(tmp_path: Path) -> None:
    whole = _read(tmp_path / "a.px", PX)
    pieces = PX.replace("STUB=", 'NOTE="Ett stycke.";\n"Ett till";\n"och mer";\nSTUB=', 1)
    assert len(_read(tmp_path / "b.px", pieces).frame) == len(whole.frame) > 0


@pytest.mark.parametrize("value", ['"value": null', '"status": {}'])
def test_metadata_without_figures_are_named(tmp_path: Path, value: str) -> None:
    (tmp_path / "a.json").write_text(f'{{"class": "dataset", "id": [], "size": [], "dimension": {{}}, {value}}}')
    with pytest.raises(InputError, match="metadata utan tal; hämta tabellens data"):
        read(tmp_path / "a.json")
    (tmp_path / "b.json").write_text('{"title": "Folkmängd", "variables": []}')
    with pytest.raises(InputError, match="metadata utan tal \\(PxWebApi 1\\)"):
        read(tmp_path / "b.json")


def test_an_answer_without_texts_and_types_is_read_by_its_codes(tmp_path: Path) -> None:
    rows = [{"key": ["0512", "2023"], "values": ["3690"]}, {"key": ["0513", "2023"], "values": ["9950"]}]
    content = {"columns": [{"code": "Region"}, {"code": "Tid"}, {"code": "BE0101N1"}], "data": rows}
    (tmp_path / "a.json").write_text(json.dumps(content))
    frame = read(tmp_path / "a.json").frame
    assert dict(zip(frame["regionkod"], frame["folkmangd"], strict=True)) == {"0512": 3690, "0513": 9950}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ('{"columns": [{"text": "x"}], "data": []}', "inget fält 'code'"),
        ('{"columns": [{"code": "Tid"}], "data": [{"values": ["1"]}]}', "inget fält 'key'"),
        ('{"columns": [7], "data": [{"key": [], "values": []}]}', "ett fält med något annat än det formatet säger"),
        (
            '{"id": ["T"], "size": ["x"], "dimension": {"T": {"category": {"label": {"a": "b"}}}}, "value": [1]}',
            "ett fält",
        ),
        ('{"id": ["T"], "size": [1], "dimension": {"T": {}}, "value": [1]}', "inget fält 'category'"),
        ('{"id": [', "något annat"),
        ("[" * 100_000, "listor i listor"),
    ],
)
def test_no_message_holds_what_python_says(tmp_path: Path, content: str, found: str) -> None:
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(InputError, match=f"fann {found}") as caught:
        read(tmp_path / "a.json")
    assert not re.search(r"Error|invalid literal|object|Expecting|recursion|indices", str(caught.value))
