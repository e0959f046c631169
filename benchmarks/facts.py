"""How much of an agreement that somebody wrote by hand is found in its documents by rule?

    ANALYS_HANDLINGAR=FOLDER python -m benchmarks.facts

FOLDER holds the bundled agreement's documents, which are not in the repository. Counted are the quotations of the
agreement's terms, statements and proposals: one is found where a fact's quotation stands within it, or it within the
fact's. Invented is a fact whose quotation does not occur in its document, or whose figures do not occur in its quotation.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from analys.agreement.load import locate
from analys.facts import Fact, find, occurs
from analys.facts.citations import citations, open_folder
from analys.swedish import fold
from benchmarks.table import Row, Run, main, missing, of

AGREEMENT = "ostergotland"
#: The environment variable that names the documents' folder.
DOCUMENTS = "ANALYS_HANDLINGAR"


def is_found(quotation: str, facts: list[str]) -> bool:
    """Whether some fact rests on a part of the quotation, or the quotation is part of a fact's sentence."""
    parts = [fold(part) for part in re.split(r"\[(?:\.\.\.|…)\]|\n", quotation) if fold(part)]
    return any(part in fact or fact in part for part in parts for fact in facts)


def is_invented(fact: Fact, text: str) -> bool:
    """Whether a figure of the fact's value stands nowhere in its quotation; dates are written in many ways."""
    figures = set() if fact.kind in {"datum", "giltighet", "fakturering"} else set(re.findall(r"\d+", fact.value))
    spelled = fact.kind in {"uppsägningstid", "vakans"}
    return fold(fact.quotation) not in text or not (spelled or figures <= set(re.findall(r"\d+", fact.quotation)))


def rows(run: Run) -> Iterator[Row]:
    """The quotations found, by the file that makes them, and the facts that are invented."""
    opened = open_folder(Path(os.environ[DOCUMENTS])) if os.environ.get(DOCUMENTS) else None
    if opened is None:
        yield missing("citat som regler finner", "", f"handlingarnas mapp i {DOCUMENTS}")
        return
    facts = {name: find(document) for name, document in opened.documents.items()}
    texts = {name: " ".join(fold(line.text) for line in document.lines) for name, document in opened.documents.items()}
    sentences = [fold(fact.quotation) for found in facts.values() for fact in found]
    invented = [fact for name, found in facts.items() for fact in found if is_invented(fact, texts[name])]
    sought, found = Counter[str](), Counter[str]()
    missed = []
    for citation in citations(locate(AGREEMENT).parent):
        if any(occurs(citation.text, document).place for document in opened.documents.values()):
            sought[citation.file] += 1
            found[citation.file] += is_found(citation.text, sentences)
            missed += [] if is_found(citation.text, sentences) else [citation.text]
    for file, count in sought.items():
        yield Row(f"citat i {file} som regler finner", "", of(found[file], count))
    yield Row("uppgifter som inte står i sin handling", "0", of(len(invented), len(sentences)))
    if run.verbose:
        print(*(f"  påhittat: {fact.kind} {fact.value}: {fact.quotation}" for fact in invented), sep="\n")
        print(*(f"  ej funnet: {text}" for text in missed), sep="\n")


if __name__ == "__main__":
    main(rows, __doc__)
