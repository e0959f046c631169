"""A county all but complete, and one row too many, where no total counts the rows."""

from __future__ import annotations

from analys.population import table as populations
from tests.audit.conftest import serious
from tests.audit.test_missing import KINDA, TOTAL, told


def test_a_county_all_but_one_without_totals(rows, audited) -> None:
    """The shares and the amounts follow from the whole county's population, not from the rows'."""
    rows.pop(TOTAL)
    rows.pop(KINDA)
    (finding,) = serious(audited(rows))
    assert (finding.code, finding.kommunkod) == ("member-missing", "0513")
    assert finding.message == "Kinda saknas i tabellen: tabellen går ihop bara med alla kommuner i Östergötlands län."


def test_a_county_all_but_one_that_shares_among_the_rest_is_whole(rows, audited) -> None:
    """Twelve of thirteen may have an agreement of their own."""
    rows.pop(KINDA)
    people = [int(str(row[1])) for row in rows[1:-1]]
    for row in rows[1:-1]:
        part = int(str(row[1])) / sum(people)
        row[2:] = [f"{100 * part:.2f}%".replace(".", ","), round(763_900 * part)]
    assert serious(audited(rows[:-1])) == []


#: Twelve of Östergötland's thirteen share by population, ties to even: the whole county would fit the amounts too.
TWELVE = """Ödeshög 1,206 365;Ydre 0,843 255;Kinda 2,256 683;Boxholm 1,227 372;Finspång 4,883 1478;Valdemarsvik 1,785 540
Linköping 35,236 10668;Norrköping 31,566 9557;Söderköping 3,280 993;Motala 9,883 2992;Vadstena 1,706 517;Mjölby 6,128 1855"""


def test_shares_that_add_to_one_are_those_of_the_rows(audited) -> None:
    lines = [line.split() for line in TWELVE.replace("\n", ";").split(";")]
    assert serious(audited([["Kommun", "Andel (%)", "Belopp/år"], *lines])) == []


def test_one_of_another_county_without_totals(rows, audited) -> None:
    rows.pop(TOTAL)
    rows.append(["Trosa", populations()["0488", 2017], "2,75%", 21_000])
    assert told(audited(rows)) == [("member-extra", "0488")]


def test_a_county_of_two_words_is_known_in_the_text(rows, audited) -> None:
    from analys.register import municipalities

    people = {m.name: populations()[m.code, 2017] for m in municipalities("14")}
    lines = [["Samtliga kommuner i Västra Götalands län deltar."], ["Kommun", "Folkmängd 2017"]]
    lines += [[name, figure] for name, figure in people.items() if name != "Hjo"]
    assert told(audited(lines)) == [("member-missing", "1497")]


def test_the_populations_of_a_missing_member_are_those_of_each_columns_date(rows, audited) -> None:
    """Two years side by side: what each total lacks is the population of its own year."""
    later = {code: people for (code, year), people in populations().items() if year == 2018}
    codes = [row.municipality.code for row in audited(rows).annex.members]
    lines = [[row[0], row[1]] for row in rows]
    lines[0].append("Folkmängd 2018")
    for line, code in zip(lines[1:TOTAL], codes, strict=True):
        line.append(later[code])
    lines[TOTAL].append(sum(int(str(line[2])) for line in lines[1:TOTAL]))
    lines.pop(KINDA)
    assert told(audited(lines)) == [("member-missing", "0513")]


def test_a_whole_written_as_one_is_no_rounding_of_parts_that_lack_a_third(rows, audited) -> None:
    for row in rows[1:TOTAL]:
        row[2] = round(float(str(row[2]).rstrip("%").replace(",", ".")) / 100, 4)
    rows[TOTAL][2] = 1
    rows.pop(KINDA)
    assert [f.message for f in audited(rows).findings if f.code == "total-share"] == []
    assert told(audited(rows)) == [("member-missing", "0513")]
