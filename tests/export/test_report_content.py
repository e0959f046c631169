"""What a report says: the sections of a memo, quoted proposals, marked blanks, sources, and Swedish typography."""

import re

import pytest

import analys.agreement as agreements
from analys.errors import AnalysError
from analys.export import answers
from analys.export.blocks import Blank, Figure, Items, Report, Section, Table, Text, typeset
from analys.export.publish import END
from analys.export.report import file_name, members, report
from analys.export.wording import Sign, per_head, stated_thousands, thousands
from analys.figures import savings
from analys.swedish import MINUS, NBSP

AGREEMENT = "ostergotland"
EVERY = ["Norrköping", "Mjölby", "Ydre", None]


def texts(content: Report) -> list[str]:
    """Everything that is read, figures' own texts left out."""
    found = [content.title, content.whom]
    for block in content.blocks():
        if isinstance(block, Text | Blank):
            found.append(block.text)
        elif isinstance(block, Items):
            found += block.items
        elif isinstance(block, Table):
            found += [block.caption, block.source, *block.headings, *(cell for row in block.rows for cell in row)]
    return found


def section(content: Report, heading: str) -> Section:
    return next(each for each in content.sections if each.heading == heading)


@pytest.mark.parametrize("member", EVERY)
def test_the_sections_are_those_of_a_memo(member):
    assert [each.heading for each in report(AGREEMENT, member).sections] == [
        "Förslag till beslut",
        "Sammanfattning",
        "Ärendet",
        "Ekonomiska konsekvenser",
        "Konsekvenser för barn",
        "Jämställdhet",
        "Samråd",
        "Beslutsunderlag",
        "Beslutet skickas till",
    ]


def test_a_proposal_is_quoted_and_numbered():
    agreement = agreements.load(AGREEMENT)
    decision = next(each for each in agreement.decisions if each.municipality.name == "Norrköping")
    (points,) = [
        each
        for each in section(report(AGREEMENT, "Norrköping"), "Förslag till beslut").blocks
        if isinstance(each, Items)
    ]
    assert points.numbered
    assert len(points.items) == 2
    assert " ".join(points.items).replace(NBSP, " ") == decision.citation.quote


@pytest.mark.parametrize("member", ["Ydre", "Linköping", None])
def test_a_proposal_is_never_invented(member):
    blocks = section(report(AGREEMENT, member), "Förslag till beslut").blocks
    assert [type(block) for block in blocks] == [Blank]


@pytest.mark.parametrize("heading", ["Konsekvenser för barn", "Jämställdhet", "Samråd"])
def test_what_the_data_do_not_support_is_a_marked_blank(heading):
    blocks = section(report(AGREEMENT, "Norrköping"), heading).blocks
    assert [type(block) for block in blocks] == [Blank]


def test_the_documents_have_dates_and_registry_numbers():
    (documents,) = section(report(AGREEMENT, "Norrköping"), "Beslutsunderlag").blocks
    assert any("2018-11-18" in item and f"dnr{NBSP}OSN/2018:236" in item for item in documents.items)
    assert any("odaterad" in item for item in documents.items)
    assert len(documents.items) == len(agreements.load(AGREEMENT).documents) + 2


def test_the_saving_is_that_of_the_clauses():
    (table,) = [
        each
        for each in report(AGREEMENT, "Norrköping").blocks()
        if isinstance(each, Table) and each.name == "besparing"
    ]
    assert table.rows[-1] == (f"Norrköpings 376{NBSP}tkr", "94", "376", "beräknad")


def test_the_sign_convention_is_stated_and_can_be_switched():
    plus, minus = (" ".join(texts(report(AGREEMENT, "Norrköping", sign))) for sign in (Sign.SAVING, Sign.COST))
    assert "en besparing anges med plus" in plus
    assert "minskad kostnad (besparing) har minustecken" in minus
    assert f"94{NBSP}tkr 2024 och 376{NBSP}tkr 2025" in plus
    assert f"{MINUS}94{NBSP}tkr 2024 och {MINUS}376{NBSP}tkr 2025" in minus


@pytest.mark.parametrize("member", EVERY)
def test_tables_and_figures_are_numbered_and_sourced(member):
    blocks = list(report(AGREEMENT, member).blocks())
    for kind in (Table, Figure):
        found = [block for block in blocks if isinstance(block, kind)]
        assert [block.number for block in found] == list(range(1, len(found) + 1))
        assert all(block.source and block.caption for block in found)


@pytest.mark.parametrize("member", EVERY)
def test_every_table_of_figures_says_what_they_rest_on(member):
    for block in report(AGREEMENT, member).blocks():
        if isinstance(block, Table):
            assert block.underlag or "Underlag" in block.headings
        if isinstance(block, Figure):
            assert block.underlag


@pytest.mark.parametrize("member", EVERY)
def test_numbers_and_units_are_never_torn_apart(member):
    torn = re.compile(r"\d (?=\d{3}\b|kr\b|tkr\b|mnkr\b|%)|\d-\d{3} ")
    assert [text for text in texts(report(AGREEMENT, member)) if torn.search(text)] == []


@pytest.mark.parametrize("member", EVERY)
def test_tkr_is_explained_once(member):
    assert sum(text.count("tusental kronor (tkr)") for text in texts(report(AGREEMENT, member))) == 1


def test_a_contradiction_is_shown_and_not_judged():
    text = " ".join(texts(report(AGREEMENT, "Mjölby")))
    assert "oförenliga" in text
    assert "Här sägs inte vilken som är fel" in text


