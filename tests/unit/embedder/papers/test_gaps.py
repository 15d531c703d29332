"""Why a paper has to be embedded, as a table."""

import pytest

from services.embedder.papers.gaps import missing_reason
from services.embedder.papers.text import hash_of, text_of
from tests.support.papers.embedder import paper

PAPER = paper("2401.00001")


@pytest.mark.parametrize(
    ("stored_hash", "year_has_file", "why"),
    [
        (None, False, "no_year_file"),
        (None, True, "not_embedded"),
        ("of an earlier text", True, "text_changed"),
        (hash_of(text_of(PAPER)), True, None),
    ],
)
def test_why_a_paper_is_to_be_embedded(stored_hash: str | None, year_has_file: bool, why: str | None) -> None:
    assert missing_reason(PAPER, stored_hash, year_has_file=year_has_file) == why
