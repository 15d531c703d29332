"""What a proposed tag means among the tags of an index."""

from datetime import UTC, datetime

import pytest

from services.summarizer.tags.nearest import TagMatcher
from shared.store.tagging.tag_decisions import TagDecision
from shared.store.tagging.tag_index import TagIndex, index_of
from tests.support.papers.summarizer import vector_of

NOW = datetime(2026, 11, 20, tzinfo=UTC)
LABELS = {"merge-sort": "merge sort", "large-language-model": "large language model", "waiting": "wild geese"}
CREATED = [
    TagDecision(action="propose" if slug == "waiting" else "create", slug=slug, phrase=label, how="seed", made_at=NOW)
    for slug, label in LABELS.items()
]


def matcher(index: TagIndex, *defined: tuple[str, str]) -> TagMatcher:
    return TagMatcher(index, {slug: vector_of(label) for slug, label in LABELS.items()}, defined)


@pytest.mark.parametrize(
    ("phrase", "slug", "how"),
    [
        ("Merge-Sorts", "merge-sort", "spelling"),
        ("LLMs", "large-language-model", "abbreviation"),
        ("Wild goose", None, "new"),
        ("wild geese", "waiting", "spelling"),
        ("MRGS", "merge-sort", "abbreviation"),
        ("quick sort", None, "new"),
    ],
)
def test_spelling_short_forms_and_meaning_decide_in_this_order(phrase: str, slug: str | None, how: str) -> None:
    meaning = matcher(index_of(CREATED), ("MRGS", "merge sort")).meaning(phrase, None, 0.7)
    assert (meaning.slug, meaning.how) == (slug, how)


def test_a_phrase_that_is_near_but_not_near_enough_is_doubtful() -> None:
    meaning = matcher(index_of(CREATED)).meaning(
        "very large language model", vector_of("very large language model"), 0.7
    )
    assert meaning.slug is None
    assert [candidate.slug for candidate in meaning.doubtful] == ["large-language-model"]


def test_what_somebody_undid_is_not_decided_again() -> None:
    wrong = TagDecision(phrase="LLM", slug="large-language-model", how="abbreviation", paper_id="2610.1", made_at=NOW)
    undo = TagDecision(action="undo", undoes=wrong.decision_id, how="user", made_at=NOW)
    again = matcher(index_of([*CREATED, wrong, undo])).meaning("LLM", vector_of("large language model"), 0.7)
    assert (again.slug, again.doubtful) == (None, ())