def test_the_own_municipality_is_marked_in_tables_of_all():
    (table,) = [
        each for each in report(AGREEMENT, None).blocks() if isinstance(each, Table) and each.name == "fakturerat"
    ]
    assert table.highlighted == frozenset()
    assert len(table.rows) == 13


def test_a_municipality_outside_the_agreement_is_refused():
    with pytest.raises(AnalysError, match="Stockholm is no member of ostergotland; the members are Ödeshög, Ydre"):
        report(AGREEMENT, "Stockholm")


@pytest.mark.parametrize("agreement", ["stockholm", "exempel-blandad-nyckel", "exempel-andelar-avrakning"])
def test_an_agreement_that_only_its_terms_are_known_of_is_reported_by_them(agreement):
    content = report(agreement, members(agreements.load(agreement))[0].name)
    assert any(isinstance(block, Table) and block.name == "fordelning" for block in content.blocks())
    assert "Besparing om avtalet upphör" in [
        each.heading for each in section(content, "Ekonomiska konsekvenser").sections
    ]


def test_file_names_are_plain():
    assert file_name(AGREEMENT, "Åtvidaberg") == "ostergotland-atvidaberg"
    assert file_name(AGREEMENT, None) == "ostergotland-alla"


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (216193, 216193, "216"),
        (5742, 5742, "5,7"),
        (240672, 333836, "241–334"),
        (-94125, -93875, f"{MINUS}94,1{NBSP}till{NBSP}{MINUS}93,9"),
        (99960, 99960, "100,0"),
    ],
)
def test_thousands(low, high, shown):
    assert thousands(low, high) == shown


def test_what_is_stated_in_tkr_is_written_so():
    assert stated_thousands(375500, 376500) == "376"
    assert stated_thousands(46500, 64500) == "46,5–64,5"
    assert stated_thousands(216193, 216193) == "216"
    assert per_head(-1, 1) == f"{MINUS}1,00{NBSP}till{NBSP}1,00"


def test_typesetting_binds_numbers_dates_and_paragraphs():
    assert typeset("§ 88 den 30 september 2024: 1 234 kr, dnr KS/1") == (
        f"§{NBSP}88 den 30{NBSP}september 2024: 1{NBSP}234{NBSP}kr, dnr{NBSP}KS/1"
    )


CHARTS = [
    "vem-betalade-2018", "oforenliga-totaler-2023", "per-invanare-2018", "avvikelse-karta-2018", "gammal-folkmangd-2018",
    "besparing-per-ar", "besparing-per-kommun", "om-nagra-lamnar",
]  # fmt: skip


@pytest.mark.parametrize("member", EVERY)
def test_every_set_has_every_chart_with_its_message_source_and_alt_text(member):
    figures = {block.name: block.chart for block in report(AGREEMENT, member).blocks() if isinstance(block, Figure)}
    shares = f"andel-{member}" if member else "andelar-alla-kommuner"
    assert set(figures) >= {*CHARTS, shares}
    for chart in figures.values():
        assert chart.title
        assert chart.source
        assert chart.alt.endswith(".")


def highlighted(chart):
    """The names that a chart marks: in bold, or by a wide edge."""
    (axes,) = chart.figure.axes
    bold = {text.get_text() for text in axes.get_yticklabels() if text.get_fontweight() == "bold"}
    wide = any(patch.get_linewidth() > 2 for patch in axes.patches)
    return bold | {text.get_text() for text in axes.texts if wide and text.get_fontweight() == "bold"}


@pytest.mark.parametrize(
    "name", [name for name in CHARTS if name not in ("oforenliga-totaler-2023", "besparing-per-ar")]
)
def test_the_own_municipality_is_marked_in_every_chart_of_all(name):
    charts = {
        member: {block.name: block.chart for block in report(AGREEMENT, member).blocks() if isinstance(block, Figure)}
        for member in ("Ydre", None)
    }
    assert "Ydre" in highlighted(charts["Ydre"][name])
    assert "Ydre" not in highlighted(charts[None][name])


def test_a_stated_saving_is_solid_and_an_estimated_one_open_with_whiskers():
    stated, estimated = (
        savings.saving_by_year(AGREEMENT, END, name).figure.axes[0] for name in ("Mjölby", "Linköping")
    )
    assert {patch.get_hatch() for patch in stated.patches} == {None}
    assert {patch.get_hatch() for patch in estimated.patches} == {"////"}
    assert len(estimated.patches) == 4
    whiskers = [segment for bars in estimated.collections for segment in bars.get_segments()]
    assert [(round(low), round(high)) for (_, low), (_, high) in whiskers] == [
        (93, 94),
        (372, 378),
        (108, 108),
        (431, 432),
    ]


def test_the_saving_of_all_is_the_sum_of_the_published_ones():
    published = answers.savings_by_member(AGREEMENT, END)
    data = savings.saving_by_year(AGREEMENT, END, None).data
    for row in data.itertuples():
        assert row.helar_lagst_kr == sum(published.loc[published["enligt"] == row.enligt, "helar_lagst_kr"])


@pytest.mark.parametrize("member", EVERY)
def test_a_day_that_a_proposal_does_not_give_is_said_to_be_assumed(member):
    said = "Dagen är den som Norrköpings förslag anger. Mjölbys förslag anger ingen dag; här antas samma dag."
    sections = section(report(AGREEMENT, member), "Ekonomiska konsekvenser").sections
    for heading in ("Besparing om avtalet upphör", "Om övriga fortsätter"):
        (found,) = [each for each in sections if each.heading == heading]
        assert said in " ".join(block.text for block in found.blocks if isinstance(block, Text))
