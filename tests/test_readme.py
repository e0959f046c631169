"""The README says what is true: pictures and pages that exist, and the codebook of the declared tables."""

import re

from analys import tables
from analys.project import required

ROOT = required().folder

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_linked_file_exists():
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_codebook_has_every_column_of_every_processed_table():
    for table in tables.TABLES:
        section = README.partition(f"### `{table.name}.csv`")[2].partition("\n### ")[0]
        listed = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \|$", section, re.MULTILINE)
        assert listed == [(c.name, c.kind.in_words, c.unit or "–", c.meaning) for c in table.columns]


def test_the_makefile_has_the_commands_that_the_readme_names():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"`make (\w+)", README)) - {"PYTHON"}:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
