"""How much of an agreement that somebody wrote by hand is found in its documents by rule?

    python -m benchmarks.facts FOLDER [--agreement ostergotland]

FOLDER holds the documents. Counted are the quotations of the agreement's terms, statements and proposals: one is found
where a fact's quotation stands within it, or it within the fact's. Invented is a fact whose quotation does not occur in
its document, or whose figures do not occur in its quotation.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path

from analys.agreement.load import locate
from analys.facts import Fact, find, occurs
from analys.facts.citations import citations, open_folder
from analys.swedish import fold


def is_found(quotation: str, facts: list[str]) -> bool:
    """Whether some fact rests on a part of the quotation, or the quotation is part of a fact's sentence."""
    parts = [fold(part) for part in re.split(r"\[(?:\.\.\.|…)\]|\n", quotation) if fold(part)]
    return any(part in fact or fact in part for part in parts for fact in facts)


def is_invented(fact: Fact, text: str) -> bool:
    """Whether a figure of the fact's value stands nowhere in its quotation; dates are written in many ways."""
    figures = set() if fact.kind in {"datum", "giltighet", "fakturering"} else set(re.findall(r"\d+", fact.value))
    spelled = fact.kind in {"uppsägningstid", "vakans"}
    return fold(fact.quotation) not in text or not (spelled or figures <= set(re.findall(r"\d+", fact.quotation)))


def main() -> None:
    """Print the shares."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--agreement", default="ostergotland")
    given = options.parse_args()
    opened = open_folder(given.folder)
    facts = {name: find(document) for name, document in opened.documents.items()}
    texts = {name: " ".join(fold(line.text) for line in document.lines) for name, document in opened.documents.items()}
    sentences = [fold(fact.quotation) for found in facts.values() for fact in found]
    invented = [fact for name, found in facts.items() for fact in found if is_invented(fact, texts[name])]
    sought, found = Counter[str](), Counter[str]()
    for citation in citations(locate(given.agreement).parent):
        if not any(occurs(citation.text, document).place for document in opened.documents.values()):
            continue
        sought[citation.file] += 1
        found[citation.file] += is_found(citation.text, sentences)
    print("| quotations of | found | of | share |\n|---|---|---|---|")
    for file, count in sought.items():
        print(f"| {file} | {found[file]} | {count} | {found[file] / count:.0%} |")
    print(f"facts: {len(sentences)}; invented: {len(invented)}")
    for fact in invented:
        print(f"  {fact.kind} {fact.value}: {fact.quotation}")


if __name__ == "__main__":
    main()
