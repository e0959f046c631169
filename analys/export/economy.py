"""The economic chapters of an agreement whose annexes and statements are known: cost, burden, savings, assumptions."""

from __future__ import annotations

from analys.export import answers
from analys.export.blocks import Block, Section, Text, typeset
from analys.export.case import Case
from analys.export.chapters import cost, inhabitants, remaining, saving
from analys.tables import rows


def summary(case: Case) -> tuple[Block, ...]:
    """The case in a few sentences, each with what its figures rest on."""
    sentences = [
        cost.paid_in_words(case) if case.member else cost.cost_in_words(case),
        cost.contradiction_in_words(case),
    ]
    if case.end:
        sentences.append(saving.saving_in_words(case))
    return tuple(Text(typeset(sentence)) for sentence in sentences if sentence)


def opening(case: Case) -> tuple[Block, ...]:
    return (Text(case.sign.convention), Text("Kronor och ören, med formler som kan räknas om, finns i Excelbilagan."))


def sections(case: Case) -> tuple[Section, ...]:
    """The chapters, in the order that a council asks."""
    found = [
        cost.paid(case),
        cost.contradiction(case),
        inhabitants.per_inhabitant(case),
        inhabitants.old_population(case),
    ]
    found += [saving.saving(case), remaining.section(case), _assumptions(case)]
    return tuple(section for section in found if section)


def _assumptions(case: Case) -> Section:
    log = answers.assumption_log(case.agreement_id)
    table = case.table(
        "antaganden",
        "Antaganden som siffrorna bygger på, och vad de är värda",
        ("Antagande", "Skäl", "Effekt"),
        [(typeset(row.antagande), typeset(row.skal), typeset(row.effekt)) for row in rows(log)],
        "projektets antagandelogg (docs/antaganden.md)",
        "beräknad",
    )
    return Section("Antaganden", (table,))
