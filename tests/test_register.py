import csv

import pytest

from analys import catalog, register
from analys.register import UnknownRegionError


def test_all_of_sweden():
    assert len(register.municipalities()) == 290
    assert len(register.municipalities("05")) == 13
    assert len({region.county_code for region in register.municipalities()}) == 21


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Norrköping", "0581"),
        ("norrkoping", "0581"),
        ("Norrköpings kommun", "0581"),
        ("NORRKÖPING KOMMUN", "0581"),
        ("581", "0581"),
        (" 0581 Norrköping ", "0581"),
        ("0581", "0581"),
        ("Göteborgs stad", "1480"),
        ("Region Gotland", "0980"),
        ("Habo", "0643"),
        ("Håbo", "0305"),
        ("Upplands-Väsby", "0114"),
        ("Östergötlands län", "05"),
        ("Östergötland", "05"),
        ("05 Östergötlands län", "05"),
        ("Uppsala", "0380"),
        ("Falu kommun", "2080"),
        ("Riket", "00"),
        ("1917", "0331"),
        ("1917 Heby", "0331"),
    ],
)
def test_resolves_names_as_they_are_written(text, code):
    assert register.resolve(text).code == code


def test_suggests_what_was_meant():
    with pytest.raises(UnknownRegionError, match=r"'Norrkping' är ingen .* menade du Norrköping \(0581\)"):
        register.resolve("Norrkping")
    with pytest.raises(UnknownRegionError, match="Malung-Sälen"):
        register.resolve("Malung")


def test_an_ambiguous_name_lists_the_candidates():
    with pytest.raises(UnknownRegionError, match=r"Håbo \(0305\), Habo \(0643\)"):
        register.resolve("HABO-")


def test_every_municipality_resolves_by_its_own_name_with_and_without_kommun():
    for region in register.municipalities():
        assert register.resolve(region.name) == region
        assert register.resolve(f"{region.name} kommun") == region
        assert register.resolve(f"{region.name.upper()}S KOMMUN") == region
        assert register.resolve(region.code.lstrip("0")) == region


def test_a_county_is_no_municipality():
    with pytest.raises(UnknownRegionError):
        register.resolve_municipality("Östergötlands län")


def test_parties_have_valid_organisation_numbers():
    from stdnum.se import orgnr

    assert all(orgnr.is_valid(number) for number in register.parties())
    assert register.parties()["212000-0456"].municipality_code == "0581"


def test_the_regions_are_those_of_the_population_table_and_former_codes_are_nobody_elses():
    with catalog.resource("folkmangd").file.open(encoding="utf-8", newline="") as file:
        named = {row["regionkod"]: row["region"] for row in csv.DictReader(file)}
    assert named == {region.code: region.name for region in register.regions().values()}
    former = [code for region in register.regions().values() for code in region.former_codes]
    assert len(former) == len(set(former)) > 0
    assert not set(former) & set(named)
