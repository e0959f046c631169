"""What the agreement's documents say in words, and what a reader should notice or ask about them."""

from __future__ import annotations

from collections.abc import Iterator

from analys.agreement.model import Excerpt, Remark, Topic
from analys.export.blocks import Text, typeset
from analys.export.case import Case
from analys.export.wording import cited


def excerpts(case: Case, *topics: Topic) -> list[Excerpt]:
    """The passages on these topics: the member's own, and those that speak for all."""
    return [
        each
        for topic in topics
        for each in case.agreement.excerpts
        if each.topic is topic and each.municipality in (None, case.member)
    ]


def quoted(case: Case, *topics: Topic, without: tuple[str, ...] = ()) -> list[Text]:
    """The passages as paragraphs, in quotation marks or retold, with their sources; ``without`` are told elsewhere."""
    found = []
    for each in excerpts(case, *topics):
        quote = each.citation.quote or ""
        if quote not in without:
            found.append(Text(typeset(each.text or f"”{quote}”"), cited(case.agreement_id, [each.citation.document])))
    return found


def together(texts: list[Text]) -> list[Text]:
    """Short passages of one kind as one paragraph with all their sources."""
    if not texts:
        return []
    return [Text(" ".join(text.text for text in texts), "; ".join(dict.fromkeys(text.source for text in texts)))]


def remarks(case: Case, kind: str) -> Iterator[Remark]:
    """The agreement's own remarks or questions that concern the member, or everybody."""
    for each in case.agreement.remarks:
        if each.kind == kind and (case.member is None or each.municipality in (None, case.member)):
            yield each
