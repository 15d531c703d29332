"""What a new version changed, in words."""

from datetime import UTC, datetime

import pytest

from shared.store.papers.revisions import NumberChange, SectionChange, TextChange
from shared.text.wording.revisions import counted, headline, listed, numbers_line, quotes_line, section_line
from tests.support.papers.revisions import revision

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"withdrawn_at": NOON}, "Withdrawn by its authors."),
        ({"to_version": None, "problem": "It is gone."}, "It is gone."),
        ({"counts": {}}, "v2 (after v1): nothing that it says has changed."),
        ({"counts": {"number": 1, "reworded": 3}}, "v2 (after v1): 1 changed number and 3 reworded sentences."),
    ],
)
def test_the_headline_says_what_happened_last(facts: dict[str, object], said: str) -> None:
    assert headline(revision("2610.00001", NOON, **facts)) == said


def test_what_matters_most_is_counted_first() -> None:
    assert (
        counted({"added": 2, "number": 1, "table": 2}) == "1 changed number, 2 changed table rows and 2 new sentences"
    )
    assert listed([]) == ""


def test_quotes_that_are_gone_are_counted_with_their_claims() -> None:
    quotes = revision("2610.00001", NOON).quotes
    assert quotes_line(quotes) == "1 of 3 quotes is gone: 1 claim needs a look"
    assert quotes_line(quotes[:2]) == ""


def test_numbers_are_told_by_what_they_became() -> None:
    numbers = (NumberChange(before="1", after="2"), NumberChange(after="3"), NumberChange(before="4"))
    assert numbers_line(TextChange(kinds=("number",), numbers=numbers)) == "1 became 2; 3 came in; 4 went"


def test_a_section_is_told_with_the_name_it_had() -> None:
    assert section_line(SectionChange(title="B", before_title="A", fate="renamed")) == "renamed, not changed; before: A"
    assert (
        section_line(SectionChange(title="A", before_title="A", fate="changed", is_moved=True)) == "moved and changed"
    )
    assert section_line(SectionChange(title="A", before_title="A", fate="removed")) == "section removed"
