"""Whether a text names a tag."""

from datetime import UTC, datetime

import pytest

from services.summarizer.tags.named_in_text import NamesInText
from shared.store.tagging.tags import Tag

TAG = Tag(slug="x", label="vision-language model", aliases=("VLM",), made_at=datetime(2026, 11, 20, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("We train vision language models.", True),
        ("Three VLMs are compared.", True),
        ("A language model, and computer vision.", False),
        ("", False),
    ],
)
def test_words_side_by_side_or_a_short_form_name_a_tag(text: str, named: bool) -> None:
    assert NamesInText(text).has(TAG) is named
